//! Reads an untyped request, reports every issue at once, and makes a [`Recipe`] if none is an error.
//!
//! The studio, the server, the JavaScript module and imports all come through here, so a number means the same whoever typed it.

mod foreign;
mod model;
mod value;

use crate::{
    avatar::Avatar,
    field::{Field, Rule},
    issue::{Issue, Reason},
    job::Millis,
    json::{Half, half},
    layer::Layer,
    preset::Preset,
    prompt::{self, Composition, TriggerUse},
    recipe::{Model, Recipe},
    reference,
    route::Route,
    size::ImageSize,
};
use serde_json::{Map, Value};

pub use model::{check_avatar, strength_rule};

/// The longest prompt, in characters after blanks are collapsed.
pub const MAX_PROMPT: usize = 16_000;
/// About as many tokens of a prompt are read by FLUX.
pub const MAX_TOKENS: usize = 512;
/// Guidance above this gets a notice.
pub const HIGH_GUIDANCE: f64 = 5.0;
/// A LoRA scale above this gets a notice.
pub const HIGH_LORA_SCALE: f64 = 1.3;

/// What was found in a request. The parts that are in order are kept even if others are not, so that a form can show what it will mean.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Everything that is wrong or worth knowing.
    pub issues: Vec<Issue>,
    /// The avatar, if its kind is known.
    pub avatar: Option<Avatar>,
    /// The preset, if it is known.
    pub preset: Option<Preset>,
    /// The route, if kind and preset are known.
    pub route: Option<Route>,
    /// The own edits that keep their rules.
    pub edits: Layer,
    /// The composed prompt, if there is a kind and a text.
    pub composition: Option<Composition>,
    model: Option<Model>,
}

impl Checked {
    /// Whether nothing stops the run.
    pub fn is_ready(&self) -> bool {
        !self.issues.iter().any(Issue::is_error)
    }

    /// The recipe, whose warnings are the issues.
    ///
    /// # Errors
    /// All issues, warnings among them, if one is an error.
    pub fn into_recipe(self) -> Result<Recipe, Vec<Issue>> {
        match self {
            Self {
                issues,
                avatar: Some(avatar),
                preset: Some(preset),
                route: Some(route),
                edits,
                composition: Some(composition),
                model: Some(model),
            } if !issues.iter().any(Issue::is_error) => {
                Ok(Recipe { avatar, model, route, preset, edits, composition, warnings: issues })
            }
            Self { issues, .. } => Err(issues),
        }
    }
}

/// Judges one value that stands beside a request, at `path`.
pub fn value(rule: Rule, value: &Value, path: &str) -> Vec<Issue> {
    let mut issues = Vec::new();
    value::read(rule, value, path, &mut issues);
    issues
}

/// Checks `{"avatar", "prompt", "preset", "overrides"}`; null means absent. An address may have ended by now.
pub fn check(request: &Value, now: Millis) -> Checked {
    let mut checked = check_draft(request);
    if let Some(avatar) = &checked.avatar {
        reference::explain(avatar, now, &mut checked.issues);
    }
    if let Some(text) = request.get("prompt").and_then(Value::as_str) {
        let mut notices = word_notices(&checked, text);
        checked.issues.append(&mut notices);
    }
    checked
}

/// What other programs would read in the words, if the prompt can be composed.
pub fn word_notices(checked: &Checked, text: &str) -> Vec<Issue> {
    let avatar = checked.avatar.as_ref().filter(|_| checked.composition.is_some());
    let notices = avatar.map(|avatar| foreign::notices(text, avatar.trigger(), checked.route));
    notices.unwrap_or_default()
}

/// Whether [`word_notices`] can find anything at all, from a look that costs nothing.
pub fn may_have_word_notices(text: &str) -> bool {
    // Brackets and colons mark what other programs read, and this many words are many bytes.
    text.len() > MAX_TOKENS || text.bytes().any(|byte| b"<([:".contains(&byte))
}

/// As [`check`], without [`word_notices`] and what is worth knowing of the avatar's address or id beyond whether it can be sent. The composer asks at every key:
/// it looks for notices on its own, and the rest was said where the address was typed.
pub fn check_draft(request: &Value) -> Checked {
    let mut checked = Checked::default();
    let Some(request) = request.as_object() else {
        checked.issues.push(Issue::new("", Reason::NotAnObject));
        return checked;
    };
    for key in request
        .keys()
        .filter(|key| !["avatar", "prompt", "preset", "overrides"].contains(&key.as_str()))
    {
        checked.issues.push(Issue::new(key, Reason::UnknownKey).fix(key, Value::Null));
    }
    let text = prompt_text(present(request, "prompt"), &mut checked.issues);
    (checked.avatar, checked.model) = match present(request, "avatar") {
        Some(avatar) => model::avatar(avatar, &mut checked.issues),
        None => {
            checked.issues.push(Issue::new("avatar", Reason::Missing));
            (None, None)
        }
    };
    checked.preset = preset(present(request, "preset"), &mut checked.issues);
    let overrides = object(present(request, "overrides"), "overrides", &mut checked.issues);
    checked.route = route(&checked, overrides);
    ultra(&mut checked, overrides);
    checked.edits = edits(checked.route, overrides, &mut checked.issues);
    compose(&mut checked, text);
    checked
}

/// A value that is there; null counts as absent.
fn present<'v>(object: &'v Map<String, Value>, key: &str) -> Option<&'v Value> {
    object.get(key).filter(|value| !value.is_null())
}

fn object<'v>(
    value: Option<&'v Value>,
    path: &str,
    issues: &mut Vec<Issue>,
) -> Option<&'v Map<String, Value>> {
    let value = value?;
    if !value.is_object() {
        issues.push(Issue::new(path, Reason::NotAnObject));
    }
    value.as_object()
}

fn prompt_text<'v>(value: Option<&'v Value>, issues: &mut Vec<Issue>) -> Option<&'v str> {
    let issue = match value {
        None => Issue::new("prompt", Reason::BlankPrompt),
        Some(Value::String(text)) if prompt::is_blank(text) => {
            Issue::new("prompt", Reason::BlankPrompt)
        }
        Some(Value::String(text)) if is_too_long(text) => {
            Issue::new("prompt", Reason::LongPrompt).max_length(MAX_PROMPT)
        }
        Some(Value::String(text)) => return Some(text),
        Some(other) => not_text("prompt", other),
    };
    issues.push(issue);
    None
}

/// What is said of something that should be a text: it is none, or one with half a character in it.
pub fn not_text(path: &str, value: &Value) -> Issue {
    match half(value) {
        Some(half) => half_character(path, half),
        None => Issue::new(path, Reason::NotText),
    }
}

/// Half a character, with the number of characters before it and the text without it.
fn half_character(path: &str, Half { position, rest }: Half<'_>) -> Issue {
    Issue::new(path, Reason::HalfCharacter).position(position).fix(path, rest)
}

/// A text of few bytes need not be counted, and a very long one is not collapsed first.
fn is_too_long(text: &str) -> bool {
    text.len() > MAX_PROMPT && prompt::collapse(text).chars().nth(MAX_PROMPT).is_some()
}

fn preset(value: Option<&Value>, issues: &mut Vec<Issue>) -> Option<Preset> {
    let issue = match value {
        None => Issue::new("preset", Reason::Missing),
        Some(Value::String(name)) => match Preset::parse(name) {
            Some(preset) => return Some(preset),
            None => Issue::new("preset", Reason::UnknownValue),
        },
        Some(other) => not_text("preset", other),
    };
    issues.push(if issue.limit.is_some() { issue } else { issue.one_of(&Preset::NAMES) });
    None
}

/// An own setting of the Ultra switch, if it is one.
fn ultra_switch(overrides: Option<&Map<String, Value>>) -> Option<bool> {
    present(overrides?, Field::UseUltra.key())?.as_bool()
}

fn route(checked: &Checked, overrides: Option<&Map<String, Value>>) -> Option<Route> {
    let kind = checked.avatar.as_ref()?.kind;
    let asks = |preset| preset == Preset::Ultra || ultra_switch(overrides) == Some(true);
    match Route::is_switchable(kind) {
        true => Some(Route::of(kind, asks(checked.preset?))),
        false => Some(Route::of(kind, false)),
    }
}

/// The conflicts around Ultra: nothing is ever substituted silently.
fn ultra(checked: &mut Checked, overrides: Option<&Map<String, Value>>) {
    let has_no_ultra =
        checked.avatar.as_ref().is_some_and(|avatar| !Route::is_switchable(avatar.kind));
    let is_preset = checked.preset == Some(Preset::Ultra);
    let switch = ultra_switch(overrides);
    if has_no_ultra && is_preset {
        checked
            .issues
            .push(Issue::new("preset", Reason::UltraPreset).fix("preset", Preset::Quality.name()));
    }
    if has_no_ultra && switch == Some(true) {
        let path = path_of(Field::UseUltra);
        checked.issues.push(Issue::new(&path, Reason::UltraSwitch).fix(&path, Value::Null));
    }
    if is_preset && switch == Some(false) {
        let path = path_of(Field::UseUltra);
        checked.issues.push(Issue::new(&path, Reason::UltraOff).fix(&path, Value::Null));
    }
}

fn path_of(field: Field) -> String {
    format!("overrides.{}", field.key())
}

/// The own edits, each judged by the rule of the route, or by the widest rule where the route does not take it.
fn edits(
    route: Option<Route>,
    overrides: Option<&Map<String, Value>>,
    issues: &mut Vec<Issue>,
) -> Layer {
    let mut layer = Layer::default();
    for (key, value) in overrides.into_iter().flatten().filter(|(_, value)| !value.is_null()) {
        let path = format!("overrides.{key}");
        let Some(field) = Field::parse(key) else {
            issues.push(Issue::new(&path, Reason::UnknownKey).fix(&path, Value::Null));
            continue;
        };
        let rule =
            route.and_then(|route| route.rule(field)).unwrap_or_else(|| Route::any_rule(field));
        let before = issues.len();
        let normal = value::read(rule, value, &path, issues);
        if let (Some(normal), true) = (normal, issues.len() == before) {
            if let Some(reason) =
                route.and_then(|route| not_taken(route, field, rule, overrides, &normal))
            {
                issues.push(Issue::new(&path, reason).fix(&path, Value::Null));
            }
            layer.set(field, &normal);
        }
    }
    notices(&layer, issues);
    layer
}

/// Why an own setting will not be sent, if it will not.
fn not_taken(
    route: Route,
    field: Field,
    rule: Rule,
    overrides: Option<&Map<String, Value>>,
    value: &Value,
) -> Option<Reason> {
    if field == Field::UseUltra {
        return None;
    }
    if rule == Rule::Size && route.takes(Field::AspectRatio) && !route.takes(Field::ImageSize) {
        let is_ratio_set =
            overrides.is_some_and(|own| present(own, Field::AspectRatio.key()).is_some());
        let name = value.as_str().and_then(ImageSize::parse);
        return match name {
            None => Some(Reason::SidesOnUltra),
            Some(_) => is_ratio_set.then_some(Reason::RatioWins),
        };
    }
    (!route.takes(field)).then_some(Reason::NotTaken)
}

fn notices(edits: &Layer, issues: &mut Vec<Issue>) {
    if edits.guidance_scale.is_some_and(|guidance| guidance > HIGH_GUIDANCE) {
        let path = path_of(Field::GuidanceScale);
        issues.push(Issue::new(&path, Reason::HighGuidance).fix(&path, HIGH_GUIDANCE));
    }
    if edits.lora_scale.is_some_and(|scale| scale > HIGH_LORA_SCALE) {
        let path = path_of(Field::LoraScale);
        issues.push(Issue::new(&path, Reason::HighLoraScale).fix(&path, HIGH_LORA_SCALE));
    }
}

fn compose(checked: &mut Checked, text: Option<&str>) {
    let Some(avatar) = &checked.avatar else { return };
    let is_long = [&avatar.trigger_word, &avatar.trigger_phrase].into_iter().flatten();
    if is_long.map(String::as_str).any(is_too_long) {
        return;
    }
    let Some(text) = text else { return };
    checked.composition = prompt::compose(avatar, text);
    checked.issues.extend(match checked.composition.as_ref().map(|composed| &composed.trigger) {
        Some(TriggerUse::Merged(_)) => Some(Issue::new("prompt", Reason::MergedHead)),
        Some(TriggerUse::Token { with_phrase }) => {
            Some(Issue::new("prompt", Reason::TokenAlone).fix("prompt", with_phrase.as_str()))
        }
        _ => None,
    });
}

#[cfg(test)]
mod tests;
