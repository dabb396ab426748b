//! What this page alone has, and what would be gone with it where the browser keeps nothing.

use super::{Keeping, Studio};
use crate::browser::telegram;
use leptos::{ev, prelude::*};
use likeness_core::Avatar;
use likeness_studio::{
    form::{AvatarForm, Typed},
    picture::PictureId,
    unsaved::{self, Thing},
};

impl Studio {
    /// Notes whether a thing is somewhere else too.
    pub(super) fn note_safe(self, name: String, is_so: bool) {
        self.later().safe.maybe_update(|safe| safe.note(name, is_so));
    }

    /// A picture is somewhere else too.
    pub(super) fn note_picture_safe(self, id: &PictureId) {
        self.note_safe(Thing::Picture.name(&id.0), true);
    }

    /// Whether something is in this page alone and would go with it, followed: a run that is not over, an avatar, a picture.
    pub(super) fn is_fragile(self) -> bool {
        let is_safe = || {
            self.later().safe.with(|safe| {
                self.jobs.with(|jobs| safe.has_runs(jobs))
                    && self.avatars.with(|avatars| safe.has_avatars(avatars))
                    && self.pictures.with(|pictures| safe.has_pictures(pictures))
            })
        };
        self.keeping.get() == Keeping::InMemory && !is_safe()
    }

    /// The avatars that would have to be made again, followed.
    pub(super) fn own_avatars(self) -> Vec<Avatar> {
        self.avatars.with(|avatars| unsaved::own_avatars(avatars))
    }

    /// What the form of an avatar begins with; an empty id is a new one's.
    pub fn begin_form(self, id: &str) -> Typed {
        let known = untrack(|| self.avatar_of(id));
        self.later().forms.write_untracked().begin(id, known.as_ref())
    }

    /// Fills the form of a new avatar with what a link offered.
    pub(super) fn offer_form(self, form: AvatarForm) {
        self.later().forms.write_untracked().offer(form);
    }

    /// The form is no longer shown.
    pub fn leave_form(self, typed: Typed) {
        self.later().forms.write_untracked().leave(typed);
    }

    /// Whether something was typed into a form and not saved, followed.
    pub(super) fn is_unsaved(self) -> bool {
        self.later().forms.with(|forms| self.avatars.with(|avatars| forms.is_any(avatars)))
    }

    /// Notes whether the form of an avatar holds something that is not saved.
    pub fn note_unsaved(self, id: &str, is_unsaved: bool) {
        self.later().forms.maybe_update(|forms| forms.note(id, is_unsaved));
    }

    /// From now on a page with something unsaved asks before it closes.
    pub fn guard_forms(self) {
        if self.later().forms.write_untracked().guard() {
            ask_before_leaving(move || self.is_unsaved());
        }
    }

    /// Whether a picture is in this page alone, followed: it could not be stored, and nobody has taken it away as a file.
    pub fn is_loose(self, id: &PictureId) -> bool {
        let is_unstored = self.keeping.get() == Keeping::InMemory
            || self.unstored.with(|unstored| unstored.contains(id));
        is_unstored && !self.later().safe.with(|safe| safe.has_picture(id))
    }

    /// The pictures that are shown now are somewhere else too.
    pub(super) fn note_pictures_safe(self) {
        for picture in self.pictures.get_untracked() {
            self.note_picture_safe(&picture.id);
        }
    }

    /// Everything goes because the person wants it to.
    pub(super) fn let_go(self) {
        self.keeping.set(Keeping::Nothing);
    }

    /// The person was handed all avatars.
    pub(super) fn note_avatars_safe(self) {
        for avatar in untrack(|| self.own_avatars()) {
            self.note_safe(unsaved::name_of_avatar(&avatar), true);
        }
    }

    /// From now on the browser asks before it closes a page with which something would go. Telegram asks by itself, as it is told.
    pub(super) fn guard_leaving(self) {
        if !telegram::is_inside() {
            ask_before_leaving(move || self.is_fragile());
        }
    }
}

fn ask_before_leaving(is_needed: impl Fn() -> bool + 'static) {
    // For as long as the page lives, whatever it shows.
    let _ = window_event_listener(ev::beforeunload, move |event| {
        if untrack(&is_needed) {
            event.prevent_default();
        }
    });
}
