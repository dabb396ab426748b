//! The target of a request.

use crate::refusal::Refusal;
use axum::http::{self, HeaderMap, HeaderName};
use likeness_api::ServerCode;
use likeness_fal::target::{Method, Target, TargetError};

const TARGET: HeaderName = HeaderName::from_static(likeness_api::header::TARGET);

/// Reads the one target header.
pub(super) fn read(method: &http::Method, headers: &HeaderMap) -> Result<Target, Refusal> {
    let method = Method::parse(method.as_str()).ok_or(Refusal::method("GET, POST, PUT"))?;
    let mut urls = headers.get_all(TARGET).iter();
    let (Some(url), None) = (urls.next(), urls.next()) else {
        return Err(ServerCode::BadTarget.into());
    };
    let url = url.to_str().map_err(|_| ServerCode::BadTarget)?;
    Target::parse_for(method, url).map_err(|error| match error {
        TargetError::Malformed | TargetError::ForeignHost => ServerCode::BadTarget.into(),
        TargetError::Webhook => ServerCode::WebhookRefused.into(),
        TargetError::UnknownEndpoint => ServerCode::UnknownEndpoint.into(),
        TargetError::WrongMethod { allowed } => Refusal::method(allowed.name()),
    })
}
