//! The ledger of spending: what was promised, what was spent, and what became of every submit.
//!
//! Money is reserved before a submit leaves and settled when its outcome is known. A reservation is released only if the run was provably not
//! started; everything else stays spent, also what a crash left behind. The same record answers a repeated `Idempotency-Key`.
//!
//! The rules are here; a [`Store`] carries them out atomically: a file, or a Redis server that several proxies share.

mod clock;
mod file;
mod offered;
mod owed;
mod place;
mod record;
mod redis;
mod window;

#[cfg(test)]
mod tests;

pub(crate) use clock::Ahead;
pub use clock::WrongDay;
pub(crate) use owed::{LEASE, Owed, system_now};
pub use place::LedgerPlace;
pub(crate) use record::{Outcome, Record, Run, Stored};
pub use redis::RedisError;

use crate::recent::Recent;
use clock::Clock;
use likeness_api::ServerCode;
use likeness_core::MicroUsd;
use likeness_fal::RequestId;
use offered::{Offer, Offered};
use record::{name_of, user_of};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};
use window::Windows;

/// Milliseconds since 1970.
pub(crate) type Millis = u64;

/// How long a key is remembered.
pub(crate) const MEMORY: Millis = 24 * HOUR;
/// How long the owner of a run is remembered: longer than FAL keeps its result.
const OWNERSHIP: Millis = 60 * 24 * HOUR;
/// A run that nobody fetched counts as under way for this long.
const LONGEST_FLIGHT: Millis = 15 * 60_000;
/// A submit without an outcome after this time belongs to a server that died.
const LONGEST_SUBMIT: Millis = 6 * 60_000;
const HOUR: Millis = 3_600_000;
/// How long the result of a try holds, and how long one may take.
const TRIED: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(4);
/// How often a stopping server looks whether outcomes still wait.
const OFFERS: Duration = Duration::from_millis(100);
/// What is said when the owner has named a wrong day.
const ACCEPTED: &str = "the ledger has taken this machine's time; what was spent on days that have not come counts today";
/// Of how many runs, and as many older ones, the owner is kept in memory.
const KNOWN_OWNERS: usize = 16_384;

/// Who spends. `open` and the access code are one user each.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct User(pub(crate) String);

/// What may be spent and how many runs may be under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// By one user on one day (UTC).
    pub user_day: MicroUsd,
    /// By all on one day.
    pub day: MicroUsd,
    /// By all in one month.
    pub month: MicroUsd,
    /// Runs of one user that are under way.
    pub user_runs: u32,
    /// Runs of all that are under way.
    pub runs: u32,
}

impl Limits {
    /// For a demo, where nothing is spent.
    pub const NONE: Self = Self {
        user_day: MicroUsd::MAX,
        day: MicroUsd::MAX,
        month: MicroUsd::MAX,
        user_runs: u32::MAX,
        runs: u32::MAX,
    };
}

impl Default for Limits {
    /// What a household may spend without thinking.
    fn default() -> Self {
        Self { user_day: 5_000_000, day: 20_000_000, month: 200_000_000, user_runs: 10, runs: 40 }
    }
}

/// The store cannot be reached, or failed. Nothing may be spent.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub(crate) struct Away {
    reason: String,
    /// The disk failed.
    is_io: bool,
}

impl Away {
    fn new(error: impl std::fmt::Display) -> Self {
        Self { reason: error.to_string(), is_io: false }
    }
}

/// A submit that asks for leave.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    /// Who.
    pub(crate) user: User,
    /// The caller's key; without one the submit is counted and cannot be repeated.
    pub(crate) key: Option<String>,
    /// Tells bodies apart.
    pub(crate) digest: String,
    /// FAL's endpoint.
    pub(crate) endpoint: String,
    /// The most that it can cost.
    pub(crate) amount: MicroUsd,
}

/// The answer to a claim.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Claimed {
    /// The money is reserved. Whoever holds the ticket must settle it.
    Granted(Ticket),
    /// The key is known.
    Known(Record),
    /// A limit would be exceeded.
    Refused {
        /// Which.
        limit: Limit,
        /// When it is worth trying again.
        retry_after: Duration,
    },
}

/// A reservation: the name of a submit, and its claim, so that an outcome which comes late is not that of the next submit under the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    pub(super) name: String,
    pub(super) claim: String,
    /// FAL's endpoint.
    pub(super) endpoint: String,
    /// What was reserved.
    pub(super) amount: MicroUsd,
}

/// The limit that tripped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    UserDay,
    Day,
    Month,
    UserRuns,
    Runs,
}

impl Limit {
    /// In the order in which a store checks them.
    const ALL: [Self; 5] = [Self::UserDay, Self::Day, Self::Month, Self::UserRuns, Self::Runs];

    /// What the caller is told.
    pub(crate) const fn code(self) -> ServerCode {
        match self {
            Self::UserDay => ServerCode::UserDaySpent,
            Self::Day => ServerCode::DaySpent,
            Self::Month => ServerCode::MonthSpent,
            Self::UserRuns | Self::Runs => ServerCode::TooManyRuns,
        }
    }
}

/// What a window holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Total {
    /// Settled.
    pub(crate) spent: MicroUsd,
    /// Reserved by submits that are on their way.
    pub(crate) held: MicroUsd,
}

/// The three totals that limit a user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) user_day: Total,
    pub(crate) day: Total,
    pub(crate) month: Total,
}

/// A claim as a store carries it out: in one atomic step, the first of these that applies. The key is known and younger than [`MEMORY`] (and not
/// provably unsent): nothing changes. A window would hold more than its limit, or too many runs are under way: nothing changes. Otherwise everything is
/// written, and lies on the disk when the step is done.
struct Step<'a> {
    name: &'a str,
    user: &'a str,
    record: Record,
    windows: &'a Windows,
    limits: &'a Limits,
    now: Millis,
}

/// What became of a step.
enum Stepped {
    Granted,
    Known(Box<Record>),
    Over(Limit),
}

enum Store {
    File(file::FileStore),
    Redis(Box<redis::RedisStore>),
}

/// The ledger.
pub(crate) struct Ledger {
    store: Store,
    limits: Limits,
    clock: Clock,
    /// Whose runs are told of when they end.
    told: Option<User>,
    /// Whose runs were asked about lately: a run never changes hands.
    owners: Mutex<Recent<RequestId, String>>,
    offered: Offered,
    /// When the store was tried last, and with what result.
    tried: tokio::sync::Mutex<Option<(Instant, Result<(), String>)>>,
}

impl Ledger {
    /// A ledger that is gone with the process.
    pub(crate) fn in_memory(limits: Limits) -> Result<Self, Away> {
        let store = Store::File(file::FileStore::in_memory()?);
        Ok(Self::of(store, limits, Clock::default()))
    }

    /// A ledger of a demo, which spends nothing and is gone with the process. It forgets soon, so that a public one does not grow.
    pub(crate) fn for_demo(most_records: u64) -> Result<Self, Away> {
        let store = Store::File(file::FileStore::for_demo(most_records)?);
        Ok(Self::of(store, Limits::NONE, Clock::default()))
    }

    /// A ledger in a file, which no other process may hold at the same time.
    ///
    /// `wrong` is a day that its clock was set to by mistake.
    pub(crate) fn in_file(
        path: &Path,
        limits: Limits,
        wrong: Option<&WrongDay>,
    ) -> Result<Self, Away> {
        let store = file::FileStore::open(path)?;
        let clock = Clock::default();
        let seen = store.clock()?;
        let is_accepted = Ahead::of(seen).and_then(|ahead| ahead.accepted(wrong)).is_some();
        if !is_accepted {
            clock.advance(seen);
        }
        // Nobody else can have a submit on its way: what is there was left by a server that died.
        store.sweep_now(Millis::MAX, clock.now())?;
        if is_accepted {
            store.accept(clock.now())?;
            tracing::warn!("{ACCEPTED}");
        }
        Ok(Self::of(Store::File(store), limits, clock))
    }

    /// A ledger that several proxies share.
    ///
    /// `wrong` is a day that its clock was set to by mistake.
    pub(crate) async fn in_redis(
        url: &str,
        limits: Limits,
        wrong: Option<&WrongDay>,
    ) -> Result<Self, RedisError> {
        let store = redis::RedisStore::connect(url).await?;
        let clock = Clock::default();
        let seen = store.clock().await?;
        match Ahead::of(seen).and_then(|ahead| ahead.accepted(wrong)) {
            Some(seen) => {
                store.accept(seen, system_now()).await?;
                tracing::warn!("{ACCEPTED}");
            }
            None => _ = clock.advance(seen),
        }
        Ok(Self::of(Store::Redis(Box::new(store)), limits, clock))
    }

    /// Whether its clock is ahead of the system's, looked up without opening it for spending.
    pub(crate) async fn look_ahead(place: &LedgerPlace) -> Result<Option<Ahead>, Away> {
        let seen = match place {
            LedgerPlace::Memory => return Ok(None),
            LedgerPlace::File(path) if !path.exists() => return Ok(None),
            LedgerPlace::File(path) => file::FileStore::look_at_clock(path)?,
            LedgerPlace::Redis(url) => {
                let store = redis::RedisStore::connect(url).await.map_err(Away::new)?;
                store.clock().await.map_err(Away::new)?
            }
        };
        Ok(Ahead::of(seen))
    }

    /// Whether its clock is ahead of the system's.
    pub(crate) fn ahead(&self) -> Option<Ahead> {
        self.clock.ahead()
    }

    fn of(store: Store, limits: Limits, clock: Clock) -> Self {
        let (owners, offered, tried) = Default::default();
        Self { store, limits, clock, told: None, owners, offered, tried }
    }

    /// The same ledger, which also writes down that the end of this user's runs has to be told.
    pub(crate) fn telling(self, told: Option<User>) -> Self {
        Self { told, ..self }
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
        let step = Step {
            name: &name,
            user: &claim.user.0,
            record,
            windows: &windows,
            limits: &self.limits,
            now,
        };
        let ticket = Ticket {
            name: name.clone(),
            claim: own,
            endpoint: claim.endpoint,
            amount: claim.amount,
        };
        let (stepped, seen) = match &self.store {
            Store::File(store) => match store.claim(step).await {
                Ok(stepped) => (stepped, now),
                Err(away) => {
                    // It may lie in the file all the same, and nothing is sent for it.
                    self.offer(ticket, Outcome::Unsent, None, now);
                    return Err(away);
                }
            },
            Store::Redis(store) => store.claim(step).await?,
        };
        self.clock.advance(seen);
        Ok(match stepped {
            Stepped::Granted => Claimed::Granted(ticket),
            Stepped::Known(record) => Claimed::Known(*record),
            Stepped::Over(limit) => Claimed::Refused {
                limit,
                retry_after: windows.until_free(limit, seen, system_now()),
            },
        })
    }

    /// Writes down what became of a submit: its money is spent, or released if it was provably not started. A run that was accepted belongs to its user
    /// from now on.
    ///
    /// # Errors
    /// The store is away. The outcome counts all the same, and is offered until it is written down.
    pub(crate) async fn settle(
        &self,
        ticket: &Ticket,
        outcome: Outcome,
        run: Option<&RequestId>,
    ) -> Result<(), Away> {
        let at = self.clock.now();
        let settled = self.settle_once(ticket, outcome.clone(), run, at).await;
        if settled.is_err() {
            self.offer(ticket.clone(), outcome, run.cloned(), at);
        }
        settled
    }

    async fn settle_once(
        &self,
        ticket: &Ticket,
        outcome: Outcome,
        run: Option<&RequestId>,
        at: Millis,
    ) -> Result<(), Away> {
        let is_owed = self.told.as_ref().is_some_and(|told| told.0 == user_of(&ticket.name));
        match &self.store {
            Store::File(store) => store.settle(ticket, outcome, run, is_owed, at).await,
            Store::Redis(store) => store.settle(ticket, outcome, run, is_owed, at).await,
        }
    }

    fn offer(&self, ticket: Ticket, outcome: Outcome, run: Option<RequestId>, at: Millis) {
        self.offered.add(Offer { ticket, outcome, run, at });
    }

    /// Whether outcomes wait to be written down.
    fn has_offers(&self) -> bool {
        !self.offered.is_empty()
    }

    /// Waits until every outcome is written down.
    pub(crate) async fn offers_done(&self) {
        while self.has_offers() {
            sleep(OFFERS).await;
        }
    }

    /// Offers the outcomes that wait, and sees whether a store that was unwell is well again. To be called every second or so.
    pub(crate) async fn recover(&self) -> Result<(), Away> {
        while let Some(offer) = self.offered.first() {
            let Offer { ticket, outcome, run, at } = &offer;
            self.settle_once(ticket, outcome.clone(), run.as_ref(), *at).await?;
            self.offered.remove(&offer);
            tracing::info!("an outcome is in the ledger after all");
        }
        let is_well = match &self.store {
            Store::File(store) => store.is_well(),
            // Its settings may be changed while it runs.
            Store::Redis(_) => false,
        };
        if is_well { Ok(()) } else { self.check().await }
    }

    /// Takes up messages that are owed, for [`LEASE`].
    pub(crate) async fn take_owed(&self, most: usize) -> Result<Vec<Owed>, Away> {
        match &self.store {
            Store::File(store) => store.take_owed(system_now(), most).await,
            Store::Redis(store) => store.take_owed(system_now(), most).await,
        }
    }

    /// Writes down how a debt stands, and after how many milliseconds anybody may take it up.
    pub(crate) async fn put_owed(&self, owed: &Owed, wait: Millis) -> Result<(), Away> {
        let due = system_now() + wait;
        match &self.store {
            Store::File(store) => store.put_owed(owed, due).await,
            Store::Redis(store) => store.put_owed(owed, due).await,
        }
    }

    /// The message was taken, or given up.
    pub(crate) async fn pay(&self, owed: &Owed) -> Result<(), Away> {
        match &self.store {
            Store::File(store) => store.pay(&owed.run).await,
            Store::Redis(store) => store.pay(&owed.run).await,
        }
    }

    /// What became of the submit with this key.
    pub(crate) async fn submission(&self, user: &User, key: &str) -> Result<Option<Outcome>, Away> {
        let now = self.clock.now();
        let name = name_of(&user.0, key);
        if let Some(outcome) = self.offered.outcome(&name) {
            return Ok(Some(outcome));
        }
        let record = match &self.store {
            Store::File(store) => store.record(&name)?,
            Store::Redis(store) => store.record(&name).await?,
        };
        let record = record.filter(|record| record.is_remembered(now));
        Ok(record.map(|record| record.seen_at(now).outcome))
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
        if let Some(run) = self.offered.run(id) {
            return Ok(Some(run));
        }
        match &self.store {
            Store::File(store) => store.run(id.as_str()),
            Store::Redis(store) => store.run(id.as_str()).await,
        }
    }

    /// The run is over: it no longer counts as under way, and what FAL says that it counted is kept beside the estimate.
    pub(crate) async fn landed(&self, id: &RequestId, units: Option<&str>) -> Result<(), Away> {
        match &self.store {
            Store::File(store) => store.landed(id.as_str(), units).await,
            Store::Redis(store) => store.landed(id.as_str(), units).await,
        }
    }

    /// What counts against a user now.
    pub(crate) async fn totals(&self, user: &User) -> Result<Totals, Away> {
        let windows = Windows::at(self.clock.now(), user);
        let [user_day, day, month] = match &self.store {
            Store::File(store) => store.totals(&windows.names())?,
            Store::Redis(store) => store.totals(&windows.names()).await?,
        };
        Ok(Totals { user_day, day, month })
    }

    /// Settles what servers left behind that died, and forgets what is old. To be called now and then.
    pub(crate) async fn sweep(&self) -> Result<(), Away> {
        let now = self.clock.now();
        match &self.store {
            Store::File(store) => store.sweep(now).await,
            Store::Redis(store) => store.sweep(now).await,
        }
    }

    /// Tries what an order needs. A result holds for [`TRIED`], so that asking often costs nothing.
    pub(crate) async fn check(&self) -> Result<(), Away> {
        let mut tried = self.tried.lock().await;
        if let Some((at, result)) = &*tried
            && at.elapsed() < TRIED
        {
            return result.clone().map_err(Away::new);
        }
        let now = self.clock.now();
        let probe = async {
            match &self.store {
                Store::File(store) => store.probe(now).await,
                Store::Redis(store) => store.probe(now).await,
            }
        };
        let slow = |_| Err(Away::new("it does not answer"));
        let result = timeout(PATIENCE, probe).await.unwrap_or_else(slow);
        let kept = result.as_ref().copied().map_err(ToString::to_string);
        *tried = Some((Instant::now(), kept));
        result
    }
}
