//! Bytes of pictures: what kind they are, and the two forms in which the database keeps them.
//!
//! A `Blob` lies on the disk without being read, which is twice as fast for a large file; an `ArrayBuffer` is three times as fast for a small one, and all that
//! private windows of WebKit take. With a buffer its type is kept, which a `Blob` has of its own.

use super::files;
use js_sys::{Array, ArrayBuffer, Object, Reflect};
use likeness_studio::image_type::ImageType;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag};

const BYTES: &str = "bytes";
const TYPE: &str = "type";

/// The same bytes under the type that they have by themselves. Where nobody knows it, under the one that they came with.
pub async fn typed(blob: Blob) -> Blob {
    let Ok(head) = blob.slice_with_i32_and_i32(0, ImageType::HEAD) else { return blob };
    let kind = files::read(&head).await.ok().and_then(|head| ImageType::of(&head));
    match kind.map(ImageType::content_type) {
        Some(kind) if blob.type_() != kind => {
            blob.slice_with_f64_and_f64_and_content_type(0.0, blob.size(), kind).unwrap_or(blob)
        }
        _ => blob,
    }
}

/// A record of bytes with their type.
///
/// # Errors
/// As the browser says, if the bytes cannot be read.
pub async fn record(blob: &Blob) -> Result<JsValue, JsValue> {
    let record = Object::new();
    Reflect::set(&record, &BYTES.into(), &JsFuture::from(blob.array_buffer()).await?)?;
    Reflect::set(&record, &TYPE.into(), &blob.type_().into())?;
    Ok(record.into())
}

/// The bytes in a record of either form. None if it is neither.
pub fn of_record(record: JsValue) -> Option<Blob> {
    let record = match record.dyn_into::<Blob>() {
        Ok(blob) => return Some(blob),
        Err(record) => record,
    };
    let bytes: ArrayBuffer = Reflect::get(&record, &BYTES.into()).ok()?.dyn_into().ok()?;
    let options = BlobPropertyBag::new();
    if let Some(kind) = Reflect::get(&record, &TYPE.into()).ok()?.as_string() {
        options.set_type(&kind);
    }
    Blob::new_with_buffer_source_sequence_and_options(&Array::of1(&bytes), &options).ok()
}
