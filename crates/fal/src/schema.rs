//! Whether FAL would take a body.
//!
//! The answer has the shape of FAL's own (`detail`, a list of `{loc, msg, type, ctx?, input?}` as pydantic writes it), so that FAL's clients show it beside
//! the right field. Stricter than pydantic in one point: a number is a JSON number, and a whole number has no fraction and no exponent.

mod detail;
mod value;

#[cfg(test)]
mod tests;

pub use detail::{Detail, Loc};

use crate::catalogue::{Endpoint, Presence, WireField};
use likeness_core::Route;
use serde_json::{Map, Value};

/// What becomes of things that the schema allows but a gate should not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extras {
    /// As FAL: unknown fields are ignored.
    Ignore,
    /// As our server: unknown fields, `sync_mode: true` (a huge reply that FAL drops after minutes) and `image_url` (an input that Likeness does not
    /// offer) are refused.
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
    let endpoint = Endpoint::of(route);
    let mut details = Vec::new();
    for field in endpoint.fields {
        check_field(field, fields, &mut details);
    }
    if extras == Extras::Refuse {
        refuse_extras(endpoint, fields, &mut details);
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

fn refuse_extras(endpoint: &Endpoint, body: &Map<String, Value>, details: &mut Vec<Detail>) {
    for (key, value) in body {
        let refused = match key.as_str() {
            "sync_mode" => *value == Value::Bool(true),
            "image_url" => endpoint.field(key).is_none() || !value.is_null(),
            _ => endpoint.field(key).is_none(),
        };
        if !refused {
            continue;
        }
        let detail = if endpoint.field(key).is_some() {
            Detail::new(key, "feature_not_supported", "This server does not pass this feature on")
        } else {
            Detail::new(key, "extra_forbidden", "Extra inputs are not permitted")
        };
        details.push(detail);
    }
}
