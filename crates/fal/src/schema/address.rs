//! Addresses in a body that FAL would fetch.

use serde_json::Value;

/// Whether a field of this name holds an address, or several: `image_url`, `control_image_urls`, `imageUrl`.
pub(super) fn is_name(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["url", "urls", "uri", "uris"].iter().any(|end| key.ends_with(end))
}

/// Whether a field asks for something to be fetched, by its name or by what is in it.
pub(super) fn is_in(key: &str, value: &Value) -> bool {
    if value.is_null() {
        return false;
    }
    is_name(key)
        || match value {
            Value::String(text) => is_address(text),
            Value::Array(list) => list.iter().any(|value| is_in("", value)),
            Value::Object(fields) => fields.iter().any(|(key, value)| is_in(key, value)),
            _ => false,
        }
}

/// Whether an entry of `loras` asks for more than its weights.
pub(super) fn is_beside_the_path(loras: &Value) -> bool {
    let entries = loras.as_array().into_iter().flatten().filter_map(Value::as_object);
    entries.flatten().any(|(key, value)| key != "path" && is_in(key, value))
}

/// A text that begins with a scheme, such as `https://` or `data:`.
fn is_address(text: &str) -> bool {
    let text = text.trim_start();
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte));
    is_scheme && (rest.starts_with("//") || scheme.eq_ignore_ascii_case("data"))
}
