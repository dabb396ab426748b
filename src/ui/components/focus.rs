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

/// Scrolls to the beginning of an element.
pub fn see(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        element.scroll_into_view();
    }
}

/// Keeps the keyboard where it is in an element that is about to be drawn anew or to go: on the control with the same name, else on the element itself, never on
/// another control, which the second of two quick presses would hit. If the element is gone, `otherwise` gets the focus.
pub fn keep(id: &str, otherwise: &'static str) {
    let active = document().active_element();
    let Some((active, holder)) = active.zip(document().get_element_by_id(id)) else { return };
    if !holder.contains(Some(&active)) {
        return;
    }
    let (id, called) = (id.to_owned(), name(&active));
    request_animation_frame(move || {
        let active = document().active_element().filter(|active| active.tag_name() != "BODY");
        let holder = document().get_element_by_id(&id);
        let is_elsewhere = active.as_ref().is_some_and(|active| {
            // A control that was drawn in place of another holds the focus of that one.
            name(active) == called
                || holder.as_ref().is_none_or(|holder| !holder.contains(Some(active)))
        });
        if is_elsewhere {
            return;
        }
        let Some(holder) = holder else { return focus(otherwise) };
        let controls = holder.query_selector_all("button, a, summary").ok();
        let control = controls.and_then(|controls| {
            let all = (0..controls.length()).filter_map(|at| controls.item(at)?.dyn_into().ok());
            all.into_iter().find(|control| name(control) == called)
        });
        take(control.unwrap_or(holder));
    });
}

/// Gives the focus to the page if nothing has it, as when what had it is gone.
pub fn to_page_if_lost() {
    if document().active_element().is_none_or(|active| active.tag_name() == "BODY") {
        to_page();
    }
}

/// Gives the focus to the page that is shown.
pub fn to_page() {
    if let Some(main) = document().get_element_by_id("main") {
        // Fails only for names that are none.
        let _ = main.set_attribute("tabindex", "-1");
        take(main);
    }
}

/// What a control is called.
fn name(control: &Element) -> Option<String> {
    control.get_attribute("aria-label").or_else(|| control.text_content())
}

fn take(element: Element) {
    if let Ok(element) = element.dyn_into::<HtmlElement>() {
        // Fails only for elements that are not in the page.
        let _ = element.focus();
    }
}
