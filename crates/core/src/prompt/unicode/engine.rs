//! By the tables of the JavaScript engine that runs this program.

use super::DOTLESS_I;
use core::cell::RefCell;
use js_sys::{JsString, RegExp};

/// How many characters are remembered; a text in any one script has fewer, but for Chinese.
const MEMORY: usize = 1 << 11;

/// What the engine said of a character.
struct Nature {
    is_letter: bool,
    is_word: bool,
    is_capital_or_number: bool,
    is_joined: bool,
    folded: String,
}

thread_local! {
    /// Every answer takes some calls into JavaScript, so it is asked for once. In the order of the characters.
    static KNOWN: RefCell<Vec<(char, Nature)>> = const { RefCell::new(Vec::new()) };
    static LETTER: RegExp = RegExp::new(r"\p{L}", "u");
    static WORD: RegExp = RegExp::new(r"[\p{L}\p{N}\p{M}]", "u");
    static CAPITAL_OR_NUMBER: RegExp = RegExp::new(r"[\p{Uppercase}\p{N}]", "u");
}

/// Letters.
pub(crate) fn is_letter(c: char) -> bool {
    with(c, |nature| nature.is_letter)
}

/// Letters, digits and marks.
pub(crate) fn is_word(c: char) -> bool {
    with(c, |nature| nature.is_word)
}

/// What a trained token has and a plain word has not.
pub(in crate::prompt) fn is_capital_or_number(c: char) -> bool {
    with(c, |nature| nature.is_capital_or_number)
}

/// Whether a mark belongs to the character before it.
pub(in crate::prompt) fn is_joined(c: char) -> bool {
    with(c, |nature| nature.is_joined)
}

/// Appends a cluster in canonical order and without case: NFD, case folding, NFD.
pub(in crate::prompt) fn fold_into(cluster: &str, folded: &mut Vec<char>) {
    let mut chars = cluster.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => with(c, |nature| folded.extend(nature.folded.chars())),
        _ => folded.extend(fold(cluster).chars()),
    }
}

fn with<T>(c: char, ask: impl FnOnce(&Nature) -> T) -> T {
    KNOWN.with_borrow_mut(|known| {
        let index = match known.binary_search_by_key(&c, |(known, _)| *known) {
            Ok(index) => index,
            Err(_) if known.len() == MEMORY => {
                known.clear();
                known.push((c, nature(c)));
                0
            }
            Err(index) => {
                known.insert(index, (c, nature(c)));
                index
            }
        };
        ask(&known[index].1)
    })
}

fn nature(c: char) -> Nature {
    let text = c.encode_utf8(&mut [0; 4]).to_owned();
    Nature {
        is_letter: LETTER.with(|letter| letter.test(&text)),
        is_word: WORD.with(|word| word.test(&text)),
        is_capital_or_number: CAPITAL_OR_NUMBER.with(|pattern| pattern.test(&text)),
        is_joined: moves(c),
        folded: fold(&text),
    }
}

/// Whether a character has a place among marks: one of a high class before it or one of a low class behind it then changes places with it. Three
/// characters stay, though what they stand for moves.
fn moves(c: char) -> bool {
    let (high, low) = ('\u{345}', '\u{334}');
    let ordered = normal(&JsString::from(String::from_iter([high, c, low])));
    !matches!(c, '\u{F73}' | '\u{F75}' | '\u{F81}') && !String::from(ordered).starts_with(high)
}

fn fold(cluster: &str) -> String {
    if let Some(marks) = cluster.strip_prefix(DOTLESS_I) {
        return String::from(DOTLESS_I) + &fold(marks);
    }
    // Upper case, then lower: closer to Unicode's case folding than lower case alone (final sigma, sharp s, ligatures).
    normal(&normal(&cluster.into()).to_upper_case().to_lower_case()).into()
}

fn normal(text: &JsString) -> JsString {
    text.normalize("NFD")
}
