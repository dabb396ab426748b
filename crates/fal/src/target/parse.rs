//! Reading a target.

use super::query::Query;
use super::{
    Delivery, Ending, MAX_URL, Place, RequestId, Storage, Target, TargetError, Unknown, Upload,
};
use crate::host::Host;
use likeness_core::Route;

type Parsed = Result<Target, TargetError>;

pub(super) fn target(url: &str, unknown: Unknown) -> Parsed {
    let rest = url
        .strip_prefix("https://")
        .filter(|_| url.len() <= MAX_URL)
        .ok_or(TargetError::Malformed)?;
    let (host, path) = rest.split_once('/').ok_or(TargetError::Malformed)?;
    let host = Host::parse(host).ok_or(TargetError::ForeignHost)?;
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let segments: Vec<&str> = path.split('/').collect();
    if segments.len() > 8 || !segments.iter().all(|segment| is_segment(segment)) {
        return Err(TargetError::Malformed);
    }
    let query = Query::new(query, unknown);
    match host {
        Host::Queue => queue(&segments, &query),
        Host::Run => {
            let route = endpoint(&segments).ok_or(TargetError::UnknownEndpoint)?;
            query.only([])?;
            Ok(Target::Run { route })
        }
        Host::Rest => rest_service(&segments, &query),
    }
}

/// Letters and digits in front, so neither `.` nor `..` is a segment, nor an empty one; no percent sign, so there is nothing to decode.
fn is_segment(segment: &str) -> bool {
    segment.starts_with(|c: char| c.is_ascii_alphanumeric())
        && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

fn queue(segments: &[&str], query: &Query<'_>) -> Parsed {
    let Some(at) = segments.iter().position(|segment| *segment == "requests") else {
        let route = endpoint(segments).ok_or(TargetError::UnknownEndpoint)?;
        let [length] = query.only(["fal_max_queue_length"])?;
        return Ok(Target::Submit { route, max_queue: query.value(length, number)? });
    };
    let place = place(&segments[..at]).ok_or(TargetError::UnknownEndpoint)?;
    let (id, tail) = segments[at + 1..].split_first().ok_or(TargetError::Malformed)?;
    let id = RequestId::parse(id).map_err(|_| TargetError::Malformed)?;
    let asks_status = |delivery| {
        let [logs] = query.only(["logs"])?;
        let logs = query.value(logs, flag)?;
        Ok(Target::Status { place, id: id.clone(), logs, delivery })
    };
    let target = match tail {
        ["status"] => return asks_status(Delivery::Once),
        ["status", "stream"] => return asks_status(Delivery::Stream),
        [] => Target::Result { place, id, ending: Ending::Id },
        ["response"] => Target::Result { place, id, ending: Ending::Response },
        ["cancel"] => Target::Cancel { place, id },
        _ => return Err(TargetError::Malformed),
    };
    query.only([])?;
    Ok(target)
}

fn rest_service(segments: &[&str], query: &Query<'_>) -> Parsed {
    let upload = match segments {
        ["storage", "upload", "initiate"] => Upload::File(Storage::Cdn),
        ["storage", "upload", "initiate-multipart"] => Upload::Parts,
        ["storage", "auth", "token"] => Upload::Token,
        _ => return Err(TargetError::UnknownEndpoint),
    };
    let [storage] = query.only(["storage_type"])?;
    let storage = storage.and_then(|name| Storage::parse(&name)).ok_or(TargetError::Malformed)?;
    match (upload, storage) {
        (Upload::File(_), storage) => Ok(Target::Upload(Upload::File(storage))),
        (upload, Storage::Cdn) => Ok(Target::Upload(upload)),
        (_, Storage::Bucket) => Err(TargetError::Malformed),
    }
}

fn endpoint(segments: &[&str]) -> Option<Route> {
    Route::ALL.into_iter().find(|route| is_path(segments, route.endpoint()))
}

/// The app where the segments name one, so that `fal-ai/flux-lora`, which is both, has one spelling.
fn place(segments: &[&str]) -> Option<Place> {
    let app = Route::ALL.into_iter().map(Route::app).find(|app| is_path(segments, app));
    app.map(Place::App).or_else(|| endpoint(segments).map(Place::Endpoint))
}

fn is_path(segments: &[&str], path: &str) -> bool {
    path.split('/').eq(segments.iter().copied())
}

/// `0`, `1`, or what languages write for no and yes.
fn flag(text: &str) -> Option<bool> {
    match text {
        "1" => Some(true),
        "0" => Some(false),
        word if word.eq_ignore_ascii_case("true") => Some(true),
        word if word.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Decimal digits without a sign.
fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}
