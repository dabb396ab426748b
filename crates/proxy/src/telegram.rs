//! People who come from Telegram: whoever opens the app of one of our bots is signed in by what
//! Telegram says about them.
//!
//! `session` makes and reads the tokens that they then carry; `chat` gets pictures out of the app,
//! `gate` says how many at once, `kept` holds them meanwhile, `bot_api` speaks to Telegram, in a
//! `form`. What Telegram says of a person travels in one header of one request and is in no log.

mod bot_api;
pub(crate) mod chat;
pub(crate) mod download;
mod form;
mod kept;
mod limiter;
mod session;

use crate::caller::{Caller, bearer, one};
use crate::config;
use crate::ledger::User;
use crate::lockout::Lockout;
use crate::refusal::Refusal;
use crate::start_error::StartError;
use axum::Json;
use axum::extract::{FromRef, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bot_api::BotApi;
use kept::Pictures;
use likeness_api::{ServerCode, address, header::RENEWED_SESSION, telegram as wire};
use likeness_fal::wire::credentials;
use likeness_telegram::InitDataError;
use likeness_telegram::init_data::Bots;
use limiter::{Limiter, Limits};
use serde_json::json;
use session::{Session, Sessions};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The scheme of a launch in `Authorization`.
const SCHEME: &str = "tma";
/// The header of a reply with the token that takes the place of the one in the request.
const RENEWED: HeaderName = HeaderName::from_static(RENEWED_SESSION);
/// Forged launches from one address within [`FORGIVEN`], after which it has to wait.
const FORGED: usize = 5;
const FORGIVEN: Duration = Duration::from_secs(60);

/// Pictures that may be on their way in. A body may take its time, and drip; places are not worth
/// much, memory is counted apart.
const UPLOADS: Limits = Limits {
    at_once: 64,
    at_once_of_one: 3,
    per_minute: NonZeroU32::new(30).expect("thirty is not zero"),
    refusal: ServerCode::TooManyPictures,
};

/// Pictures that may be on their way to Telegram.
const SENDS: Limits = Limits {
    at_once: 64,
    at_once_of_one: 4,
    per_minute: NonZeroU32::new(20).expect("twenty is not zero"),
    refusal: ServerCode::TelegramBusy,
};

/// The bots of this server, the sessions of their users, and pictures on their way.
pub(crate) struct Telegram {
    bots: Bots,
    sessions: Sessions,
    forged: Lockout<IpAddr>,
    front: Vec<IpAddr>,
    /// What browsers and Telegram call this server.
    public: config::Origin,
    api: BotApi,
    pictures: Pictures,
    uploads: Limiter,
    sends: Limiter,
}

impl Telegram {
    /// The bots of a configuration.
    ///
    /// # Errors
    /// The system gives no random numbers, of which sessions are made where there is no token, or
    /// has no certificates.
    pub(crate) fn new(
        config: &config::Telegram,
        public: config::Origin,
    ) -> Result<Self, StartError> {
        Ok(Self {
            bots: Bots::new(config.bots.iter().map(|bot| bot.proof.clone()).collect()),
            sessions: Sessions::new(&config.bots)?,
            forged: Lockout::new(FORGED, FORGIVEN),
            front: config.front.clone(),
            public,
            api: BotApi::new(&config.api, &config.bots)?,
            pictures: Pictures::default(),
            uploads: Limiter::new(UPLOADS),
            sends: Limiter::new(SENDS),
        })
    }

    /// The session of whoever shows its token.
    pub(crate) fn signed_in(self: &Arc<Self>, headers: &HeaderMap) -> Result<SignedIn, Refusal> {
        let session = self.sessions.read(bearer(headers)?, now()).ok_or(ServerCode::SessionOver)?;
        Ok(SignedIn { telegram: Arc::clone(self), session })
    }

    /// What the app is told: the bots, whether pictures can be sent into chats, and whether they
    /// can be saved, which needs an address that Telegram reaches.
    pub(crate) fn described(&self) -> wire::Bots {
        wire::Bots {
            bots: self.bots.ids().map(u64::from).collect(),
            offer: wire::Offer { save: self.public.is_https(), send: self.api.can_send() },
        }
    }

    /// Forgets forged launches that no longer count, and pictures that were kept long enough.
    pub(crate) fn forget(&self) {
        self.forged.forget();
        self.pictures.forget();
        self.uploads.forget();
        self.sends.forget();
    }

    fn sign_in(&self, caller: &Caller, raw: &str) -> Result<Response, Refusal> {
        let client = caller.network(&self.front);
        let verify = || self.bots.verify(raw, now()).map_err(code);
        let launch = self.forged.attempt(&client, ServerCode::BadInitData, verify)?;
        let session = Session::begin(launch.bot, launch.user.id, now());
        let token = self.sessions.token(&session);
        let reply = wire::Session { expires_in: session::IDLE, token, user: launch.user };
        Ok(Json(json!(reply)).into_response())
    }
}

/// A person with a session, and the server's side of it.
#[derive(Clone)]
pub(crate) struct SignedIn {
    telegram: Arc<Telegram>,
    session: Session,
}

impl SignedIn {
    /// The person's name in the ledger.
    pub(crate) fn ledger_user(&self) -> User {
        self.session.ledger_user()
    }

    /// Puts a fresh token into the reply, if it is time for one.
    pub(crate) fn renew(&self, reply: &mut Response) {
        let Some(renewed) = self.session.renewed(now()) else { return };
        let mut token = HeaderValue::try_from(self.telegram.sessions.token(&renewed))
            .expect("a token is letters, digits and dots");
        token.set_sensitive(true);
        reply.headers_mut().insert(RENEWED, token);
    }
}

/// The bots of this server, for handlers that need one: a server without any refuses the call.
pub(crate) struct Bot(pub(crate) Arc<Telegram>);

impl<S: Send + Sync> FromRequestParts<S> for Bot
where
    Option<Arc<Telegram>>: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(_: &mut Parts, state: &S) -> Result<Self, Refusal> {
        Option::from_ref(state).map(Self).ok_or(ServerCode::TelegramOff.into())
    }
}

fn code(error: InitDataError) -> ServerCode {
    match error {
        InitDataError::Empty => ServerCode::InitDataMissing,
        InitDataError::Malformed | InitDataError::Forged => ServerCode::BadInitData,
        InitDataError::Old => ServerCode::OldInitData,
        InitDataError::Early => ServerCode::EarlyInitData,
        InitDataError::NoUser => ServerCode::NobodysInitData,
    }
}

/// `POST /api/v1/telegram/session` with `Authorization: tma <launch data as the client got them>`.
pub(crate) async fn sign_in(Bot(telegram): Bot, request: Request) -> Result<Response, Refusal> {
    let given = one(request.headers(), &header::AUTHORIZATION);
    // Blanks at the end of a header are gone before it is read, and so is the one in front of
    // nothing.
    let is_empty = given.is_some_and(|value| value.trim().eq_ignore_ascii_case(SCHEME));
    match given.and_then(|value| credentials(SCHEME, value)) {
        _ if is_empty => Err(ServerCode::InitDataMissing.into()),
        Some(raw) => telegram.sign_in(&Caller::of(&request), raw),
        _ if is_launch(request.headers()) => Err(ServerCode::BadInitData.into()),
        _ => Err(ServerCode::SignInRequired.into()),
    }
}

/// Whether there is a launch that is no text, or stands beside another.
fn is_launch(headers: &HeaderMap) -> bool {
    let value = headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes);
    let scheme =
        value.and_then(|value| value.trim_ascii_start().split(|byte| *byte == b' ').next());
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME.as_bytes()))
}

/// Whether whoever asks there has a session, whatever the access rule is.
pub(crate) fn is_of_people(path: &str) -> bool {
    path.starts_with(address::TELEGRAM)
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
