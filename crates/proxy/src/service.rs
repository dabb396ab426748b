//! The way of each request, from the head that was read to the reply that is sent.
//!
//! Nine of ten requests ask how a run stands. They and everything else for FAL pass the checks and go straight to the relay; the router is for the rest.

use crate::access::{self, Caller, Guest, Peer};
use crate::app::App;
use crate::refusal::Refusal;
use crate::trace::Trace;
use crate::{policy, relay};
use axum::Router;
use axum::extract::Request;
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use likeness_fal::ServerCode;
use likeness_fal::target::Target;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tower::ServiceExt;

/// Where FAL is spoken to.
const RELAY: &str = "/api/fal/proxy";
/// The largest head of a request, in bytes, and the most headers in it.
pub(crate) const MOST_HEAD: usize = 16 << 10;
pub(crate) const MOST_HEADERS: usize = 64;

/// Answers a request of a connection from `peer`.
pub(crate) async fn answer(
    app: &Arc<App>,
    router: &Router,
    peer: Peer,
    request: Request,
) -> Response {
    let trace = Trace::begin(request.method(), request.uri());
    // Pinned in place: what is moved is copied.
    let handling = std::pin::pin!(handle(app, router, peer, request));
    // What a handler shares with others is locks, and every lock is read past a panic.
    let handled = AssertUnwindSafe(handling).catch_unwind().await;
    let (reply, target) = handled.unwrap_or((Err(ServerCode::Internal.into()), None));
    let mut reply = reply.unwrap_or_else(IntoResponse::into_response);
    policy::set(app, trace.path(), reply.headers_mut());
    trace.end(&mut reply, target.as_ref(), &app.metrics);
    reply
}

async fn handle(
    app: &Arc<App>,
    router: &Router,
    peer: Peer,
    mut request: Request,
) -> (Result<Response, Refusal>, Option<Target>) {
    if request.uri().path() == RELAY {
        let guest = match known(app, peer, &request) {
            Ok(guest) => guest,
            Err(refusal) => return (Err(refusal), None),
        };
        let (mut reply, target) = relay::handle(app, &guest.user, request).await;
        if let Ok(reply) = &mut reply {
            guest.see_off(reply);
        }
        return (reply, target);
    }
    if let Err(refusal) = fit(app, &request) {
        return (Err(refusal), None);
    }
    request.extensions_mut().insert(peer);
    // Boxed, so that the many questions do not carry the room that a router takes.
    let Ok(reply) = Box::pin(router.clone().oneshot(request)).await;
    (Ok(reply), None)
}

/// What every request has to be.
fn fit(app: &App, request: &Request) -> Result<(), Refusal> {
    if is_too_large(request) {
        return Err(ServerCode::HeadTooLarge.into());
    }
    if is_another_protocol(request) {
        return Err(ServerCode::BadHeader.into());
    }
    app.door.admits(request.uri(), request.headers())
}

/// Who wants something of FAL.
fn known(app: &App, peer: Peer, request: &Request) -> Result<Guest, Refusal> {
    fit(app, request)?;
    access::same_site(request.headers())?;
    app.door.guest(&Caller::new(peer, request.headers()))
}

fn is_too_large(request: &Request) -> bool {
    // With what stands between and behind them on the wire.
    let line = request.uri().path_and_query().map_or(0, |path| path.as_str().len());
    let headers = request.headers().iter();
    let bytes: usize = headers.map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    line + bytes > MOST_HEAD || request.headers().len() > MOST_HEADERS
}

/// A tunnel or an upgrade. There is none here, and a request that wants one may mean something else to a machine in between.
fn is_another_protocol(request: &Request) -> bool {
    request.method() == Method::CONNECT || request.headers().contains_key(header::UPGRADE)
}

#[cfg(test)]
#[allow(clippy::print_stdout, reason = "the catalogue of attacks is for people to read")]
mod tests {
    use super::*;
    use crate::config::{Keys, Origin, Settings};
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
        let app = Arc::new(App::new(&config, Origin::of(config.listen)).await.unwrap());
        for (path, status) in [("/broken", 500), ("/well", 200)] {
            let request = Request::builder().uri(path).body(Body::empty()).unwrap();
            let peer = Peer([127, 0, 0, 1].into());
            let reply = answer(&app, &router, peer, request).await;
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
