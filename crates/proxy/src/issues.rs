//! The answer to a request with mistakes in it.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use likeness_api::Issues;
use likeness_core::Issue;
use serde_json::json;

/// A 422 with the first issues, and how many there are beside them.
pub(crate) fn refused(issues: &[Issue]) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, Json(json!(Issues::of(issues)))).into_response()
}
