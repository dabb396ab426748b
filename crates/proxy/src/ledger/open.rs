//! Opening a ledger.

use super::clock::{Ahead, Clock, WrongDay};
use super::file::{self, FileStore};
use super::redis::{RedisError, RedisStore};
use super::store::Store;
use super::{Away, Ledger, LedgerPlace, Limits};
use std::path::Path;

/// What is said when the owner has named a wrong day.
const ACCEPTED: &str = "the ledger has taken this machine's time; what was spent on days that have not come counts today";

impl Ledger {
    /// A ledger that is gone with the process.
    pub(crate) fn in_memory(limits: Limits) -> Result<Self, Away> {
        Ok(Self::of(FileStore::in_memory()?, limits, Clock::default()))
    }

    /// A ledger of a demo, which spends nothing and is gone with the process. It forgets soon, so
    /// that a public one does not grow.
    pub(crate) fn for_demo(most_records: u64) -> Result<Self, Away> {
        Ok(Self::of(FileStore::for_demo(most_records)?, Limits::NONE, Clock::default()))
    }

    /// A ledger in a file, which no other process may hold at the same time.
    ///
    /// `wrong` is a day that its clock was set to by mistake.
    pub(crate) async fn in_file(
        path: &Path,
        limits: Limits,
        wrong: Option<&WrongDay>,
    ) -> Result<Self, Away> {
        Self::opened(FileStore::open(path)?, limits, wrong).await
    }

    /// A ledger that several proxies share.
    ///
    /// `wrong` is a day that its clock was set to by mistake.
    pub(crate) async fn in_redis(
        url: &str,
        limits: Limits,
        wrong: Option<&WrongDay>,
    ) -> Result<Self, RedisError> {
        let opened = Self::opened(RedisStore::connect(url).await?, limits, wrong).await;
        opened.map_err(|away| RedisError::Unopened(away.to_string()))
    }

    async fn opened(
        store: impl Store + 'static,
        limits: Limits,
        wrong: Option<&WrongDay>,
    ) -> Result<Self, Away> {
        let (clock, seen) = (Clock::default(), store.clock().await?);
        let is_accepted = Ahead::of(seen).is_some_and(|ahead| ahead.is_of(wrong));
        if !is_accepted {
            clock.advance(seen);
        }
        store.take_over(clock.now()).await?;
        if is_accepted {
            store.accept(seen, clock.now()).await?;
            tracing::warn!("{ACCEPTED}");
        }
        Ok(Self::of(store, limits, clock))
    }

    pub(super) fn of(store: impl Store + 'static, limits: Limits, clock: Clock) -> Self {
        let (owners, pending, tried) = Default::default();
        Self { store: Box::new(store), limits, clock, outbox_of: None, owners, pending, tried }
    }

    /// Whether its clock is ahead of the system's, looked up without opening it for spending.
    pub(crate) async fn look_ahead(place: &LedgerPlace) -> Result<Option<Ahead>, Away> {
        let seen = match place {
            LedgerPlace::Memory => return Ok(None),
            LedgerPlace::File(path) if !path.exists() => return Ok(None),
            LedgerPlace::File(path) => file::look_at_clock(path)?,
            LedgerPlace::Redis(url) => RedisStore::connect(url).await?.clock().await?,
        };
        Ok(Ahead::of(seen))
    }
}
