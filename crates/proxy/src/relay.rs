//! FAL's proxy protocol: the browser names a target in `x-fal-target-url`, the server adds the key.
//!
//! Nothing of the caller's request is forwarded as it stands. The target is matched and rebuilt,
//! headers come from a short list, and the body that leaves is the one that was judged, written
//! anew.

mod events;
mod headers;
mod order;
mod reply;
mod target;

pub(crate) use reply::FalReply;

use crate::access::Authenticator;
use crate::body;
use crate::client::Client;
use crate::coalesce::Coalescer;
use crate::concurrency::Concurrency;
use crate::ledger::{Ledger, User};
use crate::memory::Memory;
use crate::metrics::Metrics;
use crate::outgoing::Unanswered;
use crate::price::Prices;
use crate::rate_limit::RateLimits;
use crate::refusal::Refusal;
use crate::shutdown::Shutdown;
use crate::submissions;
use crate::upstream::{FalRequest, Upstream};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use likeness_api::ServerCode;
use likeness_core::Route;
use likeness_fal::error::Call;
use likeness_fal::schema::{self, Detail, Extras};
use likeness_fal::target::{Delivery, RequestId, Target, Upload};
use likeness_fal::wire::UploadRequest;
use serde_json::Value;
use std::sync::Arc;

/// The largest body of a run, in bytes. Pictures never travel in it.
const MOST_BODY: usize = 256 << 10;
/// The largest body of an upload's first step, in bytes.
const MOST_UPLOAD_REQUEST: usize = 4 << 10;

/// Mistakes of a body that are listed.
const MOST_DETAILS: usize = 100;

/// What the relay works with.
pub(crate) struct Relay {
    pub(crate) authenticator: Arc<Authenticator>,
    pub(crate) coalescer: Coalescer<Result<FalReply, Refusal>>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) memory: Memory,
    pub(crate) metrics: Metrics,
    pub(crate) rate_limits: Arc<RateLimits>,
    pub(crate) prices: Prices,
    pub(crate) concurrency: Arc<Concurrency>,
    pub(crate) shutdown: Arc<Shutdown>,
    pub(crate) upstream: Arc<Upstream>,
}

/// Answers a request of a user who was let in, and says what it wanted.
pub(crate) async fn handle(
    relay: &Arc<Relay>,
    client: Client,
    user: &User,
    request: Request,
) -> (Result<Response, Refusal>, Option<Target>) {
    let (parts, body) = request.into_parts();
    match target::read(&parts.method, &parts.headers) {
        Ok(target) => {
            (answer(relay, client, user, &target, &parts.headers, body).await, Some(target))
        }
        Err(refusal) => (Err(refusal), None),
    }
}

async fn answer(
    relay: &Arc<Relay>,
    client: Client,
    user: &User,
    target: &Target,
    caller: &HeaderMap,
    body: axum::body::Body,
) -> Result<Response, Refusal> {
    let headers = headers::for_fal(caller, target)?;
    // A question has no body, and takes no room.
    let mut room = None;
    let body = match target {
        Target::Submit { .. } | Target::Run { .. } => Some(
            body::json_as_written(caller, body, MOST_BODY, room.insert(relay.memory.room()))
                .await?,
        ),
        Target::Upload(_) => Some(
            body::json_as_written(
                caller,
                body,
                MOST_UPLOAD_REQUEST,
                room.insert(relay.memory.room()),
            )
            .await?,
        ),
        _ => None,
    };
    if let Some((body, _)) = &body
        && let Err(details) = judge(target, body)
    {
        return Ok(held_back(&details));
    }
    match (target.paid_route(), body) {
        (Some(route), Some((body, written))) => {
            let key = submissions::key(caller)?;
            let target = target.clone();
            let body = &body;
            let order = order::Order { client, user, key, route, target, headers, body, written };
            // Boxed, so that the many questions do not carry the room that an order takes.
            Box::pin(order::send(relay, order)).await
        }
        (_, body) => {
            let body = body.map(|(body, _)| upload_request(target, &body)).transpose()?;
            ask(relay, user, FalRequest { target, headers, body, client }).await
        }
    }
}

/// Orders a run for a program. The body is one that [`likeness_fal::compose`] made.
pub(crate) async fn order(
    relay: &Arc<Relay>,
    user: &User,
    key: Option<String>,
    route: Route,
    body: &Value,
) -> Result<Response, Refusal> {
    let target = Target::Submit { route, max_queue: None };
    let headers = headers::for_fal(&HeaderMap::new(), &target)?;
    let written = body.to_string().into_bytes();
    let client = Client::Programs;
    let order = order::Order { client, user, key, route, target, headers, body, written };
    Box::pin(order::send(relay, order)).await
}

/// Asks about a run on behalf of the server itself, which keeps its own pace.
pub(crate) async fn asked(relay: &Relay, target: &Target) -> Result<FalReply, Refusal> {
    let headers = headers::for_fal(&HeaderMap::new(), target)?;
    pass(relay, FalRequest { target, headers, body: None, client: Client::Programs }).await
}

/// Asks something that costs nothing.
async fn ask(relay: &Relay, user: &User, request: FalRequest<'_>) -> Result<Response, Refusal> {
    if let Some(id) = run_of(request.target) {
        own(relay, user, id).await?;
    }
    if let Target::Status { delivery: Delivery::Stream, .. } = request.target {
        let permit = relay.concurrency.stream(request.client)?;
        let reply = called(relay, request).await?;
        return reply::of_stream(reply, relay.upstream.scrubber(), permit, relay.memory.room())
            .await;
    }
    pass(relay, request).await.map(FalReply::into_response)
}

/// The answer to a question; equal ones share it.
async fn pass(relay: &Relay, request: FalRequest<'_>) -> Result<FalReply, Refusal> {
    let target = request.target;
    let answer = match target {
        Target::Status { .. } | Target::Result { .. } => {
            let slot = relay.coalescer.slot(target.path_and_query());
            let mut held = slot.lock().await;
            match held.fresh() {
                Some(answer) => answer?,
                None => {
                    // A refusal is kept too: those who waited for it would otherwise wait for
                    // theirs one after another.
                    let answer = answered(relay, request).await;
                    held.keep(answer.clone());
                    answer?
                }
            }
        }
        _ => answered(relay, request).await?,
    };
    land(relay, target, &answer).await;
    Ok(answer)
}

async fn answered(relay: &Relay, request: FalRequest<'_>) -> Result<FalReply, Refusal> {
    let reply = called(relay, request).await?;
    reply::of_question(reply, relay.upstream.scrubber(), relay.memory.room()).await
}

async fn called(relay: &Relay, request: FalRequest<'_>) -> Result<Response, Refusal> {
    relay.upstream.call(request).await.map_err(|error| match error {
        Unanswered::NotSent | Unanswered::Lost => ServerCode::Unreachable.into(),
        Unanswered::TimedOut => ServerCode::UpstreamTimeout.into(),
    })
}

/// The run that a question is about.
fn run_of(target: &Target) -> Option<&RequestId> {
    match target {
        Target::Status { id, .. } | Target::Result { id, .. } | Target::Cancel { id, .. } => {
            Some(id)
        }
        Target::Submit { .. } | Target::Run { .. } | Target::Upload(_) => None,
    }
}

/// Whether the run is the caller's. Where one user is all there is, a run of before the ledger is
/// theirs too. While the ledger is away runs can be read by whoever knows their id, which nobody
/// can guess: what was paid for is not held back.
async fn own(relay: &Relay, user: &User, id: &RequestId) -> Result<(), Refusal> {
    if !relay.authenticator.is_shared() {
        return Ok(());
    }
    match relay.ledger.owns(user, id).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(ServerCode::UnknownRun.into()),
        Err(away) => {
            tracing::error!(error = %away, "the ledger is away");
            Ok(())
        }
    }
}

/// A run whose output or end was fetched, that FAL knows no longer, or that was taken back, is no
/// longer under way.
async fn land(relay: &Relay, target: &Target, answer: &FalReply) {
    let is_success = answer.status.is_success();
    let ends = |call| !is_success && answer.error(call).ends_run();
    let id = match target {
        Target::Result { id, .. } if is_success || ends(Call::Result) => id,
        Target::Status { id, .. } if ends(Call::Status) => id,
        Target::Cancel { id, .. } if is_success => id,
        _ => return,
    };
    let units = answer.headers.get("x-fal-billable-units").and_then(|units| units.to_str().ok());
    if let Err(away) = Box::pin(relay.ledger.run_ended(id, units)).await {
        tracing::error!(error = %away, "the ledger is away");
    }
}

/// Whether the body may leave.
fn judge(target: &Target, body: &Value) -> Result<(), Vec<Detail>> {
    match (target.paid_route(), target) {
        (Some(route), _) => schema::check(route, body, Extras::Refuse),
        (None, Target::Upload(Upload::Token)) => Ok(()),
        (None, _) => {
            UploadRequest::read(body).map(drop).map_err(|_| vec![Detail::missing("content_type")])
        }
    }
}

/// The body of an upload's first step, with what FAL needs and nothing else.
fn upload_request(target: &Target, body: &Value) -> Result<Vec<u8>, Refusal> {
    if matches!(target, Target::Upload(Upload::Token)) {
        return Ok(b"{}".to_vec());
    }
    let request = UploadRequest::read(body).map_err(|_| ServerCode::MalformedBody)?;
    let body =
        serde_json::json!({ "content_type": request.content_type, "file_name": request.file_name });
    Ok(body.to_string().into_bytes())
}

/// A 422 in FAL's own shape, for a body that FAL would refuse too. It says that it comes from here,
/// so that nobody thinks it was billed.
fn held_back(details: &[Detail]) -> Response {
    let body = axum::Json(Detail::reply(&details[..details.len().min(MOST_DETAILS)]));
    (
        StatusCode::UNPROCESSABLE_ENTITY,
        [(likeness_api::header::SENT, "no"), ("x-fal-retryable", "false")],
        body,
    )
        .into_response()
}
