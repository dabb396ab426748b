//! Texts in the bot's storage at Telegram, which takes 4096 characters under a key: longer ones lie
//! in pieces.

use serde_json::Value;

/// What Telegram takes under one key, in UTF-16 units, as its clients count.
pub const LONGEST: usize = 4096;
/// More pieces would be a waste of the 1024 keys that a person has.
const MOST: usize = 16;
/// Room for the count in front of the first piece.
const ROOM: usize = LONGEST - 4;

/// The keys of a text of so many pieces. `name` is made of `A-Z`, `a-z`, `0-9`, `_` and `-`.
pub fn keys(name: &str) -> Vec<String> {
    (0..MOST).map(|at| key(name, at)).collect()
}

/// What a key is a piece of.
pub fn name_of(key: &str) -> Option<&str> {
    key.rsplit_once('_').map(|(name, _)| name)
}

fn key(name: &str, at: usize) -> String {
    format!("{name}_{at}")
}

/// The text in pieces, by key, the one that makes it whole last. None if it is too long.
pub fn pieces(name: &str, text: &str) -> Option<Vec<(String, String)>> {
    let mut pieces = vec![String::new()];
    let mut taken = 0;
    for letter in text.chars() {
        if taken + letter.len_utf16() > ROOM {
            pieces.push(String::new());
            taken = 0;
        }
        taken += letter.len_utf16();
        pieces.last_mut()?.push(letter);
    }
    let count = pieces.len();
    pieces[0].insert_str(0, &format!("{count}:"));
    let named = pieces.into_iter().enumerate().rev().map(|(at, piece)| (key(name, at), piece));
    (count <= MOST).then(|| named.collect())
}

/// The text of pieces that Telegram gave back, an object by key. None unless all of it is there.
pub fn joined(name: &str, values: &Value) -> Option<String> {
    let piece = |at| values[key(name, at)].as_str().filter(|piece| !piece.is_empty());
    let (count, first) = piece(0)?.split_once(':')?;
    let count: usize = count.parse().ok().filter(|count| (1..=MOST).contains(count))?;
    let mut text = first.to_owned();
    for at in 1..count {
        text.push_str(piece(at)?);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stored(pieces: Vec<(String, String)>) -> Value {
        pieces
            .into_iter()
            .map(|(key, piece)| (key, Value::from(piece)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }

    #[test]
    fn a_text_that_is_too_long_is_not_stored_in_part() {
        assert!(pieces("job", &"a".repeat(LONGEST * MOST)).is_none());
    }

    #[test]
    fn a_text_with_a_missing_piece_is_none() {
        let mut pieces = pieces("job", &"a".repeat(9000)).unwrap();
        assert_eq!((pieces.len(), pieces[2].0.as_str()), (3, "job_0"));
        pieces.remove(1);
        assert_eq!(joined("job", &stored(pieces)), None);
        assert_eq!(joined("job", &serde_json::json!({"job_0": "999:x"})), None);
    }

    proptest! {
        #[test]
        fn what_was_stored_comes_back(text in "[a-zя🌃:\"]{0,40}", times in 1_usize..400) {
            let text = text.repeat(times);
            let Some(pieces) = pieces("a-1_b", &text) else { return Ok(()) };
            for (key, piece) in &pieces {
                prop_assert!(piece.encode_utf16().count() <= LONGEST);
                prop_assert_eq!(name_of(key), Some("a-1_b"));
            }
            prop_assert_eq!(joined("a-1_b", &stored(pieces)), Some(text));
        }
    }
}
