//! What the person is composing: their own words, the chosen avatar and preset, and the edits as they were typed.

use likeness_core::{Avatar, Field, Preset, json::with_half};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The composer's state. It holds what was typed, valid or not, so that a reload loses nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "Value", try_from = "Value")]
pub struct Draft {
    /// Id of the chosen avatar; one that no longer exists counts as none.
    pub avatar_id: String,
    /// The person's own words.
    pub prompt: String,
    /// The chosen preset.
    pub preset: Preset,
    /// Own edits by field key, as they were typed.
    pub overrides: Map<String, Value>,
    /// Whether the words hold half a character. No text can: [`HALF`] stands in its place. Not stored, for after a reload it is only that sign.
    pub has_half: bool,
}

/// What a browser hands over in place of half a character.
pub const HALF: char = char::REPLACEMENT_CHARACTER;

/// Whether the words of a text field are all that stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// They are.
    Whole,
    /// Half a character stands in it, which [`HALF`] takes the place of.
    Halved,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            avatar_id: String::new(),
            prompt: String::new(),
            preset: Preset::Balanced,
            overrides: Map::new(),
            has_half: false,
        }
    }
}

impl Draft {
    /// The request that the draft stands for.
    pub fn request(&self, avatar: Option<&Avatar>) -> Value {
        let mut request = self.parts();
        if let Some(position) = self.prompt.chars().position(|c| c == HALF && self.has_half) {
            let rest = self.prompt.replace(HALF, "");
            request.insert("prompt".to_owned(), with_half(position, rest));
        }
        request.insert("avatar".to_owned(), avatar.map_or(Value::Null, Avatar::to_value));
        request.into()
    }

    /// The draft that a stored request stands for. Parts that cannot be read are left at their defaults.
    pub fn of_request(request: &Value) -> Self {
        Self::of_parts(request, &request["avatar"]["id"])
    }

    fn parts(&self) -> Map<String, Value> {
        let mut parts = Map::new();
        parts.insert("prompt".to_owned(), self.prompt.as_str().into());
        parts.insert("preset".to_owned(), self.preset.name().into());
        parts.insert("overrides".to_owned(), self.overrides.clone().into());
        parts
    }

    fn of_parts(parts: &Value, avatar_id: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            avatar_id: text(avatar_id),
            prompt: text(&parts["prompt"]),
            preset: parts["preset"].as_str().and_then(Preset::parse).unwrap_or(Preset::Balanced),
            overrides: parts["overrides"].as_object().cloned().unwrap_or_default(),
            has_half: false,
        }
    }

    /// Takes what was typed as the words. Half a character stays one until its sign is gone.
    pub fn say(&mut self, words: String, typed: Typed) {
        self.has_half = words.contains(HALF) && (self.has_half || typed == Typed::Halved);
        self.prompt = words;
    }

    /// Sets an own edit; `Null` takes it back.
    pub fn set(&mut self, field: Field, value: Value) {
        if value.is_null() {
            self.overrides.remove(field.key());
        } else {
            self.overrides.insert(field.key().to_owned(), value);
        }
    }

    /// The own edit of a field, as it was typed.
    pub fn own(&self, field: Field) -> Option<&Value> {
        self.overrides.get(field.key())
    }

    /// Sets what a fix names, if it lies in the draft; a fix of the avatar does not.
    pub fn follow(&mut self, path: &str, value: &Value) {
        match path.split_once('.') {
            None if path == "prompt" => {
                self.has_half = false;
                value.as_str().unwrap_or_default().clone_into(&mut self.prompt);
            }
            None if path == "preset" => {
                self.preset = value.as_str().and_then(Preset::parse).unwrap_or(self.preset);
            }
            Some(("overrides", key)) => self.follow_override(key, value),
            _ => {}
        }
    }

    fn follow_override(&mut self, key: &str, value: &Value) {
        match key.split_once('.') {
            Some((key, side)) => {
                if let Some(object) = self.overrides.get_mut(key).and_then(Value::as_object_mut) {
                    object.insert(side.to_owned(), value.clone());
                }
            }
            None if value.is_null() => {
                self.overrides.remove(key);
            }
            None => {
                self.overrides.insert(key.to_owned(), value.clone());
            }
        }
    }
}

impl From<Draft> for Value {
    fn from(draft: Draft) -> Self {
        let mut parts = draft.parts();
        parts.insert("avatar_id".to_owned(), draft.avatar_id.into());
        parts.into()
    }
}

impl TryFrom<Value> for Draft {
    type Error = &'static str;

    fn try_from(kept: Value) -> Result<Self, Self::Error> {
        if !kept.is_object() {
            return Err("a draft is an object");
        }
        Ok(Self::of_parts(&kept, &kept["avatar_id"]))
    }
}

/// What a person typed into a number field, as JSON: a whole number, else a number, else the text itself for the validator to refuse. A decimal comma
/// counts as a point. Blank takes the edit back.
pub fn typed_number(text: &str) -> Value {
    let text = text.trim();
    if text.is_empty() {
        return Value::Null;
    }
    if let Ok(whole) = text.parse::<u64>() {
        return whole.into();
    }
    match decimal(text) {
        Some(number) => number.into(),
        None => text.into(),
    }
}

/// A decimal number as people write them, with a plus or without a digit beside the mark; an exponent is allowed. Read by the parser that JSON needs
/// anyway: the tables of the standard library's alone weigh 10 kB.
fn decimal(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_at(text.find(['e', 'E']).unwrap_or(text.len()));
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    if digits.starts_with('-') || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole = Some(whole.trim_start_matches('0')).filter(|whole| !whole.is_empty());
    let fraction = Some(fraction).filter(|fraction| !fraction.is_empty());
    let json = [sign, whole.unwrap_or("0"), ".", fraction.unwrap_or("0"), exponent].concat();
    serde_json::from_str::<Value>(&json).ok()?.as_f64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_draft_survives_text_and_request() {
        let mut draft =
            Draft { avatar_id: "a".into(), prompt: "at dawn".into(), ..Draft::default() };
        draft.set(Field::Seed, json!("9007199254740993"));
        let text = serde_json::to_string(&draft).unwrap();
        assert_eq!(serde_json::from_str::<Draft>(&text).unwrap(), draft);
        assert_eq!(serde_json::from_str::<Draft>("{}").unwrap(), Draft::default());
        assert!(serde_json::from_str::<Draft>("[]").is_err());
        let mut request = draft.request(None);
        request["avatar"] = json!({ "id": "a" });
        assert_eq!(Draft::of_request(&request), draft);
    }

    #[test]
    fn half_a_character_is_told_until_it_is_gone() {
        let found = |draft: &Draft| {
            let issues = likeness_core::validate::check(&draft.request(None), 0).issues;
            issues.into_iter().find(|issue| issue.field == "prompt")
        };
        let mut draft = Draft::default();
        draft.say("fog \u{FFFD}".to_owned(), Typed::Halved);
        draft.say("a fog \u{FFFD}".to_owned(), Typed::Whole);
        let issue = found(&draft).unwrap();
        assert!(issue.is_error());
        assert_eq!(issue.limit, Some(json!({ "position": 6 })));
        draft.follow("prompt", &issue.fix[0].value);
        assert_eq!((draft.prompt.as_str(), found(&draft)), ("a fog ", None));
        // The sign itself is a character like any other.
        draft.say("fog \u{FFFD}".to_owned(), Typed::Whole);
        assert_eq!(found(&draft), None);
    }

    #[test]
    fn what_is_typed_stays_what_it_is() {
        assert_eq!(typed_number(" 28 "), json!(28));
        assert_eq!(typed_number("3,5"), json!(3.5));
        assert_eq!(typed_number("28.5"), json!(28.5));
        assert_eq!(typed_number("-1"), json!(-1.0));
        assert_eq!(typed_number("many"), json!("many"));
        assert_eq!(typed_number("NaN"), json!("NaN"));
        assert_eq!(typed_number("  "), Value::Null);
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let cases = [
            ("+5", json!(5)),
            ("007", json!(7)),
            ("+1.5", json!(1.5)),
            (",5", json!(0.5)),
            ("-.5", json!(-0.5)),
            ("5.", json!(5.0)),
            ("00.25", json!(0.25)),
            ("1e3", json!(1000.0)),
            ("1.5E-1", json!(0.15)),
            ("5.e1", json!(50.0)),
            ("0", json!(0)),
            ("-0", json!(-0.0)),
        ];
        for (text, value) in cases {
            assert_eq!(typed_number(text), value, "{text}");
        }
        for text in [
            "+", "-", ".", ",", "e5", "-e5", "1e", "1e+", "1e1.5", "1.2.3", "1,2,3", "--1", "+-1",
            "inf", "1_0", "1 0", "0x1", "1e999", "1\"", "١",
        ] {
            assert_eq!(typed_number(text), json!(text), "{text}");
        }
    }

    #[test]
    fn a_fix_reaches_the_words_the_preset_an_edit_and_a_side() {
        let mut draft = Draft::default();
        draft.follow("prompt", &json!("at dusk"));
        assert_eq!(draft.prompt, "at dusk");
        draft.follow("preset", &json!("quality"));
        assert_eq!(draft.preset, Preset::Quality);
        draft.overrides.insert("image_size".into(), json!({ "width": 9, "height": 512 }));
        draft.follow("overrides.image_size.width", &json!(256));
        assert_eq!(draft.own(Field::ImageSize), Some(&json!({ "width": 256, "height": 512 })));
        draft.follow("overrides.image_size", &Value::Null);
        assert!(draft.overrides.is_empty());
    }
}
