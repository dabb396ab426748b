//! What all handlers share, and which handler answers what.

use crate::access::{self, Caller, Door};
use crate::assets::{self, Assets};
use crate::config::{self, Access, Config, LedgerPlace, Origin};
use crate::generate::{self, Programs};
use crate::ledger::Ledger;
use crate::memory::Memory;
use crate::metrics::Metrics;
use crate::pace::{Coalescer, Pace};
use crate::price::{self, Prices};
use crate::probe::{self, Prober};
use crate::refusal::Refusal;
use crate::relay::Answer;
use crate::server::StartError;
use crate::share::{Shares, Who};
use crate::telegram::{self, Telegram, chat};
use crate::turns::Turns;
use crate::upstream::{Demo, Live, MEDIA_PATH, Upstream};
use crate::{api, image, spending, submissions};
use axum::Router;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use likeness_api::{Mode, address};
use likeness_core::{MicroUsd, Route};
use serde_json::Value;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedRwLockReadGuard, RwLock};

/// How often the ledger and the limits of pace forget what is old.
const SWEEP: Duration = Duration::from_secs(30);

/// Submits that the ledger of a demo keeps: some thirty megabytes.
const MOST_OF_DEMO: u64 = 10_000;
/// How often a ledger that is away is tried again.
const RECOVERY: Duration = Duration::from_secs(1);
/// How often answers that were shared are let go of.
const FORGET: Duration = Duration::from_millis(500);

/// What all handlers share.
pub(crate) struct App {
    pub(crate) upstream: Upstream,
    pub(crate) assets: Assets,
    pub(crate) door: Door,
    pub(crate) access: Access,
    /// The bots, if there are any.
    pub(crate) telegram: Option<Arc<Telegram>>,
    /// How programs order, if they may.
    pub(crate) programs: Option<Programs>,
    pub(crate) ledger: Ledger,
    pub(crate) pace: Pace,
    pub(crate) shares: Shares,
    pub(crate) memory: Memory,
    pub(crate) turns: Turns,
    pub(crate) coalescer: Coalescer<Result<Answer, Refusal>>,
    pub(crate) metrics: Metrics,
    prices: Prices,
    /// Visits addresses of LoRAs; none in a demo.
    pub(crate) prober: Option<Prober>,
    /// What browsers call this server.
    pub(crate) public: Origin,
    /// The addresses of the demo's pictures begin with this, where nobody has said what the server is called: it is reached at several addresses.
    pub(crate) nameless: Option<String>,
    /// Sites that may show the page in a frame, beside its own.
    pub(crate) frame_ancestors: Vec<Origin>,
    /// Where pictures lie beside FAL's hosts.
    media: Option<Origin>,
    /// Front proxies that are believed when they say for whom they call.
    front: Vec<IpAddr>,
    /// Whether one of which nobody has told us was there.
    has_met_a_stranger: AtomicBool,
    stopping: AtomicBool,
    /// Held by every order from before it leaves until its outcome is written down, also when its caller has hung up.
    orders: Arc<RwLock<()>>,
}

impl App {
    /// The app that a configuration describes, at the address that it got.
    ///
    /// # Errors
    /// There is no way to make TLS connections on this machine, or the ledger cannot be had.
    pub(crate) async fn new(config: &Config, public: Origin) -> Result<Self, StartError> {
        let (upstream, media) = match &config.mode {
            config::Mode::Demo { speed, .. } => {
                (Upstream::Demo(Demo::new(*speed, &public)), Some(public.clone()))
            }
            config::Mode::Live { key, addresses } => {
                let live = Live::new(key, (**addresses).clone())?;
                (Upstream::Live(Box::new(live)), addresses.media().cloned())
            }
        };
        let spending = &config.spending;
        let ledger = match &spending.ledger {
            LedgerPlace::Memory if matches!(config.mode, config::Mode::Demo { .. }) => {
                Ledger::for_demo(MOST_OF_DEMO)
            }
            LedgerPlace::Memory => Ledger::in_memory(spending.limits),
            LedgerPlace::File(path) => {
                Ledger::in_file(path, spending.limits, spending.wrong_day.as_ref())
            }
            LedgerPlace::Redis(url) => {
                Ok(Ledger::in_redis(url, spending.limits, spending.wrong_day.as_ref()).await?)
            }
        };
        let is_live = matches!(upstream, Upstream::Live(_));
        let is_nameless =
            !is_live && config.public_url.is_none() && config.listen.ip().is_unspecified();
        let telegram = config.telegram.as_ref().map(Telegram::new).transpose()?.map(Arc::new);
        Ok(Self {
            door: Door::new(&config.access, telegram.as_ref(), is_live),
            telegram,
            programs: config.programs.as_ref().map(Programs::new).transpose()?,
            access: config.access.clone(),
            ledger: ledger
                .map_err(|reason| {
                    StartError::Ledger(spending.ledger.to_string(), reason.to_string())
                })?
                .telling(generate::told(config.programs.as_ref())),
            pace: Pace::new(is_live),
            shares: Shares::default(),
            memory: Memory::default(),
            turns: Turns::default(),
            front: config.front.clone(),
            has_met_a_stranger: AtomicBool::new(false),
            coalescer: Coalescer::default(),
            metrics: Metrics::new(),
            prices: Prices::new(&spending.prices),
            prober: is_live.then(Prober::new).transpose()?,
            assets: Assets::new(&config.static_dir),
            nameless: is_nameless.then(|| format!("{public}{MEDIA_PATH}")),
            frame_ancestors: config.frame_ancestors.clone(),
            upstream,
            public,
            media,
            stopping: AtomicBool::new(false),
            orders: Arc::default(),
        })
    }

    pub(crate) fn is_live(&self) -> bool {
        matches!(self.upstream, Upstream::Live(_))
    }

    /// What has to be reserved for a run; none if no price is known. A drawn picture costs nothing.
    pub(crate) fn cost(&self, route: Route, body: &Value) -> Option<MicroUsd> {
        if self.is_live() { self.prices.reserve(route, body) } else { Some(0) }
    }

    /// Whom limits count for a call that does not go to FAL.
    pub(crate) fn who(&self, caller: &Caller<'_>, path: &str) -> Who {
        let is_program = || self.programs.as_ref().is_some_and(|programs| programs.are(caller));
        if generate::is_for_programs(path) && is_program() {
            return Who::Programs;
        }
        let of_telegram = || {
            let telegram = self.telegram.as_ref().filter(|_| telegram::is_of_people(path))?;
            let session = telegram.session(access::bearer(caller.headers()).ok()?).ok()?;
            Some(session.ledger_user())
        };
        let person = of_telegram().or_else(|| self.door.person(caller));
        person.map_or_else(|| self.who_at(caller), |user| Who::named(&user.0))
    }

    /// The same of whoever the access rule does not tell from others.
    pub(crate) fn who_at(&self, caller: &Caller<'_>) -> Who {
        if caller.is_behind_a_stranger(&self.front)
            && !self.has_met_a_stranger.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                "requests come through a proxy that LIKENESS_FRONT_PROXY does not name: everybody behind it counts as one caller"
            );
        }
        Who::at(caller.network(&self.front))
    }

    /// What has to be done now and then, for as long as the server runs.
    pub(crate) async fn keep_house(&self) {
        let mut was_ahead = false;
        let mut sweeps = tokio::time::interval(SWEEP);
        loop {
            sweeps.tick().await;
            if let Err(error) = self.ledger.sweep().await {
                tracing::error!(%error, "the ledger is away");
            }
            was_ahead = self.tell_clock(was_ahead);
            self.pace.forget();
            self.door.forget();
            if let Some(programs) = &self.programs {
                programs.forget();
            }
            if let Some(telegram) = &self.telegram {
                telegram.forget();
            }
        }
    }

    /// Lets go of answers that nobody will share any more, for as long as the server runs: they take room.
    pub(crate) async fn keep_answers(&self) {
        loop {
            tokio::time::sleep(FORGET).await;
            self.coalescer.forget();
        }
    }

    /// Brings the ledger back after its disk or its server failed, for as long as the server runs.
    pub(crate) async fn keep_ledger(&self) {
        let mut was_away = false;
        loop {
            tokio::time::sleep(RECOVERY).await;
            let recovered = self.ledger.recover().await;
            match &recovered {
                Err(error) if !was_away => tracing::error!(%error, "the ledger is away"),
                Ok(()) if was_away => tracing::info!("the ledger is back"),
                _ => {}
            }
            was_away = recovered.is_err();
        }
    }

    /// Asks FAL for its prices now and then, for as long as the server runs.
    pub(crate) async fn keep_prices(&self) {
        let mut asks = tokio::time::interval(price::REFRESH);
        while self.is_live() {
            asks.tick().await;
            for remark in self.prices.refresh(&self.upstream).await {
                tracing::warn!("{remark}");
            }
        }
    }

    /// Says when the ledger's clock begins and ceases to be ahead. Whether it is.
    fn tell_clock(&self, was_ahead: bool) -> bool {
        let ahead = self.ledger.ahead();
        match ahead {
            Some(ahead) if !was_ahead => tracing::error!("{ahead}"),
            None if was_ahead => tracing::info!("the ledger's clock is right again"),
            _ => {}
        }
        let seconds = ahead.map_or(0, |ahead| ahead.by().as_secs());
        self.metrics.clock_ahead.set(i64::try_from(seconds).unwrap_or(i64::MAX));
        ahead.is_some()
    }

    /// Where pictures come from.
    pub(crate) fn mode(&self) -> Mode {
        if self.is_live() { Mode::Live } else { Mode::Demo }
    }

    /// How much faster than FAL the demo draws; none where pictures are bought.
    pub(crate) fn demo_speed(&self) -> Option<f64> {
        match &self.upstream {
            Upstream::Demo(demo) => Some(demo.speed()),
            Upstream::Live(_) => None,
        }
    }

    /// Where the page may read pictures from, beside FAL's hosts and the page's own address.
    pub(crate) fn picture_origins(&self) -> Vec<&str> {
        self.media.iter().map(Origin::without_path).collect()
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// To be held for as long as an order is on its way.
    pub(crate) async fn order_begins(&self) -> OwnedRwLockReadGuard<()> {
        Arc::clone(&self.orders).read_owned().await
    }

    /// Waits until no order is on its way and every outcome is written down. Only for a server that is stopping: new orders wait behind it.
    pub(crate) async fn orders_done(&self) {
        drop(self.orders.write().await);
        while self.ledger.has_offers() {
            tokio::time::sleep(RECOVERY / 10).await;
        }
    }
}

/// Every path but the relay's, with what stands before it.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let api = Router::new()
        .route(address::COMPOSE, post(api::compose_request).fallback(api::only_post))
        .route(address::AVATAR_TEST, post(probe::handle).fallback(api::only_post))
        .route(address::IMAGE, get(image::handle).fallback(api::only_get))
        .route(address::SPENDING, get(spending::handle).fallback(api::only_get))
        .route(address::SUBMISSION, get(submissions::handle).fallback(api::only_get))
        .layer(from_fn_with_state(Arc::clone(app), access::sign_in))
        .route(address::CONFIG, get(api::config).fallback(api::only_get))
        .route(address::OPENAPI, get(api::openapi).fallback(api::only_get))
        .route(address::GENERATE, post(generate::handle).fallback(api::only_post))
        .route(address::JOB, get(generate::ask).fallback(api::only_get))
        .route(address::TELEGRAM_SESSION, post(telegram::sign_in).fallback(api::only_post))
        .layer(from_fn(access::other_sites));
    let pictures = Router::new()
        .route(address::TELEGRAM_PICTURES, post(chat::hand_over).fallback(api::only_post))
        .route(address::TELEGRAM_SEND, post(chat::send).fallback(api::only_post))
        .route(address::TELEGRAM_SHARE, post(chat::share).fallback(api::only_post))
        .route(address::TELEGRAM_LINK, post(chat::link).fallback(api::only_post))
        .layer(from_fn_with_state(Arc::clone(app), telegram::signed_in))
        .layer(from_fn(access::other_sites))
        // Fetched by Telegram's clients, which are pages of another site where they are pages.
        .route(address::TELEGRAM_FILE, get(chat::file).fallback(api::only_get));
    let mut router = Router::new()
        .merge(api)
        .merge(pictures)
        .route(address::HEALTH, get(api::health).fallback(api::only_get))
        .route(address::READY, get(api::ready).fallback(api::only_get))
        .fallback(assets::handle)
        .with_state(Arc::clone(app));
    if let Upstream::Demo(demo) = &app.upstream {
        let media = demo.media_router().fallback(api::nothing).layer(from_fn(preflight));
        router = router.nest(MEDIA_PATH, media);
    }
    router
}

/// The demo's media answer any site, as FAL's do: their addresses name another host than the page's where the server has two names.
async fn preflight(request: axum::extract::Request, next: axum::middleware::Next) -> Response {
    const ANYBODY: (HeaderName, HeaderValue) =
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if request.method() == Method::OPTIONS {
        let methods =
            (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD, PUT"));
        let headers =
            (header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
        return (axum::http::StatusCode::NO_CONTENT, [ANYBODY, methods, headers]).into_response();
    }
    let mut reply = next.run(request).await;
    reply.headers_mut().insert(ANYBODY.0, ANYBODY.1);
    reply
}
