//! The latest time that the file has seen.

use super::tables::{CLOCK, Tables};
use crate::ledger::{Away, Millis, window};
use redb::{ReadOnlyDatabase, ReadTransaction, ReadableDatabase, ReadableTable};
use std::path::Path;

/// The latest time that was written down.
pub(super) fn read(read: &ReadTransaction) -> Result<Millis, Away> {
    let latest = read.open_table(CLOCK)?.get(())?;
    Ok(latest.map_or(0, |latest| latest.value()))
}

/// The same of a file that is not opened for writing.
pub(in crate::ledger) fn look(path: &Path) -> Result<Millis, Away> {
    read(&ReadOnlyDatabase::open(path)?.begin_read()?)
}

impl Tables<'_> {
    /// Takes this time although a later one was seen.
    pub(super) fn accept(&mut self, now: Millis) -> Result<(), Away> {
        let today = window::day(now);
        let mut later = Vec::new();
        for total in self.totals.iter()? {
            let (window, value) = total?;
            if let Some(counterpart) = window::counterpart(window.value(), &today) {
                later.push((counterpart, value.value().0));
            }
        }
        for (window, spent) in later {
            let mut total = self.total(&window)?;
            total.spent = total.spent.saturating_add(spent);
            self.set_total(&window, total)?;
        }
        let mut under_way = Vec::new();
        for run in self.under_way.iter()? {
            let (key, at) = run?;
            if at.value() > now {
                let (user, name) = key.value();
                under_way.push((user.to_owned(), name.to_owned()));
            }
        }
        for (user, name) in under_way {
            self.under_way.insert((user.as_str(), name.as_str()), now)?;
        }
        self.clock.insert((), now)?;
        Ok(())
    }
}
