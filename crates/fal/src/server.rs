//! Errors of the Likeness server itself, as its HTTP interface writes them: `{"error": {code, message, retryable, retry_after_ms, request_id}}`.
//!
//! They lie here because the server writes them and the app reads them. Errors of FAL are passed on as FAL wrote them and have another shape.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The reply header by which the server says that a request never left for FAL: `no`. It matters for a 422, whose body looks the same from both.
pub const SENT_HEADER: &str = "x-likeness-sent";

/// What the server can say on its own account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServerCode {
    /// The `x-fal-target-url` header is missing, doubled, or not a canonical address of FAL.
    BadTarget,
    /// The `url` parameter is not a canonical address of a picture at FAL.
    BadImageUrl,
    /// A model or service that the server does not offer.
    UnknownEndpoint,
    /// The address takes another method.
    MethodNotAllowed,
    /// Without an access rule a server with a key answers this machine only.
    LoopbackOnly,
    /// A page of another site is calling.
    CrossSite,
    /// A header for FAL that has a value FAL does not know.
    BadHeader,
    /// More bytes than the address takes.
    BodyTooLarge,
    /// The body took too long to arrive.
    SlowBody,
    /// The body is not declared as JSON.
    NotJson,
    /// The body is not JSON, or gives a key twice.
    MalformedBody,
    /// Nothing lies at this address.
    NotFound,
    /// FAL could not be reached; nothing was sent.
    Unreachable,
    /// FAL did not answer a question in time.
    UpstreamTimeout,
    /// FAL's answer to a question cannot be passed on: a redirect, a compressed body, or too large.
    BadReply,
    /// A run left for FAL and its answer was lost. It may be running and may be billed.
    UnknownOutcome,
    /// The server is stopping; nothing was sent.
    Stopping,
    /// A fault of the server.
    Internal,
}

impl ServerCode {
    /// Every code.
    pub const ALL: [Self; 18] = [
        Self::BadTarget,
        Self::BadImageUrl,
        Self::UnknownEndpoint,
        Self::MethodNotAllowed,
        Self::LoopbackOnly,
        Self::CrossSite,
        Self::BadHeader,
        Self::BodyTooLarge,
        Self::SlowBody,
        Self::NotJson,
        Self::MalformedBody,
        Self::NotFound,
        Self::Unreachable,
        Self::UpstreamTimeout,
        Self::BadReply,
        Self::UnknownOutcome,
        Self::Stopping,
        Self::Internal,
    ];

    /// The text in `code`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BadTarget => "bad_target",
            Self::BadImageUrl => "bad_image_url",
            Self::UnknownEndpoint => "unknown_endpoint",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::LoopbackOnly => "loopback_only",
            Self::CrossSite => "cross_site",
            Self::BadHeader => "bad_header",
            Self::BodyTooLarge => "body_too_large",
            Self::SlowBody => "slow_body",
            Self::NotJson => "not_json",
            Self::MalformedBody => "malformed_body",
            Self::NotFound => "not_found",
            Self::Unreachable => "unreachable",
            Self::UpstreamTimeout => "upstream_timeout",
            Self::BadReply => "bad_reply",
            Self::UnknownOutcome => "unknown_outcome",
            Self::Stopping => "stopping",
            Self::Internal => "internal",
        }
    }

    /// The HTTP status. 429, 502, 503 and 504 are what FAL's client repeats by itself, so an answer to a submit has one of them only if nothing was sent.
    pub const fn status(self) -> u16 {
        match self {
            Self::BadTarget | Self::BadImageUrl | Self::BadHeader | Self::MalformedBody => 400,
            Self::UnknownEndpoint | Self::LoopbackOnly | Self::CrossSite => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::SlowBody => 408,
            Self::BodyTooLarge => 413,
            Self::NotJson => 415,
            Self::UnknownOutcome | Self::Internal => 500,
            Self::Unreachable | Self::BadReply => 502,
            Self::Stopping => 503,
            Self::UpstreamTimeout => 504,
        }
    }

    /// Whether the same request may be repeated as it is.
    pub const fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::SlowBody
                | Self::Unreachable
                | Self::UpstreamTimeout
                | Self::BadReply
                | Self::Stopping
        )
    }

    /// The constant English sentence.
    pub const fn message(self) -> &'static str {
        match self {
            Self::BadTarget => {
                "One x-fal-target-url header with a canonical address of FAL is expected."
            }
            Self::BadImageUrl => {
                "One url parameter with a canonical address of a picture at FAL is expected."
            }
            Self::UnknownEndpoint => "This server does not offer that endpoint.",
            Self::MethodNotAllowed => "This address takes another method; see the Allow header.",
            Self::LoopbackOnly => {
                "Without an access rule this server answers its own machine only."
            }
            Self::CrossSite => "Pages of other sites may not call this server.",
            Self::BadHeader => "A header for FAL has a value that FAL does not take.",
            Self::BodyTooLarge => "The body is too large.",
            Self::SlowBody => "The body took too long to arrive.",
            Self::NotJson => "A body of type application/json is expected.",
            Self::MalformedBody => "The body is not JSON, or gives a key twice.",
            Self::NotFound => "Nothing lies at this address.",
            Self::Unreachable => "FAL could not be reached. Nothing was sent.",
            Self::UpstreamTimeout => "FAL did not answer in time.",
            Self::BadReply => "FAL gave an answer that cannot be passed on.",
            Self::UnknownOutcome => {
                "The run left for FAL, and its answer was lost. It may be running."
            }
            Self::Stopping => "The server is stopping. Nothing was sent.",
            Self::Internal => "The server has a fault.",
        }
    }
}

/// An error of the server as it travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerError {
    /// [`ServerCode::name`], or one of a newer server.
    pub code: String,
    /// A sentence in English.
    #[serde(default)]
    pub message: String,
    /// Whether the same request may be repeated as it is.
    #[serde(default)]
    pub retryable: bool,
    /// How long to wait before.
    #[serde(default)]
    pub retry_after_ms: Option<u64>,
    /// Finds the request in the server's log.
    #[serde(default)]
    pub request_id: Option<String>,
}

impl ServerError {
    /// An error with the sentence of its code.
    pub fn new(code: ServerCode, request_id: Option<String>) -> Self {
        Self {
            code: code.name().to_owned(),
            message: code.message().to_owned(),
            retryable: code.is_retryable(),
            retry_after_ms: None,
            request_id,
        }
    }

    /// The body of the reply.
    pub fn reply(&self) -> Value {
        serde_json::json!({ "error": self })
    }

    /// Reads a reply; none if it is not one of the server's own errors.
    pub fn read(reply: &Value) -> Option<Self> {
        Self::deserialize(reply.get("error")?).ok()
    }

    /// Whether this is that error.
    pub fn is(&self, code: ServerCode) -> bool {
        self.code == code.name()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_read_as_it_was_written() {
        for code in ServerCode::ALL {
            let error = ServerError::new(code, Some("a1".to_owned()));
            assert_eq!(ServerError::read(&error.reply()).as_ref(), Some(&error));
            assert!(error.is(code));
        }
        assert_eq!(ServerError::read(&serde_json::json!({ "detail": "x" })), None);
        assert_eq!(ServerError::read(&serde_json::json!({ "error": "x" })), None);
    }

    #[test]
    fn a_code_that_fals_client_repeats_is_one_that_may_be_repeated() {
        for code in ServerCode::ALL {
            if matches!(code.status(), 429 | 502 | 503 | 504) {
                assert!(code.is_retryable(), "{code:?}");
            }
        }
        assert!(!ServerCode::UnknownOutcome.is_retryable());
    }
}
