//! What an answer says of a file.

use axum::http::{HeaderMap, StatusCode, header};
use likeness_api::{Finding, FindingState as State};

/// The verdict on an answer and the first bytes of its body.
pub(super) fn of(status: StatusCode, headers: &HeaderMap, beginning: &[u8]) -> Finding {
    let content_type = content_type(headers);
    let state = match status.as_u16() {
        200 | 206 if is_lora(content_type.as_deref(), beginning) => State::Found,
        // Asked for the first bytes of nothing.
        200..=299 | 416 => State::NoFile,
        // Who may not fetch it cannot tell it from nothing, nor can FAL.
        408 | 425 | 429 => State::Unreachable,
        400..=499 => State::NotFound,
        _ => State::Unreachable,
    };
    match state {
        State::Found | State::NoFile => {
            Finding { state, bytes: size(status, headers), content_type }
        }
        _ => Finding::of(state),
    }
}

/// Whether it may be weights: by the form of `.safetensors`, else because nothing says that it is
/// something else.
fn is_lora(content_type: Option<&str>, beginning: &[u8]) -> bool {
    const OTHERS: [&[u8]; 8] =
        [b"<", b"{", b"[", b"PK", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"version https://git-lfs"];
    const TYPES: [&str; 6] =
        ["text/", "image/", "video/", "application/json", "application/xml", "application/xhtml"];
    // The length of the header, little-endian, then the header, which is a JSON object.
    if let Some((length, [b'{', ..])) = beginning.split_first_chunk::<8>()
        && (2..100 << 20).contains(&u64::from_le_bytes(*length))
    {
        return true;
    }
    let text = beginning.trim_ascii_start();
    let is_tar = beginning.get(257..262) == Some(b"ustar");
    let is_other = OTHERS.iter().any(|start| text.starts_with(start)) || is_tar;
    let is_other_type =
        content_type.is_some_and(|name| TYPES.iter().any(|start| name.starts_with(start)));
    !text.is_empty() && !is_other && !is_other_type
}

/// How large the whole file is said to be.
fn size(status: StatusCode, headers: &HeaderMap) -> Option<u64> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if status == StatusCode::PARTIAL_CONTENT {
        return text(header::CONTENT_RANGE)?.rsplit_once('/')?.1.parse().ok();
    }
    text(header::CONTENT_LENGTH)?.parse().ok()
}

/// The type without its parameters, if it is written like one: what a stranger's server says goes
/// no further otherwise.
fn content_type(headers: &HeaderMap) -> Option<String> {
    let named = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let name = named.split(';').next()?.trim().to_ascii_lowercase();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/.+-_".contains(&byte);
    let is_type = name.len() <= 100 && name.contains('/') && name.bytes().all(is_plain);
    is_type.then_some(name)
}
