//! Runs the real rules against expectations written down here a second time, so that a person can see for themselves that this copy works.
//!
//! It knows no screen and no storage. The expectations are texts on purpose: taken from the tables of the rules they would agree with anything.

mod expected;

#[cfg(test)]
mod tests;

use expected::{Refusal, Trigger};
use likeness_core::{AvatarKind, Issue, Preset, Reason, Route, job::Millis, validate};
use likeness_fal::compose::compose;
use serde_json::{Value, json};

/// None of the addresses here ends, so that no clock is needed.
const NOW: Millis = 0;

/// What belongs together in the list of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Each preset sends exactly its published values, with every kind of avatar that can take it.
    Presets,
    /// Bad input is refused, where it is wrong and for the right reason.
    Validations,
    /// The trigger of artistic avatars.
    ArtisticTriggers,
    /// The trigger of portrait avatars.
    PortraitTriggers,
    /// Each kind of avatar reaches its models.
    Kinds,
}

/// What one check looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The bodies of a preset.
    Preset(Preset),
    /// An input that must be refused.
    Refusal {
        /// The input as an expert would write it.
        input: &'static str,
        /// Why it must be refused.
        reason: Reason,
    },
    /// A prompt with a trigger.
    Trigger {
        /// The published name of the case, such as `A1`.
        case: &'static str,
        /// The person's words.
        typed: &'static str,
        /// What must be sent.
        sent: &'static str,
    },
    /// The way of a kind of avatar to a model.
    Route(Route),
}

/// One check and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was looked at.
    pub subject: Subject,
    /// What was found in place of what was expected; none if it passed.
    pub surprise: Option<String>,
}

impl Check {
    /// Whether it went as expected.
    pub const fn is_passed(&self) -> bool {
        self.surprise.is_none()
    }
}

impl Group {
    /// Every group, in the order in which they are shown.
    pub const ALL: [Self; 5] = [
        Self::Presets,
        Self::Validations,
        Self::ArtisticTriggers,
        Self::PortraitTriggers,
        Self::Kinds,
    ];

    /// Runs the checks of the group.
    pub fn run(self) -> Vec<Check> {
        let triggers = |kind| {
            let cases = expected::TRIGGERS.iter();
            cases.filter(|case| case.kind == kind).map(trigger).collect()
        };
        match self {
            Self::Presets => Preset::ALL.into_iter().map(preset).collect(),
            Self::Validations => expected::REFUSALS.iter().map(refusal).collect(),
            Self::ArtisticTriggers => triggers(AvatarKind::Artistic),
            Self::PortraitTriggers => triggers(AvatarKind::Portrait),
            Self::Kinds => Route::ALL.into_iter().map(route).collect(),
        }
    }
}

/// How many of these checks passed.
pub fn passed(checks: &[Check]) -> usize {
    checks.iter().filter(|check| check.is_passed()).count()
}

fn preset(preset: Preset) -> Check {
    let surprise = AvatarKind::ALL.into_iter().find_map(|kind| {
        let expected = expected::sent(kind, preset)?;
        differs(&expected, sent(&request(kind, preset)))
    });
    Check { subject: Subject::Preset(preset), surprise }
}

fn refusal(case: &Refusal) -> Check {
    let mut request = request(AvatarKind::Portrait, Preset::Balanced);
    set(&mut request, case.field, (case.value)());
    let issues = validate::check(&request, NOW).issues;
    let errors: Vec<_> = issues.iter().filter(|issue| issue.is_error()).collect();
    let is_right =
        matches!(errors[..], [only] if only.field == case.field && only.reason == case.reason);
    let subject = Subject::Refusal { input: case.input, reason: case.reason };
    Check { subject, surprise: (!is_right).then(|| in_words(&issues)) }
}

fn trigger(case: &Trigger) -> Check {
    let mut request = request(case.kind, Preset::Balanced);
    request["prompt"] = case.typed.into();
    request["avatar"]["trigger_word"] = case.word.into();
    request["avatar"]["trigger_phrase"] = case.phrase.into();
    let found = match compose(&request, NOW) {
        Ok(composed) => composed.prompt.text,
        Err(issues) => in_words(&issues),
    };
    let subject = Subject::Trigger { case: case.name, typed: case.typed, sent: case.sent };
    Check { subject, surprise: differs(case.sent, found) }
}

fn route(route: Route) -> Check {
    let kind = route.kind();
    let overrides = if route.is_ultra() { json!({ "use_ultra": true }) } else { json!({}) };
    let mut request = request(kind, Preset::Balanced);
    request["overrides"] = overrides;
    let model = if kind == AvatarKind::Portrait { expected::LORA } else { expected::FINETUNE };
    let found = sent(&request);
    let endpoint = expected::endpoint(kind, route.is_ultra());
    let is_right = found.strip_prefix(endpoint).is_some_and(|body| body.starts_with(" {"))
        && found.contains(model);
    Check { subject: Subject::Route(route), surprise: (!is_right).then_some(found) }
}

/// A request that is in order, but for presets that the kind cannot take.
fn request(kind: AvatarKind, preset: Preset) -> Value {
    let avatar = match kind {
        AvatarKind::Portrait => json!({
            "kind": "portrait", "trigger_word": "TOK", "trigger_phrase": "a photo of TOK person",
            "lora_url": expected::LORA,
        }),
        AvatarKind::Artistic => json!({
            "kind": "artistic", "trigger_word": "ARTST", "finetune_id": expected::FINETUNE,
        }),
    };
    json!({ "avatar": avatar, "prompt": expected::WORDS, "preset": preset.name(), "overrides": {} })
}

/// Sets a value by the path that issues use.
fn set(request: &mut Value, path: &str, value: Value) {
    match path.split_once('.') {
        Some((parent, key)) => request[parent][key] = value,
        None => request[path] = value,
    }
}

/// Endpoint and body as they would be sent, or what stands in the way.
fn sent(request: &Value) -> String {
    match compose(request, NOW) {
        Ok(composed) => [composed.endpoint, &composed.body.to_json()].join(" "),
        Err(issues) => in_words(&issues),
    }
}

fn in_words(issues: &[Issue]) -> String {
    let lines: Vec<_> =
        issues.iter().map(|issue| [&issue.field, issue.reason.english()].join(": ")).collect();
    if lines.is_empty() { "accepted".to_owned() } else { lines.join(" ") }
}

fn differs(expected: &str, found: String) -> Option<String> {
    (found != expected).then_some(found)
}
