//! Claims whose confirmation was lost. Nothing is sent without one, so their money is given back as
//! soon as Redis can be reached again.

use super::{RedisStore, json};
use crate::ledger::rules::LONGEST_SUBMIT;
use crate::ledger::{Away, Millis, Outcome};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long after its release a claim may still arrive: longer than any connection holds bytes
/// back.
const VOID: Millis = 3_600_000;
/// Between two attempts.
const PAUSE: Duration = Duration::from_secs(1);

impl RedisStore {
    /// Gives the money of a claim back, and keeps it from counting should it arrive only now.
    /// Whether it had arrived.
    pub(in crate::ledger) async fn release(&self, name: &str, claim: &str) -> Result<bool, Away> {
        let mut call = self.release.prepare_invoke();
        call.arg(name).arg(claim).arg(json(&Outcome::Unsent)?).arg(VOID);
        let settled: i64 = call.invoke_async(&mut self.connection.clone()).await?;
        Ok(settled == 1)
    }

    /// The same as soon as Redis answers. After [`LONGEST_SUBMIT`] the claim counts as spent
    /// anyway, as if this server had died.
    pub(super) fn release_later(&self, name: String, claim: String) {
        let store = self.clone();
        let until = Instant::now() + Duration::from_millis(LONGEST_SUBMIT);
        tokio::spawn(async move {
            loop {
                sleep(PAUSE).await;
                match store.release(&name, &claim).await {
                    Ok(true) => {
                        tracing::info!("a claim whose confirmation was lost is released");
                        return;
                    }
                    Ok(false) => return,
                    Err(_) if Instant::now() < until => {}
                    Err(error) => {
                        tracing::error!(%error, "a claim without confirmation counts as spent, if it arrived");
                        return;
                    }
                }
            }
        });
    }
}
