//! Whose request it is.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use likeness_fal::wire::credentials;
use std::sync::Arc;

use super::reply;
use crate::config::Access;

/// The account that a request belongs to.
///
/// # Errors
/// A 401 as FAL's gateway words it.
pub(super) fn account(access: &Access, headers: &HeaderMap) -> Result<Arc<str>, Box<Response>> {
    if *access == Access::Open {
        return Ok(Arc::from(""));
    }
    let refuse = |detail| Err(Box::new(reply::gateway(StatusCode::UNAUTHORIZED, detail)));
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return refuse("Authorization header is required");
    };
    let key = value.to_str().ok().and_then(|value| credentials("Key", value));
    match (key, access) {
        (None | Some(""), _) => refuse("No user found for Key ID and Secret"),
        (Some(key), Access::Key(right)) if key != right => {
            refuse("No user found for Key ID and Secret")
        }
        (Some(key), _) => Ok(Arc::from(key)),
    }
}
