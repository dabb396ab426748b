//! The answer to a request with mistakes in it.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use likeness_core::Issue;
use serde_json::json;

/// Issues that are listed. Nobody reads more, and writing them keeps others waiting.
const MOST: usize = 100;

/// A 422 with the first issues, and how many there are beside them.
pub(crate) fn refused(issues: &[Issue]) -> Response {
    let (listed, rest) = issues.split_at(issues.len().min(MOST));
    let mut told = json!({ "issues": listed });
    if !rest.is_empty() {
        told["more"] = rest.len().into();
    }
    (StatusCode::UNPROCESSABLE_ENTITY, Json(told)).into_response()
}
