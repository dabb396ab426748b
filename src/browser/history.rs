//! The address bar and the history behind it.

use super::{clock, scroll};
use crate::{
    page::Page,
    place::{Place, Step},
};
use std::cell::{Cell, RefCell};
use wasm_bindgen::JsValue;
use web_sys::{History, Location};

/// How long the browser may take to go back. One that does not at all leaves an entry too many.
const A_WHILE: u64 = 1_000;

/// Something to do later.
type Later = Box<dyn FnOnce()>;

thread_local! {
    /// Whether the browser is on its way to the entry before, as the app wanted.
    static IS_LEAVING: Cell<bool> = const { Cell::new(false) };
    /// How many times it was.
    static LEFT: Cell<u32> = const { Cell::new(0) };
    /// What waits until it has arrived.
    static WAITING: RefCell<Vec<Later>> = const { RefCell::new(Vec::new()) };
}

/// The place that the address and its entry name.
pub fn place() -> Place {
    let path = location().and_then(|location| location.pathname().ok());
    Place::read(&path.unwrap_or_default(), &note())
}

/// How far the page of the entry was scrolled, if that was noted.
pub fn scrolled() -> Option<u32> {
    Place::scrolled(&note())
}

/// Notes in the entry how far its page is scrolled.
pub fn note_scroll() {
    let note = place().note(scroll::place());
    if let Some(history) = history() {
        // A browser that refuses so many notes gets the next one.
        let _ = history.replace_state(&note.into(), "");
    }
}

/// What the app noted in the entry.
fn note() -> String {
    let state = history().and_then(|history| history.state().ok()).unwrap_or_default();
    // An earlier version noted a number.
    let note = state.as_string().or_else(|| Some((state.as_f64()? as i64).to_string()));
    note.unwrap_or_default()
}

/// What a link asks for that is opened in a browser: `?startapp=`, as Telegram's links have it.
pub fn link() -> Option<String> {
    let search = location()?.search().ok()?;
    // What others add to links that are passed on stands behind it.
    search.strip_prefix("?startapp=")?.split('&').next().map(str::to_owned)
}

/// Writes another address for the place that is shown, such as one without its link, so that that is opened once.
pub fn rewrite(address: &str) {
    if let Some(history) = history() {
        let note = history.state().unwrap_or_default();
        // Where it stays, what it says is done by each load, which does no harm.
        let _ = history.replace_state_with_url(&note, "", Some(address));
    }
}

/// Makes a step to a place.
pub fn step(step: Step, to: &Place) {
    let Some(history) = history() else { return };
    if step == Step::Push {
        note_scroll();
    }
    let (note, address) = (JsValue::from(to.note(scroll::place())), address(&to.path()));
    // These fail only in frames without an origin; then the address stays and the place changes all the same.
    let _ = match step {
        Step::Stay => Ok(()),
        Step::Push => history.push_state_with_url(&note, "", Some(&address)),
        Step::Replace => history.replace_state_with_url(&note, "", Some(&address)),
        Step::Back => {
            leave(to.clone());
            history.back()
        }
    };
}

/// Goes back to where the app was before. Whether there is such a place: beyond the app's own steps nothing is ours.
pub fn back() -> bool {
    place().has_before() && history().is_some_and(|history| history.back().is_ok())
}

/// Does something once the browser has gone back, if it is about to; else now.
pub fn when_arrived(act: impl FnOnce() + 'static) {
    if IS_LEAVING.get() {
        WAITING.with_borrow_mut(|waiting| waiting.push(Box::new(act)));
    } else {
        act();
    }
}

/// The browser has arrived at an entry.
pub fn arrived() {
    IS_LEAVING.set(false);
    // One of them may leave again; the others then wait for that.
    for act in WAITING.take() {
        when_arrived(act);
    }
}

/// The address of a path. What Telegram launched the app with stays in it: after a reload there may be no other place that knows it.
pub fn address(path: &str) -> String {
    let hash = location().and_then(|location| location.hash().ok());
    path.to_owned() + &hash.filter(|hash| hash.contains("tgWebApp")).unwrap_or_default()
}

/// The address of the first page.
pub fn start() -> String {
    address(&Page::Studio.path())
}

/// The browser goes back to a place. If it does not, its entry becomes that place.
fn leave(to: Place) {
    IS_LEAVING.set(true);
    let time = LEFT.get() + 1;
    LEFT.set(time);
    wasm_bindgen_futures::spawn_local(async move {
        clock::sleep(A_WHILE).await;
        if IS_LEAVING.get() && LEFT.get() == time {
            step(Step::Replace, &to);
            arrived();
        }
    });
}

fn history() -> Option<History> {
    web_sys::window()?.history().ok()
}

fn location() -> Option<Location> {
    Some(web_sys::window()?.location())
}
