//! Messages that are owed, on the Redis server. Those that nobody pays end by themselves.

use super::{RedisStore, json};
use crate::ledger::owed::{FARTHEST, FORGOTTEN, LEASE, Owed};
use crate::ledger::{Away, Millis};
use redis::RedisResult;

impl RedisStore {
    /// Takes up debts that are due.
    pub(in crate::ledger) async fn take_owed(
        &self,
        now: Millis,
        most: usize,
    ) -> Result<Vec<Owed>, Away> {
        let mut call = self.take.prepare_invoke();
        call.arg(now).arg(now.saturating_add(FARTHEST)).arg(now + LEASE).arg(most);
        let taken: Vec<String> = call.invoke_async(&mut self.connection.clone()).await?;
        taken.iter().map(|owed| serde_json::from_str(owed).map_err(Away::new)).collect()
    }

    /// Writes a debt again, unless it was paid.
    pub(in crate::ledger) async fn put_owed(&self, owed: &Owed, due: Millis) -> Result<(), Away> {
        let mut call = self.owe.prepare_invoke();
        call.arg(&owed.run).arg(json(owed)?).arg(due).arg(FORGOTTEN);
        let _: i64 = call.invoke_async(&mut self.connection.clone()).await?;
        Ok(())
    }

    /// Strikes a debt out.
    pub(in crate::ledger) async fn pay(&self, run: &str) -> Result<(), Away> {
        let mut pipe = redis::pipe();
        pipe.atomic();
        pipe.zrem("likeness:owed", run).ignore();
        pipe.del(format!("likeness:owed:{run}")).ignore();
        let done: RedisResult<()> = pipe.query_async(&mut self.connection.clone()).await;
        Ok(done?)
    }
}
