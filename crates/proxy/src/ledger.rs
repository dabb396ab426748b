//! The ledger of spending: what was promised, what was spent, and what became of every submit.
//!
//! Money is reserved before a submit leaves and settled when its outcome is known. A reservation is
//! released only if the run was provably not started; everything else stays spent, also what a
//! crash left behind. The same record answers a repeated `Idempotency-Key`.
//!
//! `rules` says what a claim, a settlement and a retry may do, a `store` carries it out.

mod claim;
mod clock;
mod file;
mod limits;
mod open;
mod outbox;
mod pending;
mod place;
mod record;
mod redis;
mod rules;
mod store;
mod window;

#[cfg(test)]
mod tests;

pub(crate) use claim::{Claim, Claimed, Ticket, User};
pub(crate) use clock::Ahead;
pub use clock::WrongDay;
pub use limits::Limits;
pub(crate) use limits::{Limit, Total, Totals};
pub(crate) use outbox::{LEASE, Message, system_now};
pub use place::LedgerPlace;
pub(crate) use record::{Outcome, Record, Run, Stored};
pub use redis::RedisError;

use crate::recent::Recent;
use crate::refusal::Refusal;
use claim::{Reservation, Verdict};
use clock::Clock;
use likeness_api::ServerCode;
use likeness_fal::RequestId;
use pending::{Pending, Settlement};
use record::{name_of, user_of};
use rules::LONGEST_SUBMIT;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use store::Store;
use tokio::time::{Instant, sleep, timeout};
use window::Windows;

/// Milliseconds since 1970.
pub(crate) type Millis = u64;

const HOUR: Millis = 3_600_000;
/// How long the result of a try holds, and how long one may take.
const TRIED: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(4);
/// How often a stopping server looks whether outcomes still wait.
const PENDING: Duration = Duration::from_millis(100);
/// Of how many runs, and as many older ones, the owner is kept in memory.
const KNOWN_OWNERS: usize = 16_384;

/// The store cannot be reached, or failed. Nothing may be spent.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub(crate) struct Away {
    reason: String,
    /// The disk failed.
    is_io: bool,
}

/// Nothing that needs the ledger can be answered.
impl From<Away> for Refusal {
    fn from(away: Away) -> Self {
        tracing::error!(error = %away, "the ledger is away");
        ServerCode::LedgerAway.into()
    }
}

impl Away {
    fn new(error: impl std::fmt::Display) -> Self {
        Self { reason: error.to_string(), is_io: false }
    }
}

/// The ledger.
pub(crate) struct Ledger {
    store: Box<dyn Store>,
    limits: Limits,
    clock: Clock,
    /// Whose runs leave a message in the outbox.
    outbox_of: Option<User>,
    /// Whose runs were asked about lately: a run never changes hands.
    owners: Mutex<Recent<RequestId, String>>,
    pending: Pending,
    /// When the store was tried last, and with what result.
    tried: tokio::sync::Mutex<Option<(Instant, Result<(), String>)>>,
}

impl Ledger {
    /// Whether its clock is ahead of the system's.
    pub(crate) fn ahead(&self) -> Option<Ahead> {
        self.clock.ahead()
    }

    /// The same ledger, in which each run of this user leaves a message in the outbox.
    pub(crate) fn with_outbox_of(self, outbox_of: Option<User>) -> Self {
        Self { outbox_of, ..self }
    }

    /// The limits.
    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    /// Reserves the money for a submit, or says why not.
    pub(crate) async fn claim(&self, claim: Claim) -> Result<Claimed, Away> {
        let now = self.clock.now();
        let windows = Windows::at(now, &claim.user);
        let own = crate::entropy::hex().map_err(Away::new)?;
        let name = match &claim.key {
            Some(key) => name_of(&claim.user.0, key),
            None => name_of(&claim.user.0, &format!("~{own}")),
        };
        let record = Record {
            claim: own.clone(),
            digest: claim.digest,
            endpoint: claim.endpoint.clone(),
            amount: claim.amount,
            at: now,
            until: now + LONGEST_SUBMIT,
            windows: windows.names(),
            outcome: Outcome::Sending,
        };
        let reservation = Reservation { name: name.clone(), record, limits: self.limits, now };
        let ticket = Ticket { name, claim: own, endpoint: claim.endpoint, amount: claim.amount };
        let claimed = self.store.claim(reservation).await;
        if claimed.is_err() && !self.store.releases_lost_claims() {
            // It may be written all the same, and nothing is sent for it.
            let (ticket, outcome) = (ticket.clone(), Outcome::Unsent);
            self.pending.push(Settlement { ticket, outcome, run: None, at: now });
        }
        let (verdict, seen) = claimed?;
        self.clock.advance(seen);
        Ok(match verdict {
            Verdict::Granted => Claimed::Granted(ticket),
            Verdict::Known(record) => Claimed::Known(*record),
            Verdict::Over(limit) => Claimed::Refused {
                limit,
                retry_after: windows.until_free(limit, seen, system_now()),
            },
        })
    }

    /// Writes down what became of a submit: its money is spent, or released if it was provably not
    /// started. A run that was accepted belongs to its user from now on.
    ///
    /// # Errors
    /// The store is away. The outcome counts all the same, and waits in the outbox until it is
    /// written down.
    pub(crate) async fn settle(
        &self,
        ticket: &Ticket,
        outcome: Outcome,
        run: Option<&RequestId>,
    ) -> Result<(), Away> {
        let (ticket, run, at) = (ticket.clone(), run.cloned(), self.clock.now());
        let settlement = Settlement { ticket, outcome, run, at };
        let settled = self.write_down(&settlement).await;
        if settled.is_err() {
            self.pending.push(settlement);
        }
        settled
    }

    async fn write_down(&self, settlement: &Settlement) -> Result<(), Away> {
        let user = user_of(&settlement.ticket.name);
        let is_announced = self.outbox_of.as_ref().is_some_and(|outbox_of| outbox_of.0 == user);
        self.store.settle(settlement, is_announced).await
    }

    /// Waits until every outcome is written down.
    pub(crate) async fn pending_done(&self) {
        while !self.pending.is_empty() {
            sleep(PENDING).await;
        }
    }

    /// Writes down the outcomes that wait, and sees whether a store that was unwell is well again.
    /// To be called every second or so.
    pub(crate) async fn recover(&self) -> Result<(), Away> {
        while let Some(settlement) = self.pending.first() {
            self.write_down(&settlement).await?;
            self.pending.remove(&settlement);
            tracing::info!("an outcome is in the ledger after all");
        }
        if self.store.is_well() { Ok(()) } else { self.check().await }
    }

    /// Takes messages that are due, for [`LEASE`].
    pub(crate) async fn lease_messages(&self, most: usize) -> Result<Vec<Message>, Away> {
        self.store.lease_messages(system_now(), most).await
    }

    /// Writes a message down as it stands, and after how many milliseconds anybody may take it.
    pub(crate) async fn put_message(&self, message: &Message, wait: Millis) -> Result<(), Away> {
        self.store.put_message(message, system_now() + wait).await
    }

    /// The message was delivered, or given up.
    pub(crate) async fn acknowledge(&self, message: &Message) -> Result<(), Away> {
        self.store.acknowledge(&message.run).await
    }

    /// What became of the submit with this key.
    pub(crate) async fn submission(&self, user: &User, key: &str) -> Result<Option<Outcome>, Away> {
        let now = self.clock.now();
        let name = name_of(&user.0, key);
        if let Some(outcome) = self.pending.outcome(&name) {
            return Ok(Some(outcome));
        }
        let record = self.store.record(&name).await?;
        let record = record.filter(|record| rules::is_remembered(record, now));
        Ok(record.map(|record| rules::seen_at(record, now).outcome))
    }

    /// Whether the run was started by this user.
    pub(crate) async fn owns(&self, user: &User, id: &RequestId) -> Result<bool, Away> {
        let owners = || self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(owner) = owners().get(id) {
            return Ok(*owner == user.0);
        }
        let Some(run) = self.run(id).await? else { return Ok(false) };
        let is_owner = run.user == user.0;
        let mut owners = owners();
        if owners.len() >= KNOWN_OWNERS {
            owners.turn(|_| false);
        }
        owners.insert(id.clone(), run.user);
        Ok(is_owner)
    }

    /// Whose run it is, and what it costs; none if it was not started here.
    pub(crate) async fn run(&self, id: &RequestId) -> Result<Option<Run>, Away> {
        if let Some(run) = self.pending.run(id) {
            return Ok(Some(run));
        }
        self.store.run(id.as_str()).await
    }

    /// The run is over: it no longer counts as under way, and what FAL says that it counted is kept
    /// beside the estimate.
    pub(crate) async fn run_ended(&self, id: &RequestId, units: Option<&str>) -> Result<(), Away> {
        self.store.run_ended(id.as_str(), units).await
    }

    /// What counts against a user now.
    pub(crate) async fn totals(&self, user: &User) -> Result<Totals, Away> {
        let windows = Windows::at(self.clock.now(), user);
        let [user_day, day, month] = self.store.totals(&windows.names()).await?;
        Ok(Totals { user_day, day, month })
    }

    /// Settles what servers left behind that died, and forgets what is old. To be called now and
    /// then.
    pub(crate) async fn sweep(&self) -> Result<(), Away> {
        self.store.sweep(self.clock.now()).await
    }

    /// Tries what an order needs. A result holds for [`TRIED`], so that asking often costs nothing.
    pub(crate) async fn check(&self) -> Result<(), Away> {
        let mut tried = self.tried.lock().await;
        if let Some((at, result)) = &*tried
            && at.elapsed() < TRIED
        {
            return result.clone().map_err(Away::new);
        }
        let probe = self.store.probe(self.clock.now());
        let slow = |_| Err(Away::new("it does not answer"));
        let result = timeout(PATIENCE, probe).await.unwrap_or_else(slow);
        let kept = result.as_ref().copied().map_err(ToString::to_string);
        *tried = Some((Instant::now(), kept));
        result
    }
}
