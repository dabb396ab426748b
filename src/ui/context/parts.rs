//! Parts of the app on their way.

use super::{Keeping, Studio};
use crate::browser::{fetch, style};
use crate::ui::parts::{self, Draw, Part};
use leptos::{ev, prelude::*, task::spawn_local};

/// Where a part of the app is.
#[derive(Clone, Copy, Debug)]
pub enum Arrival {
    /// Nobody has asked for it.
    Absent,
    /// Being fetched.
    Coming,
    /// Ready to draw.
    Here(Draw),
    /// It could not be fetched.
    Missing,
}

impl Studio {
    /// Where a part is.
    pub fn arrival(&self, part: Part) -> RwSignal<Arrival> {
        match part {
            Part::Darkroom => self.darkroom,
            Part::Telegram => self.telegram,
            Part::Panels => self.panels,
            Part::Pages => self.pages,
        }
    }

    /// Fetches a part unless it is here or on its way.
    pub fn fetch(self, part: Part) {
        let arrival = self.arrival(part);
        if matches!(arrival.get_untracked(), Arrival::Coming | Arrival::Here(_)) {
            return;
        }
        arrival.set(Arrival::Coming);
        spawn_local(async move {
            let style = style::bring();
            let found = parts::fetch(part, self).await;
            style.await;
            // The screen that asked may be gone.
            let _ = arrival.try_set(found.map_or(Arrival::Missing, Arrival::Here));
            let _ = self.missing.try_set(None);
            if found.is_err() {
                self.look_for_update();
            }
            if found.is_err() && part == Part::Darkroom {
                if self.keeping.get_untracked() == Keeping::Opening {
                    self.missing.set(Some(self.t().part_missing_why));
                }
                self.give_orders_up();
            }
        });
    }

    /// Asks the server whether it has another version of the app by now, as it may have when a part cannot be fetched.
    pub(super) fn look_for_update(self) {
        spawn_local(async move {
            if fetch::is_updated().await {
                let _ = self.is_outdated.try_set(true);
            }
        });
    }

    /// Fetches the darkroom as soon as someone touches the page: by the time they order a picture, it is here. If it could not be fetched, a press tries again; a
    /// movement does not, or a line that is down would be asked at every step of the mouse.
    pub(super) fn expect_someone(self) {
        for name in ["pointermove", "pointerdown", "keydown"] {
            let event = ev::Custom::<web_sys::Event>::new(name);
            let fetch = move |_| {
                let is_new = matches!(self.darkroom.get_untracked(), Arrival::Absent);
                if is_new || name != "pointermove" {
                    self.fetch(Part::Darkroom);
                }
            };
            let handle = window_event_listener(event, fetch);
            on_cleanup(move || handle.remove());
        }
    }
}
