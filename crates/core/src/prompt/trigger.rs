//! A trigger as it was trained: its parts, and the token inside a phrase.

use super::{
    collapse, english,
    find::{Needle, is_joined_mark},
    is_blank, unicode,
};

/// The parts of a trigger with commas. One that is equal to or inside another does not count.
pub(super) fn parts(trigger: &str) -> Vec<Needle> {
    let mut all: Vec<Needle> = trigger
        .split(',')
        .map(collapse)
        // A mark without a letter before it is no part: in a text it belongs to whatever stands there.
        .map(|part| collapse(part.trim_start_matches(is_joined_mark)))
        .filter(|part| !is_blank(part))
        .map(|part| Needle::new(&part))
        .collect();
    let mut index = 0;
    while index < all.len() {
        let part = &all[index];
        let is_doubled = all.iter().enumerate().any(|(other, longer)| {
            other != index
                && if longer.is_like(part) { other < index } else { part.is_in(longer.text()) }
        });
        if is_doubled {
            all.remove(index);
        } else {
            index += 1;
        }
    }
    all
}

/// The trained token of a phrase: the avatar's word where it stands in the phrase, else the word behind "of", else the first word, if it is written like a
/// token: with a capital, a digit or an underscore.
pub(super) fn token(phrase: &str, word: Option<&str>) -> Option<Needle> {
    let known = word
        .map(collapse)
        .and_then(|word| Needle::new(word.trim_matches([',', ' '])).ranges(phrase).next());
    if let Some(range) = known {
        return Some(Needle::new(&phrase[range]));
    }
    let guessed = behind_of(phrase).or_else(|| phrase.split(' ').next())?;
    let is_token = !english::is_article(guessed) && guessed.chars().any(marks_token);
    is_token.then(|| Needle::new(guessed))
}

/// The word that follows "of" and an article, if there is one.
fn behind_of(phrase: &str) -> Option<&str> {
    let places = phrase.match_indices("of ").map(|(at, of)| (at, &phrase[at + of.len()..]));
    places.filter(|(at, _)| english::is_word_start(phrase, *at)).find_map(|(_, rest)| {
        let words = [english::without_article(rest), rest].map(english::first_run);
        words.into_iter().find(|word| !word.is_empty())
    })
}

/// Capitals, digits and the underscore.
fn marks_token(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'
    } else {
        unicode::is_capital_or_number(c)
    }
}
