//! One entry of a file: the avatar in it, and what cannot be taken over.

use crate::training::Trained;
use likeness_core::{
    Avatar, AvatarKind, Reason,
    json::{half, parse_with_halves},
    reference, validate,
};
use serde_json::{Map, Value};

const LORA: [&str; 2] = ["lora_url", "diffusers_lora_file_url"];
const FINETUNE: &str = "finetune_id";
const KINDS: [&str; 4] = ["kind", "avatar_type", "training_type", "type"];
const TEXTS: [&str; 4] = ["name", "trigger_word", "trigger_phrase", FINETUNE];
const SCALE: &str = "lora_scale";
const STRENGTH: &str = "finetune_strength";
/// The longest name of a field that is repeated, in characters.
const LONGEST: usize = 40;

/// Why something was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Avatars have no such field.
    Unknown,
    /// Something else than a text.
    NotText,
    /// Something else than a number.
    NotNumber,
    /// A number that no model takes.
    OutOfRange,
    /// No kind of avatar that we know.
    NotKind,
    /// A kind, or a strength, that the avatar's model does not go with.
    OtherKind,
    /// A model beside the one that was taken.
    SecondModel,
    /// Half a character of a text, whose rest was taken.
    HalfCharacter,
    /// An entry that is no avatar.
    NotAvatar,
    /// An entry that is broken, such as one with a field that stands in it twice.
    Unreadable,
    /// An avatar that came before, just as it is.
    Twice,
}

/// A field or an entry that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The name of the field in the file, or that of the entry, else its place.
    pub key: String,
    /// What was wrong with it.
    pub why: Why,
    /// The avatars that had the field, by name or by their place in the file; none if it stands beside them, or is a whole entry.
    pub avatars: Vec<String>,
}

impl LeftOut {
    /// A whole entry, or a field beside them.
    pub(super) fn alone(key: &str, why: Why) -> Self {
        Self { key: shortened(key), why, avatars: Vec::new() }
    }
}

fn shortened(key: &str) -> String {
    key.chars().take(LONGEST).collect()
}

/// What an entry is called that has no name: by its place, counted from 1.
fn place_name(place: usize) -> String {
    format!("#{place}")
}

/// The name of an avatar, else its place in the file.
pub(super) fn shown_name(avatar: &Avatar, place: usize) -> String {
    match avatar.name.as_str() {
        "" => place_name(place),
        name => name.to_owned(),
    }
}

/// The avatar in the JSON of the entry at this place of a file, counted from 1; none if there is none. Each entry is read for itself, so that one that is broken
/// spoils no other.
pub(super) fn read(json: &str, place: usize, left_out: &mut Vec<LeftOut>) -> Option<Avatar> {
    let mut nothing = |why| left_out.push(LeftOut::alone(&place_name(place), why));
    let Ok(value) = parse_with_halves(json.as_bytes()) else {
        nothing(Why::Unreadable);
        return None;
    };
    let Some(entry) = value.as_object() else {
        nothing(Why::NotAvatar);
        return None;
    };
    let Some(avatar) = avatar(entry) else {
        let trained = trained(&value);
        if trained.is_none() {
            nothing(Why::NotAvatar);
        }
        return trained;
    };
    let name = shown_name(&avatar, place);
    for (key, value) in entry.iter().filter(|(_, value)| !value.is_null()) {
        let Some(why) = why(&avatar, key, value) else { continue };
        let key = shortened(key);
        match left_out.iter_mut().find(|known| known.key == key && known.why == why) {
            Some(known) => known.avatars.push(name.clone()),
            None => left_out.push(LeftOut { key, why, avatars: vec![name.clone()] }),
        }
    }
    Some(avatar)
}

/// Why a field was not taken over as it stands, if it was not. Every avatar gets an id of its own here.
fn why(avatar: &Avatar, key: &str, value: &Value) -> Option<Why> {
    let has_half = half(value).map(|_| Why::HalfCharacter);
    if KINDS.contains(&key) {
        return match text(value).map(kind) {
            Some(Some(kind)) if kind != avatar.kind => Some(Why::OtherKind),
            Some(Some(_)) => has_half,
            Some(None) => Some(Why::NotKind),
            None => Some(Why::NotText),
        };
    }
    if TEXTS.contains(&key) || LORA.contains(&key) {
        let Some(text) = text(value) else { return Some(Why::NotText) };
        let taken = if key == FINETUNE { &avatar.finetune_id } else { &avatar.lora_url };
        let is_model = key == FINETUNE || LORA.contains(&key);
        let text = reference::cleaned(text);
        if is_model && !text.is_empty() && taken.as_ref() != Some(&text) {
            return Some(Why::SecondModel);
        }
        return has_half;
    }
    let kind_of = match key {
        SCALE => AvatarKind::Portrait,
        STRENGTH => AvatarKind::Artistic,
        "id" => return None,
        _ => return Some(Why::Unknown),
    };
    match strength(kind_of, value) {
        Err(why) => Some(why),
        Ok(_) => (kind_of != avatar.kind).then_some(Why::OtherKind),
    }
}

/// A strength that the models of a kind take.
fn strength(kind: AvatarKind, value: &Value) -> Result<Option<f64>, Why> {
    match validate::value(validate::strength_rule(kind), value, "").first() {
        None => Ok(value.as_f64()),
        Some(issue) if issue.reason == Reason::OutOfRange => Err(Why::OutOfRange),
        Some(_) => Err(Why::NotNumber),
    }
}

fn kind(name: &str) -> Option<AvatarKind> {
    match name.trim() {
        "artistic" | "style" => Some(AvatarKind::Artistic),
        "portrait" | "character" => Some(AvatarKind::Portrait),
        _ => None,
    }
}

/// A text, without half a character in it.
fn text(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| half(value).map(|half| half.rest))
}

/// The avatar of an entry. Its model says its kind; of two models the one of the kind that is named is taken, else the LoRA.
fn avatar(entry: &Map<String, Value>) -> Option<Avatar> {
    let own = |key: &str| {
        let text = text(entry.get(key)?)?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let model = |key: &str| {
        let text = reference::cleaned(text(entry.get(key)?)?);
        (!text.is_empty()).then_some(text)
    };
    let lora_url = LORA.into_iter().find_map(model);
    let finetune_id = model(FINETUNE);
    let named = KINDS.iter().find_map(|key| kind(text(entry.get(*key)?)?));
    let kind = match (&lora_url, &finetune_id) {
        (Some(_), None) => AvatarKind::Portrait,
        (None, Some(_)) => AvatarKind::Artistic,
        (Some(_), Some(_)) => named.unwrap_or(AvatarKind::Portrait),
        (None, None) => named?,
    };
    let strength = |of: AvatarKind, key: &str| {
        let value = entry.get(key).filter(|value| of == kind && !value.is_null())?;
        strength(of, value).ok().flatten()
    };
    Some(Avatar {
        id: String::new(),
        name: own("name").unwrap_or_default(),
        kind,
        trigger_word: own("trigger_word"),
        trigger_phrase: own("trigger_phrase"),
        lora_url: lora_url.filter(|_| kind == AvatarKind::Portrait),
        lora_scale: strength(AvatarKind::Portrait, SCALE),
        finetune_id: finetune_id.filter(|_| kind == AvatarKind::Artistic),
        finetune_strength: strength(AvatarKind::Artistic, STRENGTH),
    })
}

/// The avatar that the result of a training makes. It has no name yet.
fn trained(entry: &Value) -> Option<Avatar> {
    let trained = Trained::find(entry)?;
    let mut avatar = Avatar::blank(trained.kind);
    (avatar.trigger_word, avatar.trigger_phrase) = (trained.trigger_word, trained.trigger_phrase);
    let reference = Some(reference::cleaned(&trained.reference));
    match trained.kind {
        AvatarKind::Portrait => avatar.lora_url = reference,
        AvatarKind::Artistic => avatar.finetune_id = reference,
    }
    Some(avatar)
}
