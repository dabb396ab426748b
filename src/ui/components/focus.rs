//! Where the keyboard is.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Gives an element focus; the browser scrolls no further than needed. What takes no focus by itself needs `tabindex="-1"`.
pub fn focus(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        take(element);
    }
}

/// The same once the screen has been built anew.
pub fn focus_later(id: String) {
    request_animation_frame(move || focus(&id));
}

/// Scrolls to the beginning of an element and gives it focus.
pub fn show(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        element.scroll_into_view();
        take(element);
    }
}

fn take(element: Element) {
    if let Ok(element) = element.dyn_into::<HtmlElement>() {
        // Fails only for elements that are not in the page.
        let _ = element.focus();
    }
}
