//! By the tables of the standard library and of `unicode-normalization`.

use super::DOTLESS_I;
use unicode_normalization::char::{
    canonical_combining_class, decompose_canonical, is_combining_mark,
};

/// Letters, digits and marks.
pub(in crate::prompt) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
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
    let start = folded.len();
    for c in cluster.chars() {
        decompose_canonical(c, |part| {
            fold_case(part, |lower| decompose_canonical(lower, |done| folded.push(done)))
        });
    }
    // Marks of one cluster have an order of their own; only runs of them may move.
    for run in folded[start..].chunk_by_mut(|a, b| is_joined(*a) == is_joined(*b)) {
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
