//! Text that is put into a field as if it had been typed, so that the browser's own undo knows of it.

use wasm_bindgen::JsCast;
use web_sys::{HtmlDocument, HtmlTextAreaElement};

/// Replaces what stands in a text area, and leaves the focus there. Whether the browser did it; then the field has told so by its own event.
pub fn replace(id: &str, text: &str) -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    let Some(document) = document else { return false };
    let field = document.get_element_by_id(id).and_then(|field| field.dyn_into().ok());
    let Some(field): Option<HtmlTextAreaElement> = field else { return false };
    // Fails only for elements that are not in the page.
    let _ = field.focus();
    field.select();
    let Some(document) = document.dyn_ref::<HtmlDocument>() else { return false };
    let done = if text.is_empty() {
        document.exec_command("delete")
    } else {
        document.exec_command_with_show_ui_and_value("insertText", false, text)
    };
    // Some browsers say that they did it, and did nothing.
    done.unwrap_or_default() && field.value() == text
}
