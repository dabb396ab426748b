//! The keyboard of a phone: what stays at the edge makes room for it, and the field that is written in is in sight.

use super::{Inside, Studio, mark};
use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::Element;

/// A keyboard is at least this high, in CSS pixels; less is a bar of the browser.
const KEYBOARD: f64 = 120.0;

/// How high the page was, in CSS pixels, since the screen was turned.
#[derive(Clone, Copy, Default)]
pub(super) struct Heights {
    /// While nothing covered it.
    most: f64,
    now: f64,
    /// The width at that.
    width: Option<f64>,
}

impl Studio {
    /// While a keyboard is open what stays at the edge makes room, and the field that is written in is in sight.
    pub(super) fn mind_keyboard(self, inside: Inside) {
        let field = RwSignal::new(None::<String>);
        let focus = move || {
            field.set(document().active_element().filter(is_written_in).map(|field| field.id()))
        };
        window_event_listener(ev::focusin, move |_| focus());
        window_event_listener(ev::focusout, move |_| field.set(None));
        focus();
        // Some clients say nothing of their keyboard; the browser's view then does, if the keyboard lies over the page.
        let covered = RwSignal::new(0.0);
        if let Some(view) = window().visual_viewport() {
            let look = move || {
                let whole = window().inner_height().ok().and_then(|height| height.as_f64());
                if let Some((whole, view)) = whole.zip(window().visual_viewport()) {
                    covered.set(whole - view.height() * view.scale());
                }
            };
            let look = Closure::<dyn Fn()>::new(look).into_js_value();
            view.set_onresize(Some(look.unchecked_ref()));
        }
        let is_open = Memo::new(move |_| {
            let heights = inside.heights.get();
            let is_covered = heights.most - heights.now >= KEYBOARD || covered.get() >= KEYBOARD;
            field.with(Option::is_some) && is_covered
        });
        Effect::new(move || {
            let is_open = is_open.get();
            mark("data-keyboard", is_open.then_some("open"));
            if is_open && let Some(field) = document().active_element() {
                let options = web_sys::ScrollIntoViewOptions::new();
                options.set_block(web_sys::ScrollLogicalPosition::Center);
                field.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    }
}

impl Heights {
    pub(super) fn take(&mut self, height: f64) {
        let width = window().inner_width().ok().and_then(|width| width.as_f64());
        // On its other side a screen has another height.
        if self.width != width {
            *self = Self { width, ..Self::default() };
        }
        (self.most, self.now) = (self.most.max(height), height);
    }
}

fn is_written_in(element: &Element) -> bool {
    element
        .matches("textarea, input:not([type=range], [type=radio], [type=checkbox])")
        .unwrap_or_default()
}
