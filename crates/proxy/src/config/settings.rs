//! Command line and environment.

use super::{
    Access, Addresses, Config, ConfigError, Keys, Mode, Origin, Programs, Spending, Telegram,
};
use crate::secret::Secret;
use clap::Parser;
use std::net::IpAddr;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Serves the Likeness app and passes its requests to FAL.
///
/// With a key in FAL_KEY it makes real pictures; without one it draws them itself.
#[derive(Debug, Parser)]
#[command(version, name = "likeness-proxy", args_override_self = true)]
pub struct Settings {
    /// Address to listen on; with a key and no access rule it must be a loopback one
    #[arg(long, env = "LIKENESS_LISTEN", default_value = "127.0.0.1:8787", value_name = "IP:PORT")]
    pub listen: String,
    /// Folder of the built app
    #[arg(long = "static", env = "LIKENESS_STATIC", default_value = "dist", value_name = "FOLDER")]
    pub static_dir: PathBuf,
    /// What browsers call this server, where that is not the listen address
    #[arg(long, env = "LIKENESS_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// Who may use it: open (this machine), password (whoever knows the access code), header (whom
    /// a front proxy names), telegram (whoever opens a bot's app)
    #[arg(long, env = "LIKENESS_ACCESS", value_name = "RULE")]
    pub access: Option<String>,
    /// The header in which a front proxy names the user, for the rule `header`
    #[arg(long, env = "LIKENESS_USER_HEADER", value_name = "NAME")]
    pub user_header: Option<String>,
    /// The addresses of front proxies that are believed, with commas between
    #[arg(long, env = "LIKENESS_FRONT_PROXY", value_name = "IPS")]
    pub front_proxy: Option<String>,
    /// Sites that may show the app in a frame, with commas between
    #[arg(long, env = "LIKENESS_FRAME_ANCESTORS", value_name = "URLS")]
    pub frame_ancestors: Option<String>,
    /// Numbers of bots whose apps may sign in although their tokens are not here, with commas
    /// between
    #[arg(long, env = "TELEGRAM_BOT_ID", value_name = "IDS")]
    pub bot_id: Option<String>,
    /// Telegram's public key in hexadecimal digits, where it is not that of production
    #[arg(long, env = "TELEGRAM_PUBLIC_KEY", value_name = "HEX", hide = true)]
    pub telegram_key: Option<String>,
    /// Address to which the end of runs that programs ordered is posted, signed with
    /// LIKENESS_WEBHOOK_SECRET
    #[arg(long, env = "LIKENESS_WEBHOOK_URL", value_name = "URL", hide_env_values = true)]
    pub webhook: Option<String>,
    /// Stand-in for api.telegram.org, on this machine
    #[arg(long, env = "TELEGRAM_API_BASE", value_name = "URL", hide = true)]
    pub telegram_api: Option<String>,
    /// Folder of what must outlive the process
    #[arg(long, env = "LIKENESS_DATA", default_value = ".data", value_name = "FOLDER")]
    pub data: PathBuf,
    /// The ledger of spending: redis://… for several servers, memory for none; else a file in the
    /// data folder
    #[arg(long, env = "LIKENESS_LEDGER", value_name = "PLACE", hide_env_values = true)]
    pub ledger: Option<String>,
    /// A day (UTC) that the ledger's clock was set to by mistake, as the log names it: the ledger
    /// then takes this machine's time
    #[arg(long, env = "LIKENESS_ACCEPT_CLOCK", value_name = "DAY")]
    pub accept_clock: Option<String>,
    /// Dollars that one user may spend on a day (UTC)
    #[arg(long, env = "LIKENESS_BUDGET_USER_DAY", default_value = "5", value_name = "USD")]
    pub budget_user_day: String,
    /// Dollars that all may spend on a day
    #[arg(long, env = "LIKENESS_BUDGET_DAY", default_value = "20", value_name = "USD")]
    pub budget_day: String,
    /// Dollars that all may spend in a month
    #[arg(long, env = "LIKENESS_BUDGET_MONTH", default_value = "200", value_name = "USD")]
    pub budget_month: String,
    /// Runs of one user that may be under way
    #[arg(long, env = "LIKENESS_RUNS_PER_USER", default_value_t = 10, value_name = "COUNT")]
    pub runs_per_user: u32,
    /// Runs of all that may be under way
    #[arg(long, env = "LIKENESS_RUNS", default_value_t = 40, value_name = "COUNT")]
    pub runs: u32,
    /// Prices that win over FAL's list, in dollars a unit: endpoint=0.035, with commas between
    #[arg(long, env = "LIKENESS_PRICES", value_name = "LIST")]
    pub prices: Option<String>,
    /// Address on which the numbers for Prometheus are served
    #[arg(long, env = "LIKENESS_METRICS", value_name = "IP:PORT")]
    pub metrics: Option<String>,
    /// A file of settings in TOML: the names of these options without the dashes in front
    #[arg(long, env = "LIKENESS_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Judge the settings, say what is wrong, and do not start
    #[arg(long)]
    pub check: bool,
    /// true or 1: demo although there is a key; false or 0: refuse to start without one
    #[arg(long, env = "AVATAR_TEST_MODE", value_name = "BOOL")]
    pub test_mode: Option<String>,
    /// How many times faster than FAL the demo works
    #[arg(long, env = "LIKENESS_DEMO_SPEED", default_value = "10", value_name = "FACTOR")]
    pub demo_speed: String,
    /// Stand-in for queue.fal.run, on this machine
    #[arg(long, env = "LIKENESS_FAL_QUEUE", value_name = "URL", hide = true)]
    pub fal_queue: Option<String>,
    /// Stand-in for fal.run, on this machine
    #[arg(long, env = "LIKENESS_FAL_RUN", value_name = "URL", hide = true)]
    pub fal_run: Option<String>,
    /// Stand-in for rest.fal.ai, on this machine
    #[arg(long, env = "LIKENESS_FAL_REST", value_name = "URL", hide = true)]
    pub fal_rest: Option<String>,
    /// Stand-in for api.fal.ai, on this machine
    #[arg(long, env = "LIKENESS_FAL_API", value_name = "URL", hide = true)]
    pub fal_api: Option<String>,
    /// Stand-in for the media hosts, on this machine
    #[arg(long, env = "LIKENESS_FAL_MEDIA", value_name = "URL", hide = true)]
    pub fal_media: Option<String>,
}

impl Settings {
    /// Judges the settings together with the keys.
    ///
    /// # Errors
    /// The first thing that keeps the server from starting.
    pub fn into_config(self, keys: Keys) -> Result<Config, ConfigError> {
        let key = keys.fal()?;
        let listen = self.listen_address()?;
        let front = self.front_proxies()?;
        let access = Access::read(
            self.access.as_deref(),
            keys.access_code()?,
            self.user_header.as_deref(),
            front.clone(),
        )?;
        let programs = Programs::read(&self, &keys, front.clone())?;
        let telegram = Telegram::read(&self, keys.bot_tokens()?, front.clone())?;
        if matches!(access, Access::Telegram { .. }) && telegram.is_none() {
            let needs = "a bot in TELEGRAM_BOT_TOKEN or TELEGRAM_BOT_ID";
            return Err(ConfigError::HalfAccess { rule: "telegram", needs });
        }
        let public_url = self.public_url()?;
        let mode = self.mode(key)?;
        let is_live = matches!(mode, Mode::Live { .. });
        if is_live && matches!(access, Access::Open) && !listen.ip().is_loopback() {
            return Err(ConfigError::NotLoopback(listen));
        }
        let spending = Spending::read(&self, is_live)?;
        let metrics = self.metrics()?;
        if let Some(metrics) = metrics.filter(|metrics| is_same(*metrics, listen)) {
            return Err(ConfigError::MetricsInTheWay(metrics));
        }
        let mut frame_ancestors = self.frame_ancestors()?;
        if telegram.is_some() {
            frame_ancestors.extend(Telegram::web());
        }
        Ok(Config {
            listen,
            static_dir: self.static_dir,
            public_url,
            mode,
            access,
            front,
            telegram,
            programs,
            spending,
            metrics,
            frame_ancestors,
        })
    }

    fn front_proxies(&self) -> Result<Vec<IpAddr>, ConfigError> {
        let read = |ip: &str| {
            super::ip(ip)
                .ok_or_else(|| bad("LIKENESS_FRONT_PROXY", ip, "an IP address such as 10.0.0.2"))
        };
        list(self.front_proxy.as_deref()).map(read).collect()
    }

    fn frame_ancestors(&self) -> Result<Vec<Origin>, ConfigError> {
        let read = |url: &str| {
            let origin =
                Origin::parse(url).filter(|origin| origin.without_path() == origin.to_string());
            origin.ok_or_else(|| {
                bad("LIKENESS_FRAME_ANCESTORS", url, "an address such as https://web.telegram.org")
            })
        };
        list(self.frame_ancestors.as_deref()).map(read).collect()
    }

    fn metrics(&self) -> Result<Option<SocketAddr>, ConfigError> {
        let Some(address) = self.metrics.as_deref().filter(|address| !address.is_empty()) else {
            return Ok(None);
        };
        let read = address.replacen("localhost:", "127.0.0.1:", 1).parse();
        read.map(Some)
            .map_err(|_| bad("LIKENESS_METRICS", address, "an address such as 127.0.0.1:9464"))
    }

    fn listen_address(&self) -> Result<SocketAddr, ConfigError> {
        let numeric = self.listen.replacen("localhost:", "127.0.0.1:", 1);
        numeric
            .parse()
            .map_err(|_| bad("LIKENESS_LISTEN", &self.listen, "an address such as 127.0.0.1:8787"))
    }

    fn public_url(&self) -> Result<Option<Origin>, ConfigError> {
        let Some(url) = self.public_url.as_deref().filter(|url| !url.is_empty()) else {
            return Ok(None);
        };
        let origin =
            Origin::parse(url).filter(|origin| origin.without_path() == origin.to_string());
        origin.map(Some).ok_or_else(|| {
            bad("LIKENESS_PUBLIC_URL", url, "an address such as https://pictures.example")
        })
    }

    fn mode(&self, key: Option<Secret>) -> Result<Mode, ConfigError> {
        let asked = match self.test_mode.as_deref().map(str::to_ascii_lowercase).as_deref() {
            None | Some("") => None,
            Some("true" | "1") => Some(true),
            Some("false" | "0") => Some(false),
            Some(other) => return Err(bad("AVATAR_TEST_MODE", other, "true, 1, false or 0")),
        };
        let addresses = self.addresses()?;
        let speed = self.demo_speed()?;
        match (asked, key) {
            (Some(true), key) => Ok(Mode::Demo { speed, idle_key: key.is_some() }),
            (None, None) => Ok(Mode::Demo { speed, idle_key: false }),
            (Some(false), None) => Err(ConfigError::NoKey),
            (_, Some(key)) => Ok(Mode::Live { key, addresses: Box::new(addresses) }),
        }
    }

    fn demo_speed(&self) -> Result<f64, ConfigError> {
        let speed =
            self.demo_speed.parse().ok().filter(|speed: &f64| (0.01..=10_000.0).contains(speed));
        speed.ok_or_else(|| {
            bad("LIKENESS_DEMO_SPEED", &self.demo_speed, "a number from 0.01 to 10000")
        })
    }

    fn addresses(&self) -> Result<Addresses, ConfigError> {
        Ok(Addresses::with_stand_ins([
            stand_in("LIKENESS_FAL_QUEUE", &self.fal_queue)?,
            stand_in("LIKENESS_FAL_RUN", &self.fal_run)?,
            stand_in("LIKENESS_FAL_REST", &self.fal_rest)?,
            stand_in("LIKENESS_FAL_MEDIA", &self.fal_media)?,
            stand_in("LIKENESS_FAL_API", &self.fal_api)?,
        ]))
    }
}

/// Whether only one of two addresses can be listened on.
fn is_same(one: SocketAddr, other: SocketAddr) -> bool {
    let is_any = one.ip().is_unspecified() || other.ip().is_unspecified();
    one.port() == other.port() && one.port() != 0 && (is_any || one.ip() == other.ip())
}

/// What stands in for another server: on this machine, so that no secret goes to a stranger.
pub(super) fn stand_in(
    name: &'static str,
    url: &Option<String>,
) -> Result<Option<Origin>, ConfigError> {
    match url.as_deref() {
        None | Some("") => Ok(None),
        Some(url) => Origin::parse(url).filter(Origin::is_loopback).map(Some).ok_or_else(|| {
            bad(name, url, "an address of this machine such as http://127.0.0.1:8788")
        }),
    }
}

/// The items of a list with commas between.
pub(super) fn list(text: Option<&str>) -> impl Iterator<Item = &str> {
    text.unwrap_or_default().split(',').map(str::trim).filter(|item| !item.is_empty())
}

pub(super) fn bad(name: &'static str, found: &str, expected: &'static str) -> ConfigError {
    ConfigError::BadValue { name, found: found.chars().take(80).collect(), expected }
}
