//! The tables of the file, within one transaction.

use crate::ledger::record::user_of;
use crate::ledger::{Away, Millis, Outcome, Record, Total, rules};
use redb::{ReadableTable, Table, TableDefinition, WriteTransaction};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Submits by name, as JSON.
pub(super) const RECORDS: TableDefinition<&str, &[u8]> = TableDefinition::new("records");
/// Submits without an outcome.
pub(super) const SENDING: TableDefinition<&str, u64> = TableDefinition::new("sending");
/// Spent and held, by window.
pub(super) const TOTALS: TableDefinition<&str, (u64, u64)> = TableDefinition::new("totals");
/// Runs under way, by user and submit, with the time of the submit.
pub(super) const UNDER_WAY: TableDefinition<(&str, &str), u64> = TableDefinition::new("flights");
/// Accepted runs by FAL's id, as JSON.
pub(super) const RUNS: TableDefinition<&str, &[u8]> = TableDefinition::new("runs");
/// The latest time that was seen.
pub(super) const CLOCK: TableDefinition<(), u64> = TableDefinition::new("clock");
/// Messages by run, with the time from which they may be taken, as JSON.
pub(super) const OUTBOX: TableDefinition<&str, (u64, &[u8])> = TableDefinition::new("owed");
/// What is written to see whether an order could be: it takes as much of the disk.
const PROBE: TableDefinition<(), &[u8]> = TableDefinition::new("probe");

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

impl From<(u64, u64)> for Total {
    fn from((spent, held): (u64, u64)) -> Self {
        Self { spent, held }
    }
}

/// The tables within one transaction.
pub(super) struct Tables<'a> {
    pub(super) records: Table<'a, &'static str, &'static [u8]>,
    pub(super) sending: Table<'a, &'static str, u64>,
    pub(super) totals: Table<'a, &'static str, (u64, u64)>,
    pub(super) under_way: Table<'a, (&'static str, &'static str), u64>,
    pub(super) runs: Table<'a, &'static str, &'static [u8]>,
    pub(super) clock: Table<'a, (), u64>,
    pub(super) outbox: Table<'a, &'static str, (u64, &'static [u8])>,
    pub(super) probe: Table<'a, (), &'static [u8]>,
}

impl<'a> Tables<'a> {
    pub(super) fn open(write: &'a WriteTransaction) -> Result<Self, Away> {
        Ok(Self {
            records: write.open_table(RECORDS)?,
            sending: write.open_table(SENDING)?,
            totals: write.open_table(TOTALS)?,
            under_way: write.open_table(UNDER_WAY)?,
            runs: write.open_table(RUNS)?,
            clock: write.open_table(CLOCK)?,
            outbox: write.open_table(OUTBOX)?,
            probe: write.open_table(PROBE)?,
        })
    }

    pub(super) fn record(&self, name: &str) -> Result<Option<Record>, Away> {
        self.records.get(name)?.map(|bytes| from_json(bytes.value())).transpose()
    }

    pub(super) fn set_record(&mut self, name: &str, record: &Record) -> Result<(), Away> {
        self.records.insert(name, to_json(record)?.as_slice())?;
        Ok(())
    }

    pub(super) fn total(&self, window: &str) -> Result<Total, Away> {
        Ok(self.totals.get(window)?.map_or_else(Total::default, |total| Total::from(total.value())))
    }

    pub(super) fn set_total(&mut self, window: &str, total: Total) -> Result<(), Away> {
        self.totals.insert(window, (total.spent, total.held))?;
        Ok(())
    }

    /// Runs under way of this user and of all.
    pub(super) fn under_way(&self, user: &str, now: Millis) -> Result<(u32, u32), Away> {
        let (mut of_user, mut of_all) = (0, 0);
        for run in self.under_way.iter()? {
            let (key, at) = run?;
            if rules::is_under_way(at.value(), now) {
                of_all += 1;
                of_user += u32::from(key.value().0 == user);
            }
        }
        Ok((of_user, of_all))
    }

    /// Gives a submit its outcome. If `is_over`, it is no longer under way.
    pub(super) fn settle(
        &mut self,
        name: &str,
        mut record: Record,
        outcome: Outcome,
        is_over: bool,
    ) -> Result<(), Away> {
        self.sending.remove(name)?;
        for window in &record.windows {
            let total = self.total(window)?;
            self.set_total(window, rules::settled(total, record.amount, &outcome))?;
        }
        if is_over {
            self.under_way.remove((user_of(name), name))?;
        }
        record.outcome = outcome;
        self.set_record(name, &record)
    }
}

pub(super) fn to_json<T: Serialize>(value: &T) -> Result<Vec<u8>, Away> {
    serde_json::to_vec(value).map_err(Away::new)
}

pub(super) fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Away> {
    serde_json::from_slice(bytes).map_err(Away::new)
}
