//! The whole way from an untyped request to endpoint and body: what `POST /api/v1/compose` answers.

use crate::request;
use likeness_core::{Cost, Issue, Span, validate};
use serde::Serialize;
use serde_json::Value;

/// The composed prompt in pieces.
#[derive(Clone, Debug, Serialize)]
pub struct Prompt {
    /// Equal to `body.prompt`.
    pub text: String,
    /// The text in pieces, with the origin of each.
    pub spans: Vec<Span>,
}

/// A request that may be sent.
#[derive(Clone, Debug, Serialize)]
pub struct Composed {
    /// FAL's endpoint id.
    pub endpoint: &'static str,
    /// What is posted there.
    pub body: request::Body,
    /// The prompt with its origins.
    pub prompt: Prompt,
    /// Warnings only.
    pub issues: Vec<Issue>,
    /// What it is expected to cost.
    pub cost: Cost,
}

/// Composes `{"avatar", "prompt", "preset", "overrides"?}`.
///
/// # Errors
/// Every issue at once, if at least one is an error.
pub fn compose(request: &Value) -> Result<Composed, Vec<Issue>> {
    let prepared = validate::check(request).into_recipe()?.prepare();
    Ok(Composed {
        endpoint: prepared.parameters.route().endpoint(),
        body: request::body(&prepared),
        prompt: Prompt {
            text: prepared.composition.text.clone(),
            spans: prepared.composition.spans,
        },
        issues: prepared.warnings,
        cost: prepared.cost,
    })
}
