//! What handlers share. Each takes the parts that it needs, and knows nothing of the whole.

use crate::access::Authenticator;
use crate::api;
use crate::assets::Assets;
use crate::clients::Clients;
use crate::coalesce::Coalescer;
use crate::concurrency::Concurrency;
use crate::config::{self, Config, Origin};
use crate::generate::{self, Programs};
use crate::ledger::{Ledger, LedgerPlace};
use crate::memory::Memory;
use crate::metrics::Metrics;
use crate::price::Prices;
use crate::probe::Prober;
use crate::rate_limit::RateLimits;
use crate::relay::Relay;
use crate::shutdown::Shutdown;
use crate::start_error::StartError;
use crate::telegram::Telegram;
use crate::upstream::{Demo, Live, MEDIA_PATH, Upstream};
use crate::worker::Worker;
use axum::extract::FromRef;
use likeness_api::ConfigReply;
use std::sync::Arc;

/// Submits that the ledger of a demo keeps: some thirty megabytes.
const MOST_OF_DEMO: u64 = 10_000;

/// All parts. Clones share them.
#[derive(Clone)]
pub(crate) struct AppState {
    pub(crate) assets: Arc<Assets>,
    pub(crate) authenticator: Arc<Authenticator>,
    pub(crate) clients: Arc<Clients>,
    pub(crate) configuration: Arc<ConfigReply>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) memory: Memory,
    pub(crate) metrics: Metrics,
    /// The addresses of the demo's pictures begin with this, where nobody has said what the server
    /// is called: it is reached at several addresses.
    pub(crate) nameless: Option<Arc<str>>,
    pub(crate) rate_limits: Arc<RateLimits>,
    /// Probes addresses of LoRAs; none in a demo.
    pub(crate) prober: Option<Arc<Prober>>,
    /// How programs order, if they may.
    pub(crate) programs: Option<Arc<Programs>>,
    /// What browsers call this server.
    pub(crate) public: Arc<Origin>,
    pub(crate) relay: Arc<Relay>,
    pub(crate) concurrency: Arc<Concurrency>,
    pub(crate) shutdown: Arc<Shutdown>,
    /// The bots, if there are any.
    pub(crate) telegram: Option<Arc<Telegram>>,
    pub(crate) worker: Worker,
    pub(crate) upstream: Arc<Upstream>,
}

/// What a handler may take as its state.
macro_rules! substates {
    ($($field:ident: $kind:ty,)*) => {
        $(impl FromRef<AppState> for $kind {
            fn from_ref(state: &AppState) -> Self {
                state.$field.clone()
            }
        })*
    };
}

substates! {
    assets: Arc<Assets>,
    configuration: Arc<ConfigReply>,
    ledger: Arc<Ledger>,
    memory: Memory,
    prober: Option<Arc<Prober>>,
    programs: Option<Arc<Programs>>,
    shutdown: Arc<Shutdown>,
    telegram: Option<Arc<Telegram>>,
    worker: Worker,
    upstream: Arc<Upstream>,
}

impl AppState {
    /// The state that a configuration describes, for a server at the address that it got.
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
        let (is_live, upstream) = (upstream.is_live(), Arc::new(upstream));
        let is_nameless =
            !is_live && config.public_url.is_none() && config.listen.ip().is_unspecified();
        let telegram = config.telegram.as_ref();
        let telegram = telegram.map(|bots| Telegram::new(bots, public.clone())).transpose()?;
        let telegram = telegram.map(Arc::new);
        let authenticator =
            Arc::new(Authenticator::new(&config.access, telegram.as_ref(), is_live));
        let ledger = Arc::new(ledger(config).await?);
        let (memory, metrics) = (Memory::default(), Metrics::new());
        let (rate_limits, concurrency) =
            (Arc::new(RateLimits::new(is_live)), Arc::new(Concurrency::default()));
        let shutdown = Arc::new(Shutdown::default());
        let relay = Arc::new(Relay {
            authenticator: Arc::clone(&authenticator),
            coalescer: Coalescer::default(),
            ledger: Arc::clone(&ledger),
            memory: memory.clone(),
            metrics: metrics.clone(),
            rate_limits: Arc::clone(&rate_limits),
            prices: Prices::new(&config.spending.prices),
            concurrency: Arc::clone(&concurrency),
            shutdown: Arc::clone(&shutdown),
            upstream: Arc::clone(&upstream),
        });
        let programs = config.programs.as_ref();
        let programs = programs.map(|programs| Programs::new(programs, &relay, &public));
        let programs = programs.transpose()?.map(Arc::new);
        let clients = Clients::new(
            Arc::clone(&authenticator),
            programs.clone(),
            telegram.clone(),
            config.front.clone(),
        );
        Ok(Self {
            assets: Arc::new(Assets::new(&config.static_dir, media, &config.frame_ancestors)),
            clients: Arc::new(clients),
            configuration: Arc::new(api::configuration(config, &ledger, telegram.as_deref())),
            nameless: is_nameless.then(|| format!("{public}{MEDIA_PATH}").into()),
            prober: is_live.then(Prober::new).transpose()?.map(Arc::new),
            public: Arc::new(public),
            worker: Worker::default(),
            authenticator,
            ledger,
            memory,
            metrics,
            rate_limits,
            programs,
            relay,
            concurrency,
            shutdown,
            telegram,
            upstream,
        })
    }
}

async fn ledger(config: &Config) -> Result<Ledger, StartError> {
    let spending = &config.spending;
    let (limits, wrong_day) = (spending.limits, spending.wrong_day.as_ref());
    let ledger = match &spending.ledger {
        LedgerPlace::Memory if matches!(config.mode, config::Mode::Demo { .. }) => {
            Ledger::for_demo(MOST_OF_DEMO)
        }
        LedgerPlace::Memory => Ledger::in_memory(limits),
        LedgerPlace::File(path) => Ledger::in_file(path, limits, wrong_day).await,
        LedgerPlace::Redis(url) => Ok(Ledger::in_redis(url, limits, wrong_day).await?),
    };
    let fail = |reason| StartError::Ledger(spending.ledger.to_string(), format!("{reason}"));
    Ok(ledger.map_err(fail)?.with_outbox_of(generate::outbox_user(config.programs.as_ref())))
}
