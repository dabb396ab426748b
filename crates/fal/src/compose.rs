//! The whole way from an untyped request to endpoint and body: what `POST /api/v1/compose` answers.

use crate::request;
use likeness_api::Prompt;
use likeness_core::{Issue, job::Millis, validate};
use serde_json::Value;

/// A request that may be sent.
pub type Composed = likeness_api::Composed<request::Body>;

/// Composes `{"avatar", "prompt", "preset", "overrides"?}` by the rules and the addresses that hold now.
///
/// # Errors
/// Every issue at once, if at least one is an error.
pub fn compose(request: &Value, now: Millis) -> Result<Composed, Vec<Issue>> {
    let prepared = validate::check(request, now).into_recipe()?.prepare();
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
