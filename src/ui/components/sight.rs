//! Keeps what is chosen in sight in a list that scrolls.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// What stays in sight at the beginning of a list of many.
const STICKY: &str = "[data-kind=many]:not([data-state=open]) > .avatars__add";

/// How many frames to wait for a list that is drawn but not seen yet.
const PATIENCE: u32 = 120;

/// Scrolls the list of this selector, and nothing else, to what is chosen in it, unless that can be seen.
pub fn keep_chosen(list: &'static str) {
    look(list, PATIENCE);
}

fn look(list: &'static str, patience: u32) {
    request_animation_frame(move || {
        let element = |selector: &str| {
            document().query_selector(selector).ok().flatten()?.dyn_into::<HtmlElement>().ok()
        };
        let Some(holder) = element(&["#main ", list].concat()) else { return };
        if holder.client_width() == 0 {
            if patience > 0 {
                look(list, patience - 1);
            }
            return;
        }
        let chosen = holder.query_selector("input:checked").ok().flatten();
        let card =
            chosen.and_then(|chosen| chosen.parent_element()?.dyn_into::<HtmlElement>().ok());
        let Some(card) = card else { return };
        // What stays at the beginning of the row lies over it.
        let covered =
            element(&["#main ", list, STICKY].concat()).map_or(0, |over| over.offset_width());
        let left = card.offset_left() - holder.offset_left() - covered;
        let top = card.offset_top() - holder.offset_top();
        let across = (holder.scroll_left(), holder.client_width() - covered);
        let down = (holder.scroll_top(), holder.client_height());
        if let Some(scroll) = to_see(left, card.offset_width(), across) {
            holder.set_scroll_left(scroll);
        }
        if let Some(scroll) = to_see(top, card.offset_height(), down) {
            holder.set_scroll_top(scroll);
        }
    });
}

/// Where to scroll so that something is in the middle; nothing if it can be seen as it is.
fn to_see(begin: i32, length: i32, (scroll, window): (i32, i32)) -> Option<i32> {
    let is_seen = begin >= scroll && begin + length <= scroll + window;
    (!is_seen).then(|| (begin - (window - length) / 2).max(0))
}

#[cfg(test)]
mod tests {
    use super::to_see;

    #[test]
    fn only_what_is_out_of_sight_is_scrolled_to() {
        assert_eq!(to_see(10, 100, (0, 300)), None);
        assert_eq!(to_see(900, 100, (0, 300)), Some(800));
        assert_eq!(to_see(0, 100, (500, 300)), Some(0));
    }
}
