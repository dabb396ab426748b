//! Finds a trigger in a text on whole tokens, ignoring case, after Unicode normalisation.
//!
//! The text is not normalised as a whole, because what is sent keeps the person's own characters: it is folded lazily from each place where the trigger could start.

use super::{script, unicode};
use core::ops::Range;

/// A trigger or a part of one, folded once.
#[derive(Debug)]
pub(super) struct Needle {
    text: String,
    folded: Vec<char>,
    starts_with_word: bool,
    ends_with_word: bool,
}

impl Needle {
    pub(super) fn new(text: &str) -> Self {
        let mut folded = Vec::new();
        let mut rest = text;
        while let Some((cluster, after)) = next_cluster(rest) {
            fold_into(cluster, &mut folded);
            rest = after;
        }
        Self {
            text: text.to_owned(),
            folded,
            starts_with_word: text.starts_with(is_word),
            ends_with_word: text.ends_with(is_word),
        }
    }

    /// As it was trained.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether both are the same but for case and normalisation.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.folded == other.folded
    }

    pub(super) fn is_in(&self, text: &str) -> bool {
        self.ranges(text).next().is_some()
    }

    /// Byte ranges of the occurrences, from the left, none overlapping.
    pub(super) fn ranges<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
        self.ranges_outside(text, &[])
    }

    /// The same without those that touch one of the stretches.
    pub(super) fn ranges_outside<'t>(
        &'t self,
        text: &'t str,
        stretches: &'t [Range<usize>],
    ) -> impl Iterator<Item = Range<usize>> + 't {
        let mut from = 0;
        core::iter::from_fn(move || {
            let found = self.find(text, from, stretches)?;
            from = found.end;
            Some(found)
        })
    }

    fn find(&self, text: &str, from: usize, stretches: &[Range<usize>]) -> Option<Range<usize>> {
        let first = *self.folded.first()?;
        text[from..].char_indices().map(|(offset, c)| (from + offset, c)).find_map(|(start, c)| {
            if !may_start(first, c) || !self.starts_token(&text[..start], c) {
                return None;
            }
            let found = start..self.end_at(text, start)?;
            (!stretches.iter().any(|stretch| overlap(stretch, &found))).then_some(found)
        })
    }

    fn starts_token(&self, before: &str, c: char) -> bool {
        let Some(last) = before.chars().next_back() else { return true };
        !(is_joined_mark(c) || self.starts_with_word && are_joined(last, c))
    }

    /// Where the trigger ends that begins at a place of the text, if it does and a token ends there too.
    pub(super) fn end_at(&self, text: &str, start: usize) -> Option<usize> {
        let mut rest = &text[start..];
        let mut wanted = self.folded.as_slice();
        let mut buffer = Vec::new();
        while let Some((next, others)) = wanted.split_first() {
            // A letter of ASCII before another is a cluster of its own, and nearly all text is such letters.
            if let [letter, after, ..] = rest.as_bytes()
                && letter.is_ascii()
                && after.is_ascii()
            {
                if char::from(letter.to_ascii_lowercase()) != *next {
                    return None;
                }
                (rest, wanted) = (&rest[1..], others);
                continue;
            }
            let (cluster, after) = next_cluster(rest)?;
            buffer.clear();
            fold_into(cluster, &mut buffer);
            wanted = wanted.strip_prefix(buffer.as_slice())?;
            rest = after;
        }
        let end = text.len() - rest.len();
        let is_cut = self.ends_with_word && !is_boundary(text, end);
        (!is_cut).then_some(end)
    }
}

/// Whether two ranges share a byte.
pub(super) fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// Whether no token reaches across a place in the text.
pub(super) fn is_boundary(text: &str, at: usize) -> bool {
    match (text[..at].chars().next_back(), text[at..].chars().next()) {
        (Some(last), Some(next)) => !are_joined(last, next),
        _ => true,
    }
}

/// Whether two neighbours belong to one token: both are word characters, and not letters of two scripts.
fn are_joined(a: char, b: char) -> bool {
    is_word(a) && is_word(b) && !script::differ(a, b)
}

/// Letters, digits, marks and the underscore make up words.
pub(super) fn is_word(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() || c == '_' } else { unicode::is_word(c) }
}

/// A cheap test that rules out most places: ASCII is compared as it is, and most other characters never fold to a Latin letter or a digit. What is left
/// takes the exact way.
fn may_start(first: char, c: char) -> bool {
    if !first.is_ascii_alphanumeric() {
        return true;
    }
    if c.is_ascii() {
        return c.to_ascii_lowercase() == first;
    }
    // Accented Latin letters, the signs for kelvin and angstrom, and Latin ligatures.
    matches!(c, '\u{80}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' | '\u{2100}'..='\u{214F}' | '\u{FB00}'..='\u{FB06}')
}

/// Whether a mark belongs to the character before it.
pub(super) fn is_joined_mark(c: char) -> bool {
    !c.is_ascii() && unicode::is_joined(c)
}

/// Splits off one character with the combining marks that follow it.
fn next_cluster(text: &str) -> Option<(&str, &str)> {
    let mut chars = text.char_indices();
    chars.next()?;
    let end = chars.find(|(_, c)| !is_joined_mark(*c)).map_or(text.len(), |(index, _)| index);
    Some(text.split_at(end))
}

/// Appends the cluster without case and in its normal form.
fn fold_into(cluster: &str, folded: &mut Vec<char>) {
    if let [byte] = cluster.as_bytes() {
        folded.push(byte.to_ascii_lowercase() as char);
    } else {
        unicode::fold_into(cluster, folded);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cheap_test_never_rules_out_a_character_that_folds_to_the_first() {
        for c in '\0'..=char::MAX {
            let mut folded = Vec::new();
            fold_into(c.encode_utf8(&mut [0; 4]), &mut folded);
            assert!(folded.is_empty() || may_start(folded[0], c), "{c:?} folds to {folded:?}");
        }
    }
}
