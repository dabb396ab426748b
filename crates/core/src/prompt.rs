//! Composes the text that is sent from the person's words and the avatar's trigger, and says which span came from whom.

mod english;
mod find;
mod script;
mod trigger;
mod unicode;
mod verbatim;
mod words;

use crate::avatar::{Avatar, Trigger};
use find::{Needle, is_boundary};
use serde::{Deserialize, Serialize};
use words::{Words, push};

pub(crate) use unicode::{is_letter, is_word};

pub(crate) use verbatim::tag_length;

/// Where a span of the sent text came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The avatar's trigger, added or found where the person typed it.
    Avatar,
    /// The person's own words.
    You,
    /// The blank or comma between the two.
    Joint,
}

/// A piece of the sent text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The characters, never empty.
    pub text: String,
    /// Whose they are.
    pub origin: Origin,
}

/// What became of the trigger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TriggerUse {
    /// The avatar has none, so nothing calls it up.
    None,
    /// What was missing of it was put in front of the person's text.
    Added,
    /// It was put in front in place of these words, with which the person's text began. Nothing else that was typed is ever left out.
    Merged(String),
    /// The person typed all of it; it is spelled as trained.
    Typed,
    /// The person typed only the token of the phrase, in a place where the phrase would not fit. It calls the avatar up, so nothing was added.
    Token {
        /// The text with the phrase in front.
        with_phrase: String,
    },
}

/// A composed prompt. The spans, one after another, are the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composition {
    /// The text that is sent.
    pub text: String,
    /// The same text in pieces.
    pub spans: Vec<Span>,
    /// What became of the trigger.
    pub trigger: TriggerUse,
}

impl Composition {
    fn of(spans: Vec<Span>, trigger: TriggerUse) -> Self {
        Self { text: joined(&spans), spans, trigger }
    }
}

/// Composes what is sent. `None` if the text is blank or only invisible characters.
///
/// Composing the result again changes nothing, and no word is added that neither the person nor the avatar stated.
pub fn compose(avatar: &Avatar, text: &str) -> Option<Composition> {
    if is_blank(text) {
        return None;
    }
    let text = &collapse(text);
    Some(match avatar.trigger() {
        None => {
            let spans = vec![Span { text: text.clone(), origin: Origin::You }];
            Composition::of(spans, TriggerUse::None)
        }
        Some(Trigger::Word(word)) => with_word(&trigger::parts(word), text),
        Some(Trigger::Phrase { phrase, word }) => {
            let parts = trigger::parts(phrase);
            match parts.split_first() {
                Some((head, _)) => {
                    let token = trigger::token(head.text(), word);
                    WithPhrase::new(&parts, head, token.as_ref(), text).compose()
                }
                None => with_word(&trigger::parts(word.unwrap_or_default()), text),
            }
        }
    })
}

/// Parts of a word that are missing are put in front.
fn with_word(parts: &[Needle], text: &str) -> Composition {
    let words = Words::new(text, parts);
    let (present, missing): (Vec<&Needle>, Vec<_>) =
        parts.iter().partition(|part| words.hold(part));
    let mut spans = Vec::new();
    for part in &missing {
        push(&mut spans, part.text(), Origin::Avatar);
        push(&mut spans, ", ", Origin::Joint);
    }
    spans.extend(words.respelled(&present));
    Composition::of(spans, if missing.is_empty() { TriggerUse::Typed } else { TriggerUse::Added })
}

/// A text and the phrase of a portrait. The first part of the phrase is a head that the text may go on from; the others are joined like words.
struct WithPhrase<'a> {
    head: &'a Needle,
    token: Option<&'a Needle>,
    text: &'a str,
    words: Words<'a>,
    /// Parts that stand in the text.
    present: Vec<&'a Needle>,
    /// Parts other than the head that do not.
    missing: Vec<&'a Needle>,
    /// What is spelled as trained.
    known: Vec<&'a Needle>,
}

impl<'a> WithPhrase<'a> {
    fn new(
        parts: &'a [Needle],
        head: &'a Needle,
        token: Option<&'a Needle>,
        text: &'a str,
    ) -> Self {
        let words = Words::new(text, parts);
        let (present, mut missing): (Vec<&Needle>, Vec<_>) =
            parts.iter().partition(|part| words.hold(part));
        missing.retain(|part| !part.is_like(head));
        let known = present.iter().copied().chain(token).collect();
        Self { head, token, text, words, present, missing, known }
    }

    fn compose(&self) -> Composition {
        if self.words.hold(self.head) {
            return self.with_head();
        }
        if let Some(token) = self.token
            && let Some(first) = self.words.ranges(token).next()
        {
            return match self.end_of_opening(token, first) {
                Some(end) => self.merged(end, self.words.after(end).respelled(&self.known)),
                None => self.with_token(),
            };
        }
        self.with_opening()
    }

    /// The phrase stands in the text.
    fn with_head(&self) -> Composition {
        let mut spans = Vec::new();
        for part in &self.missing {
            push(&mut spans, part.text(), Origin::Avatar);
            push(&mut spans, ", ", Origin::Joint);
        }
        spans.extend(self.words.respelled(&self.known));
        let is_all = self.missing.is_empty();
        Composition::of(spans, if is_all { TriggerUse::Typed } else { TriggerUse::Added })
    }

    /// The token stands where the phrase would not fit.
    fn with_token(&self) -> Composition {
        let rest = vec![Span { text: format!(", {}", self.text), origin: Origin::You }];
        let with_phrase = joined(&self.joined(rest));
        Composition::of(self.words.respelled(&self.known), TriggerUse::Token { with_phrase })
    }

    /// Neither phrase nor token stand in the text. What the phrase says already is left out: a medium, and a bare person.
    fn with_opening(&self) -> Composition {
        let mut rest = self.text;
        let has_medium = english::has_medium(self.head.text());
        let medium = english::medium(self.text).filter(|_| has_medium);
        if let Some(end) = medium {
            rest = self.text[end..].trim_start_matches(' ');
        }
        let person = english::after_bare_person(english::without_article(rest));
        if let Some(behind) = person.filter(|_| has_medium) {
            rest = behind;
        }
        let end = self.text.len() - rest.len();
        let words = if end == 0 { &self.words } else { &Words::new(rest, &[]) };
        self.merged(end, words.respelled(&self.known))
    }

    /// Where the words at the start of the text end that the phrase takes the place of: its token, and what repeats the rest of the phrase. None if the
    /// token stands elsewhere, inside another part, or before another person.
    fn end_of_opening(&self, token: &Needle, first: core::ops::Range<usize>) -> Option<usize> {
        let behind = &self.text[first.end..];
        let may_end =
            behind.is_empty() || behind.starts_with(' ') || english::joins_directly(behind);
        let is_part = self.present.iter().any(|part| {
            self.words.ranges(part).any(|part| part.start <= first.start && first.end <= part.end)
        });
        if first.start > 0 || is_part || !may_end {
            return None;
        }
        let head = self.head.text();
        let repeated = token.ranges(head).filter_map(|at| {
            let tail = &head[at.start..];
            let ends = tail.char_indices().map(|(end, _)| end).chain([tail.len()]);
            let ends = ends.filter(|end| *end > at.len() && is_boundary(tail, *end));
            ends.rev().find_map(|end| Needle::new(tail[..end].trim_end()).end_at(self.text, 0))
        });
        let end = repeated.fold(first.end, usize::max);
        let next = self.text[end..].strip_prefix(' ').unwrap_or_default();
        (end > first.end || !english::begins_with_person(next)).then_some(end)
    }

    /// The phrase in front of what follows the first `end` bytes of the text, which it takes the place of.
    fn merged(&self, end: usize, rest: Vec<Span>) -> Composition {
        let trigger = match self.text[..end].trim_end_matches(' ') {
            "" => TriggerUse::Added,
            replaced => TriggerUse::Merged(replaced.to_owned()),
        };
        Composition::of(self.joined(rest), trigger)
    }

    /// The phrase and what is missing of its other parts, and the rest behind.
    fn joined(&self, mut rest: Vec<Span>) -> Vec<Span> {
        let mut spans = Vec::new();
        push(&mut spans, self.head.text(), Origin::Avatar);
        for part in &self.missing {
            push(&mut spans, ", ", Origin::Joint);
            push(&mut spans, part.text(), Origin::Avatar);
        }
        let text = joined(&rest);
        if !text.is_empty() && !english::joins_directly(&text) {
            let goes_on = english::goes_on(text.trim_start_matches(' ')) && self.missing.is_empty();
            push(&mut spans, if goes_on { " " } else { ", " }, Origin::Joint);
            if let Some(first) = rest.first_mut() {
                first.text = first.text.trim_start_matches(' ').to_owned();
            }
            rest.retain(|span| !span.text.is_empty());
        }
        spans.extend(rest);
        spans
    }
}

fn joined(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

/// The text with one blank for each run of blanks and none at its ends. Control characters, line breaks among them, count as blanks, and zero-width
/// characters between blanks go with them.
pub fn collapse(text: &str) -> String {
    let words = text.split(is_space).filter(|word| !word.chars().all(is_zero_width));
    let mut collapsed = String::with_capacity(text.len());
    for word in words {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
    }
    collapsed.trim_matches(|c| is_zero_width(c) || c == ' ').to_owned()
}

/// A phrase without the medium that it begins with: "TOK woman" of "a photo of TOK woman".
pub(crate) fn without_medium(phrase: &str) -> &str {
    let rest = english::medium(phrase).map_or("", |end| phrase[end..].trim_start_matches(' '));
    if rest.is_empty() { phrase } else { rest }
}

/// Whether a text has nothing to see: blanks, control characters and Unicode's invisible characters only.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| is_space(c) || is_invisible(c))
}

fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

/// Unicode's default ignorable code points, and the two that only look like blanks (Braille blank, Hangul filler).
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests;
