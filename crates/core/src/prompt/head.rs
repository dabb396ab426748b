//! Generic heads such as "a photo of a man", which a phrase that is itself a head takes the place of.

use super::{
    find::{Needle, is_word},
    unicode,
};

const ARTICLES: [&str; 2] = ["a", "the"];
const NOUNS: [&str; 4] = ["photo", "picture", "portrait", "image"];
const INNER_ARTICLES: [&str; 3] = ["a", "an", "the"];

/// Splits a generic head off the text: what is dropped, and the rest with its leading blank. None unless the phrase is a head too and the text starts with
/// `a|the photo|picture|portrait|image of a|an|the` and one word.
pub(super) fn generic<'t>(phrase: &str, text: &'t str) -> Option<(&'t str, &'t str)> {
    picture_of(phrase)?;
    let rest = one_of(picture_of(text)?, &INNER_ARTICLES)?;
    let length = word_length(rest);
    let end = text.len() - rest.len() + length;
    (length > 0).then(|| text.split_at(end))
}

/// What follows "a photo of ".
fn picture_of(text: &str) -> Option<&str> {
    one_of(one_of(one_of(text, &ARTICLES)?, &NOUNS)?, &["of"])
}

/// What follows one of these words and a blank.
fn one_of<'t>(text: &'t str, words: &[&str]) -> Option<&'t str> {
    let (word, rest) = text.split_once(' ')?;
    words.iter().any(|known| word.eq_ignore_ascii_case(known)).then_some(rest)
}

/// Bytes of the word at the start; a hyphen or apostrophe between letters belongs to it ("well-dressed").
fn word_length(text: &str) -> usize {
    let mut end = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((index, c)) = chars.next() {
        let is_inner = matches!(c, '-' | '\'' | '’')
            && end == index
            && end > 0
            && chars.peek().is_some_and(|(_, next)| is_word(*next));
        if !is_word(c) && !is_inner {
            break;
        }
        end = index + c.len_utf8();
    }
    end
}

/// The trained token inside a phrase: the avatar's word where it stands in the phrase, else every word of the phrase that is written like a token, with an
/// upper-case letter, a digit or an underscore.
pub(super) fn tokens<'a>(phrase: &'a str, word: Option<&'a str>) -> impl Iterator<Item = &'a str> {
    let known = word.filter(|word| Needle::new(word).is_in(phrase));
    let looks_like_token = |word: &&str| word.chars().any(marks_token);
    let guessed =
        phrase.split(|c| !is_word(c)).filter(looks_like_token).filter(move |_| known.is_none());
    known.into_iter().chain(guessed)
}

/// Capitals, digits and the underscore.
fn marks_token(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'
    } else {
        unicode::is_capital_or_number(c)
    }
}
