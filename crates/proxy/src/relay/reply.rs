//! What of FAL's replies reaches the caller.

use crate::refusal::Refusal;
use crate::secret::Scrubber;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::{StreamExt, stream};
use http_body_util::BodyExt;
use likeness_fal::ServerCode;
use likeness_fal::target::{Delivery, Target};
use std::time::Duration;

/// The largest reply, in bytes. Pictures come by address.
const MOST_REPLY: usize = 8 << 20;
/// How long a reply may take from its first byte to its last.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long it may say nothing in between.
const GAP: Duration = Duration::from_secs(30);
/// The largest event of a stream, in bytes.
const MOST_EVENT: usize = 1 << 20;
/// How long a stream of events may last.
const LONGEST_STREAM: Duration = Duration::from_secs(900);

/// Room for the headers of a reply, with those that every reply gets.
const MOST_HEADERS: usize = 24;

/// The headers that pass. Cookies, redirects and policies of another host have no business here.
fn passes(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "x-fal-request-id"
            | "x-fal-billable-units"
            | "x-fal-error-type"
            | "x-fal-retryable"
            | "x-fal-needs-retry"
            | "x-fal-request-timeout-type"
            | "retry-after"
    )
}

/// The reply to something that costs nothing and may be asked again.
pub(super) async fn of_question(
    target: &Target,
    reply: Response,
    scrubber: Scrubber,
) -> Result<Response, Refusal> {
    if is_unfit(&reply) {
        return Err(ServerCode::BadReply.into());
    }
    if matches!(target, Target::Status { delivery: Delivery::Stream, .. })
        && is_event_stream(&reply)
    {
        return Ok(events(reply, scrubber));
    }
    let (status, headers) = (reply.status(), passed(reply.headers(), &scrubber));
    match collect(reply).await {
        Ok(bytes) => Ok(rebuilt(status, headers, bytes, &scrubber)),
        Err(Cut::Slow) => Err(ServerCode::UpstreamTimeout.into()),
        Err(Cut::Broken | Cut::TooLarge) => Err(ServerCode::BadReply.into()),
    }
}

/// The reply to a run. FAL's clients repeat 429, 502, 503 and 504 by themselves, so the last three pass only where FAL says that nothing was
/// started; otherwise the outcome is unknown.
pub(super) async fn of_run(reply: Response, scrubber: Scrubber) -> Result<Response, Refusal> {
    let (status, headers) = (reply.status(), passed(reply.headers(), &scrubber));
    let never_started = headers.get("x-fal-request-timeout-type").is_some_and(|by| by == "user");
    let is_ambiguous = matches!(status.as_u16(), 502..=504) && !never_started;
    if is_unfit(&reply) || is_ambiguous {
        return Err(ServerCode::UnknownOutcome.into());
    }
    let bytes = collect(reply).await.map_err(|_| ServerCode::UnknownOutcome)?;
    Ok(rebuilt(status, headers, bytes, &scrubber))
}

/// A redirect, an upgrade, or a body in a coding that was not asked for.
fn is_unfit(reply: &Response) -> bool {
    let coded =
        reply.headers().get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity");
    coded || reply.status().is_redirection() || reply.status().is_informational()
}

fn is_event_stream(reply: &Response) -> bool {
    let kind = reply.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    reply.status().is_success() && kind.is_some_and(|kind| kind.starts_with("text/event-stream"))
}

fn passed(headers: &HeaderMap, scrubber: &Scrubber) -> HeaderMap {
    let mut passed = HeaderMap::with_capacity(MOST_HEADERS);
    for name in headers.keys().filter(|name| passes(name)) {
        if let Some(value) = headers.get(name)
            && !scrubber.finds_in(value.as_bytes())
        {
            passed.insert(name, value.clone());
        }
    }
    passed
}

enum Cut {
    Slow,
    Broken,
    TooLarge,
}

async fn collect(reply: Response) -> Result<Bytes, Cut> {
    let mut body = reply.into_body();
    let read = async {
        // A short reply is one piece, which needs no copy.
        let first = piece(&mut body).await?.unwrap_or_default();
        if body.is_end_stream() {
            return Ok(first);
        }
        let mut bytes = first.to_vec();
        while let Some(piece) = piece(&mut body).await? {
            bytes.extend_from_slice(&piece);
            if bytes.len() > MOST_REPLY {
                return Err(Cut::TooLarge);
            }
        }
        Ok(bytes.into())
    };
    tokio::time::timeout(PATIENCE, read).await.unwrap_or(Err(Cut::Slow))
}

/// The next bytes; none at the end.
async fn piece(body: &mut Body) -> Result<Option<Bytes>, Cut> {
    loop {
        let frame = tokio::time::timeout(GAP, body.frame()).await.map_err(|_| Cut::Slow)?;
        let Some(frame) = frame else { return Ok(None) };
        // Trailers say nothing to us.
        if let Ok(bytes) = frame.map_err(|_| Cut::Broken)?.into_data() {
            return Ok(Some(bytes));
        }
    }
}

/// The reply as the caller gets it. What is not JSON is plain text, so that no page of another host is ever shown under this one.
fn rebuilt(status: StatusCode, headers: HeaderMap, bytes: Bytes, scrubber: &Scrubber) -> Response {
    let clean = scrubber.clean(bytes);
    let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&clean).is_ok();
    let kind = if is_json { "application/json" } else { "text/plain; charset=utf-8" };
    let mut reply = Response::new(Body::from(clean));
    *reply.status_mut() = status;
    *reply.headers_mut() = headers;
    reply.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    reply
}

/// Events pass as they come.
fn events(reply: Response, scrubber: Scrubber) -> Response {
    let headers = passed(reply.headers(), &scrubber);
    let deadline = Box::pin(tokio::time::sleep(LONGEST_STREAM));
    let chunks = reply.into_body().into_data_stream().take_until(deadline);
    let clean = stream::unfold(
        (chunks, scrubber, EventSize::default(), false),
        |(mut chunks, mut scrubber, mut size, is_over)| async move {
            if is_over {
                return None;
            }
            let (chunk, is_over) = match chunks.next().await {
                Some(Ok(chunk)) if size.is_too_large_with(&chunk) => {
                    (Err(axum::Error::new("an event is too large")), true)
                }
                Some(Ok(chunk)) => (Ok(Bytes::from(scrubber.push(&chunk))), false),
                Some(Err(error)) => (Err(error), true),
                None => (Ok(Bytes::from(scrubber.finish())), true),
            };
            Some((chunk, (chunks, scrubber, size, is_over)))
        },
    );
    let mut passed = Response::new(Body::from_stream(clean));
    *passed.headers_mut() = headers;
    passed
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    passed
}

/// How large the event is that is arriving.
#[derive(Default)]
struct EventSize {
    bytes: usize,
    is_line_empty: bool,
}

impl EventSize {
    fn is_too_large_with(&mut self, chunk: &[u8]) -> bool {
        for byte in chunk {
            match byte {
                b'\n' if self.is_line_empty => self.bytes = 0,
                b'\n' => self.is_line_empty = true,
                b'\r' => {}
                _ => self.is_line_empty = false,
            }
            self.bytes += 1;
            if self.bytes > MOST_EVENT {
                return true;
            }
        }
        false
    }
}
