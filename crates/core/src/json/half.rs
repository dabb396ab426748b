//! Half a surrogate pair, which JSON can write and no text of ours can hold: an emoji that was cut in two.

use serde_json::{Map, Value};

/// The only key of the object that stands for a text with a half in it. No field of a request has this name, so whoever writes such an object gets the same answer.
const KEY: &str = "\u{FFFD}";

/// A text with half a surrogate pair in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Half<'v> {
    /// Characters before the first half.
    pub position: u64,
    /// The text without its halves.
    pub rest: &'v str,
}

/// The text with a half that a value stands for, if it does.
pub fn half(value: &Value) -> Option<Half<'_>> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    match object.get(KEY)?.as_array()?.as_slice() {
        [position, Value::String(rest)] => Some(Half { position: position.as_u64()?, rest }),
        _ => None,
    }
}

/// A value that stands for a text with a half behind so many characters, and for the text without it.
pub fn with_half(position: usize, rest: String) -> Value {
    let mut object = Map::new();
    object.insert(KEY.to_owned(), vec![Value::from(position), rest.into()].into());
    object.into()
}

/// The same JSON with a character that it does not hold in place of every half; none if it holds no half.
pub(super) fn marked(json: &[u8]) -> Option<(Vec<u8>, char)> {
    let halves = places(json);
    if halves.is_empty() {
        return None;
    }
    // Characters that Unicode keeps for the use inside of programs.
    let mark = ('\u{FDD0}'..='\u{FDEF}').find(|mark| !holds(json, *mark))?;
    let escape = format!("\\u{:04x}", u32::from(mark));
    let mut marked = json.to_vec();
    for at in halves {
        marked[at..at + escape.len()].copy_from_slice(escape.as_bytes());
    }
    Some((marked, mark))
}

/// Where `\uXXXX` is half a pair without the other half.
fn places(json: &[u8]) -> Vec<usize> {
    let mut places = Vec::new();
    let mut at = 0;
    while let Some(next) = json.get(at) {
        if *next != b'\\' {
            at += 1;
            continue;
        }
        match (unit(json, at), unit(json, at + 6)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => at += 12,
            (Some(0xD800..=0xDFFF), _) => {
                places.push(at);
                at += 6;
            }
            (Some(_), _) => at += 6,
            (None, _) => at += 2,
        }
    }
    places
}

/// Whether a character stands in JSON, as it is or escaped.
fn holds(json: &[u8], c: char) -> bool {
    let (mut utf8, unit_of_c) = ([0; 4], u32::from(c));
    let utf8 = c.encode_utf8(&mut utf8).as_bytes();
    json.windows(utf8.len()).any(|window| window == utf8)
        || (0..json.len()).any(|at| json[at] == b'\\' && unit(json, at) == Some(unit_of_c))
}

/// The number of an escape `\uXXXX` at a place.
fn unit(json: &[u8], at: usize) -> Option<u32> {
    let digits = json.get(at..at + 6)?.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |unit, digit| Some(unit * 16 + char::from(*digit).to_digit(16)?))
}
