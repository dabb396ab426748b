//! Pictures that a browser may not read from FAL's media hosts by itself.
//!
//! A fallback, not the usual way: it exists because reading a picture's bytes depends on a header
//! of somebody else's server. It fetches from those hosts only, without the key, and passes on
//! nothing but pictures.

use crate::memory::{Memory, Room};
use crate::outgoing::Unanswered;
use crate::refusal::Refusal;
use crate::upstream::Upstream;
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::{StreamExt, stream};
use likeness_api::ServerCode;
use likeness_fal::target::MediaUrl;
use serde::Deserialize;
use std::sync::Arc;

/// The largest picture, in bytes.
const MOST_BYTES: usize = 64 << 20;
/// What lies in buffers of a picture whose caller does not read, in bytes: at most so much is taken
/// in before it goes out.
const IN_FLIGHT: usize = 384 << 10;
/// The types that pass. SVG does not: it can hold a program.
const TYPES: [&str; 5] = ["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"];
/// A picture at an address of FAL never changes.
const CACHE: HeaderValue = HeaderValue::from_static("private, max-age=86400, immutable");

/// The query.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    url: String,
}

/// `GET /api/v1/image?url=…`.
pub(crate) async fn handle(
    State(memory): State<Memory>,
    State(upstream): State<Arc<Upstream>>,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Refusal> {
    let url = asked.ok().and_then(|Query(asked)| MediaUrl::parse(&asked.url));
    let url = url.ok_or(ServerCode::BadImageUrl)?;
    let mut room = memory.room();
    room.takes(IN_FLIGHT)?;
    let reply = upstream.picture(&url).await.map_err(|unanswered| match unanswered {
        Unanswered::TimedOut => ServerCode::UpstreamTimeout,
        Unanswered::NotSent | Unanswered::Lost => ServerCode::Unreachable,
    })?;
    pass(reply, room)
}

fn pass(reply: Response, room: Room) -> Result<Response, Refusal> {
    match reply.status() {
        StatusCode::OK => {}
        StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::FORBIDDEN => {
            return Err(ServerCode::NotFound.into());
        }
        _ => return Err(ServerCode::BadReply.into()),
    }
    let kind = picture_type(reply.headers()).ok_or(ServerCode::BadReply)?;
    let length = reply.headers().get(header::CONTENT_LENGTH).cloned();
    let announced = length.as_ref().and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MOST_BYTES) {
        return Err(ServerCode::BadReply.into());
    }
    let mut passed = Response::new(limited(reply.into_body(), room));
    let headers = passed.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, CACHE);
    if let (Some(length), Some(_)) = (length, announced) {
        headers.insert(header::CONTENT_LENGTH, length);
    }
    Ok(passed)
}

fn picture_type(headers: &HeaderMap) -> Option<&'static str> {
    if headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        return None;
    }
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?.split(';').next()?.trim();
    TYPES.into_iter().find(|known| known.eq_ignore_ascii_case(kind))
}

/// The same bytes, cut off with an error where they grow too many.
fn limited(body: Body, room: Room) -> Body {
    let begin = (body.into_data_stream(), 0_usize, room);
    let chunks = stream::unfold(begin, |(mut chunks, seen, room)| async move {
        let chunk: Result<Bytes, axum::BoxError> = chunks.next().await?.map_err(Into::into);
        let seen = seen.saturating_add(chunk.as_ref().map_or(0, Bytes::len));
        let chunk = if seen > MOST_BYTES { Err("the picture is too large".into()) } else { chunk };
        Some((chunk, (chunks, seen, room)))
    });
    Body::from_stream(chunks)
}
