//! The form that an avatar is written in: what was typed, valid or not, and what the validator says of it.
//!
//! Only the name is judged here, because only people need one. Everything else is judged by [`likeness_core::validate`], with a request around it.

mod unfinished;

pub use unfinished::{Typed, Unfinished};

use crate::{draft::typed_number, training::Trained};
use likeness_core::{
    Avatar, AvatarKind, Field, Fix, Issue, Preset, Reason, field::plain, job::Millis, prompt,
    validate,
};
use serde_json::{Map, Value, json};

/// A text of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// What the person calls it.
    Name,
    /// The word that the model was trained with.
    TriggerWord,
    /// For portraits, an opening with that word.
    TriggerPhrase,
    /// Address of the LoRA.
    LoraUrl,
    /// FAL's id of the finetune.
    FinetuneId,
    /// The pinned strength.
    Strength,
}

impl Slot {
    /// Every slot, in the order of the form.
    pub const ALL: [Self; 6] = [
        Self::Name,
        Self::TriggerWord,
        Self::TriggerPhrase,
        Self::LoraUrl,
        Self::FinetuneId,
        Self::Strength,
    ];

    /// The slot that a path of an issue is about.
    pub fn of_path(path: &str) -> Option<Self> {
        Some(match path.strip_prefix("avatar.")? {
            "name" => Self::Name,
            "trigger_word" => Self::TriggerWord,
            "trigger_phrase" => Self::TriggerPhrase,
            "lora_url" => Self::LoraUrl,
            "finetune_id" => Self::FinetuneId,
            "lora_scale" | "finetune_strength" => Self::Strength,
            _ => return None,
        })
    }

    /// Its key in an avatar of this kind.
    const fn key(self, kind: AvatarKind) -> &'static str {
        match self {
            Self::Name => "name",
            Self::TriggerWord => "trigger_word",
            Self::TriggerPhrase => "trigger_phrase",
            Self::LoraUrl => "lora_url",
            Self::FinetuneId => "finetune_id",
            Self::Strength => match kind {
                AvatarKind::Portrait => Field::LoraScale.key(),
                AvatarKind::Artistic => Field::FinetuneStrength.key(),
            },
        }
    }

    const fn of_model(kind: AvatarKind) -> Self {
        match kind {
            AvatarKind::Portrait => Self::LoraUrl,
            AvatarKind::Artistic => Self::FinetuneId,
        }
    }
}

/// The form as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct AvatarForm {
    id: String,
    kind: AvatarKind,
    texts: [String; 6],
    is_pinned: bool,
    /// The avatar came with the other kind's model; it is shown until the person decides.
    has_foreign_model: bool,
}

impl Default for AvatarForm {
    fn default() -> Self {
        Self {
            id: String::new(),
            kind: AvatarKind::Portrait,
            texts: Default::default(),
            is_pinned: false,
            has_foreign_model: false,
        }
    }
}

impl AvatarForm {
    /// The form filled with an avatar, which it will replace.
    pub fn of(avatar: &Avatar) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let strength = match avatar.kind {
            AvatarKind::Portrait => avatar.lora_scale,
            AvatarKind::Artistic => avatar.finetune_strength,
        };
        let mut form = Self {
            id: avatar.id.clone(),
            kind: avatar.kind,
            texts: [
                avatar.name.clone(),
                text(&avatar.trigger_word),
                text(&avatar.trigger_phrase),
                text(&avatar.lora_url),
                text(&avatar.finetune_id),
                strength.map(plain).unwrap_or_default(),
            ],
            is_pinned: strength.is_some(),
            has_foreign_model: false,
        };
        form.has_foreign_model = !prompt::is_blank(form.text(form.foreign()));
        form
    }

    /// The id of the avatar that is edited; empty for a new one.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Person or style.
    pub const fn kind(&self) -> AvatarKind {
        self.kind
    }

    /// Whether the strength is pinned.
    pub const fn is_pinned(&self) -> bool {
        self.is_pinned
    }

    /// What stands in a slot.
    pub fn text(&self, slot: Slot) -> &str {
        &self.texts[slot as usize]
    }

    /// Writes into a slot.
    pub fn set(&mut self, slot: Slot, text: String) {
        self.texts[slot as usize] = text;
    }

    /// Writes what was typed or pasted. The whole result of a training, in the field of the file or the id, fills in what it tells; whether it was one.
    pub fn write(&mut self, slot: Slot, text: String) -> bool {
        let is_reference = matches!(slot, Slot::LoraUrl | Slot::FinetuneId);
        let Some(trained) = is_reference.then(|| Trained::read(&text)).flatten() else {
            self.set(slot, text);
            return false;
        };
        self.set(slot, String::new());
        self.choose(trained.kind);
        self.set(Slot::of_model(trained.kind), trained.reference);
        let words = [
            (Slot::TriggerWord, trained.trigger_word),
            (Slot::TriggerPhrase, trained.trigger_phrase),
        ];
        for (slot, words) in words {
            // What the person wrote stays.
            if let Some(words) = words.filter(|_| prompt::is_blank(self.text(slot))) {
                self.set(slot, words);
            }
        }
        true
    }

    /// Chooses the kind. What was typed for the other kind stays in the form, unseen, in case the person comes back.
    pub fn choose(&mut self, kind: AvatarKind) {
        self.kind = kind;
        self.has_foreign_model = false;
    }

    /// Pins the strength, at 1 unless one was typed before.
    pub fn pin(&mut self) {
        self.is_pinned = true;
        if self.text(Slot::Strength).is_empty() {
            self.set(Slot::Strength, "1".to_owned());
        }
    }

    /// Leaves the strength to the presets.
    pub fn unpin(&mut self) {
        self.is_pinned = false;
    }

    /// Whether a slot has a place in this form.
    pub fn has(&self, slot: Slot) -> bool {
        match slot {
            Slot::Name | Slot::TriggerWord => true,
            Slot::TriggerPhrase => self.kind == AvatarKind::Portrait,
            Slot::Strength => self.is_pinned,
            model => model == Slot::of_model(self.kind) || self.has_foreign_model,
        }
    }

    /// Makes all changes of a fix.
    pub fn follow(&mut self, fixes: &[Fix]) {
        fixes.iter().for_each(|fix| self.change(fix));
    }

    fn change(&mut self, fix: &Fix) {
        if fix.field == "avatar.kind" {
            if let Some(kind) = fix.value.as_str().and_then(AvatarKind::parse) {
                self.choose(kind);
            }
            return;
        }
        let Some(slot) = Slot::of_path(&fix.field) else { return };
        match &fix.value {
            Value::Null => {
                self.set(slot, String::new());
                self.has_foreign_model &= slot != self.foreign();
                self.is_pinned &= slot != Slot::Strength;
            }
            Value::String(text) => self.set(slot, text.clone()),
            other => self.set(slot, plain(other.as_f64().unwrap_or_default())),
        }
    }

    /// Everything that is wrong now, in the order of the form, and the avatar if nothing stops it. An avatar without a trigger may be saved.
    pub fn check(&self, now: Millis) -> (Vec<Issue>, Option<Avatar>) {
        let request = json!({ "avatar": self.value(), "prompt": "x", "preset": Preset::Balanced });
        let checked = validate::check(&request, now);
        let mut found = checked.issues;
        if prompt::is_blank(self.text(Slot::Name)) {
            found.push(Issue::new("avatar.name", Reason::Missing));
        }
        let issues = in_order(found);
        let is_ready = !issues.iter().any(Issue::is_error);
        (issues, checked.avatar.filter(|_| is_ready))
    }

    fn foreign(&self) -> Slot {
        match self.kind {
            AvatarKind::Portrait => Slot::FinetuneId,
            AvatarKind::Artistic => Slot::LoraUrl,
        }
    }

    /// The avatar as untyped JSON; what is empty is absent.
    fn value(&self) -> Value {
        let mut avatar = Map::new();
        avatar.insert("id".to_owned(), self.id.clone().into());
        avatar.insert("kind".to_owned(), self.kind.name().into());
        for slot in Slot::ALL.into_iter().filter(|slot| self.has(*slot)) {
            let text = self.text(slot);
            let value = match slot {
                Slot::Strength => match typed_number(text) {
                    // Pinned to nothing is no number, not an unpinned strength.
                    Value::Null => "".into(),
                    typed => typed,
                },
                _ if prompt::is_blank(text) => Value::Null,
                _ => text.into(),
            };
            avatar.insert(slot.key(self.kind).to_owned(), value);
        }
        avatar.into()
    }
}

/// The issues in the order of the form, those of one slot as they were found. There are few, so each is put in its place.
fn in_order(found: Vec<Issue>) -> Vec<Issue> {
    let slot = |issue: &Issue| Slot::of_path(&issue.field).map(|slot| slot as usize);
    let mut issues: Vec<Issue> = Vec::with_capacity(found.len());
    for issue in found {
        let place = issues.partition_point(|before| slot(before) <= slot(&issue));
        issues.insert(place, issue);
    }
    issues
}

#[cfg(test)]
mod tests;
