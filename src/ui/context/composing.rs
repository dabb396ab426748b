//! What can be done to the draft.

use super::{Action, Studio};
use crate::browser::{json, local, typing};
use leptos::prelude::*;
use likeness_core::{
    Avatar, Field, Fix, Prepared, Preset,
    validate::{self, Checked},
};
use likeness_studio::{draft::Draft, picture::Picture};
use serde_json::Value;
use std::sync::Arc;

/// The draft as it was stored, else an empty one.
pub(super) fn stored_draft() -> Draft {
    let stored = || json::parse(&local::get(local::Key::Draft)?)?.try_into().ok();
    stored().unwrap_or_default()
}

pub(super) fn check(draft: RwSignal<Draft>, avatar: Memo<Option<Avatar>>) -> Arc<Checked> {
    let request = avatar.with(|avatar| draft.with(|draft| draft.request(avatar.as_ref())));
    Arc::new(validate::check_draft(&request))
}

pub(super) fn prepare(checked: Memo<Arc<Checked>>) -> Option<Arc<Prepared>> {
    let recipe = checked.with(|checked| Checked::clone(checked).into_recipe()).ok()?;
    Some(Arc::new(recipe.prepare()))
}

impl Studio {
    /// Chooses an avatar.
    pub fn choose_avatar(&self, id: &str) {
        self.draft.update(|draft| id.clone_into(&mut draft.avatar_id));
    }

    /// Chooses a preset.
    pub fn choose_preset(&self, preset: Preset) {
        self.draft.update(|draft| draft.preset = preset);
    }

    /// Sets an own edit as it was typed; `Null` takes it back.
    pub fn edit(&self, field: Field, value: Value) {
        self.draft.update(|draft| draft.set(field, value));
    }

    /// Takes all own edits back, until that is undone.
    pub fn reset_edits(self) {
        let before = self.draft.with_untracked(|draft| draft.overrides.clone());
        self.draft.update(|draft| draft.overrides.clear());
        let undo = Action::new(move || {
            self.draft.update(|draft| draft.overrides.clone_from(&before));
        });
        self.toast(self.t().edits_reset.to_owned(), Some((self.t().undo, undo)));
    }

    /// Clears the prompt, until that is undone by the message or, in the field, by the browser itself.
    pub fn clear_prompt(self) {
        let before = self.draft.with_untracked(|draft| draft.prompt.clone());
        self.write_prompt("");
        let undo = Action::new(move || self.write_prompt(&before));
        self.toast(self.t().cleared.to_owned(), Some((self.t().undo, undo)));
    }

    /// Writes the prompt as if it were typed, so that the browser can undo it.
    pub fn write_prompt(self, text: &str) {
        if !typing::replace("prompt", text) {
            self.draft.update(|draft| text.clone_into(&mut draft.prompt));
        }
    }

    /// Makes all changes of a fix, in the draft or on the avatar.
    pub fn follow(&self, fixes: &[Fix]) {
        for fix in fixes {
            match fix.field.strip_prefix("avatar.") {
                Some(key) => self.fix_avatar(key, &fix.value),
                None => self.draft.update(|draft| draft.follow(&fix.field, &fix.value)),
            }
        }
    }

    /// Fills the composer with the settings of a picture, with its seed only if that is wanted: with it the next picture would be the same one. An avatar that is
    /// gone is replaced by none, and said to be missing.
    pub fn use_settings(&self, picture: &Picture, with_seed: bool) {
        let seed = picture.seed.as_deref().filter(|_| with_seed);
        self.fill(&picture.order.request, |draft| {
            draft.set(Field::Seed, seed.map_or(Value::Null, Value::from));
        });
    }

    /// Fills the composer with a stored request, as it was typed.
    pub fn use_request(&self, request: &str) {
        self.fill(request, |_| {});
    }

    fn fill(&self, request: &str, change: impl FnOnce(&mut Draft)) {
        let Ok(request) = serde_json::from_str::<Value>(request) else { return };
        let mut draft = Draft::of_request(&request);
        change(&mut draft);
        self.draft.set(draft);
        self.go(crate::page::Page::Studio);
    }
}
