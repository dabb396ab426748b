//! An error that the server answers on its own account.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use likeness_fal::{ServerCode, ServerError};

/// A refusal or failure of the server. It becomes a reply in two steps: a handler returns it, and the outermost layer, which knows the id
/// of the request, writes the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    code: ServerCode,
    allow: Option<&'static str>,
}

impl Refusal {
    /// The address takes these methods only.
    pub(crate) const fn method(allow: &'static str) -> Self {
        Self { code: ServerCode::MethodNotAllowed, allow: Some(allow) }
    }

    pub(crate) const fn code(self) -> ServerCode {
        self.code
    }

    /// The finished reply.
    pub(crate) fn reply(self, request_id: &str) -> Response {
        let status =
            StatusCode::from_u16(self.code.status()).expect("the codes have valid statuses");
        let error = ServerError::new(self.code, Some(request_id.to_owned()));
        let mut reply = (status, axum::Json(error.reply())).into_response();
        if let Some(allow) = self.allow {
            reply.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        reply
    }
}

impl From<ServerCode> for Refusal {
    fn from(code: ServerCode) -> Self {
        Self { code, allow: None }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut reply = Response::default();
        reply.extensions_mut().insert(self);
        reply
    }
}
