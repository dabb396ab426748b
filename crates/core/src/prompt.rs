//! Composes the text that is sent from the person's words and the avatar's trigger, and says which span came from whom.

mod find;
mod head;
mod unicode;

use crate::avatar::{Avatar, Trigger};
use find::Needle;
use serde::{Deserialize, Serialize};

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
    /// It was not in the person's text and was put in front.
    Added,
    /// It was put in front in place of this generic head of the person's text.
    Merged(String),
    /// The person typed it this many times (at least once); each is now spelled as trained.
    Typed(usize),
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
    fn of(spans: Vec<(&str, Origin)>, trigger: TriggerUse) -> Self {
        let spans: Vec<Span> = spans
            .into_iter()
            .filter(|(text, _)| !text.is_empty())
            .map(|(text, origin)| Span { text: text.to_owned(), origin })
            .collect();
        let text = spans.iter().map(|span| span.text.as_str()).collect();
        Self { text, spans, trigger }
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
        None => Composition::of(vec![(text, Origin::You)], TriggerUse::None),
        Some(Trigger::Word(word)) => with_word(&collapse_trigger(word), text),
        Some(Trigger::Phrase { phrase, word }) => {
            with_phrase(&collapse_trigger(phrase), word.map(collapse_trigger).as_deref(), text)
        }
    })
}

fn with_word(word: &str, text: &str) -> Composition {
    respell(word, text).unwrap_or_else(|| {
        Composition::of(
            vec![(word, Origin::Avatar), (", ", Origin::Joint), (text, Origin::You)],
            TriggerUse::Added,
        )
    })
}

fn with_phrase(phrase: &str, word: Option<&str>, text: &str) -> Composition {
    if let Some(present) = respell(phrase, text) {
        return present;
    }
    let was_token_typed = head::tokens(phrase, word).any(|token| Needle::new(token).is_in(text));
    let generic = if was_token_typed { None } else { head::generic(phrase, text) };
    let (trigger, rest) = match generic {
        Some((dropped, rest)) => (TriggerUse::Merged(dropped.to_owned()), rest),
        None => (TriggerUse::Added, text),
    };
    // What follows a merged head may be a comma or nothing; then no blank belongs between.
    let merged_directly = matches!(trigger, TriggerUse::Merged(_)) && !rest.starts_with(' ');
    let joint = if merged_directly { "" } else { " " };
    let rest = rest.trim_start_matches(' ');
    Composition::of(
        vec![(phrase, Origin::Avatar), (joint, Origin::Joint), (rest, Origin::You)],
        trigger,
    )
}

/// The text with every occurrence of the trigger spelled as trained; none if it does not occur.
fn respell(trigger: &str, text: &str) -> Option<Composition> {
    let mut spans = Vec::new();
    let mut end = 0;
    let mut times = 0;
    for range in Needle::new(trigger).ranges(text) {
        spans.push((&text[end..range.start], Origin::You));
        spans.push((trigger, Origin::Avatar));
        end = range.end;
        times += 1;
    }
    spans.push((&text[end..], Origin::You));
    (times > 0).then(|| Composition::of(spans, TriggerUse::Typed(times)))
}

/// The text without blanks at its ends and with one blank for each run of blanks. Control characters, line breaks among them, count as blanks.
pub fn collapse(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len());
    for word in text.split(is_space).filter(|word| !word.is_empty()) {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
    }
    collapsed
}

/// A trigger as it joins a text: collapsed, and without commas at its ends, since the joint brings its own.
fn collapse_trigger(trigger: &str) -> String {
    collapse(trigger).trim_matches([',', ' ']).to_owned()
}

/// Whether a text has nothing to see: blanks, control characters and Unicode's invisible characters only.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| is_space(c) || is_invisible(c))
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
