//! Where the keyboard is.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Brings an element into view and gives it focus. What takes no focus by itself needs `tabindex="-1"`.
pub fn focus(id: &str) {
    let element = document().get_element_by_id(id);
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        element.scroll_into_view();
        // Fails only for elements that are not in the page.
        let _ = element.focus();
    }
}

/// The same once the screen has been built anew.
pub fn focus_later(id: String) {
    request_animation_frame(move || focus(&id));
}
