//! How much memory bodies and pictures that are under way may take together, counted as their bytes
//! arrive.

use crate::refusal::Refusal;
use bytes::Bytes;
use likeness_api::ServerCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// All of them together, in bytes.
const MOST: usize = 64 << 20;
/// So much of each is not counted. The number of connections bounds it, and an ordinary request
/// needs no more: whoever fills the budget shuts out large bodies, and nobody who wants little.
const FREE: usize = 16 << 10;
/// What a value of JSON takes once it is read, its key included, in bytes.
const VALUE: usize = 96;
/// When to come again.
const A_MOMENT: Duration = Duration::from_secs(2);

/// The budget. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Memory(Arc<Semaphore>);

impl Default for Memory {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST)))
    }
}

impl Memory {
    /// Room for something of which nothing is here yet.
    pub(crate) fn room(&self) -> Room {
        Room { memory: self.clone(), held: None }
    }
}

/// Room that is taken, until this is dropped.
#[derive(Debug)]
pub(crate) struct Room {
    memory: Memory,
    held: Option<OwnedSemaphorePermit>,
}

impl Room {
    /// So many bytes are needed in all.
    ///
    /// # Errors
    /// There is no room for them.
    pub(crate) fn takes(&mut self, bytes: usize) -> Result<(), Refusal> {
        let held = self.held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = bytes.saturating_sub(FREE).saturating_sub(held);
        if more == 0 {
            return Ok(());
        }
        let full = || Refusal::later(ServerCode::Overloaded, A_MOMENT);
        let count = u32::try_from(more).map_err(|_| full())?;
        let room = Arc::clone(&self.memory.0).try_acquire_many_owned(count).map_err(|_| full())?;
        match &mut self.held {
            Some(held) => held.merge(room),
            None => self.held = Some(room),
        }
        Ok(())
    }

    /// A text of JSON is about to be read, and written anew.
    ///
    /// # Errors
    /// There is no room for what it becomes.
    pub(crate) fn takes_json(&mut self, text: &[u8]) -> Result<(), Refusal> {
        let values = text.iter().filter(|byte| b",:[{".contains(byte)).count();
        self.takes(3 * text.len() + values * VALUE)
    }

    /// The same bytes, which hold the room for as long as anybody has them.
    pub(crate) fn with(self, bytes: Bytes) -> Bytes {
        match self.held {
            Some(_) => Bytes::from_owner(Counted { bytes, _room: self }),
            None => bytes,
        }
    }
}

/// Bytes and the room that they take.
struct Counted {
    bytes: Bytes,
    _room: Room,
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_large_is_counted_until_it_is_dropped_and_what_is_small_is_not() {
        let memory = Memory::default();
        let mut rooms: Vec<Room> = (0..64).map(|_| memory.room()).collect();
        for room in &mut rooms {
            room.takes(512 << 10).unwrap();
            room.takes(1 << 20).unwrap();
        }
        let mut last = memory.room();
        last.takes(1 << 20).unwrap();
        let refusal = last.takes(4 << 20).unwrap_err();
        assert_eq!(refusal.code(), ServerCode::Overloaded);
        assert!(refusal.wait().is_some());
        memory.room().takes(FREE).unwrap();
        rooms.clear();
        last.takes(4 << 20).unwrap();
        drop(last);
        assert_eq!(memory.0.available_permits(), MOST);
    }

    #[test]
    fn bytes_hold_their_room_as_long_as_anybody_has_them() {
        let memory = Memory::default();
        let free = || memory.0.available_permits();
        let mut room = memory.room();
        room.takes(1 << 20).unwrap();
        let bytes = room.with(Bytes::from(vec![7; 1 << 20]));
        let slice = bytes.slice(..10);
        drop(bytes);
        assert!(free() < MOST && slice[..] == [7; 10]);
        drop(slice);
        assert_eq!(free(), MOST);
    }

    #[test]
    fn many_small_values_count_for_what_they_become() {
        let mut room = Memory::default().room();
        room.takes_json(&b"1,".repeat(100_000)).unwrap();
        let held = room.held.as_ref().unwrap().num_permits();
        assert!(held > 100_000 * VALUE, "{held}");
    }
}
