//! Where a ledger lies.

use core::fmt;
use std::path::PathBuf;

/// Where the ledger lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LedgerPlace {
    /// Nowhere: a restart forgets it.
    Memory,
    /// In this file.
    File(PathBuf),
    /// On this Redis server.
    Redis(String),
}

impl fmt::Display for LedgerPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("memory"),
            Self::File(path) => write!(f, "{}", path.display()),
            // Its address may hold a password.
            Self::Redis(_) => f.write_str("Redis"),
        }
    }
}
