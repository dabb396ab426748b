//! The ledger in one file: redb, an embedded database in Rust whose commits are atomic and on the
//! disk when they return.

mod clock;
mod handle;
mod outbox;
mod sweep;
mod tables;

use super::claim::{Reservation, Verdict};
use super::outbox::{Message, system_now};
use super::pending::Settlement;
use super::record::user_of;
use super::rules::{self, Effect};
use super::store::Store;
use super::{Away, HOUR, Limit, Millis, Record, Run, Total};
use async_trait::async_trait;
pub(super) use clock::look as look_at_clock;
use handle::Handle;
use redb::backends::{FileBackend, InMemoryBackend};
use redb::{Database, ReadableTable, ReadableTableMetadata};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use sweep::{Keep, STALE};
use tables::{RECORDS, RUNS, SENDING, TOTALS, Tables, UNDER_WAY, from_json, to_json};

/// What an order takes of the disk at most until it is settled, in bytes.
const MOST_OF_ORDER: usize = 128 << 10;
/// What is kept in memory of the file, in bytes. Without a word redb keeps up to a gigabyte.
const CACHE: usize = 8 << 20;

/// A ledger in a file.
pub(super) struct FileStore {
    handle: Arc<Handle>,
    /// When old things were forgotten last.
    forgotten_at: AtomicU64,
    keep: Keep,
}

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

    /// Does something in one transaction, which is on the disk when this returns.
    async fn write<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Tables<'_>) -> Result<T, Away> + Send + 'static,
    ) -> Result<T, Away> {
        let handle = Arc::clone(&self.handle);
        tokio::task::spawn_blocking(move || handle.write(act)).await.map_err(Away::new)?
    }

    fn has_dead(&self, now: Millis) -> Result<bool, Away> {
        self.handle.read(|read| {
            for submit in read.open_table(SENDING)?.iter()? {
                if rules::is_dead(submit?.1.value(), now) {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }
}

/// Reserves the money of a claim, if the rules allow it.
fn claim(tables: &mut Tables<'_>, reservation: &Reservation, keep: Keep) -> Result<Verdict, Away> {
    let Reservation { name, record, limits, now } = reservation;
    let (now, user) = (*now, user_of(name));
    if let Some(known) = tables.record(name)?.and_then(|known| rules::known(known, now)) {
        return Ok(Verdict::Known(Box::new(known)));
    }
    if tables.records.len()? >= keep.most_records {
        tables.forget(now, Keep { records: STALE, ..keep })?;
        if tables.records.len()? >= keep.most_records {
            return Ok(Verdict::Over(Limit::Runs));
        }
    }
    let mut totals = [Total::default(); 3];
    for (total, window) in totals.iter_mut().zip(&record.windows) {
        *total = tables.total(window)?;
    }
    if let Some(limit) = rules::over_budget(limits, totals, record.amount) {
        return Ok(Verdict::Over(limit));
    }
    // Without a limit there is nothing to count.
    if (limits.user_runs, limits.runs) != (u32::MAX, u32::MAX) {
        let (of_user, of_all) = tables.under_way(user, now)?;
        if let Some(limit) = rules::over_runs(limits, of_user, of_all) {
            return Ok(Verdict::Over(limit));
        }
    }
    for (total, window) in totals.into_iter().zip(&record.windows) {
        tables.set_total(window, rules::reserved(total, record.amount))?;
    }
    tables.under_way.insert((user, name.as_str()), now)?;
    tables.sending.insert(name.as_str(), record.until)?;
    tables.clock.insert((), now)?;
    tables.set_record(name, record)?;
    Ok(Verdict::Granted)
}

/// Writes down what became of a submit, and the run that it started.
fn settle(tables: &mut Tables<'_>, settlement: Settlement, is_announced: bool) -> Result<(), Away> {
    let Settlement { ticket, outcome, run, at } = settlement;
    let Some(record) = tables.record(&ticket.name)? else { return Ok(()) };
    match rules::effect(&record, &ticket, &outcome) {
        Effect::Settles => tables.settle(&ticket.name, record, outcome, run.is_none())?,
        Effect::Explains => tables.set_record(&ticket.name, &Record { outcome, ..record })?,
        Effect::Nothing => return Ok(()),
    }
    let Some(run) = run else { return Ok(()) };
    tables.runs.insert(run.as_str(), to_json(&Run::of(&ticket, at))?.as_slice())?;
    if is_announced {
        tables.put_message(&Message::of(run.as_str(), &ticket.endpoint), 0)
    } else {
        Ok(())
    }
}

#[async_trait]
impl Store for FileStore {
    async fn claim(&self, reservation: Reservation) -> Result<(Verdict, Millis), Away> {
        let (keep, now) = (self.keep, reservation.now);
        let verdict = self.write(move |tables| claim(tables, &reservation, keep)).await?;
        Ok((verdict, now))
    }

    async fn settle(&self, settlement: &Settlement, is_announced: bool) -> Result<(), Away> {
        let settlement = settlement.clone();
        self.write(move |tables| settle(tables, settlement, is_announced)).await
    }

    async fn record(&self, name: &str) -> Result<Option<Record>, Away> {
        self.handle.read(|read| {
            let found = read.open_table(RECORDS)?.get(name)?;
            found.map(|bytes| from_json(bytes.value())).transpose()
        })
    }

    async fn run(&self, id: &str) -> Result<Option<Run>, Away> {
        self.handle.read(|read| {
            let found = read.open_table(RUNS)?.get(id)?;
            found.map(|bytes| from_json(bytes.value())).transpose()
        })
    }

    async fn run_ended(&self, id: &str, units: Option<&str>) -> Result<(), Away> {
        let Some(mut run) = self.run(id).await? else { return Ok(()) };
        let is_under_way = self.handle.read(|read| {
            let under_way = read.open_table(UNDER_WAY)?;
            Ok(under_way.get((run.user.as_str(), run.name.as_str()))?.is_some())
        })?;
        if !is_under_way && (units.is_none() || run.units.is_some()) {
            return Ok(());
        }
        run.units = units.map(str::to_owned).or(run.units);
        let id = id.to_owned();
        self.write(move |tables| {
            tables.under_way.remove((run.user.as_str(), run.name.as_str()))?;
            tables.runs.insert(id.as_str(), to_json(&run)?.as_slice())?;
            Ok(())
        })
        .await
    }

    async fn totals(&self, windows: &[String; 3]) -> Result<[Total; 3], Away> {
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

    async fn sweep(&self, now: Millis) -> Result<(), Away> {
        let is_time = now.saturating_sub(self.forgotten_at.load(Ordering::Relaxed)) > HOUR;
        // A quiet server leaves the disk alone.
        if !is_time && !self.has_dead(now)? {
            return Ok(());
        }
        self.forgotten_at.store(now, Ordering::Relaxed);
        let keep = self.keep;
        self.write(move |tables| tables.sweep(now, now, keep)).await
    }

    async fn clock(&self) -> Result<Millis, Away> {
        self.handle.read(clock::read)
    }

    /// Nobody else can have a submit on its way, or have taken a message.
    async fn take_over(&self, now: Millis) -> Result<(), Away> {
        self.forgotten_at.store(now, Ordering::Relaxed);
        let keep = self.keep;
        self.write(move |tables| {
            tables.sweep(Millis::MAX, now, keep)?;
            tables.release_messages(system_now())
        })
        .await
    }

    async fn accept(&self, _seen: Millis, now: Millis) -> Result<(), Away> {
        self.write(move |tables| tables.accept(now)).await
    }

    fn is_well(&self) -> bool {
        !self.handle.is_broken()
    }

    async fn probe(&self, now: Millis) -> Result<(), Away> {
        self.write(move |tables| {
            tables.clock.insert((), now)?;
            tables.probe.insert((), [0; MOST_OF_ORDER].as_slice())?;
            Ok(())
        })
        .await
    }

    async fn lease_messages(&self, now: Millis, most: usize) -> Result<Vec<Message>, Away> {
        // A quiet server leaves the disk alone.
        if !self.handle.read(|read| outbox::has_due(read, now))? {
            return Ok(Vec::new());
        }
        self.write(move |tables| tables.lease_messages(now, most)).await
    }

    async fn put_message(&self, message: &Message, due: Millis) -> Result<(), Away> {
        let message = message.clone();
        self.write(move |tables| {
            let is_announced = tables.outbox.get(message.run.as_str())?.is_some();
            if is_announced { tables.put_message(&message, due) } else { Ok(()) }
        })
        .await
    }

    async fn acknowledge(&self, run: &str) -> Result<(), Away> {
        let run = run.to_owned();
        self.write(move |tables| {
            tables.outbox.remove(run.as_str())?;
            Ok(())
        })
        .await
    }
}
