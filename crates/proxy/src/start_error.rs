//! Why the server does not start although its settings are good.

use crate::entropy::NoEntropy;
use crate::ledger::RedisError;
use std::net::SocketAddr;

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be had.
    #[error(
        "cannot listen on {address}: {reason}. Stop what uses it, or choose another address with LIKENESS_LISTEN."
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        reason: std::io::Error,
    },
    /// The ledger of spending cannot be had.
    #[error(
        "the ledger of spending ({0}) cannot be opened: {1}. Let LIKENESS_DATA name a folder that this server can write to and no other server uses."
    )]
    Ledger(String, String),
    /// Nothing unguessable can be made.
    #[error("{0}")]
    Entropy(#[from] NoEntropy),
    /// The Redis server of the ledger cannot be used.
    #[error("{0}")]
    Redis(#[from] RedisError),
    /// The system's certificates cannot be read, so FAL could not be told from a stranger.
    #[error("cannot make TLS connections: {0}. Install the ca-certificates package.")]
    Tls(#[from] rustls::Error),
}
