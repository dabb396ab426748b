//! The style sheet of what is fetched when it is needed.

use core::cell::RefCell;
use js_sys::Promise;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlLinkElement;

thread_local! {
    /// The sheet that is here or on its way.
    static SHEET: RefCell<Option<Promise>> = const { RefCell::new(None) };
}

/// Brings the style sheet that the page names as the one for later, unless it is here. It is over when the sheet is applied or cannot be had now: a page
/// without style still works, and the next part that comes asks for it again.
pub async fn bring() {
    let known = SHEET.with_borrow(Clone::clone);
    let Some(sheet) = known.or_else(add) else { return };
    SHEET.set(Some(sheet.clone()));
    if JsFuture::from(sheet).await.is_err() {
        SHEET.set(None);
    }
}

/// Puts the sheet into the page. It settles when the sheet is there, or cannot be had.
fn add() -> Option<Promise> {
    let document = web_sys::window()?.document()?;
    let name = document.query_selector("meta[name=later-style]").ok()??;
    let link: HtmlLinkElement = document.create_element("link").ok()?.unchecked_into();
    link.set_rel("stylesheet");
    link.set_href(&name.get_attribute("content")?);
    document.head()?.append_child(&link).ok()?;
    Some(Promise::new(&mut |resolve, reject| {
        link.set_onload(Some(&resolve));
        link.set_onerror(Some(&reject));
    }))
}
