//! The address bar.

use crate::page::Page;
use wasm_bindgen::JsValue;

/// The page that the address names.
pub fn page() -> Page {
    let path = web_sys::window().and_then(|window| window.location().pathname().ok());
    path.map_or(Page::Studio, |path| Page::parse(&path))
}

/// Goes to a page. Going where one is adds nothing to the history.
pub fn push(to: &Page) {
    if page() == *to {
        return;
    }
    if let Some(history) = web_sys::window().and_then(|window| window.history().ok()) {
        // Fails only in frames without an origin; then the address stays and the page changes all the same.
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&to.path()));
    }
}
