//! An error that the server answers on its own account.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use likeness_api::{ServerCode, ServerError};
use std::time::Duration;

/// A refusal or failure of the server. It becomes a reply in two steps: a handler returns it, and
/// the outermost layer, which knows the id of the request, writes the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    code: ServerCode,
    allow: Option<&'static str>,
    retry_after: Option<Duration>,
}

impl Refusal {
    /// The address takes these methods only.
    pub(crate) const fn method(allow: &'static str) -> Self {
        Self { code: ServerCode::MethodNotAllowed, allow: Some(allow), retry_after: None }
    }

    /// Not now, but after this time.
    pub(crate) const fn later(code: ServerCode, wait: Duration) -> Self {
        Self { code, allow: None, retry_after: Some(wait) }
    }

    pub(crate) const fn code(self) -> ServerCode {
        self.code
    }

    /// After which time to come again, if that is known.
    pub(crate) const fn wait(self) -> Option<Duration> {
        self.retry_after
    }

    /// The finished reply.
    pub(crate) fn reply(self, request_id: &str) -> Response {
        let status =
            StatusCode::from_u16(self.code.status()).expect("the codes have valid statuses");
        let mut error = ServerError::new(self.code, Some(request_id.to_owned()));
        error.retry_after_ms =
            self.retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        let mut reply = (status, axum::Json(error.reply())).into_response();
        if let Some(allow) = self.allow {
            reply.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        if let Some(wait) = self.retry_after {
            // Whole seconds, rounded up: who comes earlier is refused again.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            reply.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        reply
    }
}

impl From<ServerCode> for Refusal {
    fn from(code: ServerCode) -> Self {
        Self { code, allow: None, retry_after: None }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut reply = Response::default();
        reply.extensions_mut().insert(self);
        reply
    }
}
