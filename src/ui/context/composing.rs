//! What can be done to the draft.

use super::Studio;
use crate::browser::{json, local};
use leptos::prelude::*;
use likeness_core::{
    Avatar, Field, Fix, Prepared, Preset,
    validate::{self, Checked},
};
use likeness_engine::{draft::Draft, picture::Picture};
use serde_json::Value;
use std::sync::Arc;

/// The draft as it was stored, else an empty one.
pub(super) fn stored_draft() -> Draft {
    let stored = || json::parse(&local::get(local::Key::Draft)?)?.try_into().ok();
    stored().unwrap_or_default()
}

pub(super) fn check(draft: RwSignal<Draft>, avatar: Memo<Option<Avatar>>) -> Arc<Checked> {
    let request = avatar.with(|avatar| draft.with(|draft| draft.request(avatar.as_ref())));
    Arc::new(validate::check(&request))
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

    /// Takes all own edits back.
    pub fn reset_edits(&self) {
        self.draft.update(|draft| draft.overrides.clear());
    }

    /// Does what a fix says, in the draft or on the avatar.
    pub fn follow(&self, fix: &Fix) {
        match fix.field.strip_prefix("avatar.") {
            Some(key) => self.fix_avatar(key, &fix.value),
            None => self.draft.update(|draft| draft.follow(&fix.field, &fix.value)),
        }
    }

    /// Fills the composer with the settings of a picture. An avatar that is gone is replaced by none, and said to be missing.
    pub fn use_settings(&self, picture: &Picture) {
        self.use_request(&picture.order.request, picture.seed.as_deref());
    }

    /// Fills the composer with a stored request, and the seed that was used.
    pub fn use_request(&self, request: &str, seed: Option<&str>) {
        let Ok(request) = serde_json::from_str::<Value>(request) else { return };
        let mut draft = Draft::of_request(&request);
        if let Some(seed) = seed {
            draft.set(Field::Seed, seed.into());
        }
        self.draft.set(draft);
        self.go(crate::page::Page::Studio);
    }
}
