//! What makes a Redis server fit for money: what it confirms is on its disk.

use crate::ledger::Away;
use redis::aio::ConnectionManager;
use std::collections::HashMap;

/// Why a Redis server is not taken for a ledger.
#[derive(Debug, thiserror::Error)]
pub enum RedisError {
    /// It does not answer, or not as Redis.
    #[error("the ledger at LIKENESS_LEDGER does not answer: {0}")]
    Away(#[from] redis::RedisError),
    /// The ledger on it cannot be opened.
    #[error("{0}")]
    Unopened(String),
    /// It may lose what it confirmed.
    #[error(
        "the Redis server at LIKENESS_LEDGER may lose money in a crash: {name} is {found:?}, and has to be {wanted:?}. Set it in redis.conf."
    )]
    NotDurable {
        /// The setting.
        name: &'static str,
        /// What it is.
        found: String,
        /// What it has to be.
        wanted: &'static str,
    },
}

impl From<redis::RedisError> for Away {
    fn from(error: redis::RedisError) -> Self {
        Self::new(error)
    }
}

impl From<RedisError> for Away {
    fn from(error: RedisError) -> Self {
        Self::new(error)
    }
}

/// Makes sure of it.
pub(super) async fn require(connection: &mut ConnectionManager) -> Result<(), RedisError> {
    for (name, wanted) in [("appendonly", "yes"), ("appendfsync", "always")] {
        let found: HashMap<String, String> =
            redis::cmd("CONFIG").arg("GET").arg(name).query_async(connection).await?;
        let found = found.get(name).cloned().unwrap_or_default();
        if found != wanted {
            return Err(RedisError::NotDurable { name, found, wanted });
        }
    }
    Ok(())
}
