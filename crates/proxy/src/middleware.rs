//! What stands before the handlers of the router. What stands before every request is in `service`.

use crate::access::Authenticator;
use crate::caller::Caller;
use crate::csrf;
use crate::refusal::Refusal;
use crate::telegram::Bot;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Finds out who calls, for everything that spends or shows what was bought.
pub(crate) async fn authenticate(
    State(authenticator): State<Arc<Authenticator>>,
    mut request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    let principal = authenticator.authenticate(&Caller::of(&request))?;
    request.extensions_mut().insert(principal.user.clone());
    let mut reply = next.run(request).await;
    principal.renew_session(&mut reply);
    Ok(reply)
}

/// Lets in whoever has a session, whatever the access rule is: what lies behind acts in their name
/// at Telegram.
pub(crate) async fn telegram_session(
    Bot(telegram): Bot,
    mut request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    let session = telegram.signed_in(request.headers())?;
    request.extensions_mut().insert(session.clone());
    let mut reply = next.run(request).await;
    session.renew(&mut reply);
    Ok(reply)
}

/// Refuses pages of other sites.
pub(crate) async fn csrf(request: Request, next: Next) -> Result<Response, Refusal> {
    csrf::check(request.headers())?;
    Ok(next.run(request).await)
}

/// The demo's media answer any site, as FAL's do: their addresses name another host than the page's
/// where the server has two names.
pub(crate) async fn cors(request: Request, next: Next) -> Response {
    const ANYBODY: (HeaderName, HeaderValue) =
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if request.method() == Method::OPTIONS {
        let methods =
            (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD, PUT"));
        let headers =
            (header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
        return (StatusCode::NO_CONTENT, [ANYBODY, methods, headers]).into_response();
    }
    let mut reply = next.run(request).await;
    reply.headers_mut().insert(ANYBODY.0, ANYBODY.1);
    reply
}
