//! Reads the calls of bots: a form, or a JSON object.

use super::{BotCall, BotFile};
use axum::body::Bytes;
use serde_json::Value;
use std::collections::BTreeMap;

/// A call whose parameters are a JSON object.
pub(super) fn object(method: String, body: &Bytes) -> Option<BotCall> {
    let parameters: serde_json::Map<String, Value> = serde_json::from_slice(body).ok()?;
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    let texts = parameters.into_iter().map(|(name, value)| (name, text(value))).collect();
    Some(BotCall { method, texts, file: None })
}

/// A form of `multipart/form-data`.
pub(super) fn form(method: String, boundary: &str, body: &Bytes) -> Option<BotCall> {
    let delimiter = format!("\r\n--{boundary}");
    // The first part has no line before it.
    let body = Bytes::from([b"\r\n", &body[..]].concat());
    let mut ends = find_all(&body, delimiter.as_bytes());
    let mut call = BotCall { method, texts: BTreeMap::new(), file: None };
    let mut from = ends.next()? + delimiter.len();
    for end in ends {
        let part = body.slice(from..end);
        let head = find_all(&part, b"\r\n\r\n").next()?;
        let value = part.slice(head + 4..);
        let head = String::from_utf8_lossy(&part[..head]).into_owned();
        let quoted = |name: &str| {
            let rest = head.split_once(&format!(" {name}=\""))?.1;
            rest.split_once('"').map(|(value, _)| value.to_owned())
        };
        let field = quoted("name")?;
        match quoted("filename") {
            Some(name) => call.file = Some(BotFile { field, name, bytes: value }),
            None => {
                call.texts.insert(field, String::from_utf8(value.to_vec()).ok()?);
            }
        }
        from = end + delimiter.len();
    }
    body[from..].starts_with(b"--").then_some(call)
}

fn find_all<'a>(bytes: &'a [u8], needle: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    bytes.windows(needle.len()).enumerate().filter(move |(_, at)| *at == needle).map(|(at, _)| at)
}
