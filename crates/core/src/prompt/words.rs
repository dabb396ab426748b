//! The person's text as words among which triggers are looked for.

use super::{
    Origin, Span,
    find::{Needle, overlap},
    verbatim,
};
use core::{cmp::Reverse, ops::Range};

/// A text, and where nothing in it counts.
pub(super) struct Words<'t> {
    text: &'t str,
    verbatim: Vec<Range<usize>>,
}

impl<'t> Words<'t> {
    /// Triggers at the very start count whatever they look like.
    pub(super) fn new(text: &'t str, triggers: &[Needle]) -> Self {
        Self { text, verbatim: verbatim::ranges(text, lead(triggers, text)) }
    }

    /// What follows a place in the text.
    pub(super) fn after(&self, at: usize) -> Self {
        let behind = self.verbatim.iter().filter(|range| range.start >= at);
        let verbatim = behind.map(|range| range.start - at..range.end - at).collect();
        Self { text: &self.text[at..], verbatim }
    }

    pub(super) fn ranges<'a>(
        &'a self,
        needle: &'a Needle,
    ) -> impl Iterator<Item = Range<usize>> + 'a {
        needle.ranges_outside(self.text, &self.verbatim)
    }

    #[cfg(test)]
    pub(super) fn verbatim(&self) -> &[Range<usize>] {
        &self.verbatim
    }

    pub(super) fn hold(&self, needle: &Needle) -> bool {
        self.ranges(needle).next().is_some()
    }

    /// The text with every occurrence spelled as trained.
    pub(super) fn respelled(&self, needles: &[&Needle]) -> Vec<Span> {
        let mut taken: Vec<(Range<usize>, &Needle)> = Vec::new();
        for needle in longest_first(needles.iter().copied()) {
            let free = |range: &Range<usize>| !taken.iter().any(|(used, _)| overlap(used, range));
            let found: Vec<_> = self.ranges(needle).filter(free).collect();
            taken.extend(found.into_iter().map(|range| (range, needle)));
        }
        taken.sort_by_key(|(range, _)| range.start);
        let mut spans = Vec::new();
        let mut end = 0;
        for (range, needle) in taken {
            push(&mut spans, &self.text[end..range.start], Origin::You);
            push(&mut spans, needle.text(), Origin::Avatar);
            end = range.end;
        }
        push(&mut spans, &self.text[end..], Origin::You);
        spans
    }
}

/// Adds a span if there is something in it.
pub(super) fn push(spans: &mut Vec<Span>, text: &str, origin: Origin) {
    if !text.is_empty() {
        spans.push(Span { text: text.to_owned(), origin });
    }
}

/// The end of the triggers at the very start of a text, one behind the other.
fn lead(triggers: &[Needle], text: &str) -> usize {
    let triggers = longest_first(triggers);
    let mut end = 0;
    while let Some(next) = triggers.iter().find_map(|trigger| trigger.end_at(text, end)) {
        end = if text[next..].starts_with(", ") { next + 2 } else { next };
    }
    end
}

fn longest_first<'n>(needles: impl IntoIterator<Item = &'n Needle>) -> Vec<&'n Needle> {
    let mut sorted: Vec<_> = needles.into_iter().collect();
    sorted.sort_by_cached_key(|needle| (Reverse(needle.text().chars().count()), needle.text()));
    sorted
}
