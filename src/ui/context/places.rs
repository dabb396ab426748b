//! Where in the app one is, and the steps from there to elsewhere.

use super::Studio;
use crate::{
    browser::{history, scroll},
    page::Page,
    place::{Place, Step},
};
use leptos::{ev, prelude::*};
use likeness_studio::picture::PictureId;

impl Studio {
    /// Begins at the place that the address names, and follows the browser back and forth.
    pub(super) fn follow_history(self) {
        let stays = |place: &Place| place.clone().loaded().0.page == place.page;
        let scrolled = history::scrolled().filter(|_| self.place.with_untracked(stays));
        self.travel(|place| place.clone().loaded());
        if let Some(y) = scrolled {
            scroll::to(y);
        }
        scroll::follow();
        let handle = window_event_listener(ev::popstate, move |_| {
            let to = history::place();
            if to.is_asking && !self.place.with_untracked(|place| place.is_asking) {
                // A question is asked by what one does, not by going forward to it.
                return history::step(Step::Back, &to.close().0);
            }
            // What lay over a page leaves it where it was.
            if self.place.with_untracked(|place| place.page != to.page) {
                scroll::to(history::scrolled().unwrap_or_default());
            }
            if self.place.with_untracked(|place| *place != to) {
                self.place.set(to);
            }
            history::arrived();
        });
        on_cleanup(move || handle.remove());
    }

    /// Goes to a page, from its top.
    pub fn go(self, page: Page) {
        self.travel(move |place| place.go(page));
        history::when_arrived(|| scroll::to(0));
    }

    /// Opens a picture in the viewer.
    pub fn view(self, id: PictureId) {
        self.travel(move |place| place.view(id));
    }

    /// Makes room in the history for a question over the page, so that the way back answers it with no.
    pub fn ask(self) {
        self.travel(Place::ask);
    }

    /// Closes what lies over the page.
    pub fn close(self) {
        self.travel(Place::close);
    }

    /// Closes what lies over the page, else goes to the page before, and from the first to the studio.
    pub fn step_back(self) {
        if self.place.with_untracked(Place::is_covered) {
            self.close();
        } else if !history::back() {
            self.go(Page::Studio);
        }
    }

    /// Whether anything lies over the page, followed.
    pub fn is_covered(self) -> bool {
        self.place.with(Place::is_covered)
    }

    /// Makes a step, after those that are under way.
    fn travel(self, make: impl FnOnce(&Place) -> (Place, Step) + 'static) {
        history::when_arrived(move || {
            let (to, step) = self.place.with_untracked(make);
            history::step(step, &to);
            if self.place.with_untracked(|place| *place != to) {
                self.place.set(to);
            }
        });
    }
}
