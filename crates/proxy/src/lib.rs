//! The server of Likeness: static files, the fal.ai proxy protocol, access, money and health.
//!
//! `server` listens and serves, from the parts in `state`. `service` leads each request past
//! `trace` (id and log line), `policy` (headers for browsers) and `access` (who may call) to
//! `relay` (FAL's proxy protocol) or to the `router`, whose layers are in `middleware`: `api`
//! (compose, configuration, health), `submissions` and `spending` (what became of submits and
//! money), `image` (pictures), `telegram` (people who open a bot's app), `generate` (programs),
//! `assets` (the built app). Whatever costs money goes through `relay::order` and the `ledger`.
//! Whatever goes to FAL goes through `upstream`, which is FAL or the simulator; nothing above it
//! knows which. `scheduler` has what goes on beside requests.
//!
//! The rules of FAL's addresses, bodies and errors are not here but in [`likeness_fal`].

mod access;
mod api;
mod assets;
mod body;
mod caller;
mod check;
mod client;
mod clients;
mod coalesce;
mod concurrency;
pub mod config;
mod csrf;
mod digest;
mod entropy;
mod generate;
mod image;
mod issues;
mod ledger;
mod lockout;
mod log;
mod memory;
mod metrics;
mod middleware;
mod named;
mod outgoing;
mod permit;
mod policy;
mod price;
mod probe;
mod process;
mod rate_limit;
mod recent;
mod refusal;
mod relay;
mod router;
mod scheduler;
mod secret;
mod server;
mod service;
mod shutdown;
mod spending;
mod start_error;
mod state;
mod submissions;
mod telegram;
mod trace;
mod upstream;
mod worker;

pub use check::{fault, remarks};
pub use config::{Config, ConfigError, Keys, Settings, SettingsFile};
pub use entropy::NoEntropy;
pub use ledger::{LedgerPlace, Limits, RedisError, WrongDay};
pub use log::Log;
pub use process::{forbid_core_dumps, give_memory_back};
pub use secret::{BadKey, Secret};
pub use server::{Listening, Server};
pub use start_error::StartError;

/// Chooses the cryptography for TLS. Once in a process, before the first server listens.
pub fn install_crypto() {
    // A second call finds the same provider in place.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
