//! Finds a trigger in a text on whole tokens, ignoring case, after Unicode normalisation.
//!
//! The text is not normalised as a whole, because what is sent keeps the person's own characters: it is folded lazily from each place where the trigger could start.

use super::unicode;
use core::ops::Range;

/// A trigger, folded once.
pub(super) struct Needle {
    folded: Vec<char>,
    starts_with_word: bool,
    ends_with_word: bool,
}

impl Needle {
    pub(super) fn new(trigger: &str) -> Self {
        let mut folded = Vec::new();
        let mut rest = trigger;
        while let Some((cluster, after)) = next_cluster(rest) {
            fold_into(cluster, &mut folded);
            rest = after;
        }
        Self {
            folded,
            starts_with_word: trigger.chars().next().is_some_and(is_word),
            ends_with_word: trigger.chars().next_back().is_some_and(is_word),
        }
    }

    pub(super) fn is_in(&self, text: &str) -> bool {
        self.ranges(text).next().is_some()
    }

    /// Byte ranges of the occurrences, from the left, none overlapping.
    pub(super) fn ranges<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
        let mut from = 0;
        core::iter::from_fn(move || {
            let found = self.find(text, from)?;
            from = found.end;
            Some(found)
        })
    }

    fn find(&self, text: &str, from: usize) -> Option<Range<usize>> {
        let first = *self.folded.first()?;
        text[from..].char_indices().map(|(offset, c)| (from + offset, c)).find_map(|(start, c)| {
            if !may_start(first, c) {
                return None;
            }
            if start > 0 && (self.is_inside_word(&text[..start]) || is_joined(c)) {
                return None;
            }
            let length = self.length_at(&text[start..])?;
            Some(start..start + length)
        })
    }

    fn is_inside_word(&self, before: &str) -> bool {
        self.starts_with_word && before.chars().next_back().is_some_and(is_word)
    }

    /// How many bytes at the start of the text are the trigger as a whole token, if they are.
    fn length_at(&self, text: &str) -> Option<usize> {
        let mut rest = text;
        let mut wanted = self.folded.as_slice();
        let mut buffer = Vec::new();
        while !wanted.is_empty() {
            let (cluster, after) = next_cluster(rest)?;
            buffer.clear();
            fold_into(cluster, &mut buffer);
            wanted = wanted.strip_prefix(buffer.as_slice())?;
            rest = after;
        }
        let is_cut = self.ends_with_word && rest.chars().next().is_some_and(is_word);
        (!is_cut).then(|| text.len() - rest.len())
    }
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
fn is_joined(c: char) -> bool {
    !c.is_ascii() && unicode::is_joined(c)
}

/// Splits off one character with the combining marks that follow it.
fn next_cluster(text: &str) -> Option<(&str, &str)> {
    let mut chars = text.char_indices();
    chars.next()?;
    let end = chars.find(|(_, c)| !is_joined(*c)).map_or(text.len(), |(index, _)| index);
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
