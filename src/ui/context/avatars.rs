//! What can be done to avatars.

use super::{Action, Pending, Studio};
use crate::browser::{
    clock, ids,
    local::{self, Key},
    tombstones,
};
use leptos::prelude::*;
use likeness_core::{Avatar, Fix};
use likeness_studio::{
    demo,
    library::{Doubles, Import},
    tombstones::Kind,
};
use serde_json::Value;

pub(super) fn stored_main() -> String {
    local::get(Key::MainAvatar).unwrap_or_default()
}

impl Studio {
    /// An avatar by its id.
    pub fn avatar_of(&self, id: &str) -> Option<Avatar> {
        self.avatars.with(|avatars| avatars.iter().find(|avatar| avatar.id == id).cloned())
    }

    /// Adds an avatar, or replaces the one with its id. Without an id it gets one. Gives the id back.
    pub fn save_avatar(&self, mut avatar: Avatar) -> String {
        if avatar.id.is_empty() {
            avatar.id = ids::id();
        }
        let id = avatar.id.clone();
        tombstones::take_back(Kind::Avatar, [&*id]);
        self.avatars.update(|avatars| {
            match avatars.iter_mut().find(|known| known.id == avatar.id) {
                Some(known) => *known = avatar.clone(),
                None => avatars.push(avatar.clone()),
            }
        });
        self.run(Pending::Keep(vec![avatar]));
        self.choose_if_none();
        id
    }

    /// Removes an avatar. It can be undone for some seconds, with its place, its role and the choice of it; its pictures stay.
    pub fn delete_avatar(&self, avatar: &Avatar) {
        let studio = *self;
        let (id, name) = (avatar.id.clone(), avatar.name.clone());
        let place =
            self.avatars.with_untracked(|avatars| avatars.iter().position(|known| known.id == id));
        let main = self.main_avatar.get_untracked();
        let chosen = self.chosen_avatar();
        self.avatars.update(|avatars| avatars.retain(|known| known.id != id));
        tombstones::add(Kind::Avatar, [&*id], clock::now());
        self.run(Pending::Forget(id.clone()));
        self.choose_if_none();
        let instead = self.chosen_avatar();
        let t = self.t();
        let avatar = avatar.clone();
        let undo = Action::new(move || {
            studio.avatars.update(|avatars| {
                let place = place.unwrap_or(avatars.len()).min(avatars.len());
                avatars.insert(place, avatar.clone());
            });
            studio.save_avatar(avatar.clone());
            if main == id {
                studio.keep_main(&id);
            }
            // Another choice since then stands.
            if chosen == id && studio.chosen_avatar() == instead {
                studio.choose_avatar(&id);
            }
        });
        self.toast((t.avatar_deleted)(&name), Some((t.undo, undo)));
    }

    fn chosen_avatar(&self) -> String {
        self.draft.with_untracked(|draft| draft.avatar_id.clone())
    }

    /// Brings the two drawn avatars back that a newcomer to the demo is given.
    pub fn bring_demo_pair(&self) {
        self.give_demo_pair();
        self.choose_avatar(&self.main_avatar.get_untracked());
    }

    pub(super) fn give_demo_pair(&self) {
        let avatars = demo::avatars();
        self.keep_main(&avatars[0].id);
        for avatar in avatars {
            self.save_avatar(avatar);
        }
    }

    /// Adds a copy under another name.
    pub fn duplicate_avatar(&self, avatar: &Avatar) {
        let name = (self.t().avatar_copy)(&avatar.name);
        self.save_avatar(Avatar { id: String::new(), name, ..avatar.clone() });
    }

    /// Makes an avatar the one that new drafts take.
    pub fn make_main(&self, id: &str) {
        self.keep_main(id);
        self.choose_avatar(id);
    }

    pub(super) fn keep_main(&self, id: &str) {
        local::set(Key::MainAvatar, Some(id));
        self.main_avatar.set(id.to_owned());
    }

    /// Adds what a file brought, and says so. The ids of what came.
    pub fn bring_in(&self, import: Import, choice: Doubles) -> Vec<String> {
        let (all, skipped) = (import.avatars.len(), import.skipped);
        let mut coming = self.avatars.with_untracked(|here| import.settle(here, choice));
        let replaced = coming.iter().filter(|avatar| !avatar.id.is_empty()).count();
        let (added, left) = (coming.len() - replaced, all - coming.len());
        for avatar in coming.iter_mut().filter(|avatar| avatar.id.is_empty()) {
            avatar.id = ids::id();
        }
        self.avatars.update(|known| {
            for avatar in &coming {
                match known.iter_mut().find(|known| known.id == avatar.id) {
                    Some(known) => known.clone_from(avatar),
                    None => known.push(avatar.clone()),
                }
            }
        });
        let ids = coming.iter().map(|avatar| avatar.id.clone()).collect();
        self.run(Pending::Keep(coming));
        self.choose_if_none();
        let t = self.t();
        let said = [
            (added, (t.imported)(added)),
            (replaced, (t.rooms().import_replaced)(replaced)),
            (left, (t.rooms().import_left)(left)),
            (skipped, (t.import_skipped)(skipped)),
        ];
        let said: Vec<_> =
            said.into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| text).collect();
        self.toast(said.join(" "), None);
        ids
    }

    /// Sets one value of the chosen avatar, as a fix says.
    pub(super) fn fix_avatar(&self, key: &str, value: &Value) {
        let Some(mut avatar) = self.avatar.get_untracked() else { return };
        avatar.follow(key, value);
        self.save_avatar(avatar);
    }

    /// Makes all changes of a fix on an avatar.
    pub fn fix_avatar_of(&self, id: &str, fixes: &[Fix]) {
        let Some(mut avatar) = self.avatar_of(id) else { return };
        for fix in fixes {
            if let Some(key) = fix.field.strip_prefix("avatar.") {
                avatar.follow(key, &fix.value);
            }
        }
        self.save_avatar(avatar);
    }

    /// A draft without an existing avatar takes the main one, else the first.
    pub(super) fn choose_if_none(&self) {
        let main = self.main_avatar.get_untracked();
        let chosen = self.chosen_avatar();
        let next = self.avatars.with_untracked(|avatars| {
            let has = |id: &str| avatars.iter().any(|avatar| avatar.id == id);
            match avatars.first() {
                _ if has(&chosen) => None,
                _ if has(&main) => Some(main.clone()),
                first => first.map(|avatar| avatar.id.clone()),
            }
        });
        if let Some(next) = next {
            self.choose_avatar(&next);
        }
    }
}
