//! Handing a picture to Telegram's own download and story, which carry no sign-in.

use super::Bot;
use super::kept::Kept;
use crate::named::Named;
use crate::refusal::Refusal;
use axum::body::Body;
use axum::extract::Query;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use http_range_header::{
    EndPosition, RangeUnsatisfiableError, StartPosition, SyntacticallyCorrectRange,
    parse_range_header,
};
use likeness_api::ServerCode;
use serde::Deserialize;

/// Telegram's own web client fetches files from a page of another site.
const WEB: HeaderValue = HeaderValue::from_static("https://web.telegram.org");

/// What shows that the address was given to the caller. It is in the query, because paths are in
/// the log.
#[derive(Deserialize)]
pub(crate) struct Shown {
    key: String,
}

/// `GET` and `HEAD /api/v1/telegram/files/{name}?key=…`, as often as the client likes.
pub(crate) async fn file(
    Bot(telegram): Bot,
    Named(name): Named,
    shown: Result<Query<Shown>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Query(shown) = shown.map_err(|_| ServerCode::PictureGone)?;
    let kept = telegram.pictures.fetched(&shown.key, &name)?;
    Ok(whole_or_part(&kept, &headers))
}

/// The file, or the one part of it that was asked for.
fn whole_or_part(kept: &Kept, asked: &HeaderMap) -> Response {
    let bytes = kept.bytes();
    let size = bytes.len();
    let range = asked.get(header::RANGE).and_then(|range| range.to_str().ok());
    let mut reply = match range.map_or(Range::Whole, |range| Range::read(range, size)) {
        Range::Whole => Response::new(Body::from(bytes)),
        Range::Part { first, last } => {
            let mut reply = Response::new(Body::from(bytes.slice(first..=last)));
            *reply.status_mut() = StatusCode::PARTIAL_CONTENT;
            set(&mut reply, header::CONTENT_RANGE, format!("bytes {first}-{last}/{size}"));
            reply
        }
        Range::Beyond => {
            let mut reply = Response::new(Body::empty());
            *reply.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
            set(&mut reply, header::CONTENT_RANGE, format!("bytes */{size}"));
            reply
        }
    };
    set(&mut reply, header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", kept.name));
    let headers = reply.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kept.picture().format.mime()));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, WEB);
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    reply
}

fn set(reply: &mut Response, name: header::HeaderName, value: String) {
    let value = HeaderValue::try_from(value).expect("names and numbers are visible ASCII");
    reply.headers_mut().insert(name, value);
}

/// Which bytes are asked for.
#[derive(Debug, PartialEq, Eq)]
enum Range {
    Whole,
    Part { first: usize, last: usize },
    Beyond,
}

impl Range {
    /// One range of bytes of a file that is not empty. Several, or what cannot be read, count as
    /// none, as the standard allows. The crate reads; its `validate` would refuse the last hundred
    /// bytes of a shorter file, which are all of it (RFC 9110, 14.1.2).
    fn read(text: &str, size: usize) -> Self {
        let (last, index) = (size - 1, |at| usize::try_from(at).unwrap_or(usize::MAX));
        let ranges = match parse_range_header(text) {
            Ok(parsed) => parsed.ranges,
            Err(RangeUnsatisfiableError::ZeroSuffix) => return Self::Beyond,
            Err(_) => return Self::Whole,
        };
        let [SyntacticallyCorrectRange { start, end }] = ranges[..] else { return Self::Whole };
        let (first, last) = match (start, end) {
            (StartPosition::FromLast(count), _) => (size.saturating_sub(index(count)), last),
            (StartPosition::Index(first), EndPosition::LastByte) => (index(first), last),
            (StartPosition::Index(first), EndPosition::Index(end)) if end < first => {
                return Self::Whole;
            }
            (StartPosition::Index(first), EndPosition::Index(end)) => {
                (index(first), index(end).min(last))
            }
        };
        if first < size { Self::Part { first, last } } else { Self::Beyond }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_or_the_whole_is_given() {
        let part = |first, last| Range::Part { first, last };
        for (text, expected) in [
            ("bytes=0-1", part(0, 1)),
            ("bytes=2-", part(2, 9)),
            ("bytes=5-99", part(5, 9)),
            ("bytes=-3", part(7, 9)),
            ("bytes=-99", part(0, 9)),
            ("bytes=10-", Range::Beyond),
            ("bytes=-0", Range::Beyond),
            ("bytes=3-2", Range::Whole),
            ("bytes=0-1,4-5", Range::Whole),
            ("bytes=+1-2", Range::Whole),
            ("bytes=-", Range::Whole),
            ("items=0-1", Range::Whole),
        ] {
            assert_eq!(Range::read(text, 10), expected, "{text}");
        }
    }
}
