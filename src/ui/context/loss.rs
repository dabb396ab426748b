//! What this page alone has, and what would be gone with it where the browser keeps nothing.

use super::{Keeping, Studio, avatars::demo_avatars};
use crate::browser::telegram;
use leptos::{ev, prelude::*};
use likeness_core::{Avatar, job::Job};
use likeness_studio::picture::PictureId;
use std::collections::BTreeSet;

/// What can be lost. The name of a thing is its kind and its id, as [`Thing::name`] gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thing {
    Run,
    Avatar,
    Picture,
}

impl Thing {
    /// What names of this kind begin with.
    pub(super) const fn start(self) -> &'static str {
        match self {
            Self::Run => "job-",
            Self::Avatar => "avatar-",
            Self::Picture => "picture-",
        }
    }

    /// The name of one of this kind.
    pub(super) fn name(self, id: &str) -> String {
        [self.start(), id].concat()
    }
}

thread_local! {
    /// The names of what is somewhere else too: runs from some step on, avatars as they are.
    static SAFE: ArcRwSignal<BTreeSet<String>> = ArcRwSignal::new(BTreeSet::new());
}

/// The name of an avatar as it is now: one that was changed since is another.
pub(super) fn name_of_avatar(avatar: &Avatar) -> String {
    Thing::Avatar.name(&serde_json::to_string(avatar).unwrap_or_default())
}

fn is_safe(name: &str) -> bool {
    SAFE.with(|safe| safe.with(|names| names.contains(name)))
}

/// Notes whether a thing is somewhere else too.
pub(super) fn note_safe(name: String, is_so: bool) {
    SAFE.with(|safe| {
        if safe.with_untracked(|names| names.contains(&name)) != is_so {
            safe.update(|names| {
                if is_so {
                    names.insert(name);
                } else {
                    names.remove(&name);
                }
            });
        }
    });
}

impl Studio {
    /// Whether something is in this page alone and would go with it, followed: a run that is not over, an avatar, a picture.
    pub(super) fn is_fragile(self) -> bool {
        if self.keeping.get() != Keeping::InMemory {
            return false;
        }
        let is_adrift = |job: &Job| !job.is_at_rest() && !is_safe(&Thing::Run.name(&job.id.0));
        self.jobs.with(|jobs| jobs.iter().any(is_adrift))
            || self.own_avatars().iter().any(|avatar| !is_safe(&name_of_avatar(avatar)))
            || self.pictures.with(|pictures| {
                pictures.iter().any(|it| !it.is_blocked && !is_safe(&Thing::Picture.name(&it.id.0)))
            })
    }

    /// The avatars that would have to be made again, followed.
    pub(super) fn own_avatars(self) -> Vec<Avatar> {
        let given = demo_avatars();
        self.avatars.with(|avatars| {
            avatars.iter().filter(|avatar| !given.contains(avatar)).cloned().collect()
        })
    }

    /// Whether a picture is in this page alone, followed: it could not be stored, and nobody has taken it away as a file.
    pub fn is_loose(self, id: &PictureId) -> bool {
        let is_unstored = self.keeping.get() == Keeping::InMemory
            || self.unstored.with(|unstored| unstored.contains(id));
        is_unstored && !is_safe(&Thing::Picture.name(&id.0))
    }

    /// The pictures that are shown now are somewhere else too.
    pub(super) fn note_pictures_safe(self) {
        for picture in self.pictures.get_untracked() {
            note_safe(Thing::Picture.name(&picture.id.0), true);
        }
    }

    /// Everything goes because the person wants it to.
    pub(super) fn let_go(self) {
        self.keeping.set(Keeping::Nothing);
    }

    /// The person was handed all avatars.
    pub(super) fn note_avatars_safe(self) {
        for avatar in untrack(|| self.own_avatars()) {
            note_safe(name_of_avatar(&avatar), true);
        }
    }

    /// From now on the browser asks before it closes a page with which something would go. Telegram asks by itself, as it is told.
    pub(super) fn guard_leaving(self) {
        if telegram::is_inside() {
            return;
        }
        // For as long as the page lives, whatever it shows.
        let _ = window_event_listener(ev::beforeunload, move |event| {
            if untrack(|| self.is_fragile()) {
                event.prevent_default();
            }
        });
    }
}
