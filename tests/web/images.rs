//! Pictures, decoded by the browser.

use crate::support::{file, js_promise};
use likeness::browser::images::{self, THUMBNAIL_SIDE};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Blob;

/// A picture that the browser draws and writes itself.
async fn drawn(width: u32, height: u32, content_type: &str) -> Blob {
    let body = format!(
        "const canvas = new OffscreenCanvas({width}, {height});
         const context = canvas.getContext('2d');
         context.fillStyle = 'tomato';
         context.fillRect(0, 0, {width} / 2, {height});
         return canvas.convertToBlob({{ type: it }});"
    );
    js_promise(&body, &content_type.into()).await.unchecked_into()
}

#[wasm_bindgen_test]
async fn png_and_jpeg_are_decoded_with_their_pixels() {
    for content_type in ["image/png", "image/jpeg"] {
        let decoded = images::decode(&drawn(640, 360, content_type).await).await.unwrap();
        assert_eq!((decoded.width, decoded.height), (640, 360), "{content_type}");
    }
}

#[wasm_bindgen_test]
async fn the_longer_side_of_a_small_copy_is_fixed_and_its_ratio_kept() {
    for (size, small) in
        [((1440, 960), (480, 320)), ((960, 1440), (320, 480)), ((2048, 8), (480, 2))]
    {
        let decoded = images::decode(&drawn(size.0, size.1, "image/png").await).await.unwrap();
        let copy = decoded.thumbnail.unwrap();
        assert_eq!(copy.type_(), "image/jpeg");
        let copy = images::decode(&copy).await.unwrap();
        assert_eq!((copy.width, copy.height), small);
        assert_eq!(copy.width.max(copy.height), THUMBNAIL_SIDE);
    }
}

#[wasm_bindgen_test]
async fn a_picture_that_is_small_already_needs_no_copy() {
    for (width, height) in [(THUMBNAIL_SIDE, 100), (1, 1)] {
        let decoded = images::decode(&drawn(width, height, "image/png").await).await.unwrap();
        assert!(decoded.thumbnail.is_none());
    }
}

#[wasm_bindgen_test]
async fn bytes_that_are_no_picture_are_told() {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>";
    for text in
        ["", "<!doctype html><p>502 Bad Gateway</p>", "{\"detail\":\"gone\"}", "\u{FFFD}PNG", svg]
    {
        assert!(images::decode(&file(text)).await.is_none(), "{text:?}");
    }
    let whole = drawn(640, 360, "image/png").await;
    let head = whole.slice_with_i32_and_i32(0, 20).unwrap();
    assert!(images::decode(&head).await.is_none(), "the head of a picture alone");
}
