//! Judging one value.

use super::{Detail, Loc};
use crate::wire;
use likeness_core::{ImageSize, Rule, route::Takes};
use serde_json::{Value, json};

/// The largest side that the schema takes, in pixels.
const MAX_SIDE: u64 = 14142;
/// The longest text that is repeated in `input`, in bytes. Values of a list are short; a prompt in the wrong field is not.
const MAX_ECHO: usize = 32;

pub(super) fn check(takes: Takes, loc: &[Loc], value: &Value, details: &mut Vec<Detail>) {
    match takes {
        Takes::Text | Takes::Rule(Rule::Ratio) => details.extend(text(loc, value)),
        Takes::Loras(scale) => loras(loc, value, scale, details),
        Takes::Rule(Rule::Size) => size(loc, value, details),
        Takes::Rule(Rule::Whole { min, max }) => details.extend(whole(loc, value, min, max)),
        Takes::Rule(Rule::Number { min, max }) => details.extend(number(loc, value, min, max)),
        Takes::Rule(Rule::OneOf(names)) => details.extend(one_of(loc, value, names)),
        Takes::Rule(Rule::Flag) => details.extend(flag(loc, value)),
        Takes::Rule(Rule::Seed) => details.extend(seed(loc, value)),
    }
}

fn wrong(loc: &[Loc], kind: &'static str, msg: impl Into<String>, value: &Value) -> Option<Detail> {
    let detail = Detail::at(loc.to_vec(), kind, msg);
    let echo = match value {
        Value::String(text) => text.len() <= MAX_ECHO && kind == "literal_error",
        Value::Array(_) | Value::Object(_) => false,
        _ => true,
    };
    Some(if echo { detail.input(value) } else { detail })
}

fn text(loc: &[Loc], value: &Value) -> Option<Detail> {
    if value.is_string() {
        None
    } else {
        wrong(loc, "string_type", "Input should be a valid string", value)
    }
}

fn flag(loc: &[Loc], value: &Value) -> Option<Detail> {
    if value.is_boolean() {
        None
    } else {
        wrong(loc, "bool_type", "Input should be a valid boolean", value)
    }
}

fn not_whole(loc: &[Loc], value: &Value) -> Option<Detail> {
    wrong(loc, "int_type", "Input should be a valid integer", value)
}

/// Whether a number is whole, however it is written: `28`, `28.0`, `2.8e1`.
fn is_whole(value: &Value) -> bool {
    value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// Any whole number: the schema knows no limit, and a negative one counts from the other end.
fn seed(loc: &[Loc], value: &Value) -> Option<Detail> {
    if is_whole(value) { None } else { not_whole(loc, value) }
}

fn whole(loc: &[Loc], value: &Value, min: u64, max: u64) -> Option<Detail> {
    if !is_whole(value) {
        return not_whole(loc, value);
    }
    let number = wire::whole(value);
    if number.is_some_and(|number| number < min) || value.as_f64().is_some_and(|n| n < 0.0) {
        let message = format!("Input should be greater than or equal to {min}");
        return wrong(loc, "greater_than_equal", message, value)
            .map(|detail| detail.ctx("ge", min));
    }
    if number.is_none_or(|number| number > max) {
        let message = format!("Input should be less than or equal to {max}");
        return wrong(loc, "less_than_equal", message, value).map(|detail| detail.ctx("le", max));
    }
    None
}

fn number(loc: &[Loc], value: &Value, min: f64, max: f64) -> Option<Detail> {
    let Some(number) = value.as_f64() else {
        return wrong(loc, "float_type", "Input should be a valid number", value);
    };
    if number < min {
        let message = format!("Input should be greater than or equal to {min}");
        return wrong(loc, "greater_than_equal", message, value)
            .map(|detail| detail.ctx("ge", min));
    }
    if number > max {
        let message = format!("Input should be less than or equal to {max}");
        return wrong(loc, "less_than_equal", message, value).map(|detail| detail.ctx("le", max));
    }
    None
}

fn one_of(loc: &[Loc], value: &Value, names: &[&str]) -> Option<Detail> {
    if value.as_str().is_some_and(|text| names.contains(&text)) {
        return None;
    }
    let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    let expected = match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    };
    wrong(loc, "literal_error", format!("Input should be {expected}"), value)
        .map(|detail| detail.ctx("expected", expected))
}

fn size(loc: &[Loc], value: &Value, details: &mut Vec<Detail>) {
    match value {
        Value::String(name) if ImageSize::parse(name).is_some() => {}
        Value::Object(sides) => {
            for key in ["width", "height"] {
                let Some(side) = sides.get(key) else { continue };
                let loc = [loc, &[Loc::from(key)]].concat();
                details.extend(self::side(&loc, side));
            }
        }
        _ => {
            let message = "Input should be a size name, or an object with width and height";
            details.push(
                Detail::at(loc.to_vec(), "one_of", message)
                    .ctx("expected", json!(ImageSize::NAMES)),
            );
        }
    }
}

fn side(loc: &[Loc], value: &Value) -> Option<Detail> {
    if is_whole(value) && value.as_f64().is_some_and(|side| side <= 0.0) {
        return wrong(loc, "greater_than", "Input should be greater than 0", value)
            .map(|detail| detail.ctx("gt", 0));
    }
    whole(loc, value, 1, MAX_SIDE)
}

fn loras(loc: &[Loc], value: &Value, scale_rule: Rule, details: &mut Vec<Detail>) {
    let Some(list) = value.as_array() else {
        details.extend(wrong(loc, "list_type", "Input should be a valid list", value));
        return;
    };
    for (index, lora) in list.iter().enumerate() {
        let at =
            |key: Option<&str>| [loc, &[Loc::from(index)], key.map(Loc::from).as_slice()].concat();
        let Some(lora) = lora.as_object() else {
            details.extend(wrong(
                &at(None),
                "model_attributes_type",
                "Input should be a valid dictionary",
                lora,
            ));
            continue;
        };
        match lora.get("path") {
            Some(path) => details.extend(text(&at(Some("path")), path)),
            None => details.push(Detail::at(at(Some("path")), "missing", "Field required")),
        }
        if let Some(scale) = lora.get("scale") {
            check(Takes::Rule(scale_rule), &at(Some("scale")), scale, details);
        }
    }
}
