//! Whether FAL would take a body.
//!
//! The answer has the shape of FAL's own (`detail`, a list of `{loc, msg, type, ctx?, input?}` as pydantic writes it), so that FAL's clients show it beside
//! the right field. The published schema is the measure: a number is a JSON number (pydantic would take its digits as text too), and a whole number is
//! one without a fraction, however it is written.

mod address;
mod detail;
mod half;
mod value;

#[cfg(test)]
mod tests;

pub use detail::{Detail, Loc};

use likeness_core::{
    Route, Rule,
    route::{Presence, Takes, WireField},
};
use serde_json::{Map, Value};

/// What becomes of things that the schema allows but a gate should not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extras {
    /// As FAL: they pass, and so do fields that it does not know.
    Pass,
    /// As our server: `sync_mode: true` (a huge reply that FAL drops after minutes), `image_url` and every other address beside the model's own, which FAL
    /// would fetch in the owner's name now or after its next change. Unknown fields pass.
    Refuse,
}

/// Judges a body by the schema of the route's endpoint. All problems at once, in the order of the schema, then of the body.
///
/// # Errors
/// The items of FAL's `detail`. No text of a prompt is repeated in them.
pub fn check(route: Route, body: &Value, extras: Extras) -> Result<(), Vec<Detail>> {
    let Some(fields) = body.as_object() else {
        let message = "Input should be a valid dictionary or object to extract fields from";
        return Err(vec![Detail::at_body("model_attributes_type", message)]);
    };
    let mut details = Vec::new();
    let whole = half::is_in(body)
        .then(|| half::taken_out(body, &mut vec![Loc::from("body")], &mut details));
    let fields = whole.as_ref().and_then(Value::as_object).unwrap_or(fields);
    for field in route.spec().fields {
        check_field(field, fields, &mut details);
    }
    if extras == Extras::Refuse {
        refuse_extras(route, fields, &mut details);
    }
    if details.is_empty() { Ok(()) } else { Err(details) }
}

fn check_field(field: &WireField, body: &Map<String, Value>, details: &mut Vec<Detail>) {
    match (body.get(field.key), field.presence) {
        (None, Presence::Required) => details.push(Detail::missing(field.key)),
        (None, _) | (Some(Value::Null), Presence::Nullable) => {}
        (Some(value), _) => value::check(field.takes, &Loc::body(field.key), value, details),
    }
}

fn refuse_extras(route: Route, body: &Map<String, Value>, details: &mut Vec<Detail>) {
    for (key, value) in body {
        let is_text = route
            .wire(key)
            .is_some_and(|field| matches!(field.takes, Takes::Text | Takes::Rule(Rule::Ratio)));
        let is_refused = match key.as_str() {
            "sync_mode" => *value == Value::Bool(true),
            "loras" => address::is_beside_the_path(value),
            // A prompt may speak of addresses.
            _ if is_text && !address::is_name(key) => false,
            _ => address::is_in(key, value),
        };
        if is_refused {
            let message = "This server does not pass this feature on";
            details.push(Detail::new(key, "feature_not_supported", message));
        }
    }
}
