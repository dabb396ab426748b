//! Judges one value by the rule of its field.

use super::{half_character, present};
use crate::{
    field::Rule,
    issue::{Issue, Reason},
    json,
    seed::Seed,
    size::{AspectRatio, ImageSize, MAX_SIDE, MIN_SIDE},
};
use serde_json::{Map, Number, Value};

/// The value in its normal form (own sides complete), or none and an issue.
pub(super) fn read(
    rule: Rule,
    value: &Value,
    path: &str,
    issues: &mut Vec<Issue>,
) -> Option<Value> {
    if let Some(half) = json::half(value) {
        issues.push(half_character(path, half));
        return None;
    }
    let issue = match rule {
        Rule::Whole { min, max } => whole(value, min, max, path),
        Rule::Number { min, max } => number(value, min, max, path),
        Rule::OneOf(names) => one_of(value, names, path),
        Rule::Flag => (!value.is_boolean()).then(|| Issue::new(path, Reason::NotFlag)),
        Rule::Seed => seed(value, path),
        Rule::Ratio => ratio(value, path),
        Rule::Size => match value {
            Value::Object(own) => return sides(own, path, issues),
            other => size(other, path),
        },
    };
    let Some(issue) = issue else { return Some(value.clone()) };
    issues.push(match rule {
        Rule::Whole { min, max } => issue.range(min.into(), max.into()),
        Rule::Number { min, max } => issue.range(min.into(), max.into()),
        Rule::OneOf(names) => issue.one_of(names),
        Rule::Flag => issue,
        Rule::Seed => issue.range(0.into(), u64::MAX.into()),
        Rule::Ratio => {
            let [tallest, widest] = [AspectRatio::R9X21, AspectRatio::R21X9].map(text);
            issue.one_of(&AspectRatio::NAMES).range(tallest, widest)
        }
        Rule::Size => issue.one_of(&ImageSize::NAMES).range(MIN_SIDE.into(), MAX_SIDE.into()),
    });
    None
}

fn text(ratio: AspectRatio) -> Value {
    ratio.to_string().into()
}

fn whole(value: &Value, min: u64, max: u64, path: &str) -> Option<Issue> {
    let Value::Number(number) = value else {
        return Some(Issue::new(path, Reason::NotInteger));
    };
    match number.as_u64() {
        Some(whole) if (min..=max).contains(&whole) => None,
        Some(whole) => Some(Issue::new(path, Reason::OutOfRange).fix(path, whole.clamp(min, max))),
        None => Some(not_whole(number, min, max, path)),
    }
}

/// JSON writes negative numbers, fractions and exponents in ways that are no plain whole number; each gets its own reason.
fn not_whole(number: &Number, min: u64, max: u64, path: &str) -> Issue {
    let float = number.as_f64().unwrap_or(f64::INFINITY);
    // From here on a float cannot tell neighbours apart, so no fix could be exact.
    let is_huge = float >= u64::MAX as f64;
    let reason = match float {
        _ if number.is_i64() || is_huge || float < 0.0 => Reason::OutOfRange,
        _ if float.fract() != 0.0 => Reason::Fraction,
        _ => Reason::NotInteger,
    };
    let nearest = if is_huge { max } else { (float.round().max(0.0) as u64).clamp(min, max) };
    Issue::new(path, reason).fix(path, nearest)
}

fn number(value: &Value, min: f64, max: f64, path: &str) -> Option<Issue> {
    match value.as_f64() {
        None => Some(Issue::new(path, Reason::NotNumber)),
        Some(number) if (min..=max).contains(&number) => None,
        Some(number) => {
            let nearest = if number < min { min } else { max };
            Some(Issue::new(path, Reason::OutOfRange).fix(path, nearest))
        }
    }
}

fn one_of(value: &Value, names: &[&str], path: &str) -> Option<Issue> {
    if let Value::String(text) = value {
        let is_known = names.contains(&text.as_str());
        return (!is_known).then(|| Issue::new(path, Reason::UnknownValue));
    }
    let issue = Issue::new(path, Reason::NotText);
    let written = value.as_u64().map(|number| number.to_string());
    Some(match written.filter(|written| names.contains(&written.as_str())) {
        Some(name) => issue.fix(path, name),
        None => issue,
    })
}

fn ratio(value: &Value, path: &str) -> Option<Issue> {
    let Value::String(ratio) = value else {
        return Some(Issue::new(path, Reason::NotText));
    };
    let Some(ratio) = AspectRatio::read(ratio) else {
        return Some(Issue::new(path, Reason::UnknownValue));
    };
    let nearest = match ratio {
        ratio if ratio.is_too_wide() => AspectRatio::R21X9,
        ratio if ratio.is_too_tall() => AspectRatio::R9X21,
        _ => return None,
    };
    Some(Issue::new(path, Reason::OutOfRange).fix(path, text(nearest)))
}

fn seed(value: &Value, path: &str) -> Option<Issue> {
    let reason = match value {
        Value::String(digits) if Seed::parse(digits).is_some() => return None,
        Value::String(digits)
            if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            Reason::OutOfRange
        }
        Value::String(_) => Reason::NotInteger,
        other => whole(other, 0, u64::MAX, path)?.reason,
    };
    Some(Issue::new(path, reason).fix(path, Value::Null))
}

fn size(value: &Value, path: &str) -> Option<Issue> {
    match value {
        Value::String(name) if ImageSize::parse(name).is_some() => None,
        Value::String(_) => Some(Issue::new(path, Reason::UnknownValue)),
        _ => Some(Issue::new(path, Reason::NotSize)),
    }
}

fn sides(own: &Map<String, Value>, path: &str, issues: &mut Vec<Issue>) -> Option<Value> {
    let mut sides = Map::new();
    for key in own.keys().filter(|key| !["width", "height"].contains(&key.as_str())) {
        issues.push(Issue::new(format!("{path}.{key}"), Reason::UnknownKey));
    }
    for key in ["width", "height"] {
        // FAL fills a missing side with 512; so do we, but in plain sight.
        let side = present(own, key).cloned().unwrap_or(Value::from(512));
        let rule = Rule::Whole { min: MIN_SIDE.into(), max: MAX_SIDE.into() };
        sides.insert(key.to_owned(), read(rule, &side, &format!("{path}.{key}"), issues)?);
    }
    Some(sides.into())
}
