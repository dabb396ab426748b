//! Reads an avatar and says what it lacks.

use super::{HIGH_LORA_SCALE, MAX_PROMPT, is_too_long, not_text, present, value};
use crate::{
    avatar::{Avatar, AvatarKind},
    field::{Field, Rule},
    issue::{Issue, Reason},
    prompt,
    recipe::Model,
    reference,
    route::Route,
};
use serde_json::{Map, Value};

const TEXTS: [&str; 6] =
    ["id", "name", "trigger_word", "trigger_phrase", "lora_url", "finetune_id"];
const STRENGTHS: [Field; 2] = [Field::LoraScale, Field::FinetuneStrength];

/// What an avatar lacks, with paths below `avatar`; nothing if it can make pictures.
pub fn check_avatar(avatar: &Avatar) -> Vec<Issue> {
    let mut issues = Vec::new();
    self::avatar(&avatar.to_value(), &mut issues);
    issues
}

/// The avatar, if its kind is known, and its model, if it is complete.
pub(super) fn avatar(value: &Value, issues: &mut Vec<Issue>) -> (Option<Avatar>, Option<Model>) {
    let Some(object) = value.as_object() else {
        issues.push(Issue::new("avatar", Reason::NotAnObject));
        return (None, None);
    };
    report_unknown(object, issues);
    let text =
        |key: &str| present(object, key).and_then(Value::as_str).map(str::trim).map(str::to_owned);
    for key in TEXTS {
        let path = format!("avatar.{key}");
        match present(object, key) {
            Some(Value::String(text)) if key.starts_with("trigger") && is_too_long(text) => {
                issues.push(Issue::new(path, Reason::LongPrompt).max_length(MAX_PROMPT));
            }
            None | Some(Value::String(_)) => {}
            Some(other) => issues.push(not_text(&path, other)),
        }
    }
    let reference = |key: &str| match present(object, key)? {
        Value::String(text) => {
            Some(reference::cleaned(text)).filter(|text| !prompt::is_blank(text))
        }
        // What is there and no text is a mistake of its own, and not missing.
        _ => Some(String::new()),
    };
    let (lora_url, finetune_id) = (reference("lora_url"), reference("finetune_id"));
    let named = kind(object, issues);
    let Some(kind) = named.unwrap_or_else(|| implied(&lora_url, &finetune_id)) else {
        if named.is_none() {
            issues.push(Issue::new("avatar", Reason::NoModel));
        }
        return (None, None);
    };
    let avatar = Avatar {
        id: text("id").unwrap_or_default(),
        name: text("name").unwrap_or_default(),
        kind,
        trigger_word: text("trigger_word"),
        trigger_phrase: text("trigger_phrase"),
        lora_scale: pinned(object, kind, Field::LoraScale, issues),
        finetune_strength: pinned(object, kind, Field::FinetuneStrength, issues),
        lora_url,
        finetune_id,
    };
    let model = model(&avatar, issues);
    let is_text = |key: &str| present(object, key).is_none_or(Value::is_string);
    if avatar.trigger().is_none() && is_text("trigger_word") && is_text("trigger_phrase") {
        issues.push(Issue::new("avatar.trigger_word", Reason::NoTrigger));
    }
    (Some(avatar), model)
}

fn report_unknown(object: &Map<String, Value>, issues: &mut Vec<Issue>) {
    let is_known = |key: &str| {
        key == "kind" || TEXTS.contains(&key) || STRENGTHS.iter().any(|field| field.key() == key)
    };
    for key in object.keys().filter(|key| !is_known(key)) {
        let path = format!("avatar.{key}");
        issues.push(Issue::new(&path, Reason::UnknownKey).fix(&path, Value::Null));
    }
}

/// The kind that is written: `None` if none is, `Some(None)` if it is none we know.
fn kind(object: &Map<String, Value>, issues: &mut Vec<Issue>) -> Option<Option<AvatarKind>> {
    let value = present(object, "kind")?;
    let kind = value.as_str().and_then(AvatarKind::parse);
    if kind.is_none() {
        let issue = match value {
            Value::String(_) => Issue::new("avatar.kind", Reason::UnknownValue),
            other => not_text("avatar.kind", other),
        };
        issues.push(if issue.limit.is_some() { issue } else { issue.one_of(&AvatarKind::NAMES) });
    }
    Some(kind)
}

/// The kind that follows from the model reference; with both, the first, and the conflict is reported.
fn implied(lora_url: &Option<String>, finetune_id: &Option<String>) -> Option<AvatarKind> {
    match (lora_url, finetune_id) {
        (Some(_), _) => Some(AvatarKind::Portrait),
        (None, Some(_)) => Some(AvatarKind::Artistic),
        (None, None) => None,
    }
}

/// A strength that is pinned on the avatar and that its routes take.
fn pinned(
    object: &Map<String, Value>,
    kind: AvatarKind,
    field: Field,
    issues: &mut Vec<Issue>,
) -> Option<f64> {
    let value = present(object, field.key())?;
    let path = format!("avatar.{}", field.key());
    let strength = value::read(Route::any_rule(field), value, &path, issues)?.as_f64()?;
    let is_taken = Route::ALL.into_iter().any(|route| route.kind() == kind && route.takes(field));
    if !is_taken {
        issues.push(Issue::new(&path, Reason::NotTaken).fix(&path, Value::Null));
        return None;
    }
    if field == Field::LoraScale && strength > HIGH_LORA_SCALE {
        issues.push(Issue::new(&path, Reason::HighLoraScale).fix(&path, HIGH_LORA_SCALE));
    }
    Some(strength)
}

fn model(avatar: &Avatar, issues: &mut Vec<Issue>) -> Option<Model> {
    let (own, other, other_kind, missing) = match avatar.kind {
        AvatarKind::Portrait => {
            ("avatar.lora_url", "avatar.finetune_id", AvatarKind::Artistic, Reason::NoLora)
        }
        AvatarKind::Artistic => {
            ("avatar.finetune_id", "avatar.lora_url", AvatarKind::Portrait, Reason::NoFinetune)
        }
    };
    let (reference, foreign) = match avatar.kind {
        AvatarKind::Portrait => (&avatar.lora_url, &avatar.finetune_id),
        AvatarKind::Artistic => (&avatar.finetune_id, &avatar.lora_url),
    };
    if reference.is_none() {
        issues.push(Issue::new(own, missing));
    }
    match (reference, foreign) {
        (Some(_), Some(_)) => {
            issues.push(Issue::new(other, Reason::BothModels).fix(other, Value::Null))
        }
        (None, Some(_)) => {
            issues.push(
                Issue::new(other, Reason::OtherKindsModel).fix("avatar.kind", other_kind.name()),
            );
        }
        _ => {}
    }
    // Why exactly is found out by whoever explains it.
    if avatar.lora_url.as_deref().is_some_and(reference::is_refused) {
        issues.push(Issue::new("avatar.lora_url", Reason::NotHttps));
    }
    let reference = reference.clone()?;
    Some(match avatar.kind {
        AvatarKind::Portrait => Model::Lora(reference),
        AvatarKind::Artistic => Model::Finetune(reference),
    })
}

/// The rule of a strength on the avatar, for the form that edits it.
pub fn strength_rule(kind: AvatarKind) -> Rule {
    Route::any_rule(Field::strength(kind))
}
