//! Reading a target.

use super::{Delivery, Ending, MAX_URL, Place, RequestId, Target, TargetError};
use crate::catalogue::{Endpoint, Host};
use likeness_core::Route;

type Parsed = Result<Target, TargetError>;

pub(super) fn target(url: &str) -> Parsed {
    let rest = url
        .strip_prefix("https://")
        .filter(|_| url.len() <= MAX_URL)
        .ok_or(TargetError::Malformed)?;
    let (host, path) = rest.split_once('/').ok_or(TargetError::Malformed)?;
    let host = Host::parse(host).ok_or(TargetError::ForeignHost)?;
    let (path, query) =
        path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
    let segments: Vec<&str> = path.split('/').collect();
    if segments.len() > 8 || !segments.iter().all(|segment| is_segment(segment)) {
        return Err(TargetError::Malformed);
    }
    match host {
        Host::Queue => queue(&segments, query),
        Host::Run => {
            let route = endpoint(&segments).ok_or(TargetError::UnknownEndpoint)?;
            without_query(query, Target::Run { route })
        }
        Host::Rest => rest_service(&segments, query),
    }
}

/// Letters and digits in front, so neither `.` nor `..` is a segment, nor an empty one; no percent sign, so there is nothing to decode.
fn is_segment(segment: &str) -> bool {
    segment.starts_with(|c: char| c.is_ascii_alphanumeric())
        && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

fn queue(segments: &[&str], query: Option<&str>) -> Parsed {
    let Some(at) = segments.iter().position(|segment| *segment == "requests") else {
        let route = endpoint(segments).ok_or(TargetError::UnknownEndpoint)?;
        return submit(route, query);
    };
    let place = place(&segments[..at]).ok_or(TargetError::UnknownEndpoint)?;
    let (id, tail) = segments[at + 1..].split_first().ok_or(TargetError::Malformed)?;
    let id = RequestId::parse(id).map_err(|_| TargetError::Malformed)?;
    match tail {
        [] => without_query(query, Target::Result { place, id, ending: Ending::Id }),
        ["response"] => {
            without_query(query, Target::Result { place, id, ending: Ending::Response })
        }
        ["cancel"] => without_query(query, Target::Cancel { place, id }),
        ["status"] => status(place, id, query, Delivery::Once),
        ["status", "stream"] => status(place, id, query, Delivery::Stream),
        _ => Err(TargetError::Malformed),
    }
}

fn submit(route: Route, query: Option<&str>) -> Parsed {
    let max_queue = match query {
        None => None,
        Some(query) => Some(
            query
                .strip_prefix("fal_max_queue_length=")
                .and_then(plain_number)
                .ok_or(TargetError::Malformed)?,
        ),
    };
    Ok(Target::Submit { route, max_queue })
}

fn status(place: Place, id: RequestId, query: Option<&str>, delivery: Delivery) -> Parsed {
    let logs = match query {
        None => None,
        Some("logs=0") => Some(false),
        Some("logs=1") => Some(true),
        Some(_) => return Err(TargetError::Malformed),
    };
    Ok(Target::Status { place, id, logs, delivery })
}

fn rest_service(segments: &[&str], query: Option<&str>) -> Parsed {
    match (segments, query) {
        (["storage", "upload", "initiate"], Some("storage_type=fal-cdn-v3")) => {
            Ok(Target::UploadInitiate)
        }
        (["storage", "upload", "initiate"], _) => Err(TargetError::Malformed),
        _ => Err(TargetError::UnknownEndpoint),
    }
}

fn without_query(query: Option<&str>, target: Target) -> Parsed {
    if query.is_none() { Ok(target) } else { Err(TargetError::Malformed) }
}

fn endpoint(segments: &[&str]) -> Option<Route> {
    Route::ALL.into_iter().find(|route| is_path(segments, route.endpoint()))
}

/// The app where the segments name one, so that `fal-ai/flux-lora`, which is both, has one spelling.
fn place(segments: &[&str]) -> Option<Place> {
    let app =
        Endpoint::ALL.into_iter().map(|endpoint| endpoint.app).find(|app| is_path(segments, app));
    app.map(Place::App).or_else(|| endpoint(segments).map(Place::Endpoint))
}

fn is_path(segments: &[&str], path: &str) -> bool {
    path.split('/').eq(segments.iter().copied())
}

/// Decimal digits as this program would write them: no sign, no leading zero, at most six.
fn plain_number(text: &str) -> Option<u32> {
    let plain = text.len() <= 6
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}
