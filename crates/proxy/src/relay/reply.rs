//! What of FAL's replies reaches the caller.

use super::events::events;
use super::headers::from_fal;
use crate::body::grow;
use crate::concurrency::ClientPermit;
use crate::memory::Room;
use crate::refusal::Refusal;
use crate::secret::Scrubber;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{FutureExt, StreamExt};
use http_body_util::BodyExt;
use likeness_api::ServerCode;
use likeness_fal::error::{Call, FalError};
use std::time::Duration;

/// The largest reply to a question, in bytes. Pictures come by address.
const MOST_REPLY: usize = 8 << 20;
/// The largest that says what went wrong, which is read.
const MOST_FAILURE: usize = 1 << 20;
/// The largest reply to a run. It is paid for, and so it never lacks room: only so many runs are
/// under way, and none has much to tell.
const MOST_REPLY_TO_RUN: usize = 1 << 20;
/// How long a reply may take from its first byte to its last.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long it may say nothing in between.
const GAP: Duration = Duration::from_secs(30);
/// A whole reply that may be passed on.
#[derive(Clone, Debug)]
pub(crate) struct FalReply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl FalReply {
    /// What it says, where it is not what was hoped for.
    pub(crate) fn error(&self, call: Call) -> FalError {
        let header = |name: &str| self.headers.get(name)?.to_str().ok().map(str::to_owned);
        FalError::read(call, self.status.as_u16(), &header, &self.body)
    }
}

impl IntoResponse for FalReply {
    fn into_response(self) -> Response {
        let mut reply = Response::new(Body::from(self.body));
        *reply.status_mut() = self.status;
        *reply.headers_mut() = self.headers;
        reply
    }
}

/// The reply to something that costs nothing and may be asked again. `room` is for it and for what
/// becomes of it.
pub(super) async fn of_question(
    reply: Response,
    scrubber: &Scrubber,
    room: Room,
) -> Result<FalReply, Refusal> {
    if is_unfit(&reply) {
        return Err(ServerCode::BadReply.into());
    }
    let limit = if reply.status().is_success() { MOST_REPLY } else { MOST_FAILURE };
    whole(reply, scrubber, Some(room), limit).await.map_err(|cut| match cut {
        Cut::Slow => ServerCode::UpstreamTimeout.into(),
        Cut::Broken | Cut::TooLarge => ServerCode::BadReply.into(),
        Cut::NoRoom(refusal) => refusal,
    })
}

/// The reply to the question for a stream of events: the stream, or an error in its place.
/// The share is held as long as the stream.
pub(super) async fn of_stream(
    reply: Response,
    scrubber: &Scrubber,
    permit: ClientPermit,
    room: Room,
) -> Result<Response, Refusal> {
    if is_event_stream(&reply) && !is_unfit(&reply) {
        let hold = move |body: Body| {
            Body::from_stream(body.into_data_stream().inspect(move |_| _ = &permit))
        };
        return Ok(events(reply, scrubber.clone()).map(hold));
    }
    of_question(reply, scrubber, room).await.map(FalReply::into_response)
}

/// The reply to a run. FAL's clients repeat 429, 502, 503 and 504 by themselves, so the last three
/// pass only where FAL says that nothing was started; otherwise the outcome is unknown.
pub(super) async fn of_run(reply: Response, scrubber: &Scrubber) -> Result<FalReply, Refusal> {
    let by = reply.headers().get("x-fal-request-timeout-type");
    let never_started = by.is_some_and(|by| by == "user");
    let is_ambiguous = matches!(reply.status().as_u16(), 502..=504) && !never_started;
    if is_unfit(&reply) || is_ambiguous {
        return Err(ServerCode::UnknownOutcome.into());
    }
    let whole = whole(reply, scrubber, None, MOST_REPLY_TO_RUN).await;
    whole.map_err(|_| ServerCode::UnknownOutcome.into())
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

enum Cut {
    Slow,
    Broken,
    TooLarge,
    NoRoom(Refusal),
}

async fn collect(reply: Response, mut room: Option<&mut Room>, limit: usize) -> Result<Bytes, Cut> {
    let mut body = reply.into_body();
    // A short reply is one piece that came with the head, and needs no clock. It is copied, because
    // a piece of what was read keeps the whole buffer of its connection, for as long as an answer
    // is kept for others.
    let first = match body.frame().now_or_never() {
        Some(Some(frame)) => frame.map_err(|_| Cut::Broken)?.into_data().unwrap_or_default(),
        _ => Bytes::new(),
    };
    let mut takes =
        |bytes| room.as_mut().map_or(Ok(()), |room| room.takes(bytes).map_err(Cut::NoRoom));
    if body.is_end_stream() {
        takes(first.len())?;
        return Ok(Bytes::copy_from_slice(&first));
    }
    let rest = HttpBody::size_hint(&body).exact().and_then(|rest| usize::try_from(rest).ok());
    let announced = rest.map(|rest| first.len().saturating_add(rest));
    let read = async {
        let (mut bytes, mut next) = (Vec::new(), Some(first));
        while let Some(piece) = next {
            let seen = bytes.len() + piece.len();
            if seen > limit {
                return Err(Cut::TooLarge);
            }
            grow(&mut bytes, seen, announced, limit, &mut takes)?;
            bytes.extend_from_slice(&piece);
            next = self::piece(&mut body).await?;
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

/// The reply as the caller gets it. What is not JSON is plain text, so that no page of another host
/// is ever shown under this one.
async fn whole(
    reply: Response,
    scrubber: &Scrubber,
    mut room: Option<Room>,
    limit: usize,
) -> Result<FalReply, Cut> {
    let (status, mut headers) = (reply.status(), from_fal(reply.headers(), scrubber));
    let mut body = scrubber.clean(collect(reply, room.as_mut(), limit).await?);
    if let Some(mut room) = room {
        if !status.is_success() {
            room.takes_json(&body).map_err(Cut::NoRoom)?;
        }
        body = room.with(body);
    }
    let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok();
    let kind = if is_json { "application/json" } else { "text/plain; charset=utf-8" };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    Ok(FalReply { status, headers, body })
}
