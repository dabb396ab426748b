//! What other programs read in a prompt and FLUX does not: weights, tags, placeholders, whole parameter texts, and more words than it takes. All of it is sent as
//! typed; a fix is offered.

use super::MAX_TOKENS;
use crate::{
    avatar::Trigger,
    field::Field,
    issue::{Issue, Reason},
    prompt,
    route::Route,
    size::{AspectRatio, MAX_SIDE, MIN_SIDE, Pixels},
};
use core::ops::Range;
use serde_json::{Value, json};

/// The largest whole number that every reader of JSON keeps.
const SAFE: u64 = (1 << 53) - 1;

/// One notice for each kind of thing that is found.
pub(super) fn notices(
    text: &str,
    trigger: Option<Trigger<'_>>,
    route: Option<Route>,
) -> Vec<Issue> {
    let offer = |reason, fixed: String| {
        let issue = Issue::new("prompt", reason);
        if prompt::is_blank(&fixed) { issue } else { issue.fix("prompt", fixed) }
    };
    let mut found = Vec::new();
    found.extend(without_weights(text).map(|fixed| offer(Reason::Weights, fixed)));
    found.extend(without_tags(text).map(|fixed| offer(Reason::LoraTags, fixed)));
    found.extend(placeholders(text).first().map(|_| match trigger {
        Some(trigger) => offer(Reason::Placeholder, with_trigger(text, trigger)),
        None => Issue::new("prompt", Reason::Placeholder),
    }));
    found.extend(Parameters::read(text).map(|parameters| parameters.issue(text, route)));
    found.extend(beginning(text).map(|fixed| offer(Reason::ManyTokens, fixed)));
    found
}

/// The text with `word` for each `(word:1.2)`, the inner ones first; none if it has no weights.
fn without_weights(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    // Where each bracket that is still open stands in the plain text.
    let mut open = Vec::new();
    let mut is_changed = false;
    for c in text.chars() {
        match c {
            '(' if !plain.ends_with('\\') => open.push(plain.len()),
            ')' => {
                let words =
                    open.pop().and_then(|at| Some((at, weighted(&plain[at + 1..])?.to_owned())));
                if let Some((at, words)) = words {
                    plain.replace_range(at.., &words);
                    is_changed = true;
                    continue;
                }
            }
            _ => {}
        }
        plain.push(c);
    }
    is_changed.then_some(plain)
}

/// The words before a colon and a small number. A time or a ratio is none: a digit stands before its colon.
fn weighted(inside: &str) -> Option<&str> {
    let (words, number) = inside.rsplit_once(':')?;
    let number = number.trim();
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let is_number = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_digit());
    let is_weight = whole.len() < 2
        && number != "."
        && !number.is_empty()
        && is_number(whole)
        && is_number(fraction);
    let is_words = words.contains(prompt::is_letter)
        && !words.trim_end().ends_with(|c: char| c.is_ascii_digit());
    (is_weight && is_words).then_some(words)
}

/// The text without `<lora:…>` and its kin, and without the commas that stood around them; none if it has no such tags.
fn without_tags(text: &str) -> Option<String> {
    const KINDS: [&str; 6] = ["lora", "lyco", "lycoris", "locon", "hypernet", "embedding"];
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let length = prompt::tag_length(&rest[at..]).filter(|_| {
            let name = rest[at + 1..].split(':').next().unwrap_or_default();
            KINDS.iter().any(|kind| name.eq_ignore_ascii_case(kind))
        });
        let (kept, end) = length.map_or((at + 1, at + 1), |length| (at, at + length));
        plain.push_str(&rest[..kept]);
        rest = &rest[end..];
        let is_after_comma = plain.trim_end().is_empty() || plain.trim_end().ends_with(',');
        if length.is_some() && is_after_comma {
            rest = rest.trim_start().strip_prefix(',').unwrap_or(rest).trim_start();
        }
    }
    if plain.len() + rest.len() == text.len() {
        return None;
    }
    plain.push_str(rest);
    Some(prompt::collapse(&plain).trim_end_matches([',', ' ']).to_owned())
}

/// Where placeholders of trainers stand.
fn placeholders(text: &str) -> Vec<Range<usize>> {
    const NAMES: [&str; 5] =
        ["trigger", "trigger_word", "trigger word", "trigger_phrase", "trigger phrase"];
    let brackets = text.match_indices('[').filter_map(|(at, _)| {
        let (name, _) = text[at + 1..].split_once(']')?;
        let is_known = NAMES.iter().any(|known| name.eq_ignore_ascii_case(known));
        is_known.then(|| at..at + name.len() + 2)
    });
    brackets.collect()
}

/// The text with the trigger for each placeholder. Inside a sentence a phrase goes without its "a photo of".
fn with_trigger(text: &str, trigger: Trigger<'_>) -> String {
    let (Trigger::Word(whole) | Trigger::Phrase { phrase: whole, .. }) = trigger;
    let whole = prompt::collapse(whole);
    let mut replaced = String::new();
    let mut end = 0;
    for place in placeholders(text) {
        replaced.push_str(&text[end..place.start]);
        let is_start = prompt::is_blank(&text[..place.start]);
        replaced.push_str(if is_start { &whole } else { prompt::without_medium(&whole) });
        end = place.end;
    }
    replaced + &text[end..]
}

/// What programs such as AUTOMATIC1111 write below a picture.
struct Parameters {
    /// Where the words for the picture end.
    positive: usize,
    seed: Option<u64>,
    sides: Option<Pixels>,
}

impl Parameters {
    /// A text with a negative prompt, or with at least two of the settings that such programs write.
    fn read(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        let value = |key| value(&lower, key);
        let number =
            |key| value(key).filter(|(_, value)| value.starts_with(|c: char| c.is_ascii_digit()));
        let negative = place(&lower, "negative prompt:");
        let size = value("size:").and_then(|(at, value)| {
            let (width, height) = value.split_once('x')?;
            Some((at, Pixels { width: width.parse().ok()?, height: height.parse().ok()? }))
        });
        let settings = [
            number("steps:").map(|(at, _)| at),
            number("cfg scale:").map(|(at, _)| at),
            number("seed:").map(|(at, _)| at),
            value("sampler:").map(|(at, _)| at),
            size.map(|(at, _)| at),
        ];
        let is_pasted = negative.is_some() || settings.iter().flatten().count() > 1;
        let positive = settings.into_iter().chain([negative]).flatten().min()?;
        let seed = number("seed:").and_then(|(_, digits)| digits.parse().ok());
        is_pasted.then_some(Self { positive, seed, sides: size.map(|(_, sides)| sides) })
    }

    fn issue(&self, text: &str, route: Option<Route>) -> Issue {
        let issue = Issue::new("prompt", Reason::PastedParameters);
        let positive = text[..self.positive].trim().trim_end_matches([',', ' ']);
        if prompt::is_blank(positive) {
            return issue;
        }
        let mut issue = issue.fix("prompt", positive);
        if let Some(seed) = self.seed {
            let value: Value = if seed > SAFE { seed.to_string().into() } else { seed.into() };
            issue = issue.fix("overrides.seed", value);
        }
        let is_side = |side: u32| (MIN_SIDE..=MAX_SIDE).contains(&side);
        match self.sides {
            Some(sides) if route.is_some_and(|route| route.takes(Field::AspectRatio)) => {
                issue.fix("overrides.aspect_ratio", AspectRatio::of_sides(sides).to_string())
            }
            Some(Pixels { width, height }) if is_side(width) && is_side(height) => {
                issue.fix("overrides.image_size", json!({ "width": width, "height": height }))
            }
            _ => issue,
        }
    }
}

/// Where a name of a setting stands as a word of its own.
#[inline(never)]
fn place(text: &str, key: &str) -> Option<usize> {
    let mut places = text.match_indices(key).map(|(at, _)| at);
    places.find(|at| !text[..*at].ends_with(|c| prompt::is_word(c) || c == '_'))
}

/// The same, with what is set: letters, digits and dots.
#[inline(never)]
fn value<'t>(text: &'t str, key: &str) -> Option<(usize, &'t str)> {
    let at = place(text, key)?;
    let rest = text[at + key.len()..].trim_start();
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(rest.len());
    Some((at, &rest[..end]))
}

/// As much of a text as has about [`MAX_TOKENS`] tokens; none if all of it has. Estimated as the larger of 1.3 tokens a word and one for four characters.
fn beginning(text: &str) -> Option<String> {
    let text = prompt::collapse(text);
    let most_words = MAX_TOKENS * 10 / 13;
    let by_words = text.match_indices(' ').nth(most_words - 1).map(|(at, _)| at);
    let by_characters = text.char_indices().nth(MAX_TOKENS * 4).map(|(at, _)| {
        // Not inside a word, where there are blanks at all.
        text[..at].rfind(' ').filter(|blank| *blank > at / 2).unwrap_or(at)
    });
    let end = by_words.into_iter().chain(by_characters).min()?;
    Some(text[..end].trim_end_matches([',', ' ']).to_owned())
}

#[cfg(test)]
mod tests;
