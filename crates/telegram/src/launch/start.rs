//! What a link asks for: `https://t.me/bot/app?startapp=…`. Anybody may write such a link, so it
//! fills in and never sends, and what does not fit is refused whole.

use likeness_core::{Avatar, AvatarKind, Field, Issue, Preset, validate};
use serde_json::{Map, Value};

/// The longest parameter that Telegram passes on, in characters.
const LONGEST: usize = 512;

/// A thing to open.
#[derive(Clone, Debug, PartialEq)]
pub enum Start {
    /// `preset-portrait`: the composer with this preset.
    Preset(Preset),
    /// `recipe-…`: the composer with prompt, preset and own settings, as `{"prompt", "preset"?,
    /// "overrides"?}` in base64url.
    Recipe(Value),
    /// `avatar-…`: the form of a new avatar, filled with a template in base64url. Nothing is kept
    /// before the person says so.
    Avatar(Box<Avatar>),
}

/// The link asks for nothing that can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

impl Start {
    /// Reads the parameter.
    ///
    /// # Errors
    /// [`Refused`] for anything but what the variants say, for a key that nobody knows, and for an
    /// avatar with an error, such as weights that are not on https.
    pub fn parse(param: &str) -> Result<Self, Refused> {
        if param.len() > LONGEST {
            return Err(Refused);
        }
        match param.split_once('-').ok_or(Refused)? {
            ("preset", name) => Preset::parse(name).map(Self::Preset).ok_or(Refused),
            ("recipe", text) => recipe(object(text)?).map(Self::Recipe),
            ("avatar", text) => avatar(object(text)?).map(|avatar| Self::Avatar(Box::new(avatar))),
            _ => Err(Refused),
        }
    }
}

fn recipe(object: Map<String, Value>) -> Result<Value, Refused> {
    let is_fit = |(key, value): (&String, &Value)| match (key.as_str(), value) {
        ("prompt", Value::String(prompt)) => !prompt.contains(char::is_control),
        ("preset", Value::String(name)) => Preset::parse(name).is_some(),
        ("overrides", Value::Object(edits)) => {
            edits.iter().all(|(key, value)| Field::parse(key).is_some() && is_plain(value))
        }
        _ => false,
    };
    let is_recipe = object.contains_key("prompt") && object.iter().all(is_fit);
    if is_recipe { Ok(object.into()) } else { Err(Refused) }
}

/// What a person could have typed: a number, a word, a switch, or the two sides of a size.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Object(sides) => sides.values().all(Value::is_u64),
        Value::Null | Value::Array(_) => false,
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

fn avatar(object: Map<String, Value>) -> Result<Avatar, Refused> {
    let kind = object.get("kind").and_then(Value::as_str).and_then(AvatarKind::parse);
    let mut avatar = Avatar::blank(kind.ok_or(Refused)?);
    for (key, value) in &object {
        let text = || match value {
            Value::String(text) if !text.contains(char::is_control) => Ok(text.clone()),
            _ => Err(Refused),
        };
        let number = || value.as_f64().map(Some).ok_or(Refused);
        match key.as_str() {
            "kind" => {}
            "name" => avatar.name = text()?,
            "trigger_word" => avatar.trigger_word = Some(text()?),
            "trigger_phrase" => avatar.trigger_phrase = Some(text()?),
            "lora_url" => avatar.lora_url = Some(text()?),
            "finetune_id" => avatar.finetune_id = Some(text()?),
            "lora_scale" => avatar.lora_scale = number()?,
            "finetune_strength" => avatar.finetune_strength = number()?,
            _ => return Err(Refused),
        }
    }
    let is_wrong = validate::check_avatar(&avatar).iter().any(Issue::is_error);
    if is_wrong { Err(Refused) } else { Ok(avatar) }
}

fn object(base64url: &str) -> Result<Map<String, Value>, Refused> {
    let text = String::from_utf8(decoded(base64url).ok_or(Refused)?).map_err(|_| Refused)?;
    serde_json::from_str(&text).map_err(|_| Refused)
}

/// Base64 with the alphabet of addresses and without padding (RFC 4648, section 5).
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    let (mut held, mut bits) = (0_u32, 0_u32);
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        held = held << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    // A lone letter holds no byte, and what is left over is zero in what anybody wrote.
    (bits < 6 && held == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encoded(text: &str) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut out = String::new();
        for group in text.as_bytes().chunks(3) {
            let held = group.iter().fold(0_u32, |held, byte| held << 8 | u32::from(*byte))
                << (8 * (3 - group.len()));
            for at in 0..=group.len() {
                out.push(char::from(LETTERS[(held >> (18 - 6 * at) & 63) as usize]));
            }
        }
        out
    }

    fn parse(kind: &str, json: &str) -> Result<Start, Refused> {
        Start::parse(&format!("{kind}-{}", encoded(json)))
    }

    #[test]
    fn the_three_things_that_a_link_may_ask_for() {
        assert_eq!(Start::parse("preset-portrait"), Ok(Start::Preset(Preset::Portrait)));
        let recipe = r#"{"prompt":"у моря","preset":"fast","overrides":{"seed":7,"image_size":{"width":512,"height":512}}}"#;
        assert_eq!(
            parse("recipe", recipe),
            Ok(Start::Recipe(serde_json::from_str(recipe).unwrap()))
        );
        let Ok(Start::Avatar(avatar)) = parse(
            "avatar",
            r#"{"kind":"portrait","name":"Me","trigger_word":"TOK","lora_url":"https://w.example/me.safetensors"}"#,
        ) else {
            panic!("a template is an avatar")
        };
        assert_eq!((avatar.id.as_str(), avatar.name.as_str()), ("", "Me"));
    }

    #[test]
    fn a_hostile_link_is_refused_whole() {
        for param in [
            "",
            "preset",
            "preset-",
            "preset-none",
            "script-alert",
            "recipe-",
            "recipe-A",
            "recipe-!!",
            "recipe-////",
            "../../etc",
            "javascript:alert(1)",
            "recipe-e30",
        ] {
            assert_eq!(Start::parse(param), Err(Refused), "{param}");
        }
        for json in [
            "[]",
            "7",
            "{",
            r#"{"prompt":7}"#,
            r#"{"prompt":"a","send":true}"#,
            r#"{"prompt":"a","preset":"none"}"#,
            r#"{"prompt":"a\u0000"}"#,
            r#"{"prompt":"a","overrides":{"sync_mode":true}}"#,
            r#"{"prompt":"a","overrides":{"seed":[1]}}"#,
        ] {
            assert_eq!(parse("recipe", json), Err(Refused), "{json}");
        }
        for json in [
            r#"{"name":"x"}"#,
            r#"{"kind":"robot"}"#,
            r#"{"kind":"portrait","lora_url":"http://w.example/x"}"#,
            r#"{"kind":"portrait","lora_url":"javascript:alert(1)"}"#,
            r#"{"kind":"portrait","id":"demo-vera","lora_url":"https://w.example/x"}"#,
            r#"{"kind":"artistic"}"#,
        ] {
            assert_eq!(parse("avatar", json), Err(Refused), "{json}");
        }
        let long = format!(r#"{{"prompt":"{}"}}"#, "a".repeat(500));
        assert_eq!(parse("recipe", &long), Err(Refused), "longer than Telegram passes on");
    }

    proptest! {
        #[test]
        fn what_was_encoded_is_decoded(text in "\\PC{0,80}") {
            prop_assert_eq!(decoded(&encoded(&text)), Some(text.into_bytes()));
        }

        #[test]
        fn nothing_that_somebody_writes_stops_the_app(param in "(preset|recipe|avatar)?-?[\\PC]{0,60}") {
            let _ = Start::parse(&param);
        }
    }
}
