//! People who come from Telegram: whoever opens the app of one of our bots is signed in by what Telegram says about them.
//!
//! `session` makes and reads the tokens that they then carry; `chat` gets pictures out of the app, `gate` says how many at once, `kept` holds them meanwhile,
//! `bot_api` speaks to Telegram, in a `form`. What Telegram says of a person travels in one header of one request and is in no log.

mod bot_api;
pub(crate) mod chat;
mod form;
mod gate;
mod kept;
mod session;

pub(crate) use session::Session;

use crate::access::{self, Caller};
use crate::app::App;
use crate::config;
use crate::refusal::Refusal;
use crate::server::StartError;
use crate::strikes::Strikes;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bot_api::BotApi;
use gate::{Gate, Limits};
use kept::Pictures;
use likeness_api::{ServerCode, address, header::RENEWED_SESSION, telegram as wire};
use likeness_fal::wire::credentials;
use likeness_telegram::InitDataError;
use likeness_telegram::init_data::Bots;
use serde_json::json;
use session::Sessions;
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

/// Pictures that may be on their way in. A body may take its time, and drip; places are not worth much, memory is counted apart.
const ARRIVALS: Limits = Limits {
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
    forged: Strikes<IpAddr>,
    front: Vec<IpAddr>,
    api: BotApi,
    pictures: Pictures,
    arrivals: Gate,
    sends: Gate,
}

impl Telegram {
    /// The bots of a configuration.
    ///
    /// # Errors
    /// The system gives no random numbers, of which sessions are made where there is no token, or has no certificates.
    pub(crate) fn new(config: &config::Telegram) -> Result<Self, StartError> {
        Ok(Self {
            bots: Bots::new(config.bots.iter().map(|bot| bot.proof.clone()).collect()),
            sessions: Sessions::new(&config.bots)?,
            forged: Strikes::new(FORGED, FORGIVEN),
            front: config.front.clone(),
            api: BotApi::new(&config.api, &config.bots)?,
            pictures: Pictures::default(),
            arrivals: Gate::new(ARRIVALS),
            sends: Gate::new(SENDS),
        })
    }

    /// Whose session a token is.
    pub(crate) fn session(&self, token: &str) -> Result<Session, ServerCode> {
        self.sessions.read(token, now()).ok_or(ServerCode::SessionOver)
    }

    /// What the app is told: the bots, whether pictures can be sent into chats, and whether they can be saved, which needs an address that
    /// Telegram reaches.
    pub(crate) fn told(&self, public: &config::Origin) -> wire::Bots {
        wire::Bots {
            bots: self.bots.ids().map(u64::from).collect(),
            offer: wire::Offer { save: public.is_https(), send: self.api.can_send() },
        }
    }

    /// Forgets forged launches that no longer count, and pictures that were kept long enough.
    pub(crate) fn forget(&self) {
        self.forged.forget();
        self.pictures.forget();
        self.arrivals.forget();
        self.sends.forget();
    }

    fn sign_in(&self, caller: &Caller, raw: &str) -> Result<Response, Refusal> {
        let client = caller.network(&self.front);
        // Before the signature is looked at: otherwise guessing would go on unhindered.
        if let Some(wait) = self.forged.pause(&client) {
            return Err(Refusal::later(ServerCode::TooManyAttempts, wait));
        }
        let launch = self.bots.verify(raw, now()).map_err(|error| {
            if matches!(error, InitDataError::Forged | InitDataError::Malformed) {
                self.forged.strike(&client);
            }
            Refusal::from(code(error))
        })?;
        let session = Session::begin(launch.bot, launch.user.id, now());
        let token = self.sessions.token(&session);
        let reply = wire::Session { expires_in: session::IDLE, token, user: launch.user };
        Ok(Json(json!(reply)).into_response())
    }

    /// Puts a fresh token into the reply, if it is time for one.
    pub(crate) fn renew(&self, session: &Session, reply: &mut Response) {
        let Some(renewed) = session.renewed(now()) else { return };
        let mut token = HeaderValue::try_from(self.sessions.token(&renewed))
            .expect("a token is letters, digits and dots");
        token.set_sensitive(true);
        reply.headers_mut().insert(RENEWED, token);
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
pub(crate) async fn sign_in(State(app): State<Arc<App>>, request: Request) -> Response {
    let Some(telegram) = &app.telegram else {
        return Refusal::from(ServerCode::TelegramOff).into_response();
    };
    let given = access::one(request.headers(), &header::AUTHORIZATION);
    // Blanks at the end of a header are gone before it is read, and so is the one in front of nothing.
    let is_empty = given.is_some_and(|value| value.trim().eq_ignore_ascii_case(SCHEME));
    let signed_in = match given.and_then(|value| credentials(SCHEME, value)) {
        _ if is_empty => Err(ServerCode::InitDataMissing.into()),
        Some(raw) => telegram.sign_in(&Caller::of(&request), raw),
        _ if is_launch(request.headers()) => Err(ServerCode::BadInitData.into()),
        _ => Err(ServerCode::SignInRequired.into()),
    };
    signed_in.unwrap_or_else(IntoResponse::into_response)
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

/// Lets in whoever has a session, whatever the access rule is: what lies behind acts in their name at Telegram.
pub(crate) async fn signed_in(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(telegram) = &app.telegram else {
        return Refusal::from(ServerCode::TelegramOff).into_response();
    };
    let session = access::bearer(request.headers())
        .and_then(|token| telegram.session(token).map_err(Refusal::from));
    match session {
        Ok(session) => {
            request.extensions_mut().insert(session.clone());
            let mut reply = next.run(request).await;
            telegram.renew(&session, &mut reply);
            reply
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
