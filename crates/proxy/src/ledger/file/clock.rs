//! The latest time that the file has seen.

use super::{CLOCK, FileStore};
use crate::ledger::{Away, Millis, window};
use redb::{ReadOnlyDatabase, ReadableDatabase, ReadableTable};
use std::path::Path;

impl FileStore {
    /// The latest time that was written down.
    pub(in crate::ledger) fn clock(&self) -> Result<Millis, Away> {
        self.handle.read(|read| {
            let latest = read.open_table(CLOCK)?.get(())?;
            Ok(latest.map_or(0, |latest| latest.value()))
        })
    }

    /// The same of a file that is not opened for writing.
    pub(in crate::ledger) fn look_at_clock(path: &Path) -> Result<Millis, Away> {
        let read = ReadOnlyDatabase::open(path)?.begin_read()?;
        let latest = read.open_table(CLOCK)?.get(())?;
        Ok(latest.map_or(0, |latest| latest.value()))
    }

    /// Takes this time although a later one was seen. Whatever counts on later days counts now, too. To be called when no submit is on its way.
    pub(in crate::ledger) fn accept(&self, now: Millis) -> Result<(), Away> {
        self.handle.write(|tables| {
            let today = window::day(now);
            let mut later = Vec::new();
            for total in tables.totals.iter()? {
                let (window, value) = total?;
                if let Some(counterpart) = window::counterpart(window.value(), &today) {
                    later.push((counterpart, value.value().0));
                }
            }
            for (window, spent) in later {
                let mut total = tables.total(&window)?;
                total.spent = total.spent.saturating_add(spent);
                tables.set_total(&window, total)?;
            }
            let mut flights = Vec::new();
            for flight in tables.flights.iter()? {
                let (key, at) = flight?;
                if at.value() > now {
                    let (user, name) = key.value();
                    flights.push((user.to_owned(), name.to_owned()));
                }
            }
            for (user, name) in flights {
                tables.flights.insert((user.as_str(), name.as_str()), now)?;
            }
            tables.clock.insert((), now)?;
            Ok(())
        })
    }
}
