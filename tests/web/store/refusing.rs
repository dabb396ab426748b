//! Browsers that refuse a part of what a library needs, and such that answer nothing.

use super::*;

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
