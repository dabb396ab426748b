//! The server of Likeness: static files, the fal.ai proxy protocol, access, money and health.
//!
//! `service` leads each request past `trace` (id and log line), `policy` (headers for browsers) and `access` (who may call) to `relay` (FAL's proxy
//! protocol) or to the router: `api` (compose, configuration, health), `submissions` and `spending` (what became of submits and money), `image`
//! (pictures), `telegram` (people who open a bot's app), `generate` (programs), `assets` (the built app). Whatever costs money goes through
//! `relay::order` and the `ledger`. Whatever goes to FAL goes through `upstream`, which is FAL or the simulator; nothing above it knows which.
//!
//! The rules of FAL's addresses, bodies and errors are not here but in [`likeness_fal`].

mod access;
mod api;
mod app;
mod assets;
mod body;
mod check;
pub mod config;
mod digest;
mod entropy;
mod generate;
mod holders;
mod image;
mod issues;
mod ledger;
mod log;
mod memory;
mod metrics;
mod outgoing;
mod pace;
mod policy;
mod price;
mod probe;
mod process;
mod recent;
mod refusal;
mod relay;
mod secret;
mod server;
mod service;
mod share;
mod spending;
mod strikes;
mod submissions;
mod supervised;
mod telegram;
mod trace;
mod turns;
mod upstream;

pub use check::{fault, remarks};
pub use config::{Config, ConfigError, Keys, Settings, SettingsFile};
pub use entropy::NoEntropy;
pub use ledger::{Limits, RedisError, WrongDay};
pub use log::Log;
pub use process::{forbid_core_dumps, give_memory_back};
pub use secret::{BadKey, Secret};
pub use server::{Listening, Server, StartError};

/// Chooses the cryptography for TLS. Once in a process, before the first server listens.
pub fn install_crypto() {
    // A second call finds the same provider in place.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
