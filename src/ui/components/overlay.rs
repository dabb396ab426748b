//! What lies over a page: the browser's own modal, which holds the focus and gives it back, and an entry of the history, so that the way back closes it.

use super::focus;
use crate::ui::context::Studio;
use leptos::{html::Dialog, prelude::*};

/// Opens and closes a dialog as `is_open` says.
pub fn follow(dialog: NodeRef<Dialog>, is_open: impl Fn() -> bool + Send + Sync + 'static) {
    Effect::new(move || {
        let Some(dialog) = dialog.get() else { return };
        if !is_open() {
            dialog.close();
        } else if !dialog.open() {
            // Fails only for a dialog that is open or not in the page.
            let _ = dialog.show_modal();
        }
    });
}

/// What to do when a dialog has closed: by the browser, as on Escape, if it is to be open still.
pub fn on_close(studio: Studio, dialog: NodeRef<Dialog>, is_open: bool) {
    // It may have been opened again since.
    let is_closed = dialog.get_untracked().is_none_or(|dialog| !dialog.open());
    if is_closed && is_open {
        studio.close();
    }
    // What it was opened from may be gone.
    request_animation_frame(focus::to_page_if_lost);
}
