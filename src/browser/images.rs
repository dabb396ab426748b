//! Decodes pictures off the main thread: to make sure that bytes are a picture, and to make small copies.

use super::clock::in_time;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, ImageBitmap};

/// The longer side of a small copy, in pixels: sharp on a phone's dense screen at a contact sheet's size.
pub const THUMBNAIL_SIDE: u32 = 480;

/// How long the browser may take over one picture, in milliseconds.
const PATIENCE: u32 = 30_000;

/// A picture that the browser can show.
pub struct Decoded {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// A small copy; none where the browser cannot make one.
    pub thumbnail: Option<Blob>,
}

/// Decodes a picture. None if the browser cannot, so the bytes are no picture.
pub async fn decode(file: &Blob) -> Option<Decoded> {
    let promise = web_sys::window()?.create_image_bitmap_with_blob(file).ok()?;
    let bitmap: ImageBitmap = in_time(promise, PATIENCE).await?.ok()?.dyn_into().ok()?;
    let (width, height) = (bitmap.width(), bitmap.height());
    let thumbnail = thumbnail(&bitmap).await;
    bitmap.close();
    Some(Decoded { width, height, thumbnail })
}

/// A small JPEG through an `OffscreenCanvas`, which old web views lack: then the picture itself stands in. Browsers that cannot write a kind give PNG; the
/// `Blob` says which came.
async fn thumbnail(bitmap: &ImageBitmap) -> Option<Blob> {
    let longer = bitmap.width().max(bitmap.height());
    if longer <= THUMBNAIL_SIDE {
        return None;
    }
    let scale = f64::from(THUMBNAIL_SIDE) / f64::from(longer);
    let (width, height) = (f64::from(bitmap.width()) * scale, f64::from(bitmap.height()) * scale);
    let (width, height) = (width.round().max(1.0), height.round().max(1.0));
    let class: Function =
        Reflect::get(&js_sys::global(), &"OffscreenCanvas".into()).ok()?.dyn_into().ok()?;
    let canvas =
        Reflect::construct(&class, &js_sys::Array::of2(&width.into(), &height.into())).ok()?;
    let context = call(&canvas, "getContext", &[&"2d".into()])?;
    Reflect::set(&context, &"imageSmoothingQuality".into(), &"high".into()).ok()?;
    call(&context, "drawImage", &[bitmap, &0.into(), &0.into(), &width.into(), &height.into()])?;
    let options = Object::new();
    Reflect::set(&options, &"type".into(), &"image/jpeg".into()).ok()?;
    Reflect::set(&options, &"quality".into(), &0.86.into()).ok()?;
    let promise: Promise = call(&canvas, "convertToBlob", &[&options])?.dyn_into().ok()?;
    in_time(promise, PATIENCE).await?.ok()?.dyn_into().ok()
}

fn call(target: &JsValue, method: &str, arguments: &[&JsValue]) -> Option<JsValue> {
    let function: Function = Reflect::get(target, &method.into()).ok()?.dyn_into().ok()?;
    let list: js_sys::Array = arguments.iter().map(|argument| (*argument).clone()).collect();
    function.apply(target, &list).ok()
}
