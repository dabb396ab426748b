//! Who may call.
//!
//! With a key and no access rule the server answers its own machine only: it is bound to loopback, and it wants a loopback name in `Host`
//! and no sign of a proxy. Without the second half a page that rebinds its name to 127.0.0.1, or a tunnel left open, could spend the key.

use crate::app::App;
use crate::config::is_loopback_host;
use crate::refusal::Refusal;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use likeness_fal::ServerCode;
use std::sync::Arc;

/// Whom the server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// Everybody: there is nothing to spend.
    Everybody,
    /// This machine.
    Loopback,
}

/// Refuses strangers everywhere.
pub(crate) async fn strangers(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Response {
    let is_known = app.guard == Guard::Everybody || is_local(request.uri(), request.headers());
    if is_known {
        next.run(request).await
    } else {
        Refusal::from(ServerCode::LoopbackOnly).into_response()
    }
}

/// Refuses calls that a browser marks as coming from a page of another site. No CORS header is ever sent, so such a page could not read
/// a reply; this keeps it from causing anything either.
pub(crate) async fn other_sites(request: Request, next: Next) -> Response {
    let site = request.headers().get("sec-fetch-site").map(|value| value.as_bytes().to_vec());
    match site.as_deref() {
        None | Some(b"same-origin" | b"none") => next.run(request).await,
        Some(_) => Refusal::from(ServerCode::CrossSite).into_response(),
    }
}

fn is_local(uri: &Uri, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().unwrap_or_default(),
        _ => return false,
    };
    let line_agrees = uri.authority().is_none_or(|authority| is_loopback_host(authority.as_str()));
    let is_forwarded = headers.keys().any(|name| {
        matches!(name.as_str(), "forwarded" | "via" | "x-real-ip")
            || name.as_str().starts_with("x-forwarded-")
    });
    is_loopback_host(host) && line_agrees && !is_forwarded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(headers: &[(&'static str, &'static str)]) -> bool {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        is_local(&Uri::from_static("/"), &headers)
    }

    #[test]
    fn only_a_direct_call_to_a_loopback_name_is_local() {
        assert!(local(&[("host", "127.0.0.1:8787")]));
        assert!(local(&[("host", "localhost:8787"), ("user-agent", "x")]));
        assert!(!local(&[]));
        assert!(!local(&[("host", "pictures.example")]));
        for name in [
            "forwarded",
            "via",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
            "x-real-ip",
        ] {
            assert!(!local(&[("host", "127.0.0.1"), (name, "127.0.0.1")]), "{name}");
        }
    }

    #[test]
    fn a_request_line_with_another_host_is_not_local() {
        let headers: HeaderMap =
            [(header::HOST, "127.0.0.1".parse().unwrap())].into_iter().collect();
        assert!(!is_local(&Uri::from_static("http://evil.example/"), &headers));
        assert!(is_local(&Uri::from_static("http://127.0.0.1/"), &headers));
    }
}
