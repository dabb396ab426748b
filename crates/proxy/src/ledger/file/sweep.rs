//! What the file settles and forgets as time goes by.

use super::tables::{Tables, from_json};
use crate::ledger::rules::{LONGEST_RUN, MEMORY, OWNERSHIP, is_dead};
use crate::ledger::{Away, HOUR, Millis, Outcome, Record, Run, window};
use redb::ReadableTable;
use std::collections::BTreeSet;

/// How long what is written down is kept, and how much of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keep {
    pub(super) records: Millis,
    pub(super) runs: Millis,
    pub(super) most_records: u64,
}

impl Keep {
    /// Where money is spent: as long as anybody may ask.
    pub(super) const LONG: Self = Self { records: MEMORY, runs: OWNERSHIP, most_records: u64::MAX };

    /// In a demo: as long as its simulator keeps a run, and no more than memory is worth.
    pub(super) const fn in_demo(most_records: u64) -> Self {
        Self { records: HOUR, runs: HOUR, most_records }
    }
}

/// What is older than this makes room in a demo that is full.
pub(super) const STALE: Millis = 60_000;

impl Tables<'_> {
    /// Settles submits that should have had an outcome before `due`, and forgets what is old.
    pub(super) fn sweep(&mut self, due: Millis, now: Millis, keep: Keep) -> Result<(), Away> {
        self.settle_dead(due)?;
        self.forget(now, keep)
    }

    fn settle_dead(&mut self, due: Millis) -> Result<(), Away> {
        let mut dead = Vec::new();
        for submit in self.sending.iter()? {
            let (name, until) = submit?;
            if is_dead(until.value(), due) {
                dead.push(name.value().to_owned());
            }
        }
        for name in dead {
            if let Some(record) = self.record(&name)? {
                self.settle(&name, record, Outcome::Unknown, true)?;
            }
        }
        Ok(())
    }

    pub(super) fn forget(&mut self, now: Millis, keep: Keep) -> Result<(), Away> {
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
        self.under_way.retain(|_, at| !is_old(at, LONGEST_RUN))?;
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
