//! The ledger in one file: redb, an embedded database in Rust whose commits are atomic and on the disk when they return.

mod clock;
mod handle;
mod owed;

use super::owed::{Owed, system_now};
use super::record::user_of;
use super::{
    Away, HOUR, LONGEST_FLIGHT, Limit, MEMORY, Millis, OWNERSHIP, Outcome, Record, Run, Step,
    Stepped, Ticket, Total, window,
};
use handle::Handle;
use likeness_fal::RequestId;
use owed::OWED;
use redb::backends::{FileBackend, InMemoryBackend};
use redb::{
    Database, ReadableTable, ReadableTableMetadata, Table, TableDefinition, WriteTransaction,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Submits by name, as JSON.
const RECORDS: TableDefinition<&str, &[u8]> = TableDefinition::new("records");
/// Submits without an outcome.
const SENDING: TableDefinition<&str, u64> = TableDefinition::new("sending");
/// Spent and held, by window.
const TOTALS: TableDefinition<&str, (u64, u64)> = TableDefinition::new("totals");
/// Runs under way, by user and submit, with the time of the submit.
const FLIGHTS: TableDefinition<(&str, &str), u64> = TableDefinition::new("flights");
/// Accepted runs by FAL's id, as JSON.
const RUNS: TableDefinition<&str, &[u8]> = TableDefinition::new("runs");
/// The latest time that was seen.
const CLOCK: TableDefinition<(), u64> = TableDefinition::new("clock");
/// What is written to see whether an order could be: it takes as much of the disk.
const PROBE: TableDefinition<(), &[u8]> = TableDefinition::new("probe");
/// What an order takes of the disk at most until it is settled, in bytes.
const MOST_OF_ORDER: usize = 128 << 10;

impl From<redb::Error> for Away {
    fn from(error: redb::Error) -> Self {
        let is_io = matches!(error, redb::Error::Io(_) | redb::Error::PreviousIo);
        Self { is_io, ..Self::new(error) }
    }
}

/// Lets `?` turn every error of redb into [`Away`].
macro_rules! away {
    ($($error:ident),*) => {
        $(impl From<redb::$error> for Away {
            fn from(error: redb::$error) -> Self {
                redb::Error::from(error).into()
            }
        })*
    };
}
away!(DatabaseError, TransactionError, TableError, StorageError, CommitError);

/// A ledger in a file.
pub(super) struct FileStore {
    handle: Arc<Handle>,
    /// When old things were forgotten last.
    forgotten_at: AtomicU64,
    keep: Keep,
}

/// How long what is written down is kept, and how much of it.
#[derive(Clone, Copy, Debug)]
struct Keep {
    records: Millis,
    runs: Millis,
    most_records: u64,
}

impl Keep {
    /// Where money is spent: as long as anybody may ask.
    const LONG: Self = Self { records: MEMORY, runs: OWNERSHIP, most_records: u64::MAX };

    /// In a demo: as long as its simulator keeps a run, and no more than memory is worth.
    const fn in_demo(most_records: u64) -> Self {
        Self { records: HOUR, runs: HOUR, most_records }
    }
}

/// What is older than this makes room in a demo that is full.
const STALE: Millis = 60_000;
/// What is kept in memory of the file, in bytes. Without a word redb keeps up to a gigabyte.
const CACHE: usize = 8 << 20;

fn builder() -> redb::Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE);
    builder
}

impl FileStore {
    pub(super) fn in_memory() -> Result<Self, Away> {
        Self::with(|| Ok(builder().create_with_backend(InMemoryBackend::new())?))
    }

    /// In memory, for a demo.
    pub(super) fn for_demo(most_records: u64) -> Result<Self, Away> {
        Ok(Self { keep: Keep::in_demo(most_records), ..Self::in_memory()? })
    }

    pub(super) fn open(path: &Path) -> Result<Self, Away> {
        let path = path.to_owned();
        Self::with(move || {
            let file = handle::private_file(&path).map_err(Away::new)?;
            Ok(builder().create_with_backend(FileBackend::new(file)?)?)
        })
    }

    pub(super) fn with(
        opener: impl Fn() -> Result<Database, Away> + Send + Sync + 'static,
    ) -> Result<Self, Away> {
        let handle = Arc::new(Handle::open(opener)?);
        Ok(Self { handle, forgotten_at: AtomicU64::new(0), keep: Keep::LONG })
    }

    /// Whether it could be written to the last time.
    pub(super) fn is_well(&self) -> bool {
        !self.handle.is_broken()
    }

    /// Tries what an order needs.
    pub(super) async fn probe(&self, now: Millis) -> Result<(), Away> {
        self.write(move |tables| {
            tables.clock.insert((), now)?;
            tables.probe.insert((), [0; MOST_OF_ORDER].as_slice())?;
            Ok(())
        })
        .await
    }

    pub(super) async fn claim(&self, step: Step<'_>) -> Result<Stepped, Away> {
        let Step { name, user, record, windows, limits, now } = step;
        let (name, user) = (name.to_owned(), user.to_owned());
        let caps = windows.with_limits(limits).map(|(window, most)| (window.to_owned(), most));
        let most_runs = (limits.user_runs, limits.runs);
        let keep = self.keep;
        self.write(move |tables| {
            if let Some(known) = tables.record(&name)? {
                let known = known.seen_at(now);
                if known.is_remembered(now) && known.outcome != Outcome::Unsent {
                    return Ok(Stepped::Known(Box::new(known)));
                }
            }
            if tables.records.len()? >= keep.most_records {
                tables.forget(now, Keep { records: STALE, ..keep })?;
                if tables.records.len()? >= keep.most_records {
                    return Ok(Stepped::Over(Limit::Runs));
                }
            }
            for ((window, most), limit) in caps.iter().zip(Limit::ALL) {
                let Total { spent, held } = tables.total(window)?;
                let sum = spent.checked_add(held).and_then(|sum| sum.checked_add(record.amount));
                if sum.is_none_or(|sum| sum > *most) {
                    return Ok(Stepped::Over(limit));
                }
            }
            // Without a limit there is nothing to count.
            if most_runs != (u32::MAX, u32::MAX) {
                let (of_user, of_all) = tables.flights(&user, now)?;
                if of_user >= most_runs.0 {
                    return Ok(Stepped::Over(Limit::UserRuns));
                }
                if of_all >= most_runs.1 {
                    return Ok(Stepped::Over(Limit::Runs));
                }
            }
            for window in &record.windows {
                let total = tables.total(window)?;
                tables.set_total(window, Total { held: total.held + record.amount, ..total })?;
            }
            tables.flights.insert((user.as_str(), name.as_str()), now)?;
            tables.sending.insert(name.as_str(), record.until)?;
            tables.clock.insert((), now)?;
            tables.set_record(&name, &record)?;
            Ok(Stepped::Granted)
        })
        .await
    }

    pub(super) async fn settle(
        &self,
        ticket: &Ticket,
        outcome: Outcome,
        run: Option<&RequestId>,
        is_owed: bool,
        now: Millis,
    ) -> Result<(), Away> {
        let (ticket, run) = (ticket.clone(), run.map(ToString::to_string));
        self.write(move |tables| {
            let Some(record) = tables.record(&ticket.name)? else { return Ok(()) };
            if record.claim != ticket.claim {
                return Ok(());
            }
            if !tables.settle(&ticket.name, &outcome, run.is_none())? {
                // Given up as unknown meanwhile: its money stays spent, and what became of it is known after all.
                if record.outcome != Outcome::Unknown
                    || !matches!(outcome, Outcome::Answered { .. })
                {
                    return Ok(());
                }
                tables.set_record(&ticket.name, &Record { outcome, ..record })?;
            }
            let Some(run) = run else { return Ok(()) };
            tables.runs.insert(run.as_str(), to_json(&Run::of(&ticket, now))?.as_slice())?;
            if is_owed { tables.owe(&Owed::of(&run, &ticket.endpoint), 0) } else { Ok(()) }
        })
        .await
    }

    pub(super) fn record(&self, name: &str) -> Result<Option<Record>, Away> {
        self.handle.read(|read| {
            let found = read.open_table(RECORDS)?.get(name)?;
            found.map(|bytes| from_json(bytes.value())).transpose()
        })
    }

    pub(super) fn run(&self, id: &str) -> Result<Option<Run>, Away> {
        self.handle.read(|read| {
            let found = read.open_table(RUNS)?.get(id)?;
            found.map(|bytes| from_json(bytes.value())).transpose()
        })
    }

    pub(super) async fn landed(&self, id: &str, units: Option<&str>) -> Result<(), Away> {
        let Some(mut run) = self.run(id)? else { return Ok(()) };
        let is_flying = self.handle.read(|read| {
            let flights = read.open_table(FLIGHTS)?;
            Ok(flights.get((run.user.as_str(), run.name.as_str()))?.is_some())
        })?;
        if !is_flying && (units.is_none() || run.units.is_some()) {
            return Ok(());
        }
        run.units = units.map(str::to_owned).or(run.units);
        let id = id.to_owned();
        self.write(move |tables| {
            tables.flights.remove((run.user.as_str(), run.name.as_str()))?;
            tables.runs.insert(id.as_str(), to_json(&run)?.as_slice())?;
            Ok(())
        })
        .await
    }

    pub(super) fn totals(&self, windows: &[String; 3]) -> Result<[Total; 3], Away> {
        self.handle.read(|read| {
            let table = read.open_table(TOTALS)?;
            let mut totals = [Total::default(); 3];
            for (total, window) in totals.iter_mut().zip(windows) {
                let found = table.get(window.as_str())?;
                *total = found.map_or_else(Total::default, |found| Total::from(found.value()));
            }
            Ok(totals)
        })
    }

    /// Settles submits that should have had an outcome by now, and forgets what is old.
    pub(super) async fn sweep(&self, now: Millis) -> Result<(), Away> {
        let is_time = now.saturating_sub(self.forgotten_at.load(Ordering::Relaxed)) > HOUR;
        // A quiet server leaves the disk alone.
        if !is_time && !self.has_dead(now)? {
            return Ok(());
        }
        self.forgotten_at.store(now, Ordering::Relaxed);
        let keep = self.keep;
        self.write(move |tables| tables.sweep(now, now, keep)).await
    }

    fn has_dead(&self, now: Millis) -> Result<bool, Away> {
        self.handle.read(|read| {
            for submit in read.open_table(SENDING)?.iter()? {
                if submit?.1.value() < now {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    /// The same at the start, when nobody waits yet, for submits that should have had an outcome before `due`.
    pub(super) fn sweep_now(&self, due: Millis, now: Millis) -> Result<(), Away> {
        self.forgotten_at.store(now, Ordering::Relaxed);
        self.handle.write(|tables| {
            tables.sweep(due, now, self.keep)?;
            tables.release_owed(system_now())
        })
    }

    /// Does something in one transaction, which is on the disk when this returns.
    async fn write<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Tables<'_>) -> Result<T, Away> + Send + 'static,
    ) -> Result<T, Away> {
        let handle = Arc::clone(&self.handle);
        tokio::task::spawn_blocking(move || handle.write(act)).await.map_err(Away::new)?
    }
}

impl From<(u64, u64)> for Total {
    fn from((spent, held): (u64, u64)) -> Self {
        Self { spent, held }
    }
}

/// The tables within one transaction.
struct Tables<'a> {
    records: Table<'a, &'static str, &'static [u8]>,
    sending: Table<'a, &'static str, u64>,
    totals: Table<'a, &'static str, (u64, u64)>,
    flights: Table<'a, (&'static str, &'static str), u64>,
    runs: Table<'a, &'static str, &'static [u8]>,
    clock: Table<'a, (), u64>,
    owed: Table<'a, &'static str, (u64, &'static [u8])>,
    probe: Table<'a, (), &'static [u8]>,
}

impl<'a> Tables<'a> {
    fn open(write: &'a WriteTransaction) -> Result<Self, Away> {
        Ok(Self {
            records: write.open_table(RECORDS)?,
            sending: write.open_table(SENDING)?,
            totals: write.open_table(TOTALS)?,
            flights: write.open_table(FLIGHTS)?,
            runs: write.open_table(RUNS)?,
            clock: write.open_table(CLOCK)?,
            owed: write.open_table(OWED)?,
            probe: write.open_table(PROBE)?,
        })
    }

    fn record(&self, name: &str) -> Result<Option<Record>, Away> {
        self.records.get(name)?.map(|bytes| from_json(bytes.value())).transpose()
    }

    fn set_record(&mut self, name: &str, record: &Record) -> Result<(), Away> {
        self.records.insert(name, to_json(record)?.as_slice())?;
        Ok(())
    }

    fn total(&self, window: &str) -> Result<Total, Away> {
        Ok(self.totals.get(window)?.map_or_else(Total::default, |total| Total::from(total.value())))
    }

    fn set_total(&mut self, window: &str, total: Total) -> Result<(), Away> {
        self.totals.insert(window, (total.spent, total.held))?;
        Ok(())
    }

    /// Runs under way of this user and of all.
    fn flights(&self, user: &str, now: Millis) -> Result<(u32, u32), Away> {
        let (mut of_user, mut of_all) = (0, 0);
        for flight in self.flights.iter()? {
            let (key, at) = flight?;
            if now.saturating_sub(at.value()) < LONGEST_FLIGHT {
                of_all += 1;
                of_user += u32::from(key.value().0 == user);
            }
        }
        Ok((of_user, of_all))
    }

    /// Whether it was settled now. Only once: whoever comes second (a late server, a sweep) finds it settled. If `is_over`, it is no longer under way.
    fn settle(&mut self, name: &str, outcome: &Outcome, is_over: bool) -> Result<bool, Away> {
        let Some(mut record) = self.record(name)? else { return Ok(false) };
        if self.sending.remove(name)?.is_none() {
            return Ok(false);
        }
        let spent = if outcome.is_free() { 0 } else { record.amount };
        for window in &record.windows {
            let total = self.total(window)?;
            let held = total.held.saturating_sub(record.amount);
            self.set_total(window, Total { spent: total.spent + spent, held })?;
        }
        if is_over {
            self.flights.remove((user_of(name), name))?;
        }
        record.outcome = outcome.clone();
        self.set_record(name, &record)?;
        Ok(true)
    }

    fn sweep(&mut self, due: Millis, now: Millis, keep: Keep) -> Result<(), Away> {
        self.settle_dead(due)?;
        self.forget(now, keep)
    }

    fn settle_dead(&mut self, due: Millis) -> Result<(), Away> {
        let mut dead = Vec::new();
        for submit in self.sending.iter()? {
            let (name, until) = submit?;
            if until.value() < due {
                dead.push(name.value().to_owned());
            }
        }
        for name in dead {
            self.settle(&name, &Outcome::Unknown, true)?;
        }
        Ok(())
    }

    fn forget(&mut self, now: Millis, keep: Keep) -> Result<(), Away> {
        let is_old = |at: Millis, kept: Millis| now.saturating_sub(at) > kept;
        // A record that cannot be read is as good as none.
        self.records.retain(|_, bytes| {
            from_json::<Record>(bytes).is_ok_and(|record| {
                record.outcome == Outcome::Sending || !is_old(record.at, keep.records)
            })
        })?;
        self.runs.retain(|_, bytes| {
            from_json::<Run>(bytes).is_ok_and(|run| !is_old(run.at, keep.runs))
        })?;
        self.flights.retain(|_, at| !is_old(at, LONGEST_FLIGHT))?;
        let mut days = BTreeSet::new();
        for total in self.totals.iter()? {
            let (window, _) = total?;
            if let Some((day, _)) =
                window.value().split_once('/').filter(|(day, _)| day.len() == 10)
            {
                days.insert(day.to_owned());
            }
        }
        let oldest = window::oldest_kept(now, &days);
        self.totals
            .retain(|window, _| window >= oldest.as_str() || oldest.starts_with(&window[..7]))?;
        Ok(())
    }
}

fn to_json<T: Serialize>(value: &T) -> Result<Vec<u8>, Away> {
    serde_json::to_vec(value).map_err(Away::new)
}

fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Away> {
    serde_json::from_slice(bytes).map_err(Away::new)
}
