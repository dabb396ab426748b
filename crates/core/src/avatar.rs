//! An avatar: whom or what the pictures should look like.

use crate::{layer::Layer, prompt};
use serde::{Deserialize, Serialize};

/// The two kinds of avatar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AvatarKind {
    /// A person, trained as a LoRA.
    Portrait,
    /// A style, trained as a FLUX \[pro\] finetune.
    Artistic,
}

impl AvatarKind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Portrait, Self::Artistic];
    /// Their names in JSON, in the order of [`AvatarKind::ALL`].
    pub const NAMES: [&'static str; 2] = ["portrait", "artistic"];

    /// The kind with this name; none for any other text.
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|known| *known == name).map(|index| Self::ALL[index])
    }

    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

/// An avatar as it is stored, exported and sent to the API. It may be incomplete: [`crate::validate::check_avatar`] says what is missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Avatar {
    /// Identifies the avatar within one library; empty where it does not matter.
    #[serde(default)]
    pub id: String,
    /// What the person calls it.
    #[serde(default)]
    pub name: String,
    /// Person or style.
    pub kind: AvatarKind,
    /// The word that the model was trained with, such as `TOK`.
    #[serde(default)]
    pub trigger_word: Option<String>,
    /// For portraits, a head that holds the word, such as `a photo of TOK person`.
    #[serde(default)]
    pub trigger_phrase: Option<String>,
    /// Address of the LoRA weights, https; portraits only.
    #[serde(default)]
    pub lora_url: Option<String>,
    /// A LoRA scale that the person pinned, 0-4; none lets presets decide.
    #[serde(default)]
    pub lora_scale: Option<f64>,
    /// FAL's id of the finetune; artistic avatars only.
    #[serde(default)]
    pub finetune_id: Option<String>,
    /// A finetune strength that the person pinned, 0-2; none lets presets decide.
    #[serde(default)]
    pub finetune_strength: Option<f64>,
}

/// The words that call the avatar up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger<'a> {
    /// A bare token; joins with a comma.
    Word(&'a str),
    /// A sentence head; joins with a blank.
    Phrase {
        /// The head.
        phrase: &'a str,
        /// The avatar's word, if it has one.
        word: Option<&'a str>,
    },
}

impl Avatar {
    /// The trigger of this avatar: a portrait's phrase, else its word; an artistic avatar's word. Blank texts and bare commas
    /// count as none.
    pub fn trigger(&self) -> Option<Trigger<'_>> {
        let usable = |text: &&str| !prompt::is_blank(&text.replace(',', ""));
        let word = self.trigger_word.as_deref().filter(usable);
        let phrase = self.trigger_phrase.as_deref().filter(usable);
        match (self.kind, phrase) {
            (AvatarKind::Portrait, Some(phrase)) => Some(Trigger::Phrase { phrase, word }),
            _ => word.map(Trigger::Word),
        }
    }

    /// The settings that the person pinned on the avatar, as a layer.
    pub fn pinned(&self) -> Layer {
        Layer {
            lora_scale: self.lora_scale,
            finetune_strength: self.finetune_strength,
            ..Layer::default()
        }
    }
}
