//! By the tables of the standard library and of `unicode-normalization`.

use super::DOTLESS_I;
use unicode_normalization::char::{
    canonical_combining_class, decompose_canonical, is_combining_mark,
};

/// Letters.
pub(crate) fn is_letter(c: char) -> bool {
    c.is_alphabetic() && !c.is_numeric() && !is_combining_mark(c) && !is_enclosed(c)
}

/// Letters, digits and marks.
pub(crate) fn is_word(c: char) -> bool {
    (c.is_alphanumeric() && !is_enclosed(c)) || is_combining_mark(c)
}

/// Letters in circles and squares are symbols, though the standard library counts them among the alphabetic characters.
fn is_enclosed(c: char) -> bool {
    matches!(c,
        '\u{24B6}'..='\u{24E9}' | '\u{1F130}'..='\u{1F149}' | '\u{1F150}'..='\u{1F169}' | '\u{1F170}'..='\u{1F189}')
}

/// What a trained token has and a plain word has not.
pub(in crate::prompt) fn is_capital_or_number(c: char) -> bool {
    c.is_uppercase() || c.is_numeric()
}

/// Whether a mark belongs to the character before it.
pub(in crate::prompt) fn is_joined(c: char) -> bool {
    canonical_combining_class(c) != 0
}

/// Appends a cluster in canonical order and without case: NFD, case folding, NFD.
pub(in crate::prompt) fn fold_into(cluster: &str, folded: &mut Vec<char>) {
    let mut parts = Vec::new();
    cluster.chars().for_each(|c| decompose_canonical(c, |part| parts.push(part)));
    order(&mut parts);
    let start = folded.len();
    for part in parts {
        fold_case(part, |lower| decompose_canonical(lower, |done| folded.push(done)));
    }
    order(&mut folded[start..]);
}

/// Puts the marks of a cluster in their order; only runs of them may move.
fn order(chars: &mut [char]) {
    for run in chars.chunk_by_mut(|a, b| is_joined(*a) == is_joined(*b)) {
        if is_joined(run[0]) {
            run.sort_by_key(|c| canonical_combining_class(*c));
        }
    }
}

/// Upper case, then lower: closer to Unicode's case folding than lower case alone (final sigma, sharp s, ligatures).
fn fold_case(c: char, mut emit: impl FnMut(char)) {
    if c == DOTLESS_I {
        emit(c);
    } else {
        c.to_uppercase().flat_map(char::to_lowercase).for_each(&mut emit);
    }
}
