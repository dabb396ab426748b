//! How the server is set up, and everything that is refused before it starts.
//!
//! Settings come from the command line, the environment and a file, in this order; secrets come
//! from the environment or from files that nobody else can read, because command lines are visible
//! to everybody on a machine.

mod access;
mod address;
#[cfg(test)]
mod documentation;
mod file;
mod keys;
mod programs;
mod settings;
mod spending;
mod telegram;

#[cfg(test)]
mod tests;

pub use access::Access;
pub use address::{Addresses, Origin};
pub(crate) use address::{ip, is_loopback_host};
pub use file::SettingsFile;
pub use keys::Keys;
pub use programs::{Programs, Webhook};
pub use settings::Settings;
pub use spending::Spending;
pub(crate) use spending::micro_usd;
pub use telegram::{Telegram, TelegramBot};

use crate::secret::{BadKey, Secret};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// A server that may start.
#[derive(Debug)]
pub struct Config {
    /// Where to listen. Port 0 takes any free port.
    pub listen: SocketAddr,
    /// The built app.
    pub static_dir: PathBuf,
    /// What browsers call the server, where that differs from the listen address.
    pub public_url: Option<Origin>,
    /// Real or drawn pictures.
    pub mode: Mode,
    /// Who may use it.
    pub access: Access,
    /// Front proxies that are believed when they say for whom they call.
    pub front: Vec<IpAddr>,
    /// The bots whose apps may sign in.
    pub telegram: Option<Telegram>,
    /// How programs order by one call.
    pub programs: Option<Programs>,
    /// Budgets, prices, and where they are kept.
    pub spending: Spending,
    /// Where the numbers for Prometheus are served, if anywhere.
    pub metrics: Option<SocketAddr>,
    /// Sites that may show the app in a frame, beside its own.
    pub frame_ancestors: Vec<Origin>,
}

/// Where pictures come from.
#[derive(Debug)]
pub enum Mode {
    /// From the simulator inside.
    Demo {
        /// How much faster than FAL it works.
        speed: f64,
        /// Whether a key is there and lies idle.
        idle_key: bool,
    },
    /// From FAL.
    Live {
        /// FAL's key.
        key: Secret,
        /// FAL's hosts, or what stands in for them in tests.
        addresses: Box<Addresses>,
    },
}

/// Why the server does not start. Each sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Two keys.
    #[error("FAL_KEY and FAL_API_KEY are both set and differ. Unset the one that is not meant.")]
    TwoKeys,
    /// Not a key.
    #[error(
        "{name} is not a key: {reason}. Copy it again from the FAL dashboard, or unset it to use the demo."
    )]
    BadKey {
        /// The variable.
        name: &'static str,
        /// What is wrong with it.
        reason: BadKey,
    },
    /// Live was asked for without a key.
    #[error(
        "AVATAR_TEST_MODE turns the demo off, but there is no key. Set FAL_KEY, or unset AVATAR_TEST_MODE."
    )]
    NoKey,
    /// A value that is none of the known ones.
    #[error("{name} is {found:?}; expected {expected}.")]
    BadValue {
        /// The variable.
        name: &'static str,
        /// What it holds.
        found: String,
        /// What it may hold.
        expected: &'static str,
    },
    /// A webhook without what it needs.
    #[error(
        "A webhook needs LIKENESS_API_TOKEN, LIKENESS_WEBHOOK_URL and LIKENESS_WEBHOOK_SECRET; {0} is not set."
    )]
    HalfWebhook(&'static str),
    /// Not the token of a bot. The message does not repeat it.
    #[error(
        "TELEGRAM_BOT_TOKEN: token {number} is not of the form 123456789:ABC…. Copy it again from @BotFather."
    )]
    BadBotToken {
        /// Which of the list, from 1.
        number: usize,
    },
    /// An access rule without what it needs.
    #[error("LIKENESS_ACCESS={rule} needs {needs}.")]
    HalfAccess {
        /// The rule.
        rule: &'static str,
        /// What is missing.
        needs: &'static str,
    },
    /// A secret that lies in a file which others can read, or cannot be read.
    #[error("{name} names a file that {reason}.")]
    SecretFile {
        /// The variable.
        name: &'static str,
        /// What is wrong with the file.
        reason: String,
    },
    /// A secret twice.
    #[error("{0} and {0}_FILE are both set. Unset one.")]
    TwoSources(&'static str),
    /// A settings file that cannot be read.
    #[error("the settings file {path}: {reason}.")]
    File {
        /// Where it lies.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The numbers cannot lie where the app does.
    #[error("LIKENESS_METRICS is {0}, which the server itself listens on. Choose another port.")]
    MetricsInTheWay(SocketAddr),
    /// A key, no access rule, and an address that others can reach.
    #[error(
        "A key is set and there is no access rule, so LIKENESS_LISTEN must be a loopback address such as 127.0.0.1:8787, not {0}. Others could spend your money. For the open internet set LIKENESS_ACCESS=password."
    )]
    NotLoopback(SocketAddr),
}
