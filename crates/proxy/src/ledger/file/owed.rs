//! Messages that are owed, in the file.

use super::tables::{OWED, Tables, from_json, to_json};
use crate::ledger::owed::{FORGOTTEN, LEASE, Owed, is_due};
use crate::ledger::{Away, Millis};
use redb::{ReadTransaction, ReadableTable};

/// Whether any debt is due.
pub(super) fn owes(read: &ReadTransaction, now: Millis) -> Result<bool, Away> {
    for entry in read.open_table(OWED)?.iter()? {
        if is_due(entry?.1.value().0, now) {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Tables<'_> {
    pub(super) fn owe(&mut self, owed: &Owed, due: Millis) -> Result<(), Away> {
        self.owed.insert(owed.run.as_str(), (due, to_json(owed)?.as_slice()))?;
        Ok(())
    }

    pub(super) fn take_owed(&mut self, now: Millis, most: usize) -> Result<Vec<Owed>, Away> {
        let mut taken = Vec::new();
        for entry in self.owed.iter()? {
            let (_, value) = entry?;
            let (due, json) = value.value();
            if taken.len() < most && is_due(due, now) {
                taken.push(from_json::<Owed>(json)?);
            }
        }
        for owed in &taken {
            self.owe(owed, now + LEASE)?;
        }
        Ok(taken)
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
