//! What the person is composing: their own words, the chosen avatar and preset, and the edits as they were typed.

use likeness_core::{Avatar, Field, Preset};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The composer's state. It holds what was typed, valid or not, so that a reload loses nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// Id of the chosen avatar; one that no longer exists counts as none.
    pub avatar_id: String,
    /// The person's own words.
    pub prompt: String,
    /// The chosen preset.
    pub preset: Preset,
    /// Own edits by field key, as they were typed.
    pub overrides: Map<String, Value>,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            avatar_id: String::new(),
            prompt: String::new(),
            preset: Preset::Balanced,
            overrides: Map::new(),
        }
    }
}

impl Draft {
    /// The request that the draft stands for.
    pub fn request(&self, avatar: Option<&Avatar>) -> Value {
        json!({ "avatar": avatar, "prompt": self.prompt, "preset": self.preset, "overrides": self.overrides })
    }

    /// The draft that a stored request stands for. Parts that cannot be read are left at their defaults.
    pub fn of_request(request: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            avatar_id: text(&request["avatar"]["id"]),
            prompt: text(&request["prompt"]),
            preset: request["preset"].as_str().and_then(Preset::parse).unwrap_or(Preset::Balanced),
            overrides: request["overrides"].as_object().cloned().unwrap_or_default(),
        }
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
    match text.replace(',', ".").parse::<f64>() {
        Ok(number) if number.is_finite() => json!(number),
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_survives_text_and_request() {
        let mut draft =
            Draft { avatar_id: "a".into(), prompt: "at dawn".into(), ..Draft::default() };
        draft.set(Field::Seed, json!("9007199254740993"));
        let text = serde_json::to_string(&draft).unwrap();
        assert_eq!(serde_json::from_str::<Draft>(&text).unwrap(), draft);
        let mut request = draft.request(None);
        request["avatar"] = json!({ "id": "a" });
        assert_eq!(Draft::of_request(&request), draft);
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
    fn a_fix_reaches_the_preset_an_edit_and_a_side() {
        let mut draft = Draft::default();
        draft.follow("preset", &json!("quality"));
        assert_eq!(draft.preset, Preset::Quality);
        draft.overrides.insert("image_size".into(), json!({ "width": 9, "height": 512 }));
        draft.follow("overrides.image_size.width", &json!(256));
        assert_eq!(draft.own(Field::ImageSize), Some(&json!({ "width": 256, "height": 512 })));
        draft.follow("overrides.image_size", &Value::Null);
        assert!(draft.overrides.is_empty());
    }
}
