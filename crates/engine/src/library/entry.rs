//! One entry of a file: the avatar in it, and what cannot be taken over.

use crate::training::Trained;
use likeness_core::{Avatar, AvatarKind, reference};
use serde_json::{Map, Value};

const LORA: [&str; 2] = ["lora_url", "diffusers_lora_file_url"];
const KINDS: [&str; 4] = ["kind", "avatar_type", "training_type", "type"];
const TEXTS: [&str; 4] = ["name", "trigger_word", "trigger_phrase", "finetune_id"];
const NUMBERS: [&str; 2] = ["lora_scale", "finetune_strength"];
/// The longest name of a field that is repeated, in characters.
const LONGEST: usize = 40;

/// Why a field was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Avatars have no such field.
    Unknown,
    /// Something else than a text.
    NotText,
    /// Something else than a number.
    NotNumber,
    /// No kind of avatar that we know.
    NotKind,
}

/// A field that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name in the file.
    pub key: String,
    /// What was wrong with it.
    pub why: Why,
    /// The avatars that had it, by name or by their place in the file; none if it stands beside them.
    pub avatars: Vec<String>,
}

/// What stands beside a list of avatars, but for the line that says what the file is.
pub(super) fn beside(file: &Value) -> Vec<LeftOut> {
    let Some(object) =
        file.as_object().filter(|object| object.get("avatars").is_some_and(Value::is_array))
    else {
        return Vec::new();
    };
    let keys = object.keys().filter(|key| !["avatars", "format"].contains(&key.as_str()));
    keys.map(|key| LeftOut { key: shortened(key), why: Why::Unknown, avatars: Vec::new() })
        .collect()
}

fn shortened(key: &str) -> String {
    key.chars().take(LONGEST).collect()
}

/// The avatar in the entry at this place of a file, counted from 1; none if there is none.
pub(super) fn read(entry: &Value, place: usize, left_out: &mut Vec<LeftOut>) -> Option<Avatar> {
    let entry = entry.as_object()?;
    let Some(avatar) = avatar(entry) else { return trained(entry) };
    let name = match avatar.name.as_str() {
        "" => format!("#{place}"),
        name => name.to_owned(),
    };
    for (key, value) in entry.iter().filter(|(_, value)| !value.is_null()) {
        let Some(why) = why(key, value) else { continue };
        let key = shortened(key);
        match left_out.iter_mut().find(|known| known.key == key && known.why == why) {
            Some(known) => known.avatars.push(name.clone()),
            None => left_out.push(LeftOut { key, why, avatars: vec![name.clone()] }),
        }
    }
    Some(avatar)
}

/// Why a field cannot be taken over, if it cannot. Every avatar gets an id of its own here.
fn why(key: &str, value: &Value) -> Option<Why> {
    let is_text = value.is_string();
    if KINDS.contains(&key) {
        return match value {
            Value::String(name) if kind(name).is_some() => None,
            Value::String(_) => Some(Why::NotKind),
            _ => Some(Why::NotText),
        };
    }
    if TEXTS.contains(&key) || LORA.contains(&key) {
        return (!is_text).then_some(Why::NotText);
    }
    if NUMBERS.contains(&key) {
        return (!value.is_number()).then_some(Why::NotNumber);
    }
    (key != "id").then_some(Why::Unknown)
}

fn kind(name: &str) -> Option<AvatarKind> {
    match name.trim() {
        "artistic" | "style" => Some(AvatarKind::Artistic),
        "portrait" | "character" => Some(AvatarKind::Portrait),
        _ => None,
    }
}

fn avatar(entry: &Map<String, Value>) -> Option<Avatar> {
    let text = |key: &str| {
        let text = entry.get(key)?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let cleaned = |key: &&str| {
        let text = entry.get(*key)?.as_str().map(reference::cleaned)?;
        (!text.is_empty()).then_some(text)
    };
    let number = |key: &str| entry.get(key).and_then(Value::as_f64);
    let lora_url = LORA.iter().find_map(cleaned);
    let finetune_id = cleaned(&"finetune_id");
    let named = KINDS.iter().find_map(|key| kind(entry.get(*key)?.as_str()?));
    let implied = match (&lora_url, &finetune_id) {
        (Some(_), _) => Some(AvatarKind::Portrait),
        (None, Some(_)) => Some(AvatarKind::Artistic),
        (None, None) => None,
    };
    Some(Avatar {
        id: String::new(),
        name: text("name").unwrap_or_default(),
        kind: named.or(implied)?,
        trigger_word: text("trigger_word"),
        trigger_phrase: text("trigger_phrase"),
        lora_url,
        lora_scale: number("lora_scale"),
        finetune_id,
        finetune_strength: number("finetune_strength"),
    })
}

/// The avatar that the result of a training makes. It has no name yet.
fn trained(entry: &Map<String, Value>) -> Option<Avatar> {
    let trained = Trained::find(&Value::Object(entry.clone()))?;
    let mut avatar = Avatar::blank(trained.kind);
    (avatar.trigger_word, avatar.trigger_phrase) = (trained.trigger_word, trained.trigger_phrase);
    let reference = Some(reference::cleaned(&trained.reference));
    match trained.kind {
        AvatarKind::Portrait => avatar.lora_url = reference,
        AvatarKind::Artistic => avatar.finetune_id = reference,
    }
    Some(avatar)
}
