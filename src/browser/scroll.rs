//! How far a page is scrolled. Each entry of the history notes it: the browser's own memory fails where a page is drawn later than the browser looks.

use super::history;
use core::{cell::Cell, time::Duration};
use leptos::prelude::{
    request_animation_frame, set_timeout, window, window_event_listener_untyped,
};

/// Between two notes. Browsers refuse more than a hundred in half a minute.
const A_MOMENT: Duration = Duration::from_millis(400);

/// How many frames a page may take until it is long enough, and how many more it may still move in.
const PATIENCE: u32 = 300;
const AFTERWARDS: u32 = 30;

/// Where a page is on its way to while it is being drawn.
#[derive(Clone, Copy)]
struct Goal {
    place: u32,
    patience: u32,
    afterwards: u32,
}

thread_local! {
    static GOAL: Cell<Option<Goal>> = const { Cell::new(None) };
    /// Whether a note is due.
    static IS_DUE: Cell<bool> = const { Cell::new(false) };
}

/// Notes from now on how far the page is scrolled.
pub fn follow() {
    let later = |_| {
        if !IS_DUE.replace(true) {
            set_timeout(note, A_MOMENT);
        }
    };
    window_event_listener_untyped("scroll", later);
    // Whoever scrolls knows better.
    for event in ["wheel", "touchmove"] {
        window_event_listener_untyped(event, |_| GOAL.set(None));
    }
}

/// Notes in the entry that is shown how far its page is scrolled.
fn note() {
    IS_DUE.set(false);
    history::note_scroll();
}

/// How far the page is scrolled, or will be once it is drawn.
pub fn place() -> u32 {
    goal().unwrap_or_else(position)
}

/// Where the page is on its way to.
pub fn goal() -> Option<u32> {
    GOAL.get().map(|goal| goal.place)
}

/// Scrolls to a place as soon as the page is long enough.
pub fn to(place: u32) {
    let goal = Goal { place, patience: PATIENCE, afterwards: AFTERWARDS };
    if GOAL.replace(Some(goal)).is_none() {
        approach();
    }
}

fn approach() {
    request_animation_frame(|| {
        let Some(mut goal) = GOAL.get() else { return };
        window().scroll_to_with_x_and_y(0.0, goal.place.into());
        let left = if position() == goal.place {
            &mut goal.afterwards
        } else {
            goal.afterwards = AFTERWARDS;
            &mut goal.patience
        };
        let is_over = *left == 0;
        *left = left.saturating_sub(1);
        GOAL.set((!is_over).then_some(goal));
        if is_over {
            note();
        } else {
            approach();
        }
    });
}

/// In whole points: screens with finer ones scroll to parts of them.
fn position() -> u32 {
    window().scroll_y().unwrap_or_default().round() as u32
}
