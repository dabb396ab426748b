//! Keeps pages of other sites from causing anything. No CORS header is ever sent, so such a page
//! could not read a reply either.

use crate::refusal::Refusal;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use likeness_api::ServerCode;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses a call that a browser marks as coming from a page of another site.
pub(crate) fn check(headers: &HeaderMap) -> Result<(), Refusal> {
    match headers.get(FETCH_SITE).map(HeaderValue::as_bytes) {
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => Err(ServerCode::CrossSite.into()),
    }
}
