//! What a training at FAL ends with, as a program keeps it or a person pastes it.
//!
//! FAL sends `{"payload": {"diffusers_lora_file": {"url": …}, "config_file": …}}` to a webhook, its clients give the inner object, bare or as `data`, and terminals
//! print it in their own way. So the names are what counts, not the shape around them.

use likeness_core::{AvatarKind, json::parse_strict};
use serde_json::Value;

/// How deep a result may lie.
const DEEPEST: u8 = 8;
/// What trainers call the file.
const LORA: [&str; 2] = ["diffusers_lora_file", "lora_file"];
const FINETUNE: &str = "finetune_id";

/// What a training made.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    /// Person or style.
    pub kind: AvatarKind,
    /// Address of the LoRA, or id of the finetune.
    pub reference: String,
    /// The word that it was trained with, if the request stands beside the result.
    pub trigger_word: Option<String>,
    /// The phrase that it was trained with.
    pub trigger_phrase: Option<String>,
}

impl Trained {
    /// Reads a pasted result: JSON, or a text with the names in it.
    pub fn read(text: &str) -> Option<Self> {
        if !text.contains(LORA[1]) && !text.contains(FINETUNE) {
            return None;
        }
        match parse_strict(text.trim().as_bytes()) {
            Ok(value) => Self::find(&value),
            Err(_) => Self::in_text(text),
        }
    }

    /// Looks for a result in JSON.
    pub fn find(value: &Value) -> Option<Self> {
        Self::find_within(value, DEEPEST)
    }

    fn find_within(value: &Value, depth: u8) -> Option<Self> {
        let address = |file: &'_ Value| {
            file.as_str().or_else(|| file.get("url")?.as_str()).map(str::to_owned)
        };
        let lora = LORA.iter().find_map(|name| found(value, name, depth).and_then(address));
        let text = |key| found(value, key, depth).and_then(Value::as_str);
        let (kind, reference) = match (lora, text(FINETUNE)) {
            (Some(address), _) => (AvatarKind::Portrait, address),
            (None, Some(id)) => (AvatarKind::Artistic, id.to_owned()),
            // The result, or a part of it, is kept as a text.
            (None, None) => return Self::in_inner(value, depth),
        };
        let own = |key| text(key).filter(|text| !text.trim().is_empty()).map(str::to_owned);
        Some(Self {
            kind,
            reference,
            trigger_word: own("trigger_word"),
            trigger_phrase: own("trigger_phrase"),
        })
    }

    /// The first result in a text of this JSON.
    fn in_inner(value: &Value, depth: u8) -> Option<Self> {
        let deeper = |value| Self::in_inner(value, depth.checked_sub(1)?);
        match value {
            Value::String(text) if text.contains(LORA[1]) || text.contains(FINETUNE) => {
                match parse_strict(text.trim().as_bytes()) {
                    Ok(inner) => Self::find_within(&inner, depth.checked_sub(1)?),
                    Err(_) => Self::in_text(text),
                }
            }
            Value::Object(object) => object.values().find_map(deeper),
            Value::Array(list) => list.iter().find_map(deeper),
            _ => None,
        }
    }

    /// The first address behind the name, however it was printed.
    fn in_text(text: &str) -> Option<Self> {
        let (_, rest) = text.split_once(LORA[1])?;
        let address = &rest[rest.find("https://")?..];
        let is_end = |c: char| c.is_whitespace() || "\"'`,}])<>\\“”„‟‘’‚‛«»‹›".contains(c);
        let reference = address.split(is_end).next()?.to_owned();
        Some(Self {
            kind: AvatarKind::Portrait,
            reference,
            trigger_word: None,
            trigger_phrase: None,
        })
    }
}

/// The first value of this name that is not null.
fn found<'v>(value: &'v Value, name: &str, depth: u8) -> Option<&'v Value> {
    let inside = |inner: &'v Value| found(inner, name, depth.checked_sub(1)?);
    match value {
        Value::Object(object) => {
            let own = object.get(name).filter(|value| !value.is_null());
            own.or_else(|| object.values().find_map(inside))
        }
        Value::Array(list) => list.iter().find_map(inside),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://v3.fal.media/files/lion/x_pytorch_lora_weights.safetensors";
    const INNER: &str = r#"{"diffusers_lora_file":{"url":"https://v3.fal.media/files/lion/x_pytorch_lora_weights.safetensors","content_type":"application/octet-stream","file_name":"x","file_size":9},"config_file":{"url":"https://v3.fal.media/files/lion/config.json"}}"#;

    #[test]
    fn a_result_is_found_in_every_form_that_fal_gives_it() {
        for text in [
            INNER.to_owned(),
            format!(r#"{{"request_id":"1","status":"OK","payload":{INNER}}}"#),
            format!(r#"{{"data":{INNER},"requestId":"1"}}"#),
            format!("\u{FEFF} \n{INNER}\n"),
            Value::from(INNER).to_string(),
            INNER.replace("/files", "\\/files"),
            format!(r#"[{INNER}]"#),
            format!(r#"{{"payload":{}}}"#, Value::from(INNER)),
            format!(r#"[{{"a":{}}}]"#, Value::from(Value::from(INNER).to_string())),
            INNER.replace("diffusers_lora_file", "lora_file"),
            format!("diffusers_lora_file: “{URL}”, config"),
            format!("diffusers_lora_file: „{URL}“"),
            format!("lora_file: ‘{URL}’"),
            format!("diffusers_lora_file: «{URL}»."),
            format!(r#"{{"diffusers_lora_file":"{URL}"}}"#),
            // As Python and Node print it.
            INNER.replace('"', "'"),
            format!("{{\n  diffusers_lora_file: {{\n    url: '{URL}',\n  }},"),
            format!("Result: diffusers_lora_file = {URL}"),
            // Cut off where it was copied.
            INNER[..INNER.len() - 20].to_owned(),
        ] {
            let trained = Trained::read(&text).unwrap();
            assert_eq!(
                (trained.kind, trained.reference.as_str()),
                (AvatarKind::Portrait, URL),
                "{text}"
            );
        }
    }

    #[test]
    fn a_finetune_and_the_words_of_the_request_are_found_too() {
        let style = Trained::read(r#"{"payload":{"finetune_id":"6fc5e628"}}"#).unwrap();
        assert_eq!((style.kind, style.reference.as_str()), (AvatarKind::Artistic, "6fc5e628"));
        let both = format!(
            r#"{{"input":{{"trigger_word":"TOK","trigger_phrase":" "}},"output":{INNER}}}"#
        );
        let trained = Trained::read(&both).unwrap();
        assert_eq!((trained.trigger_word.as_deref(), trained.trigger_phrase), (Some("TOK"), None));
    }

    #[test]
    fn anything_else_is_no_result() {
        for text in [
            "",
            URL,
            "{}",
            "diffusers_lora_file",
            r#"{"diffusers_lora_file":null}"#,
            r#"{"diffusers_lora_file":{"url":7}}"#,
            r#"{"config_file":{"url":"https://a.example/config.json"}}"#,
            r#"{"finetune_id":7}"#,
            "finetune_id",
        ] {
            assert_eq!(Trained::read(text), None, "{text}");
        }
        let deep = format!("{}{INNER}{}", r#"{"a":"#.repeat(12), "}".repeat(12));
        assert_eq!(Trained::read(&deep), None);
    }
}
