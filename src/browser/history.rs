//! The address bar.

use crate::page::Page;
use wasm_bindgen::JsValue;
use web_sys::{History, Location};

/// The page that the address names.
pub fn page() -> Page {
    let path = location().and_then(|location| location.pathname().ok());
    path.map_or(Page::Studio, |path| Page::parse(&path))
}

/// What a link asks for that is opened in a browser: `?startapp=`, as Telegram's links have it.
pub fn link() -> Option<String> {
    let search = location()?.search().ok()?;
    // What others add to links that are passed on stands behind it.
    search.strip_prefix("?startapp=")?.split('&').next().map(str::to_owned)
}

/// Writes another address for the page that is shown, such as one without its link, so that that is opened once.
pub fn rewrite(address: &str) {
    if let Some(history) = history() {
        let depth = JsValue::from_f64(depth(&history));
        // Where it stays, what it says is done by each load, which does no harm.
        let _ = history.replace_state_with_url(&depth, "", Some(address));
    }
}

/// Goes to a page. Going where one is adds nothing to the history.
pub fn push(to: &Page) {
    if page() == *to {
        return;
    }
    if let Some(history) = history() {
        let depth = JsValue::from_f64(depth(&history) + 1.0);
        // Fails only in frames without an origin; then the address stays and the page changes all the same.
        let _ = history.push_state_with_url(&depth, "", Some(&address(to)));
    }
}

/// Goes back to where the app was before. Whether there is such a place: beyond the app's own steps nothing is ours.
pub fn back() -> bool {
    let own = history().filter(|history| depth(history) > 0.0);
    own.is_some_and(|history| history.back().is_ok())
}

/// The address of a page. What Telegram launched the app with stays in it: after a reload there may be no other place that knows it.
pub fn address(of: &Page) -> String {
    let hash = location().and_then(|location| location.hash().ok());
    of.path() + &hash.filter(|hash| hash.contains("tgWebApp")).unwrap_or_default()
}

/// How many steps the app has made to get here.
fn depth(history: &History) -> f64 {
    history.state().ok().and_then(|state| state.as_f64()).unwrap_or_default()
}

fn history() -> Option<History> {
    web_sys::window()?.history().ok()
}

fn location() -> Option<Location> {
    Some(web_sys::window()?.location())
}
