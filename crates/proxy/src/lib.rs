//! The server of Likeness: static files, the fal.ai proxy protocol, access and health.
//!
//! A request passes `trace` (id and log line), `policy` (headers for browsers) and `guard` (who may call) and reaches one of: `relay`
//! (FAL's proxy protocol), `api` (compose, configuration, health), `image` (pictures), `assets` (the built app). Whatever goes to FAL goes
//! through `upstream`, which is FAL or the simulator; nothing above it knows which.
//!
//! The rules of FAL's addresses, bodies and errors are not here but in [`likeness_fal`].

mod api;
mod app;
mod assets;
mod body;
pub mod config;
mod digest;
mod guard;
mod image;
mod policy;
mod process;
mod refusal;
mod relay;
mod secret;
mod server;
mod trace;
mod upstream;

pub use config::{Config, ConfigError, Keys, Settings};
pub use process::forbid_core_dumps;
pub use secret::{BadKey, Secret};
pub use server::{Listening, Server, StartError};

/// Chooses the cryptography for TLS. Once in a process, before the first server listens.
pub fn install_crypto() {
    // A second call finds the same provider in place.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
