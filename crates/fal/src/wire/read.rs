//! Small tolerant readers.

use super::Unreadable;
use serde_json::Value;

/// A JSON object; a byte order mark in front is skipped.
pub(super) fn object(bytes: &[u8], expected: &'static str) -> Result<Value, Unreadable> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let value: Value = serde_json::from_slice(bytes).map_err(|_| Unreadable { expected })?;
    if value.is_object() { Ok(value) } else { Err(Unreadable { expected }) }
}

/// A text that is there and not empty.
pub(super) fn text(object: &Value, key: &str) -> Option<String> {
    object.get(key)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A whole number, also where it is written as `3.0`.
pub fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let number = value.as_f64()?;
        let exact = number >= 0.0 && number.fract() == 0.0 && number < 9_007_199_254_740_992.0;
        exact.then_some(number as u64)
    })
}

/// The items of a list; nothing where there is no list.
pub(super) fn list<'a>(object: &'a Value, key: &str) -> &'a [Value] {
    object.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
