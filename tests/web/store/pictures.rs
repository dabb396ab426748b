//! The bytes of pictures, and their small copies.

use super::*;

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
