//! The few English words that decide how a phrase joins a text. The lists are closed.

use super::find::{is_joined_mark, is_word};

const ARTICLES: &[&str] = &["a", "an", "the"];
const MEDIA: &[&str] = &["photo", "photograph", "picture", "portrait", "image"];
#[rustfmt::skip]
const PERSONS: &[&str] = &[
    "man", "woman", "person", "girl", "boy", "guy", "lady", "gentleman", "male", "female", "child", "kid",
    "teenager", "teen", "adult", "human", "model",
];
/// Words behind which nothing can be that describes the noun before them.
#[rustfmt::skip]
const FOLLOWERS: &[&str] = &[
    "in", "on", "at", "by", "with", "without", "near", "under", "over", "before", "behind", "beside", "between",
    "among", "during", "after", "of", "from", "for", "to", "into", "through", "across", "against", "as", "and",
    "or", "but", "who", "whose", "which", "that", "while", "where",
];

/// Whether a word is an article.
pub(super) fn is_article(word: &str) -> bool {
    is_one_of(word, ARTICLES)
}

/// Whether a text begins with a person noun.
pub(super) fn begins_with_person(text: &str) -> bool {
    is_one_of(first_word(text), PERSONS)
}

/// The bytes of "a photo of" at the start of a text, or nothing.
pub(super) fn medium(text: &str) -> Option<usize> {
    let rest = without_article(text);
    let (noun, after) = rest.split_once(' ')?;
    let end = strip(after, "of")?;
    let is_medium = is_one_of(noun, MEDIA) && (end.is_empty() || end.starts_with(' '));
    is_medium.then(|| text.len() - end.len())
}

/// Whether a phrase says what kind of picture it is: "photo of" stands anywhere in it.
pub(super) fn has_medium(phrase: &str) -> bool {
    let starts = phrase.char_indices().map(|(start, _)| start);
    starts.filter(|start| is_word_start(phrase, *start)).any(|start| {
        let noun = first_run(&phrase[start..]);
        let end = strip(&phrase[start + noun.len()..], " of");
        is_one_of(noun, MEDIA) && end.is_some_and(|end| !end.starts_with(is_word))
    })
}

/// What follows an article and a blank at the start; the whole text if it has none.
pub(super) fn without_article(text: &str) -> &str {
    match text.split_once(' ') {
        Some((word, rest)) if is_article(word) => rest,
        _ => text,
    }
}

/// Whether a text goes on a sentence: it begins with a preposition or the like, or with a longer word in -ing or -ed.
pub(super) fn goes_on(text: &str) -> bool {
    let word = first_word(text);
    let is_long = word.chars().filter(|c| !is_joined_mark(*c)).nth(4).is_some();
    let ends_in = |ending: &str| {
        let start = word.len().checked_sub(ending.len());
        start
            .and_then(|start| word.get(start..))
            .is_some_and(|end| end.eq_ignore_ascii_case(ending))
    };
    is_one_of(word, FOLLOWERS) || (is_long && (ends_in("ing") || ends_in("ed")))
}

/// What follows a bare person noun at the start of a text, if it begins with one: nothing that describes the person stands behind it.
pub(super) fn after_bare_person(text: &str) -> Option<&str> {
    let rest = text.strip_prefix(first_word(text)).filter(|_| begins_with_person(text))?;
    let is_bare = match rest.strip_prefix(' ') {
        Some(next) => first_word(next).is_empty() || goes_on(next),
        None => rest.is_empty() || rest.starts_with([',', '.', ';', ':', '!', '?', '(', '[']),
    };
    is_bare.then_some(rest)
}

/// Whether a text takes no blank before it: it begins with a mark of the sentence or with 's.
pub(super) fn joins_directly(text: &str) -> bool {
    text.starts_with([',', '.', ';', ':', '!', '?']) || is_possessive(text)
}

/// Whether a text begins with 's.
fn is_possessive(text: &str) -> bool {
    let rest = text.strip_prefix(['\'', '’']).and_then(|rest| rest.strip_prefix('s'));
    rest.is_some_and(|rest| !rest.starts_with(is_word))
}

/// The word at the start; a hyphen or apostrophe between letters belongs to it ("well-dressed").
pub(super) fn first_word(text: &str) -> &str {
    let mut end = first_run(text).len();
    while end > 0
        && let Some(rest) = text[end..].strip_prefix(['-', '\'', '’'])
        && let more = first_run(rest)
        && !more.is_empty()
    {
        end = text.len() - rest.len() + more.len();
    }
    &text[..end]
}

/// The word characters at the start.
pub(super) fn first_run(text: &str) -> &str {
    &text[..text.find(|c| !is_word(c)).unwrap_or(text.len())]
}

/// Whether no word character stands before a place and one stands behind it.
pub(super) fn is_word_start(text: &str, at: usize) -> bool {
    text[at..].starts_with(is_word) && !text[..at].ends_with(is_word)
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|known| word.eq_ignore_ascii_case(known))
}

fn strip<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}
