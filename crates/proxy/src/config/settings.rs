//! Command line and environment.

use super::{Addresses, Config, ConfigError, Mode, Origin};
use crate::secret::Secret;
use clap::Parser;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Serves the Likeness app and passes its requests to FAL.
///
/// With a key in FAL_KEY it makes real pictures; without one it draws them itself.
#[derive(Debug, Parser)]
#[command(version, name = "likeness-proxy")]
pub struct Settings {
    /// Address to listen on; with a key it must be a loopback one
    #[arg(long, env = "LIKENESS_LISTEN", default_value = "127.0.0.1:8787", value_name = "IP:PORT")]
    pub listen: String,
    /// Folder of the built app
    #[arg(long = "static", env = "LIKENESS_STATIC", default_value = "dist", value_name = "FOLDER")]
    pub static_dir: PathBuf,
    /// What browsers call this server, where that is not the listen address
    #[arg(long, env = "LIKENESS_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// Who may use it: open
    #[arg(long, env = "LIKENESS_ACCESS", value_name = "RULE")]
    pub access: Option<String>,
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
    /// Stand-in for the media hosts, on this machine
    #[arg(long, env = "LIKENESS_FAL_MEDIA", value_name = "URL", hide = true)]
    pub fal_media: Option<String>,
}

/// The keys as they stand in the environment. Blank ones count as absent.
#[derive(Default)]
pub struct Keys {
    /// `FAL_KEY`.
    pub fal_key: Option<String>,
    /// `FAL_API_KEY`.
    pub fal_api_key: Option<String>,
}

/// Settings of parts that this version does not have. They are named at the start, so that nobody relies on them.
const LATER: [&str; 6] = [
    "LIKENESS_DATA",
    "LIKENESS_LEDGER",
    "LIKENESS_API_TOKEN",
    "TELEGRAM_BOT_TOKEN",
    "TELEGRAM_BOT_ID",
    "TELEGRAM_API_BASE",
];

impl Keys {
    /// Reads the environment of this process.
    pub fn from_env() -> Self {
        // A value that is not Unicode is kept in a form that is refused later: a key that is present is never ignored.
        let read = |name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
        Self { fal_key: read("FAL_KEY"), fal_api_key: read("FAL_API_KEY") }
    }

    fn into_secret(self) -> Result<Option<Secret>, ConfigError> {
        let present = |key: Option<String>| key.filter(|key| !key.trim().is_empty());
        let (name, key) = match (present(self.fal_key), present(self.fal_api_key)) {
            (Some(key), Some(other)) if key != other => return Err(ConfigError::TwoKeys),
            (Some(key), _) => ("FAL_KEY", key),
            (None, Some(key)) => ("FAL_API_KEY", key),
            (None, None) => return Ok(None),
        };
        Secret::parse(&key).map(Some).map_err(|reason| ConfigError::BadKey { name, reason })
    }
}

impl Settings {
    /// Judges the settings together with the keys.
    ///
    /// # Errors
    /// The first thing that keeps the server from starting.
    pub fn into_config(self, keys: Keys) -> Result<Config, ConfigError> {
        let key = keys.into_secret()?;
        let listen = self.listen_address()?;
        match self.access.as_deref() {
            None | Some("" | "open") => {}
            Some(rule @ ("password" | "telegram")) => {
                return Err(ConfigError::NoSuchAccess(rule.to_owned()));
            }
            Some(other) => return Err(bad("LIKENESS_ACCESS", other, "open")),
        }
        let public_url = self.public_url()?;
        let mode = self.mode(key)?;
        if matches!(mode, Mode::Live { .. }) && !listen.ip().is_loopback() {
            return Err(ConfigError::NotLoopback(listen));
        }
        let unused = LATER.into_iter().filter(|name| std::env::var_os(name).is_some()).collect();
        Ok(Config { listen, static_dir: self.static_dir, public_url, mode, unused })
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
            (_, Some(key)) => Ok(Mode::Live { key, addresses }),
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
        let stand_in = |name, url: &Option<String>| match url.as_deref() {
            None | Some("") => Ok(None),
            Some(url) => {
                Origin::parse(url).filter(Origin::is_loopback).map(Some).ok_or_else(|| {
                    bad(name, url, "an address of this machine such as http://127.0.0.1:8788")
                })
            }
        };
        Ok(Addresses::with_stand_ins([
            stand_in("LIKENESS_FAL_QUEUE", &self.fal_queue)?,
            stand_in("LIKENESS_FAL_RUN", &self.fal_run)?,
            stand_in("LIKENESS_FAL_REST", &self.fal_rest)?,
            stand_in("LIKENESS_FAL_MEDIA", &self.fal_media)?,
        ]))
    }
}

fn bad(name: &'static str, found: &str, expected: &'static str) -> ConfigError {
    ConfigError::BadValue { name, found: found.chars().take(80).collect(), expected }
}
