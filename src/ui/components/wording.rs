//! Sentences made of values: the words come from the language, the values from the rules.

use crate::{browser::clock, i18n::Language, ui::context::Studio};
use leptos::prelude::{Get, With};
use likeness_core::{
    AvatarKind, Cost, Field, Issue, Layer, Pixels, Preset, Reason, Route, Rule, Seconds,
    parameters::{Layers, Parameters},
};
use serde_json::Value;

/// `1024 × 768`, with "≈" where the route decides.
pub fn pixels(pixels: Pixels, is_expected: bool) -> String {
    let about = if is_expected { "≈\u{A0}" } else { "" };
    format!("{about}{}\u{A0}×\u{A0}{}", pixels.width, pixels.height)
}

/// The sides that will come, where they are others than those that were typed.
pub fn comes_as(studio: Studio) -> Option<String> {
    let pixels = studio.prepared.with(|prepared| {
        let parameters = &prepared.as_ref()?.parameters;
        let coming = parameters.pixels();
        (coming != parameters.asked()).then_some(coming)
    })?;
    Some((studio.t().rooms().comes_as)(&self::pixels(pixels, false)))
}

/// The usual range of a run; a star marks our own estimate.
pub fn seconds(language: Language, seconds: Seconds) -> String {
    let star = if seconds.is_our_estimate { "*" } else { "" };
    format!("{}{star}", (language.messages().seconds)(seconds.low, seconds.high))
}

/// "about $0.07", or that no price is known.
pub fn about(language: Language, cost: Cost) -> String {
    let t = language.messages();
    cost.micro_usd
        .map_or_else(|| t.cost_unknown.to_owned(), |range| (t.about)(&language.money(range.low)))
}

/// The estimate with its upper end, its source and its date.
pub fn cost_hint(language: Language, cost: Cost) -> String {
    let t = language.messages();
    match cost.micro_usd {
        None => t.cost_unknown.to_owned(),
        Some(range) => (t.cost_hint)(
            &language.money(range.low),
            &language.money(range.high),
            cost.source,
            &clock::date_name(cost.as_of, language),
        ),
    }
}

/// A value of a field as people read it.
pub fn value(language: Language, value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => match number.as_u64() {
            Some(whole) => whole.to_string(),
            None => language.number(number.as_f64().unwrap_or_default()),
        },
        Value::Object(own) => {
            let side = |key: &str| {
                own.get(key).map(|side| self::value(language, side)).unwrap_or_default()
            };
            format!("{}\u{A0}×\u{A0}{}", side("width"), side("height"))
        }
        Value::Bool(is) => if *is { "true" } else { "false" }.to_owned(),
        Value::Null | Value::Array(_) => String::new(),
    }
}

/// What is wrong, with the range where there is one.
pub fn issue(language: Language, issue: &Issue) -> String {
    let t = language.messages();
    let limit = issue.limit.as_ref();
    let end =
        |key: &str| limit.and_then(|limit| limit.get(key)).map(|end| self::value(language, end));
    if let Some(Value::Number(position)) = limit.and_then(|limit| limit.get("position")) {
        let place = position.as_u64().unwrap_or_default() + 1;
        return (t.half_at)(&place.to_string());
    }
    match (end("min"), end("max")) {
        (Some(min), Some(max)) if matches!(issue.reason, Reason::OutOfRange) => {
            (t.limit_range)(&min, &max)
        }
        _ => (t.reason)(issue.reason).to_owned(),
    }
}

/// What the fix of an issue will do, for its button.
pub fn fix(language: Language, issue: &Issue) -> Option<String> {
    let t = language.messages();
    let fix = issue.fix.first()?;
    Some(match (&fix.value, issue.reason) {
        (Value::Null, Reason::UltraSwitch) => t.turn_off.to_owned(),
        (Value::Null, _) | (_, Reason::HalfCharacter) => t.remove.to_owned(),
        (Value::String(name), Reason::UltraPreset) => {
            let preset = Preset::parse(name)?;
            (t.use_value)((t.preset_words)(preset).name)
        }
        (fixed, _) => (t.use_value)(&value(language, fixed)),
    })
}

/// What a preset changes against Balanced, on the route of an avatar, in words: the numbers stand in the help and in the details.
pub fn difference(language: Language, preset: Preset, route: Route) -> String {
    let t = language.messages();
    let (own, base) = (preset.layer(), Preset::Balanced.layer());
    let strength = |layer: &Layer| match route.kind() {
        AvatarKind::Portrait => layer.lora_scale,
        AvatarKind::Artistic => layer.finetune_strength,
    };
    let tenths = |layer: &Layer| (strength(layer).unwrap_or(1.0) * 10.0).round() as i32;
    let steps = |layer: &Layer| layer.num_inference_steps.map_or(0, i32::from);
    if preset == Preset::Balanced {
        return t.baseline.to_owned();
    }
    let mut parts = Vec::new();
    if route.rule(Field::NumInferenceSteps).is_some() && steps(&own) != steps(&base) {
        parts.push((t.steps_more)(steps(&own) - steps(&base)));
    }
    if strength(&own) != strength(&base) {
        let more = match route.kind() {
            AvatarKind::Portrait => t.likeness_of,
            AvatarKind::Artistic => t.style_of,
        };
        parts.push(more(tenths(&own) - tenths(&base)));
    }
    if route.rule(Field::SafetyTolerance).is_some() && own.safety_tolerance != base.safety_tolerance
    {
        parts.push(t.tolerance_of);
    }
    parts.join(", ")
}

/// Pixels and range of a preset for the chosen avatar, without own edits.
pub fn preset_facts(language: Language, preset: Preset, route: Route) -> (String, String) {
    let is_ultra = route.is_ultra() || preset == Preset::Ultra;
    let route = if is_ultra { Route::ULTRA_FINETUNED } else { route };
    let avatar = likeness_core::Avatar::blank(route.kind());
    let parameters =
        Parameters::resolve(route, &Layers::new(route, preset, &avatar, Layer::default()));
    (seconds(language, preset.seconds(route)), pixels(parameters.pixels(), is_ultra))
}

/// The values that would be sent as far as they are known, even while something is wrong.
pub fn layers(studio: &Studio) -> Option<(Route, Layers)> {
    let (route, preset, edits) = studio
        .checked
        .with(|checked| Some((checked.route?, checked.preset?, checked.edits.clone())))?;
    let avatar = studio.avatar.get()?;
    Some((route, Layers::new(route, preset, &avatar, edits)))
}

/// The ends and the step of a slider.
pub fn slider(rule: Rule) -> Option<(f64, f64, f64)> {
    match rule {
        Rule::Whole { min, max } => Some((min as f64, max as f64, 1.0)),
        Rule::Number { min, max } => Some((min, max, if max > 10.0 { 0.1 } else { 0.05 })),
        _ => None,
    }
}
