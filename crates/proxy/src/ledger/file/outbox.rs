//! The outbox in the file.

use super::tables::{OUTBOX, Tables, from_json, to_json};
use crate::ledger::outbox::{FORGOTTEN, LEASE, Message, is_due};
use crate::ledger::{Away, Millis};
use redb::{ReadTransaction, ReadableTable};

/// Whether any message is due.
pub(super) fn has_due(read: &ReadTransaction, now: Millis) -> Result<bool, Away> {
    for entry in read.open_table(OUTBOX)?.iter()? {
        if is_due(entry?.1.value().0, now) {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Tables<'_> {
    pub(super) fn put_message(&mut self, message: &Message, due: Millis) -> Result<(), Away> {
        self.outbox.insert(message.run.as_str(), (due, to_json(message)?.as_slice()))?;
        Ok(())
    }

    pub(super) fn lease_messages(
        &mut self,
        now: Millis,
        most: usize,
    ) -> Result<Vec<Message>, Away> {
        let mut taken = Vec::new();
        for entry in self.outbox.iter()? {
            let (_, value) = entry?;
            let (due, json) = value.value();
            if taken.len() < most && is_due(due, now) {
                taken.push(from_json::<Message>(json)?);
            }
        }
        for message in &taken {
            self.put_message(message, now + LEASE)?;
        }
        Ok(taken)
    }

    /// At the start nobody else can have taken one. What was never delivered is forgotten.
    pub(super) fn release_messages(&mut self, now: Millis) -> Result<(), Away> {
        let mut all = Vec::new();
        for entry in self.outbox.iter()? {
            all.push(from_json::<Message>(entry?.1.value().1)?);
        }
        for message in all {
            if now.saturating_sub(message.at) > FORGOTTEN {
                self.outbox.remove(message.run.as_str())?;
            } else {
                self.put_message(&message, 0)?;
            }
        }
        Ok(())
    }
}
