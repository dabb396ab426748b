//! The library, in the browser's own database. Each test opens one of its own name.

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
async fn a_picture_goes_with_its_bytes_and_its_small_copy() {
    let name = name();
    let store = open(&name).await;
    let (gone, kept) = (picture("gone", 1), picture("kept", 2));
    for each in [&gone, &kept] {
        store.put_picture(each, Some(file("bytes")), Some(file("small"))).await.unwrap();
    }
    store.delete_picture(&gone.id).await.unwrap();
    assert_eq!(store.contents().await.pictures, std::slice::from_ref(&kept));
    let database = Database::open(&name, || {}).await.unwrap();
    for table in [Table::Pictures, Table::Files, Table::Thumbnails] {
        assert!(database.get(table, &gone.id.0).await.unwrap().is_none(), "{table:?}");
        assert!(database.get(table, &kept.id.0).await.unwrap().is_some(), "{table:?}");
    }
}

#[wasm_bindgen_test]
async fn a_picture_without_a_small_copy_is_shown_itself() {
    let store = open(&name()).await;
    let small = picture("small", 1);
    store.put_picture(&small, Some(file("bytes")), None).await.unwrap();
    assert_eq!(text_of(store.thumbnail(&small.id).await).await.as_deref(), Some("bytes"));
    let blocked = picture("blocked", 1);
    store.put_picture(&blocked, None, None).await.unwrap();
    assert!(store.thumbnail(&blocked.id).await.is_none());
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
async fn a_library_of_a_newer_version_is_left_alone() {
    let name = name();
    let newer = "
        return new Promise((resolve, reject) => {
            const request = indexedDB.open(it, 99);
            request.onupgradeneeded = () => request.result.createObjectStore('future');
            request.onsuccess = () => { request.result.close(); resolve(); };
            request.onerror = reject;
        })";
    js_promise(newer, &name.as_str().into()).await;
    assert!(matches!(Database::open(&name, || {}).await, Err(StoreError::Newer)));
    assert!(!open(&name).await.is_durable());
    let tables = "
        return new Promise((resolve, reject) => {
            const request = indexedDB.open(it);
            request.onsuccess = () => {
                resolve([...request.result.objectStoreNames].join());
                request.result.close();
            };
            request.onerror = reject;
        })";
    assert_eq!(js_promise(tables, &name.as_str().into()).await, "future");
}

/// WebKit kills handles of pages in the background; every use of such a handle fails from then on.
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
async fn when_a_newer_version_takes_the_library_over_this_one_lets_go_and_says_so() {
    let name = name();
    let store = open(&name).await;
    store.put_avatars(&[portrait()]).await.unwrap();
    let newer = "
        return new Promise((resolve, reject) => {
            const request = indexedDB.open(it, 99);
            request.onsuccess = () => { request.result.close(); resolve('opened'); };
            request.onblocked = () => reject(new Error('blocked'));
            request.onerror = reject;
        })";
    assert_eq!(js_promise(newer, &name.as_str().into()).await, "opened");
    assert_eq!(store.put_avatars(&[artistic()]).await, Err(StoreError::Newer));
}

#[wasm_bindgen_test]
async fn a_record_of_a_newer_shape_is_neither_shown_nor_changed() {
    let name = name();
    let store = open(&name).await;
    store.put_job(&Job::new(JobId("j".into()), 1, order())).await.unwrap();
    let database = Database::open(&name, || {}).await.unwrap();
    let record = database.get(Table::Jobs, "j").await.unwrap().unwrap();
    let newer = js("return { ...it, v: 2, mood: 'blue' }", &record);
    database.write(vec![Change::Put(Table::Jobs, "j".into(), newer)]).await.unwrap();
    let contents = store.contents().await;
    assert_eq!((contents.jobs.len(), contents.newer, contents.corrupt), (0, 1, 0));
    assert_eq!(store.job(&JobId("j".into())).await, Err(StoreError::Newer));
    let kept = database.get(Table::Jobs, "j").await.unwrap().unwrap();
    assert_eq!(js("return it.mood", &kept), "blue");
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
async fn small_copies_are_stored_as_buffers_with_their_type_and_originals_as_blobs() {
    let name = name();
    let store = open(&name).await;
    let small = js("return new Blob(['small'], { type: 'image/png' })", &JsValue::NULL);
    let id = picture("j", 1).id;
    store
        .put_picture(&picture("j", 1), Some(file("bytes")), Some(small.unchecked_into()))
        .await
        .unwrap();
    let database = Database::open(&name, || {}).await.unwrap();
    let kept = database.get(Table::Thumbnails, &id.0).await.unwrap().unwrap();
    assert_eq!(js("return it.bytes instanceof ArrayBuffer && it.type", &kept), "image/png");
    let kept = database.get(Table::Files, &id.0).await.unwrap().unwrap();
    assert_eq!(js("return it instanceof Blob", &kept), true);
    let copy = store.thumbnail(&id).await.unwrap();
    assert_eq!(copy.type_(), "image/png");
    assert_eq!(text_of(Some(copy)).await.as_deref(), Some("small"));
}

#[wasm_bindgen_test]
async fn where_blobs_are_refused_bytes_are_stored_and_no_second_blob_is_tried() {
    let name = name();
    let store = open(&name).await;
    {
        let _patch = Patch::of(REFUSE_BLOBS);
        for (job, text) in [("one", "bytes"), ("two", "more bytes")] {
            let id = picture(job, 1).id;
            store
                .put_picture(&picture(job, 1), Some(file(text)), Some(file("small")))
                .await
                .unwrap();
            assert_eq!(text_of(store.file(&id).await).await.as_deref(), Some(text));
        }
        assert_eq!(js("return window.refusedBlobs", &JsValue::NULL), 1);
    }
    let again = open(&name).await;
    assert_eq!(again.contents().await.pictures.len(), 2);
    let id = picture("two", 1).id;
    assert_eq!(text_of(again.file(&id).await).await.as_deref(), Some("more bytes"));
    assert_eq!(text_of(again.thumbnail(&id).await).await.as_deref(), Some("small"));
}

#[wasm_bindgen_test]
async fn a_blob_that_is_refused_although_another_was_taken_is_stored_as_bytes() {
    let store = open(&name()).await;
    store.put_picture(&picture("one", 1), Some(file("bytes")), None).await.unwrap();
    let _patch = Patch::of(REFUSE_BLOBS);
    store.put_picture(&picture("two", 1), Some(file("more bytes")), None).await.unwrap();
    let id = picture("two", 1).id;
    assert_eq!(text_of(store.file(&id).await).await.as_deref(), Some("more bytes"));
}

#[wasm_bindgen_test]
async fn a_write_that_neither_completes_nor_fails_has_an_end_and_the_next_one_works() {
    let store = open(&name()).await;
    store.put_avatars(&[portrait()]).await.unwrap();
    {
        let _patch = Patch::of(NEVER_END);
        assert_eq!(store.put_avatars(&[artistic()]).await, Err(StoreError::Failed));
        assert_eq!(store.delete_avatar("p-1").await, Err(StoreError::Failed));
        assert_eq!(store.clear().await, Err(StoreError::Failed));
        let outcome = store.put_picture(&picture("j", 1), Some(file("bytes")), None).await;
        assert_eq!(outcome, Err(StoreError::Failed));
    }
    store.put_picture(&picture("j", 1), Some(file("bytes")), None).await.unwrap();
    assert_eq!(store.contents().await.pictures, [picture("j", 1)]);
}

#[wasm_bindgen_test]
async fn an_opening_that_never_ends_is_a_refusal() {
    let _patch = Patch::of(
        "const [own, wait] = [IDBFactory.prototype.open, window.setTimeout];
         IDBFactory.prototype.open = () => ({});
         window.setTimeout = (run, ms, ...rest) => wait(run, ms / 20, ...rest);
         return () => { IDBFactory.prototype.open = own; window.setTimeout = wait; };",
    );
    assert!(matches!(Database::open(&name(), || {}).await, Err(StoreError::Refused)));
}

#[wasm_bindgen_test]
async fn a_library_that_takes_nothing_more_is_read_and_the_rest_lasts_as_long_as_the_page() {
    let name = name();
    let store = open(&name).await;
    store.put_avatars(&[portrait()]).await.unwrap();
    store.put_picture(&picture("old", 1), Some(file("bytes")), None).await.unwrap();
    let _patch = Patch::of(
        "const own = IDBObjectStore.prototype.put;
         IDBObjectStore.prototype.put = () => { throw new DOMException('no', 'UnknownError'); };
         return () => { IDBObjectStore.prototype.put = own; };",
    );
    let store = open(&name).await;
    assert!(!store.is_durable());
    let contents = store.contents().await;
    assert_eq!((contents.avatars.len(), contents.pictures.len()), (1, 1));
    store.put_picture(&picture("new", 2), Some(file("new bytes")), None).await.unwrap();
    for (job, text) in [("old", "bytes"), ("new", "new bytes")] {
        let file = store.file(&picture(job, 1).id).await;
        assert_eq!(text_of(file).await.as_deref(), Some(text));
    }
}

/// The tables as the first version left them, with `Blob`s in both tables of bytes.
#[wasm_bindgen_test]
async fn a_library_of_the_first_version_is_taken_over_with_everything_in_it() {
    let name = name();
    let store = open(&name).await;
    store.put_avatars(&[portrait()]).await.unwrap();
    store.put_picture(&picture("j", 1), None, None).await.unwrap();
    let database = Database::open(&name, || {}).await.unwrap();
    let key = || picture("j", 1).id.0;
    let avatar = database.get(Table::Avatars, "p-1").await.unwrap().unwrap();
    let record = database.get(Table::Pictures, &key()).await.unwrap().unwrap();
    let old = format!("old-{name}");
    let make = format!(
        "return new Promise((resolve, reject) => {{
            const request = indexedDB.open('{old}', 1);
            request.onupgradeneeded = () => {{
                const table = (name) => request.result.createObjectStore(name);
                table('jobs');
                table('avatars').put(it[0], 'p-1');
                table('pictures').put(it[1], '{key}');
                table('files').put(new Blob(['bytes']), '{key}');
                table('thumbnails').put(new Blob(['small'], {{ type: 'image/jpeg' }}), '{key}');
            }};
            request.onsuccess = () => {{ request.result.close(); resolve(); }};
            request.onerror = reject;
        }})",
        key = key()
    );
    js_promise(&make, &js_sys::Array::of2(&avatar, &record)).await;
    let taken = open(&old).await;
    let contents = taken.contents().await;
    assert_eq!((contents.avatars, contents.pictures), (vec![portrait()], vec![picture("j", 1)]));
    let id = picture("j", 1).id;
    assert_eq!(text_of(taken.file(&id).await).await.as_deref(), Some("bytes"));
    let copy = taken.thumbnail(&id).await.unwrap();
    assert_eq!(copy.type_(), "image/jpeg");
    assert_eq!(text_of(Some(copy)).await.as_deref(), Some("small"));
}

#[wasm_bindgen_test]
async fn a_picture_that_is_not_stored_yet_can_be_shown_and_saved() {
    let store = open(&name()).await;
    let id = picture("j", 1).id;
    store.hold(&id, bytes_of("bytes"));
    assert_eq!(text_of(store.file(&id).await).await.as_deref(), Some("bytes"));
    assert_eq!(text_of(store.thumbnail(&id).await).await.as_deref(), Some("small"));
    assert!(store.contents().await.pictures.is_empty());
    let bytes = bytes_of("bytes");
    store.put_picture(&picture("j", 1), Some(bytes.file), bytes.thumbnail).await.unwrap();
    assert_eq!(text_of(store.file(&id).await).await.as_deref(), Some("bytes"));
}

#[wasm_bindgen_test]
async fn a_picture_that_was_deleted_before_it_was_stored_is_not_stored() {
    let store = open(&name()).await;
    let id = picture("j", 1).id;
    store.hold(&id, bytes_of("bytes"));
    store.delete_picture(&id).await.unwrap();
    store.put_picture(&picture("j", 1), Some(file("bytes")), None).await.unwrap();
    assert!(store.contents().await.pictures.is_empty());
    assert!(store.file(&id).await.is_none() && store.is_deleted(&id));
}

#[wasm_bindgen_test]
async fn a_file_has_the_type_of_its_bytes_whatever_it_was_called() {
    let store = open(&name()).await;
    let id = picture("j", 1).id;
    let mislabelled = "return new Blob([new Uint8Array([0x52, 0x49, 0x46, 0x46, 4, 0, 0, 0, \
         0x57, 0x45, 0x42, 0x50, 1, 2])], { type: 'image/jpeg' })";
    let mislabelled = js(mislabelled, &JsValue::NULL).unchecked_into();
    store.put_picture(&picture("j", 1), Some(mislabelled), None).await.unwrap();
    let file = store.file(&id).await.unwrap();
    assert_eq!((file.type_().as_str(), file.size()), ("image/webp", 14.0));
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
