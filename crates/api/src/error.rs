//! Errors of the server itself: `{"error": {code, message, retryable, retry_after_ms, request_id}}`. Those of FAL are passed on as FAL wrote them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Declares the codes with everything that belongs to each: name, HTTP status, whether the same request may be repeated, constant English sentence.
macro_rules! codes {
    ($($(#[$meta:meta])* $code:ident = $name:literal, $status:literal, $retryable:literal, $message:literal;)*) => {
        /// What the server can say on its own account.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ServerCode {
            $($(#[$meta])* $code,)*
        }

        impl ServerCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$code),*];

            /// The text in `code`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$code => $name,)* }
            }

            /// The HTTP status. 429, 502, 503 and 504 are what FAL's client repeats by itself, so an answer to a submit has one of them only if nothing was sent.
            pub const fn status(self) -> u16 {
                match self { $(Self::$code => $status,)* }
            }

            /// Whether the same request may be repeated as it is.
            pub const fn is_retryable(self) -> bool {
                match self { $(Self::$code => $retryable,)* }
            }

            /// The constant English sentence.
            pub const fn message(self) -> &'static str {
                match self { $(Self::$code => $message,)* }
            }
        }
    };
}

codes! {
    /// The `x-fal-target-url` header is missing, doubled, or not a canonical address of FAL.
    BadTarget = "bad_target", 400, false, "One x-fal-target-url header with a canonical address of FAL is expected.";
    /// A submit names an address that FAL would report to.
    WebhookRefused = "webhook_refused", 400, false, "This server does not pass fal_webhook on: FAL would report to an address that a caller chose. Ask for the status instead.";
    /// The head of the request is larger than this server reads.
    HeadTooLarge = "head_too_large", 431, false, "The head of the request, address and headers together, is too large.";
    /// The `url` parameter is not a canonical address of a picture at FAL.
    BadImageUrl = "bad_image_url", 400, false, "One url parameter with a canonical address of a picture at FAL is expected.";
    /// A model or service that the server does not offer.
    UnknownEndpoint = "unknown_endpoint", 403, false, "This server does not offer that endpoint.";
    /// The address takes another method.
    MethodNotAllowed = "method_not_allowed", 405, false, "This address takes another method; see the Allow header.";
    /// Without an access rule a server with a key answers this machine only.
    LoopbackOnly = "loopback_only", 403, false, "Without an access rule this server answers its own machine only.";
    /// A page of another site is calling.
    CrossSite = "cross_site", 403, false, "Pages of other sites may not call this server.";
    /// The server has an access rule, and the caller has not signed in, or no longer.
    SignInRequired = "sign_in_required", 401, false, "This server does not know who is calling. Sign in, and send the access code or token as Authorization: Bearer.";
    /// The access code is not the one.
    WrongCode = "wrong_code", 401, false, "That is not the access code or token.";
    /// Too many failed sign-ins from one address.
    TooManyAttempts = "too_many_attempts", 429, true, "Too many failed sign-ins. Wait before the next attempt.";
    /// The server has no token by which programs could be let in.
    ApiOff = "api_off", 404, false, "This server takes no orders from programs.";
    /// The server knows no Telegram bot, or not the token that it needs to speak for it.
    TelegramOff = "telegram_off", 404, false, "This server has no Telegram bot that could do this.";
    /// Not a picture, or a damaged one.
    BadPicture = "bad_picture", 422, false, "The body is not a PNG, JPEG or WebP picture, or it is damaged.";
    /// Another way of sending than the two.
    BadWay = "bad_way", 422, false, "The body says how to send the picture: {\"as\": \"photo\"} or {\"as\": \"document\"}.";
    /// A picture that was never handed over, is somebody else's, or was kept long enough.
    PictureGone = "picture_gone", 404, false, "No such picture is kept. Hand it over again.";
    /// No room for one more picture.
    TooManyPictures = "too_many_pictures", 429, true, "Too many pictures are kept. Wait, then hand it over again.";
    /// Telegram fetches files by https only.
    NoHttps = "no_https", 409, false, "Telegram fetches files by https only, and this server's public address is another.";
    /// The person has not allowed the bot to write to them.
    WriteAccessRequired = "write_access_required", 403, false, "The bot may not write to you yet. Allow it, then send again.";
    /// Telegram, or this server for it, wants a pause.
    TelegramBusy = "telegram_busy", 429, true, "Too many messages. Wait before the next one.";
    /// There was no connection to Telegram, or it has a fault of its own.
    TelegramAway = "telegram_away", 502, true, "Telegram could not be reached, or has a fault. Try again.";
    /// The answer of Telegram was lost.
    TelegramUnknown = "telegram_unknown", 500, false, "Telegram's answer was lost. The picture may have been sent; look into the chat.";
    /// Telegram refused, for a reason that only the owner can do something about.
    TelegramRefused = "telegram_refused", 500, false, "Telegram refused. The server's log says why.";
    /// The launch carried nothing to sign in with.
    InitDataMissing = "init_data_missing", 401, false, "Telegram passed nothing to sign in with. Open the app from the bot's profile or menu button, a button under a message, or a link; keyboard buttons and inline mode pass nothing.";
    /// The launch is not one that Telegram signed for a bot of this server.
    BadInitData = "bad_init_data", 401, false, "Telegram did not sign this launch for a bot of this server.";
    /// The launch is too long ago to sign anybody in.
    OldInitData = "old_init_data", 401, false, "This launch is more than a day old. Close the app and open it again.";
    /// The launch lies in the future.
    EarlyInitData = "early_init_data", 401, false, "This launch lies in the future. One of the two clocks is wrong.";
    /// The launch names no person.
    NobodysInitData = "nobodys_init_data", 401, false, "This launch names no user.";
    /// The session is not one of this server, or is over.
    SessionOver = "session_over", 401, false, "The session is over. Sign in again.";
    /// A header that has a value FAL or this server does not know.
    BadHeader = "bad_header", 400, false, "A header has a value that is not taken.";
    /// More bytes than the address takes.
    BodyTooLarge = "body_too_large", 413, false, "The body is too large.";
    /// The body took too long to arrive.
    SlowBody = "slow_body", 408, true, "The body took too long to arrive.";
    /// The body is not declared as JSON.
    NotJson = "not_json", 415, false, "A body of type application/json is expected.";
    /// The body is not JSON, or gives a key twice.
    MalformedBody = "malformed_body", 400, false, "The body is not JSON, or gives a key twice.";
    /// Nothing lies at this address.
    NotFound = "not_found", 404, false, "Nothing lies at this address.";
    /// No run of this id was started by this caller through this server.
    UnknownRun = "unknown_run", 404, false, "No run of yours has this id.";
    /// The caller sent nothing under this key within the last day.
    UnknownSubmission = "unknown_submission", 404, false, "Nothing was sent under this key.";
    /// A submit with the same key is on its way.
    InFlight = "in_flight", 409, true, "A submit with this key is on its way. Ask again.";
    /// The same key came with another body before.
    KeyReused = "key_reused", 422, false, "This Idempotency-Key was used for another body.";
    /// The caller's budget for the day would be exceeded. Nothing was sent.
    UserDaySpent = "user_day_spent", 429, true, "Your budget for today is spent. Nothing was sent.";
    /// The server's budget for the day would be exceeded. Nothing was sent.
    DaySpent = "day_spent", 429, true, "The budget of this server for today is spent. Nothing was sent.";
    /// The server's budget for the month would be exceeded. Nothing was sent.
    MonthSpent = "month_spent", 429, true, "The budget of this server for this month is spent. Nothing was sent.";
    /// Too many runs of one caller, or of all, are under way. Nothing was sent.
    TooManyRuns = "too_many_runs", 429, true, "Too many runs are under way. Nothing was sent.";
    /// Runs were started too fast, or too many were refused by FAL. Nothing was sent.
    TooManySubmits = "too_many_submits", 429, true, "Too many runs were started. Nothing was sent.";
    /// Questions came too fast.
    TooManyPolls = "too_many_polls", 429, true, "Too many questions. Wait before the next one.";
    /// Too many requests of one caller came at once or too fast.
    TooManyRequests = "too_many_requests", 429, true, "Too many requests of yours. Nothing was sent. Wait before the next one.";
    /// No price is known for the endpoint, and the owner has set none. Nothing was sent.
    UnknownPrice = "unknown_price", 403, false, "No price is known for this endpoint, so it is not used. Nothing was sent.";
    /// The ledger of spending cannot be reached, so nothing is spent. Nothing was sent.
    LedgerAway = "ledger_away", 503, true, "The ledger of spending cannot be reached. Nothing was sent.";
    /// FAL could not be reached; nothing was sent.
    Unreachable = "unreachable", 502, true, "FAL could not be reached. Nothing was sent.";
    /// FAL did not answer a question in time.
    UpstreamTimeout = "upstream_timeout", 504, true, "FAL did not answer in time.";
    /// FAL's answer to a question cannot be passed on: a redirect, a compressed body, or too large.
    BadReply = "bad_reply", 502, true, "FAL gave an answer that cannot be passed on.";
    /// A run left for FAL and its answer was lost. It may be running and may be billed.
    UnknownOutcome = "unknown_outcome", 500, false, "The run left for FAL, and its answer was lost. It may be running.";
    /// There is no room in memory for what was sent here.
    Overloaded = "overloaded", 503, true, "Too much is under way on this server. Nothing was sent. Try again in a moment.";
    /// The server is stopping; nothing was sent.
    Stopping = "stopping", 503, true, "The server is stopping. Nothing was sent.";
    /// A fault of the server.
    Internal = "internal", 500, false, "The server has a fault.";
}

impl ServerCode {
    /// The code of this name; none for one of a newer server.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
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
        for &code in ServerCode::ALL {
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
