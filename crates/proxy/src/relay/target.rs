//! The target of a request.

use crate::refusal::Refusal;
use axum::http::{self, HeaderMap};
use likeness_fal::ServerCode;
use likeness_fal::target::{Delivery, Method, Target, TargetError};

/// Reads the one target header.
pub(super) fn read(method: &http::Method, headers: &HeaderMap) -> Result<Target, Refusal> {
    let method = Method::parse(method.as_str()).ok_or(Refusal::method("GET, POST, PUT"))?;
    let mut urls = headers.get_all("x-fal-target-url").iter();
    let (Some(url), None) = (urls.next(), urls.next()) else {
        return Err(ServerCode::BadTarget.into());
    };
    let url = url.to_str().map_err(|_| ServerCode::BadTarget)?;
    Target::parse_for(method, url).map_err(|error| match error {
        TargetError::Malformed | TargetError::ForeignHost => ServerCode::BadTarget.into(),
        TargetError::UnknownEndpoint => ServerCode::UnknownEndpoint.into(),
        TargetError::WrongMethod { allowed } => Refusal::method(allowed.name()),
    })
}

/// What the log calls it.
pub(super) fn name(target: &Target) -> String {
    match target {
        Target::Submit { route, .. } => format!("submit {}", route.endpoint()),
        Target::Run { route } => format!("run {}", route.endpoint()),
        Target::Status { id, delivery: Delivery::Once, .. } => format!("status {id}"),
        Target::Status { id, delivery: Delivery::Stream, .. } => format!("status stream {id}"),
        Target::Result { id, .. } => format!("result {id}"),
        Target::Cancel { id, .. } => format!("cancel {id}"),
        Target::UploadInitiate => "upload".to_owned(),
    }
}
