//! The library, in the browser's own database. Each test opens one of its own name.

mod pictures;
mod refusing;
mod versions;

use crate::support::{artistic, file, js, js_promise, order, picture, portrait};
use likeness::browser::{
    database::{Change, Database, Table},
    fetch::PictureFile,
    files, ids,
    store::Store,
    trial::{self, Form},
};
use likeness_core::job::{
    Cancel, Charge, Delivery, Failure, FailureKind, Handle, Inquiry, Job, JobId, State,
};
use likeness_studio::ports::StoreError;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

fn name() -> String {
    format!("likeness-test-{}", ids::id())
}

/// The library of this name, as the app opens it.
async fn open(name: &str) -> Store {
    Store::open(name, || {}).await.unwrap_or_else(|_| Store::in_memory())
}

async fn text_of(blob: Option<web_sys::Blob>) -> Option<String> {
    Some(String::from_utf8(files::read(&blob?).await.unwrap()).unwrap())
}

/// Patches the page while it lives.
struct Patch(JsValue);

impl Patch {
    /// Calls the body of a JavaScript function that patches something and returns what takes it back.
    fn of(body: &str) -> Self {
        Self(js(body, &JsValue::NULL))
    }
}

impl Drop for Patch {
    fn drop(&mut self) {
        let _ = self.0.unchecked_ref::<js_sys::Function>().call0(&JsValue::NULL);
    }
}

/// Private windows of WebKit take no `Blob`: the request fails, and so does everything beside it in the transaction.
const REFUSE_BLOBS: &str = "
    const own = IDBObjectStore.prototype.put;
    window.refusedBlobs = 0;
    IDBObjectStore.prototype.put = function (value, key) {
        if (!(value instanceof Blob)) return own.call(this, value, key);
        window.refusedBlobs += 1;
        const error = new DOMException('Error preparing Blob/File data to be stored in object store', 'UnknownError');
        const request = { error, transaction: this.transaction };
        queueMicrotask(() => {
            this.transaction.abort();
            request.onerror?.({ target: request });
        });
        return request;
    };
    return () => { IDBObjectStore.prototype.put = own; };";

/// Transactions that write neither complete nor fail, as some browsers leave them. Time flies meanwhile.
const NEVER_END: &str = "
    const [prototype, wait] = [IDBTransaction.prototype, window.setTimeout];
    const names = ['oncomplete', 'onerror', 'onabort'];
    const own = names.map((name) => Object.getOwnPropertyDescriptor(prototype, name));
    names.forEach((name) => Object.defineProperty(prototype, name, { configurable: true, set() {} }));
    window.setTimeout = (run, ms, ...rest) => wait(run, ms / 20, ...rest);
    return () => {
        names.forEach((name, at) => Object.defineProperty(prototype, name, own[at]));
        window.setTimeout = wait;
    };";

fn bytes_of(text: &str) -> PictureFile {
    PictureFile { file: file(text), thumbnail: Some(file("small")) }
}

/// Measured: a small file is read and written three times as fast as a buffer, a large one twice as fast as a `Blob`.
#[wasm_bindgen_test]
async fn what_was_stored_is_there_when_the_library_is_opened_again() {
    let name = name();
    let store = open(&name).await;
    assert!(store.is_durable());
    store.put_avatars(&[portrait()]).await.unwrap();
    store.put_avatars(&[artistic()]).await.unwrap();
    store.put_picture(&picture("j", 1), Some(file("bytes")), Some(file("small"))).await.unwrap();

    let again = open(&name).await;
    let contents = again.contents().await;
    assert_eq!(contents.avatars, [artistic(), portrait()]);
    assert_eq!(contents.pictures, [picture("j", 1)]);
    assert_eq!(contents.corrupt, 0);
    let id = picture("j", 1).id;
    assert_eq!(text_of(again.file(&id).await).await.as_deref(), Some("bytes"));
    assert_eq!(text_of(again.thumbnail(&id).await).await.as_deref(), Some("small"));
}

#[wasm_bindgen_test]
async fn a_record_is_replaced_under_its_id_and_gone_when_deleted() {
    let store = open(&name()).await;
    store.put_avatars(&[portrait()]).await.unwrap();
    let renamed = likeness_core::Avatar { name: "Ada".into(), ..portrait() };
    store.put_avatars(std::slice::from_ref(&renamed)).await.unwrap();
    assert_eq!(store.contents().await.avatars, [renamed]);
    store.delete_avatar("p-1").await.unwrap();
    store.delete_avatar("never there").await.unwrap();
    assert!(store.contents().await.avatars.is_empty());
}

#[wasm_bindgen_test]
async fn pictures_come_newest_first_and_jobs_oldest_first() {
    let store = open(&name()).await;
    for (id, at) in [("b", 20), ("c", 30), ("a", 10)] {
        store.put_picture(&picture(id, at), None, None).await.unwrap();
        store.put_job(&Job::new(JobId(id.into()), at, order())).await.unwrap();
    }
    let contents = store.contents().await;
    assert_eq!(contents.pictures.iter().map(|it| it.created_at).collect::<Vec<_>>(), [30, 20, 10]);
    assert_eq!(contents.jobs.iter().map(|it| it.created_at).collect::<Vec<_>>(), [10, 20, 30]);
}

#[wasm_bindgen_test]
async fn a_job_in_every_state_is_read_back_as_it_was_written() {
    let store = open(&name()).await;
    let handle = Handle {
        request_id: "0123abcd-ef".into(),
        status_url: "https://queue.fal.run/s".into(),
        response_url: "https://queue.fal.run/r".into(),
        cancel_url: "https://queue.fal.run/c".into(),
    };
    let delivery = Delivery {
        url: "https://v3b.fal.media/files/1.jpg".into(),
        width: Some(1024),
        height: None,
        content_type: None,
        is_blocked: false,
        is_stored: true,
        is_gone: false,
        is_refused: false,
    };
    let failure = Failure {
        kind: FailureKind::ExhaustedBalance,
        said: Some("Exhausted balance".into()),
        field: None,
        charge: Charge::No,
        retry_at: Some(1_795_000_000_003),
    };
    let states = [
        State::Intended,
        State::Sent,
        State::Held,
        State::Unknown { inquiry: Inquiry::Open },
        State::Unknown { inquiry: Inquiry::Absent { since: 1_795_000_000_000 } },
        State::Unknown { inquiry: Inquiry::Closed },
        State::Unsent { offer: None },
        State::Queued { handle: handle.clone(), position: Some(0) },
        State::Queued { handle: handle.clone(), position: None },
        State::Running { handle: handle.clone(), since: 1_795_000_000_000 },
        State::Completed { handle: handle.clone(), since: 1_795_000_000_001 },
        State::Delivered { handle, pictures: vec![delivery], seed: Some(u64::MAX.to_string()) },
        State::Done { at: 1_795_000_000_002 },
        State::Cancelled,
        State::Failed { failure },
    ];
    for (index, state) in states.into_iter().enumerate() {
        let new = Job::new(JobId(format!("job-{index:02}")), index as u64, order());
        let trouble = (index % 2 == 0).then_some(FailureKind::Network);
        let job = Job { state, trouble, cancel: Cancel::Asked, ..new };
        store.put_job(&job).await.unwrap();
        let mut contents = store.contents().await;
        assert_eq!(contents.corrupt, 0, "{job:?}");
        assert_eq!(contents.jobs.pop(), Some(job));
    }
    store.delete_job(&JobId("job-00".into())).await.unwrap();
    assert_eq!(store.contents().await.jobs.len(), 14);
}

#[wasm_bindgen_test]
async fn seeds_over_two_to_the_53_survive() {
    let store = open(&name()).await;
    store.put_picture(&picture("j", 1), None, None).await.unwrap();
    let read = store.contents().await.pictures.remove(0);
    assert_eq!(read.seed.as_deref(), Some("18446744073709551615"));
    assert!(read.order.body.contains("\"seed\":9007199254740993"), "{}", read.order.body);
}

/// The first versions kept `Map`s of JavaScript; an object is what the next version can still read by its keys.
#[wasm_bindgen_test]
async fn records_are_plain_objects() {
    let name = name();
    open(&name).await.put_avatars(&[portrait()]).await.unwrap();
    let database = Database::open(&name, || {}).await.unwrap();
    let record = database.get(Table::Avatars, "p-1").await.unwrap().unwrap();
    assert_eq!(js("return it.trigger_word", &record), "TOK");
    assert_eq!(js("return it.kind", &record), "portrait");
}

#[wasm_bindgen_test]
async fn a_corrupt_record_is_counted_and_left_where_it_is() {
    let name = name();
    let database = Database::open(&name, || {}).await.unwrap();
    let broken = JsValue::from_str("no avatar at all");
    let put = Change::Put(Table::Avatars, "broken".into(), broken.clone());
    database.write(vec![put]).await.unwrap();
    let half = js("return { id: 'half', created_at: 'yesterday' }", &JsValue::NULL);
    let put = Change::Put(Table::Pictures, "half".into(), half);
    database.write(vec![put]).await.unwrap();

    let store = open(&name).await;
    store.put_avatars(&[portrait()]).await.unwrap();
    let contents = store.contents().await;
    assert_eq!((contents.avatars, contents.corrupt), (vec![portrait()], 2));
    assert_eq!(database.get(Table::Avatars, "broken").await.unwrap(), Some(broken));
}

/// A change that cannot be made used to leave those before it in the transaction, which then committed.
#[wasm_bindgen_test]
async fn of_changes_that_fail_half_way_none_is_made() {
    let database = Database::open(&name(), || {}).await.unwrap();
    let function = js("return () => {}", &JsValue::NULL);
    let changes = vec![
        Change::Put(Table::Pictures, "p".into(), "record".into()),
        Change::Put(Table::Files, "p".into(), file("bytes").into()),
        // No function can be stored.
        Change::Put(Table::Thumbnails, "p".into(), function),
    ];
    assert_eq!(database.write(changes).await, Err(StoreError::Failed));
    for table in Table::ALL {
        assert_eq!(database.get(table, "p").await.unwrap(), None, "{table:?}");
    }
}

#[wasm_bindgen_test]
async fn clearing_leaves_nothing_and_the_library_goes_on() {
    let store = open(&name()).await;
    store.put_avatars(&[portrait()]).await.unwrap();
    store.put_picture(&picture("j", 1), Some(file("bytes")), None).await.unwrap();
    store.clear().await.unwrap();
    let contents = store.contents().await;
    assert!(contents.avatars.is_empty() && contents.pictures.is_empty());
    assert!(store.file(&picture("j", 1).id).await.is_none());
    store.put_avatars(&[portrait()]).await.unwrap();
    assert_eq!(store.contents().await.avatars, [portrait()]);
}

/// Private windows and foreign frames throw as soon as the property is read.
#[wasm_bindgen_test]
async fn where_the_browser_refuses_everything_is_kept_in_memory() {
    let refuse = "
        const own = Object.getOwnPropertyDescriptor(window, 'indexedDB');
        const get = () => { throw new DOMException('denied', 'SecurityError'); };
        Object.defineProperty(window, 'indexedDB', { configurable: true, get });
        return own";
    let own = js(refuse, &JsValue::NULL);
    let store = open(&name()).await;
    js(
        "if (it) Object.defineProperty(window, 'indexedDB', it); else delete window.indexedDB",
        &own,
    );

    assert!(!store.is_durable());
    store.put_avatars(&[portrait()]).await.unwrap();
    store.put_picture(&picture("j", 1), Some(file("bytes")), None).await.unwrap();
    let contents = store.contents().await;
    assert_eq!((contents.avatars, contents.pictures), (vec![portrait()], vec![picture("j", 1)]));
    let id = picture("j", 1).id;
    assert_eq!(text_of(store.file(&id).await).await.as_deref(), Some("bytes"));
    store.delete_picture(&id).await.unwrap();
    assert!(store.file(&id).await.is_none());
    assert!(open(&name()).await.is_durable(), "the browser gives storage again");
}

#[wasm_bindgen_test]
async fn a_dead_handle_is_dropped_and_the_work_done_once_more_on_a_new_one() {
    let store = open(&name()).await;
    store.put_avatars(&[portrait()]).await.unwrap();
    let break_once = "
        const own = IDBDatabase.prototype.transaction;
        let left = it;
        IDBDatabase.prototype.transaction = function (...given) {
            if (left-- > 0) throw new DOMException('the connection is closing', 'InvalidStateError');
            return own.apply(this, given);
        };
        return own";
    let own = js(break_once, &1.into());
    store.put_avatars(&[artistic()]).await.unwrap();
    js("IDBDatabase.prototype.transaction = it", &own);
    js(break_once, &2.into());
    let outcome = store.put_avatars(&[portrait()]).await;
    js("IDBDatabase.prototype.transaction = it", &own);
    assert_eq!(outcome, Err(StoreError::Failed), "a second failure is said");
    assert_eq!(store.contents().await.avatars, [artistic(), portrait()]);
}

#[wasm_bindgen_test]
async fn the_self_check_of_the_storage_passes_and_leaves_nothing() {
    assert_eq!(trial::storage().await, Ok(Form::Files));
    let names = "
        return new Promise((resolve) => setTimeout(resolve, 200))
            .then(() => indexedDB.databases())
            .then((all) => all.map((each) => each.name).join())";
    let names = js_promise(names, &JsValue::NULL).await.as_string().unwrap();
    assert!(!names.split(',').any(|name| name == "likeness-check"), "{names}");
}

#[wasm_bindgen_test]
async fn the_self_check_says_that_a_browser_takes_no_files_and_ends_where_nothing_does() {
    {
        let _patch = Patch::of(REFUSE_BLOBS);
        assert_eq!(trial::storage().await, Ok(Form::Bytes));
    }
    let _patch = Patch::of(NEVER_END);
    assert_eq!(trial::storage().await, Err(StoreError::Failed));
}
