//! The way of each request, from the head that was read to the reply that is sent.
//!
//! Nine of ten requests ask how a run stands. They and everything else for FAL pass the checks and
//! go straight to the relay; the router is for the rest.

use crate::access::Principal;
use crate::caller::{self, Caller, Peer};
use crate::client::Client;
use crate::concurrency::ClientPermit;
use crate::config::Origin;
use crate::memory::Room;
use crate::rate_limit::Class;
use crate::refusal::Refusal;
use crate::state::AppState;
use crate::trace::Trace;
use crate::upstream::MEDIA_PATH;
use crate::{csrf, policy, relay};
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use likeness_api::ServerCode;
use likeness_api::address::RELAY;
use likeness_fal::target::Target;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::time::Instant;
use tower::ServiceExt;

/// The largest head of a request, in bytes, and the most headers in it.
pub(crate) const MOST_HEAD: usize = 16 << 10;
pub(crate) const MOST_HEADERS: usize = 64;
/// The largest reply of the demo in which addresses are looked for, in bytes.
const MOST_REPLY: usize = 1 << 20;
/// How long an upload waits for others of the same caller, and how often it looks.
const UPLOAD_WAIT: Duration = Duration::from_secs(3);
const UPLOAD_POLL: Duration = Duration::from_millis(20);

/// Answers a request of a connection from `peer`. What the caller holds is to be kept until the
/// reply was taken.
pub(crate) async fn answer(
    state: &AppState,
    router: &Router,
    peer: Peer,
    request: Request,
) -> (Response, Holding) {
    let trace = Trace::begin(request.method(), request.uri());
    let host = state.nameless.as_ref().and_then(|_| called(request.headers()));
    // Pinned in place: what is moved is copied.
    let handling = std::pin::pin!(handle(state, router, peer, request));
    // What a handler shares with others is locks, and every lock is read past a panic.
    let handled = AssertUnwindSafe(handling).catch_unwind().await;
    let Handled { reply, target, held } =
        handled.unwrap_or_else(|_| Handled::refused(ServerCode::Internal));
    let mut reply = reply.unwrap_or_else(IntoResponse::into_response);
    if let Some(host) = host {
        reply = as_called(state, &host, reply).await;
    }
    policy::set(&state.public, trace.path(), reply.headers_mut());
    trace.end(&mut reply, target.as_ref(), &state.metrics);
    (reply, held)
}

/// What the caller calls the server.
fn called(headers: &HeaderMap) -> Option<Origin> {
    caller::one(headers, &header::HOST).and_then(|host| Origin::parse(&format!("http://{host}")))
}

/// The same reply, in which the demo's pictures lie where the caller has found the server.
async fn as_called(state: &AppState, host: &Origin, reply: Response) -> Response {
    let is_json =
        reply.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    let Some(ours) = state.nameless.as_deref().filter(|_| is_json) else { return reply };
    let (mut parts, body) = reply.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MOST_REPLY).await else {
        return Refusal::from(ServerCode::Internal).into_response();
    };
    let theirs = format!("{}{MEDIA_PATH}", host.without_path());
    let text = String::from_utf8_lossy(&body).replace(ours, &theirs);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, text.into())
}

/// What came of a request, and what was wanted of FAL.
struct Handled {
    reply: Result<Response, Refusal>,
    target: Option<Target>,
    held: Holding,
}

/// What a caller holds until they have taken the reply.
#[derive(Default)]
pub(crate) struct Holding {
    _permit: Option<ClientPermit>,
    _room: Option<Room>,
}

impl Handled {
    fn refused(refusal: impl Into<Refusal>) -> Self {
        Self { reply: Err(refusal.into()), target: None, held: Holding::default() }
    }
}

async fn handle(state: &AppState, router: &Router, peer: Peer, mut request: Request) -> Handled {
    // In place and not in a function of its own: the future of one would be copied into this.
    if request.uri().path() == RELAY {
        let principal = known(state, peer, &request);
        let client = match &principal {
            Ok(principal) if state.authenticator.is_shared() => Client::named(&principal.user.0),
            _ => state.clients.at(&Caller::new(peer, request.headers())),
        };
        let admitted = admitted(state, client, &request);
        let (permit, principal) = match admitted.and_then(|permit| Ok((permit, principal?))) {
            Ok(admitted) => admitted,
            Err(refusal) => return Handled::refused(refusal),
        };
        let (mut reply, target) =
            relay::handle(&state.relay, client, &principal.user, request).await;
        if let Ok(reply) = &mut reply {
            principal.renew_session(reply);
        }
        return Handled { reply, target, held: Holding { _permit: permit, _room: None } };
    }
    if let Err(refusal) = fit(state, &request) {
        return Handled::refused(refusal);
    }
    let client = state.clients.of(&Caller::new(peer, request.headers()), request.uri().path());
    let permits = match admitted(state, client, &request) {
        Ok(permit) if is_upload(&request) => {
            upload_permit(state, client).await.map(|upload| (permit, Some(upload)))
        }
        Ok(permit) => Ok((permit, None)),
        Err(refusal) => Err(refusal),
    };
    match permits {
        Ok((permit, upload)) => {
            if request.uri().path().starts_with(MEDIA_PATH) {
                request.extensions_mut().insert(client.as_caller());
            }
            let is_media = request.uri().path().starts_with(MEDIA_PATH);
            let reply = routed(router, peer, request).await;
            drop(upload);
            // A drawn picture is whole in memory until it was taken. Other uploads lie there
            // anyway, within a limit of their own.
            let is_counted = is_media && is_picture(&reply);
            let room = if is_counted { room_for(state, &reply).map(Some) } else { Ok(None) };
            match room {
                Ok(room) => {
                    let held = Holding { _permit: permit, _room: room };
                    Handled { reply: Ok(reply), target: None, held }
                }
                Err(refusal) => Handled::refused(refusal),
            }
        }
        Err(refusal) => Handled::refused(refusal),
    }
}

fn is_picture(reply: &Response) -> bool {
    let kind = reply.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"image/"))
}

/// Room for a reply that is there already.
fn room_for(state: &AppState, reply: &Response) -> Result<Room, Refusal> {
    let mut room = state.memory.room();
    let length = reply.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
    room.takes(length.unwrap_or(0))?;
    Ok(room)
}

/// Before any work: whether a caller may ask for this now, and what they hold by it.
fn admitted(
    state: &AppState,
    client: Client,
    request: &Request,
) -> Result<Option<ClientPermit>, Refusal> {
    let Some(kind) = Class::of(request.method(), request.uri().path()) else { return Ok(None) };
    state.rate_limits.request(client, kind)?;
    state.concurrency.request(client).map(Some)
}

fn is_upload(request: &Request) -> bool {
    request.uri().path().starts_with(MEDIA_PATH)
        && matches!(*request.method(), Method::PUT | Method::POST)
}

/// The permit of an upload. FAL's Python client sends ten parts at once and gives up at the first
/// refusal, so one that comes early waits for a while, before any of its body is read.
async fn upload_permit(state: &AppState, client: Client) -> Result<ClientPermit, Refusal> {
    let deadline = Instant::now() + UPLOAD_WAIT;
    loop {
        match state.concurrency.upload(client) {
            Err(_) if Instant::now() < deadline => tokio::time::sleep(UPLOAD_POLL).await,
            upload => return upload,
        }
    }
}

/// Answers everything else.
async fn routed(router: &Router, peer: Peer, mut request: Request) -> Response {
    request.extensions_mut().insert(peer);
    // Boxed, so that the many questions do not carry the room that a router takes.
    let Ok(reply) = Box::pin(router.clone().oneshot(request)).await;
    reply
}

/// What every request has to be.
fn fit(state: &AppState, request: &Request) -> Result<(), Refusal> {
    if is_too_large(request) {
        return Err(ServerCode::HeadTooLarge.into());
    }
    if is_another_protocol(request) {
        return Err(ServerCode::BadHeader.into());
    }
    state.authenticator.admits(request.uri(), request.headers())
}

/// Who wants something of FAL.
fn known(state: &AppState, peer: Peer, request: &Request) -> Result<Principal, Refusal> {
    fit(state, request)?;
    csrf::check(request.headers())?;
    state.authenticator.authenticate(&Caller::new(peer, request.headers()))
}

fn is_too_large(request: &Request) -> bool {
    // With what stands between and behind them on the wire.
    let line = request.uri().path_and_query().map_or(0, |path| path.as_str().len());
    let headers = request.headers().iter();
    let bytes: usize = headers.map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    line + bytes > MOST_HEAD || request.headers().len() > MOST_HEADERS
}

/// A tunnel or an upgrade. There is none here, and a request that wants one may mean something else
/// to a machine in between.
fn is_another_protocol(request: &Request) -> bool {
    request.method() == Method::CONNECT || request.headers().contains_key(header::UPGRADE)
}

#[cfg(test)]
#[allow(clippy::print_stdout, reason = "the catalogue of attacks is for people to read")]
mod tests {
    use super::*;
    use crate::config::{Keys, Settings};
    use axum::body::{Body, to_bytes};
    use axum::routing::get;
    use clap::Parser;

    #[tokio::test]
    async fn a_panic_is_a_typed_500_and_the_next_request_is_answered() {
        async fn broken() -> &'static str {
            panic!("a fault of the test")
        }
        let router =
            Router::new().route("/broken", get(broken)).route("/well", get(|| async { "well" }));
        let arguments = ["likeness-proxy", "--ledger", "memory"];
        let config = Settings::parse_from(arguments).into_config(Keys::default()).unwrap();
        let state = AppState::new(&config, Origin::of(config.listen)).await.unwrap();
        for (path, status) in [("/broken", 500), ("/well", 200)] {
            let request = Request::builder().uri(path).body(Body::empty()).unwrap();
            let peer = Peer([127, 0, 0, 1].into());
            let (reply, _held) = answer(&state, &router, peer, request).await;
            let got = reply.status().as_u16();
            println!("E7   {path:<70} expected {status} got {got}");
            assert_eq!(got, status);
            let id = reply.headers()["x-request-id"].to_str().unwrap().to_owned();
            assert_eq!(reply.headers()["x-content-type-options"], "nosniff");
            let body = to_bytes(reply.into_body(), 1024).await.unwrap();
            let text = String::from_utf8(body.to_vec()).unwrap();
            assert!(
                status == 200 || (text.contains("\"internal\"") && text.contains(&id)),
                "{text}"
            );
            assert!(!text.contains("fault of the test"));
        }
    }
}
