//! The style sheet of what is fetched when it is needed.

use js_sys::Promise;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlLinkElement;

/// Brings the style sheet that the page names as the one for later, unless it is here. It is over when the sheet is applied or cannot be had; a page without
/// style still works.
pub async fn bring() {
    if let Some(link) = add() {
        let mut wait = |resolve: js_sys::Function, _| {
            link.set_onload(Some(&resolve));
            link.set_onerror(Some(&resolve));
        };
        // It never rejects.
        let _ = JsFuture::from(Promise::new(&mut wait)).await;
    }
}

fn add() -> Option<HtmlLinkElement> {
    let document = web_sys::window()?.document()?;
    let name = document.query_selector("meta[name=later-style]").ok()??;
    let link: HtmlLinkElement = document.create_element("link").ok()?.unchecked_into();
    link.set_rel("stylesheet");
    link.set_href(&name.get_attribute("content")?);
    document.head()?.append_child(&link).ok()?;
    name.remove();
    Some(link)
}
