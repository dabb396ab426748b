//! Messages that are owed, in the file.

use super::{FileStore, Tables, from_json, to_json};
use crate::ledger::owed::{FORGOTTEN, LEASE, Owed, is_due};
use crate::ledger::{Away, Millis};
use redb::{ReadableTable, TableDefinition};

/// Debts by run, with the time at which they may be taken up, as JSON.
pub(super) const OWED: TableDefinition<&str, (u64, &[u8])> = TableDefinition::new("owed");

impl FileStore {
    /// Takes up debts that are due.
    pub(in crate::ledger) async fn take_owed(
        &self,
        now: Millis,
        most: usize,
    ) -> Result<Vec<Owed>, Away> {
        // A quiet server leaves the disk alone.
        if !self.owes(now)? {
            return Ok(Vec::new());
        }
        self.write(move |tables| {
            let mut taken = Vec::new();
            for entry in tables.owed.iter()? {
                let (_, value) = entry?;
                let (due, json) = value.value();
                if taken.len() < most && is_due(due, now) {
                    taken.push(from_json::<Owed>(json)?);
                }
            }
            for owed in &taken {
                tables.owe(owed, now + LEASE)?;
            }
            Ok(taken)
        })
        .await
    }

    fn owes(&self, now: Millis) -> Result<bool, Away> {
        self.handle.read(|read| {
            for entry in read.open_table(OWED)?.iter()? {
                if is_due(entry?.1.value().0, now) {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    /// Writes a debt again, unless it was paid.
    pub(in crate::ledger) async fn put_owed(&self, owed: &Owed, due: Millis) -> Result<(), Away> {
        let owed = owed.clone();
        self.write(move |tables| {
            if tables.owed.get(owed.run.as_str())?.is_some() {
                tables.owe(&owed, due)?;
            }
            Ok(())
        })
        .await
    }

    /// Strikes a debt out.
    pub(in crate::ledger) async fn pay(&self, run: &str) -> Result<(), Away> {
        let run = run.to_owned();
        self.write(move |tables| {
            tables.owed.remove(run.as_str())?;
            Ok(())
        })
        .await
    }
}

impl Tables<'_> {
    pub(super) fn owe(&mut self, owed: &Owed, due: Millis) -> Result<(), Away> {
        self.owed.insert(owed.run.as_str(), (due, to_json(owed)?.as_slice()))?;
        Ok(())
    }

    /// At the start nobody else can have one of them in hand. What was never paid is forgotten.
    pub(super) fn release_owed(&mut self, now: Millis) -> Result<(), Away> {
        let mut all = Vec::new();
        for entry in self.owed.iter()? {
            all.push(from_json::<Owed>(entry?.1.value().1)?);
        }
        for owed in all {
            if now.saturating_sub(owed.at) > FORGOTTEN {
                self.owed.remove(owed.run.as_str())?;
            } else {
                self.owe(&owed, 0)?;
            }
        }
        Ok(())
    }
}
