//! Libraries of other versions of the app.

use super::*;

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
