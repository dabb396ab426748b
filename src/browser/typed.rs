//! What stands in a text field, as far as a text of ours can hold it.

use js_sys::{JsString, Reflect};
use likeness_studio::draft::{HALF, Typed};
use wasm_bindgen::JsCast;
use web_sys::Event;

/// Whether the words that an event brought are all that stands in the field. Only the browser knows: its texts may hold half a character.
pub fn judge(event: &Event, words: &str) -> Typed {
    if !words.contains(HALF) {
        return Typed::Whole;
    }
    let value = event.target().and_then(|field| Reflect::get(&field, &"value".into()).ok());
    match value.and_then(|value| value.dyn_into::<JsString>().ok()) {
        Some(text) if !text.is_valid_utf16() => Typed::Halved,
        _ => Typed::Whole,
    }
}
