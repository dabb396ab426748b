//! The latest time that any proxy has shown to the Redis server.

use super::{RedisError, RedisStore};
use crate::ledger::{Millis, clock, window};
use redis::AsyncCommands;

impl RedisStore {
    /// The latest time that was written down.
    pub(in crate::ledger) async fn clock(&self) -> Result<Millis, RedisError> {
        let latest: Option<Millis> = self.connection.clone().get("likeness:clock").await?;
        Ok(latest.unwrap_or(0))
    }

    /// Takes the time `now` although `seen` is later. Whatever counts on later days counts now, too.
    pub(in crate::ledger) async fn accept(
        &self,
        seen: Millis,
        now: Millis,
    ) -> Result<(), RedisError> {
        let today = window::day(now);
        let mut call = self.accept.prepare_invoke();
        call.arg(seen).arg(now).arg(&today).arg(&today[..7]);
        let answer: String = call.invoke_async(&mut self.connection.clone()).await?;
        match answer.as_str() {
            "accepted" => Ok(()),
            _ => Err(RedisError::Clock(clock::busy().to_string())),
        }
    }
}
