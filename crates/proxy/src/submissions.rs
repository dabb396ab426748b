//! `GET /api/v1/submissions/{key}`: what became of a submit whose reply did not arrive.

use crate::ledger::{Ledger, Outcome, User};
use crate::named::Named;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderName};
use likeness_api::{Answered, ServerCode, Submission};
use serde_json::{Value, json};
use std::sync::Arc;

/// The header with the caller's key.
pub(crate) const KEY_HEADER: HeaderName = HeaderName::from_static(likeness_api::header::KEY);
/// The longest key.
const LONGEST_KEY: usize = 128;

/// The caller's key, if there is one.
///
/// # Errors
/// A key that stands twice, is empty or longer than 128 characters, or holds something else than
/// visible ASCII.
pub(crate) fn key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let mut values = headers.get_all(KEY_HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| values.next().is_none() && is_key(key));
    key.map(|key| Some(key.to_owned())).ok_or(ServerCode::BadHeader.into())
}

fn is_key(key: &str) -> bool {
    // A tilde in front is what the ledger calls submits without a key.
    (1..=LONGEST_KEY).contains(&key.len())
        && key.bytes().all(|byte| byte.is_ascii_graphic())
        && !key.starts_with('~')
}

/// Answers to whoever sent it, and to nobody else.
pub(crate) async fn handle(
    State(ledger): State<Arc<Ledger>>,
    Extension(user): Extension<User>,
    Named(key): Named,
) -> Result<Json<Value>, Refusal> {
    let outcome = match is_key(&key) {
        true => ledger.submission(&user, &key).await?,
        false => None,
    };
    Ok(Json(described(outcome.ok_or(ServerCode::UnknownSubmission)?)))
}

fn described(outcome: Outcome) -> Value {
    json!(match outcome {
        Outcome::Sending => Submission::InFlight,
        Outcome::Unsent => Submission::Unsent,
        Outcome::Unknown => Submission::Unknown,
        Outcome::Answered { stored, .. } => Submission::Answered(Answered {
            headers: stored.headers,
            reply: serde_json::from_str(&stored.body).unwrap_or(Value::String(stored.body)),
            status: stored.status,
        }),
    })
}
