//! Judges one value by the rule of its field.

use super::{half_character, present};
use crate::{
    field::Rule,
    issue::{Issue, Reason},
    json,
    seed::Seed,
    size::{AspectRatio, ImageSize, MAX_SIDE, MIN_SIDE},
};
use serde_json::{Number, Value, json};

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
    let verdict = match rule {
        Rule::Whole { min, max } => whole(value, min, max, path),
        Rule::Number { min, max } => number(value, min, max, path),
        Rule::OneOf(names) => one_of(value, names, path),
        Rule::Flag if value.is_boolean() => Ok(()),
        Rule::Flag => Err(Issue::new(path, Reason::NotFlag)),
        Rule::Seed => seed(value, path),
        Rule::Ratio => ratio(value, path),
        Rule::Size => return size(value, path, issues),
    };
    match verdict {
        Ok(()) => Some(value.clone()),
        Err(issue) => {
            issues.push(issue);
            None
        }
    }
}

fn whole(value: &Value, min: u64, max: u64, path: &str) -> Result<(), Issue> {
    let limit = json!({ "min": min, "max": max });
    let Value::Number(number) = value else {
        return Err(Issue::new(path, Reason::NotInteger).limit(limit));
    };
    match number.as_u64() {
        Some(whole) if (min..=max).contains(&whole) => Ok(()),
        Some(whole) => {
            Err(Issue::new(path, Reason::OutOfRange).limit(limit).fix(path, whole.clamp(min, max)))
        }
        None => Err(not_whole(number, min, max, path).limit(limit)),
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

fn number(value: &Value, min: f64, max: f64, path: &str) -> Result<(), Issue> {
    let limit = json!({ "min": min, "max": max });
    match value.as_f64() {
        None => Err(Issue::new(path, Reason::NotNumber).limit(limit)),
        Some(number) if (min..=max).contains(&number) => Ok(()),
        Some(number) => {
            let nearest = if number < min { min } else { max };
            Err(Issue::new(path, Reason::OutOfRange).limit(limit).fix(path, nearest))
        }
    }
}

fn one_of(value: &Value, names: &[&str], path: &str) -> Result<(), Issue> {
    let limit = json!({ "one_of": names });
    let written = match value {
        Value::String(text) if names.contains(&text.as_str()) => return Ok(()),
        Value::String(_) => return Err(Issue::new(path, Reason::UnknownValue).limit(limit)),
        other => other.to_string(),
    };
    let issue = Issue::new(path, Reason::NotText).limit(limit);
    Err(if names.contains(&written.as_str()) { issue.fix(path, written) } else { issue })
}

fn ratio(value: &Value, path: &str) -> Result<(), Issue> {
    let (widest, tallest) = (AspectRatio::R21X9.to_string(), AspectRatio::R9X21.to_string());
    let limit = json!({ "one_of": AspectRatio::NAMES, "min": tallest, "max": widest });
    let Value::String(text) = value else {
        return Err(Issue::new(path, Reason::NotText).limit(limit));
    };
    let issue = match AspectRatio::read(text) {
        None => Issue::new(path, Reason::UnknownValue),
        Some(ratio) if ratio.is_too_wide() => {
            Issue::new(path, Reason::OutOfRange).fix(path, widest)
        }
        Some(ratio) if ratio.is_too_tall() => {
            Issue::new(path, Reason::OutOfRange).fix(path, tallest)
        }
        Some(_) => return Ok(()),
    };
    Err(issue.limit(limit))
}

fn seed(value: &Value, path: &str) -> Result<(), Issue> {
    match value {
        Value::String(digits) if Seed::parse(digits).is_some() => Ok(()),
        Value::String(digits) => {
            let is_too_large =
                !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            let reason = if is_too_large { Reason::OutOfRange } else { Reason::NotInteger };
            Err(Issue::new(path, reason)
                .limit(json!({ "min": 0, "max": u64::MAX }))
                .fix(path, Value::Null))
        }
        other => whole(other, 0, u64::MAX, path)
            .map_err(|issue| Issue { fix: Vec::new(), ..issue }.fix(path, Value::Null)),
    }
}

fn size(value: &Value, path: &str, issues: &mut Vec<Issue>) -> Option<Value> {
    let issue = match value {
        Value::String(name) if ImageSize::parse(name).is_some() => return Some(value.clone()),
        Value::Object(own) => {
            let mut sides = json!({});
            for key in own.keys().filter(|key| !["width", "height"].contains(&key.as_str())) {
                issues.push(Issue::new(format!("{path}.{key}"), Reason::UnknownKey));
            }
            for key in ["width", "height"] {
                // FAL fills a missing side with 512; so do we, but in plain sight.
                let side = present(own, key).cloned().unwrap_or_else(|| json!(512));
                let rule = Rule::Whole { min: MIN_SIDE.into(), max: MAX_SIDE.into() };
                sides[key] = read(rule, &side, &format!("{path}.{key}"), issues)?;
            }
            return Some(sides);
        }
        Value::String(_) => Issue::new(path, Reason::UnknownValue),
        _ => Issue::new(path, Reason::NotSize),
    };
    issues
        .push(issue.limit(json!({ "one_of": ImageSize::NAMES, "min": MIN_SIDE, "max": MAX_SIDE })));
    None
}
