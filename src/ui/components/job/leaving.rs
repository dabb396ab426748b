//! The card of a run that the person took back: it has said so, and goes by itself.

use super::card_id;
use crate::ui::context::Studio;
use core::time::Duration;
use leptos::prelude::*;
use likeness_core::job::{JobId, State};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Long enough to be read, and to order the same again.
const LINGER: Duration = Duration::from_secs(6);
/// Between two looks whether somebody is still at the card.
const AGAIN: Duration = Duration::from_secs(2);
/// How long it fades, as the style says.
const FADE: Duration = Duration::from_millis(300);

/// Lets the card go after a while, but not from under a hand or the keyboard.
pub(super) fn soon(studio: Studio, id: JobId, is_leaving: RwSignal<bool>) {
    set_timeout(move || leave(studio, id, is_leaving), LINGER);
}

fn leave(studio: Studio, id: JobId, is_leaving: RwSignal<bool>) {
    let is_there = studio.jobs.try_with_untracked(|jobs| {
        jobs.iter().any(|job| job.id == id && matches!(job.state, State::Cancelled))
    });
    if is_there != Some(true) {
        return;
    }
    let card = document().get_element_by_id(&card_id(&id));
    let matches =
        |selector| card.as_ref().is_some_and(|card| card.matches(selector).unwrap_or_default());
    let is_used =
        card.as_ref().is_some_and(|card| card.query_selector(":focus").ok().flatten().is_some());
    if is_used || matches(":hover") {
        set_timeout(move || leave(studio, id, is_leaving), AGAIN);
        return;
    }
    // A keyboard goes on from the title of the sheet; for everybody else the page must not jump there.
    if !matches(":focus-visible")
        && let Some(card) = card.and_then(|card| card.dyn_into::<HtmlElement>().ok())
    {
        // Fails only for elements that are not in the page.
        let _ = card.blur();
    }
    // The card may be on a page that is gone.
    let _ = is_leaving.try_set(true);
    set_timeout(move || studio.dismiss(&id), FADE);
}
