//! Starting something that costs money. Every paid request goes through [`send`] and no other
//! place.
//!
//! First the ledger reserves the money, then the request leaves once, then the ledger writes down
//! what became of it, then the caller hears.

use super::Relay;
use super::reply::{self, FalReply};
use crate::client::Client;
use crate::ledger::{Away, Claim, Claimed, Outcome, Record, Stored, Ticket, User};
use crate::outgoing::Unanswered;
use crate::refusal::Refusal;
use crate::upstream::FalRequest;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use likeness_api::ServerCode;
use likeness_core::job::Charge;
use likeness_core::{MicroUsd, Route};
use likeness_fal::RequestId;
use likeness_fal::error::{Call, FalError};
use likeness_fal::target::Target;
use likeness_fal::wire::SubmitReply;
use ring::digest::{Context, SHA256};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// Says that a reply is one of before: nothing was sent for it.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const YES: HeaderValue = HeaderValue::from_static("true");
/// When to ask again for a submit that is on its way.
const A_MOMENT: Duration = Duration::from_secs(1);

/// A paid request whose body was judged.
pub(super) struct Order<'a> {
    /// Whose pace it is.
    pub(super) client: Client,
    pub(super) user: &'a User,
    pub(super) key: Option<String>,
    pub(super) route: Route,
    pub(super) target: Target,
    pub(super) headers: HeaderMap,
    pub(super) body: &'a Value,
    /// The same as it leaves.
    pub(super) written: Vec<u8>,
}

/// Sends it, or answers from memory, or refuses.
pub(super) async fn send(relay: &Arc<Relay>, order: Order<'_>) -> Result<Response, Refusal> {
    let Order { client, user, key, route, target, headers, body, written } = order;
    let amount = cost(relay, route, body).ok_or(ServerCode::UnknownPrice)?;
    let digest = digest(&target, body);
    relay.rate_limits.order(client, user)?;
    let begun = relay.shutdown.order_begins().await;
    // Asked for under the guard, so that a server which stops waits for every order that it let
    // through.
    if relay.shutdown.has_begun() {
        return Err(ServerCode::Stopping.into());
    }
    let endpoint = route.endpoint().to_owned();
    let claim = Claim { user: user.clone(), key, digest, endpoint, amount };
    let relay = Arc::clone(relay);
    // From the claim to the outcome it runs on even if the caller hangs up: a claim that nobody
    // settles is money lost, and FAL has no way to ask afterwards whether a run was started.
    let run = tokio::spawn(async move {
        let request = FalRequest { target: &target, headers, body: Some(written), client };
        let answer = claim_and_carry_out(relay, claim, request).await;
        drop(begun);
        answer
    });
    run.await.unwrap_or_else(|_| Err(ServerCode::UnknownOutcome.into()))
}

/// What has to be reserved for a run; none if no price is known. A drawn picture costs nothing.
fn cost(relay: &Relay, route: Route, body: &Value) -> Option<MicroUsd> {
    if relay.upstream.is_live() { relay.prices.reserve(route, body) } else { Some(0) }
}

async fn claim_and_carry_out(
    relay: Arc<Relay>,
    claim: Claim,
    request: FalRequest<'_>,
) -> Result<Response, Refusal> {
    let (user, amount, digest) = (claim.user.clone(), claim.amount, claim.digest.clone());
    match relay.ledger.claim(claim).await {
        Ok(Claimed::Granted(ticket)) => carry_out(relay, ticket, user, amount, request).await,
        Ok(Claimed::Known(record)) => replay(record, &digest),
        Ok(Claimed::Refused { limit, retry_after }) => {
            Err(Refusal::later(limit.code(), retry_after))
        }
        Err(away) => Err(refuse(&away)),
    }
}

async fn carry_out(
    relay: Arc<Relay>,
    ticket: Ticket,
    user: User,
    amount: MicroUsd,
    request: FalRequest<'_>,
) -> Result<Response, Refusal> {
    let call =
        if matches!(request.target, Target::Submit { .. }) { Call::Submit } else { Call::Run };
    let answer = match relay.upstream.call(request).await {
        Ok(reply) => match reply::of_run(reply, relay.upstream.scrubber()).await {
            Ok(answer) => Ok(kept(answer)),
            Err(refusal) => Err(refusal.code()),
        },
        Err(Unanswered::NotSent) => Err(ServerCode::Unreachable),
        Err(Unanswered::Lost | Unanswered::TimedOut) => Err(ServerCode::UnknownOutcome),
    };
    let (outcome, run) = match &answer {
        Ok(stored) => judged(call, stored),
        Err(ServerCode::Unreachable) => (Outcome::Unsent, None),
        Err(_) => (Outcome::Unknown, None),
    };
    if let Ok(stored) = &answer
        && stored.status == 422
    {
        relay.rate_limits.refused(&user);
    }
    let spent = if matches!(&outcome, Outcome::Unsent | Outcome::Answered { is_spent: false, .. }) {
        0
    } else {
        amount
    };
    relay.metrics.settled(&outcome, spent);
    // The caller hears all the same: the run is theirs, and the ledger offers the outcome to its
    // store until that takes it.
    if let Err(away) = relay.ledger.settle(&ticket, outcome, run.as_ref()).await {
        tracing::error!(error = %away, "an outcome could not be written to the ledger; it is offered again");
    }
    answer.map(|stored| rebuilt(&stored)).map_err(Refusal::from)
}

/// What FAL's answer means for the money, and the run that it names.
fn judged(call: Call, stored: &Stored) -> (Outcome, Option<RequestId>) {
    let answered = |is_spent| Outcome::Answered { stored: stored.clone(), is_spent };
    if (200..300).contains(&stored.status) {
        let reply = SubmitReply::read(stored.body.as_bytes()).ok();
        let id = reply.map(|reply| reply.request_id).filter(|_| call == Call::Submit);
        return (answered(true), id);
    }
    let header = |name: &str| {
        stored.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    };
    let error = FalError::read(call, stored.status, &header, stored.body.as_bytes());
    // Kept, a "not now" would be the answer to its key for a day.
    let outcome = match error.may_be_sent_again() {
        true => Outcome::Unsent,
        false => answered(error.costs() != Charge::No),
    };
    (outcome, None)
}

/// The answer of before for a key that is known.
fn replay(record: Record, digest: &str) -> Result<Response, Refusal> {
    if record.digest != digest {
        return Err(ServerCode::KeyReused.into());
    }
    match record.outcome {
        Outcome::Sending | Outcome::Unsent => Err(Refusal::later(ServerCode::InFlight, A_MOMENT)),
        Outcome::Unknown => Err(ServerCode::UnknownOutcome.into()),
        Outcome::Answered { stored, .. } => {
            let mut reply = rebuilt(&stored);
            reply.headers_mut().insert(REPLAYED, YES);
            Ok(reply)
        }
    }
}

/// The reply in a form that can be stored.
fn kept(answer: FalReply) -> Stored {
    let header = |(name, value): (&HeaderName, &HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    Stored {
        status: answer.status.as_u16(),
        headers: answer.headers.iter().filter_map(header).collect(),
        body: String::from_utf8_lossy(&answer.body).into_owned(),
    }
}

fn rebuilt(stored: &Stored) -> Response {
    let mut reply = Response::new(Body::from(stored.body.clone()));
    *reply.status_mut() =
        StatusCode::from_u16(stored.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &stored.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            reply.headers_mut().append(name, value);
        }
    }
    reply
}

fn refuse(away: &Away) -> Refusal {
    tracing::error!(error = %away, "the ledger is away");
    Refusal::later(ServerCode::LedgerAway, A_MOMENT)
}

/// Tells orders apart: by their address, and by what their body says, in whatever order.
fn digest(target: &Target, body: &Value) -> String {
    let mut context = Context::new(&SHA256);
    // A direct run has the path of the same order to the queue.
    if matches!(target, Target::Run { .. }) {
        context.update(target.host().name().as_bytes());
    }
    context.update(target.path_and_query().as_bytes());
    context.update(b"\n");
    context.update(body.to_string().as_bytes());
    context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
