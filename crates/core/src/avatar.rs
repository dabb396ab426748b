//! An avatar: whom or what the pictures should look like.

use crate::{layer::Layer, prompt};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

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
    /// The avatar as JSON, as serde writes it. By hand, because serde's way to a value brings its whole parser along, a twentieth of the app's first page.
    pub fn to_value(&self) -> Value {
        let mut map = Map::new();
        let mut put = |key: &str, value: Value| drop(map.insert(key.to_owned(), value));
        put("id", self.id.as_str().into());
        put("name", self.name.as_str().into());
        put("kind", self.kind.name().into());
        put("trigger_word", self.trigger_word.as_deref().into());
        put("trigger_phrase", self.trigger_phrase.as_deref().into());
        put("lora_url", self.lora_url.as_deref().into());
        put("lora_scale", self.lora_scale.into());
        put("finetune_id", self.finetune_id.as_deref().into());
        put("finetune_strength", self.finetune_strength.into());
        map.into()
    }

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

    /// An avatar of a kind that has nothing yet.
    pub const fn blank(kind: AvatarKind) -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            kind,
            trigger_word: None,
            trigger_phrase: None,
            lora_url: None,
            lora_scale: None,
            finetune_id: None,
            finetune_strength: None,
        }
    }

    /// Sets what a fix of `avatar.{key}` names; `Null` takes it away. A key that no fix has changes nothing.
    pub fn follow(&mut self, key: &str, value: &Value) {
        let text = || value.as_str().map(str::to_owned);
        match key {
            "kind" => self.kind = value.as_str().and_then(AvatarKind::parse).unwrap_or(self.kind),
            "trigger_word" => self.trigger_word = text(),
            "trigger_phrase" => self.trigger_phrase = text(),
            "lora_url" => self.lora_url = text(),
            "lora_scale" => self.lora_scale = value.as_f64(),
            "finetune_id" => self.finetune_id = text(),
            "finetune_strength" => self.finetune_strength = value.as_f64(),
            _ => {}
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn its_value_is_what_serde_writes() {
        let mut avatar = Avatar::blank(AvatarKind::Artistic);
        assert_eq!(avatar.to_value(), serde_json::to_value(&avatar).unwrap());
        for key in ["trigger_word", "trigger_phrase", "lora_url", "finetune_id"] {
            avatar.follow(key, &json!(key));
        }
        avatar.follow("lora_scale", &json!(0.5));
        avatar.follow("finetune_strength", &json!(1.15));
        (avatar.id, avatar.name) = ("a-1".to_owned(), "Ink".to_owned());
        assert_eq!(avatar.to_value(), serde_json::to_value(&avatar).unwrap());
    }

    #[test]
    fn a_fix_reaches_every_key_that_can_be_wrong() {
        let mut avatar = Avatar::blank(AvatarKind::Portrait);
        avatar.follow("kind", &json!("artistic"));
        avatar.follow("lora_url", &json!("https://a.example/b.safetensors"));
        avatar.follow("finetune_strength", &json!(2));
        assert_eq!(avatar.kind, AvatarKind::Artistic);
        assert_eq!(avatar.lora_url.as_deref(), Some("https://a.example/b.safetensors"));
        assert_eq!(avatar.finetune_strength, Some(2.0));
        avatar.follow("lora_url", &Value::Null);
        avatar.follow("kind", &json!("statue"));
        assert_eq!((avatar.lora_url, avatar.kind), (None, AvatarKind::Artistic));
    }
}
