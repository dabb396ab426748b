//! What the link asked for that opened the app. It fills in; nothing is sent and nothing is kept before the person says so.

use super::super::{Action, Studio};
use crate::page::Page;
use leptos::prelude::*;
use likeness_studio::{draft::Draft, form::AvatarForm};
use likeness_telegram::launch::Start;

impl Studio {
    /// Opens it, or says that it cannot be opened.
    pub(super) fn open_start(self, param: &str) {
        let t = self.t().rooms();
        match Start::parse(param) {
            Ok(Start::Preset(preset)) => self.choose_preset(preset),
            Ok(Start::Recipe(recipe)) => {
                let before = self.draft.get_untracked();
                let opened =
                    Draft { avatar_id: before.avatar_id.clone(), ..Draft::of_request(&recipe) };
                if opened == before {
                    return;
                }
                self.draft.set(opened);
                let undo = Action::new(move || {
                    // The avatar may have been chosen since, as soon as there was one.
                    self.draft.update(|draft| {
                        let avatar_id = core::mem::take(&mut draft.avatar_id);
                        *draft = Draft { avatar_id, ..before.clone() };
                    });
                });
                self.toast(t.link_opened.to_owned(), Some((self.t().undo, undo)));
            }
            Ok(Start::Avatar(avatar)) => {
                self.offer_form(AvatarForm::of(&avatar));
                self.go(Page::NewAvatar);
                self.toast(t.link_avatar.to_owned(), None);
            }
            Err(_) => self.toast(t.link_refused.to_owned(), None),
        }
    }
}
