//! Half a surrogate pair in a body, of which JSON knows and no text of Python's or ours can be made.

use super::{Detail, Loc};
use likeness_core::json;
use serde_json::{Map, Value};

/// Whether a body has a half anywhere.
pub(super) fn is_in(value: &Value) -> bool {
    match value {
        _ if json::half(value).is_some() => true,
        Value::Object(fields) => {
            fields.iter().any(|(key, value)| is_key_with_half(key) || is_in(value))
        }
        Value::Array(items) => items.iter().any(is_in),
        _ => false,
    }
}

/// The value without its halves, of which each is told with its place: so that everything else is judged too.
pub(super) fn taken_out(value: &Value, loc: &mut Vec<Loc>, details: &mut Vec<Detail>) -> Value {
    if let Some(half) = json::half(value) {
        details.push(told(loc).ctx("position", half.position));
        return half.rest.into();
    }
    let mut inside = |step: Loc, value: &Value| {
        loc.push(step);
        let whole = taken_out(value, loc, details);
        loc.pop();
        whole
    };
    match value {
        Value::Object(fields) => {
            let whole: Map<_, _> = fields
                .iter()
                .filter(|(key, _)| !is_key_with_half(key))
                .map(|(key, value)| (key.clone(), inside(Loc::from(key.as_str()), value)))
                .collect();
            details.extend((whole.len() < fields.len()).then(|| told(loc)));
            whole.into()
        }
        Value::Array(items) => {
            items.iter().enumerate().map(|(at, value)| inside(Loc::from(at), value)).collect()
        }
        other => other.clone(),
    }
}

/// In the words of pydantic.
fn told(loc: &[Loc]) -> Detail {
    let message = "Input should be a valid string, unable to parse raw data as a unicode string";
    Detail::at(loc.to_vec(), "string_unicode", message)
}

/// In a name a half is marked by a character that Unicode keeps for programs.
fn is_key_with_half(key: &str) -> bool {
    key.contains(|c| matches!(c, '\u{FDD0}'..='\u{FDEF}'))
}
