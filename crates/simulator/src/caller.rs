//! Who calls, whose runs wait for one another, and who may draw.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A caller, as whoever passes requests on in process tells them apart: an extension of the
/// request. Without it all are one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Caller(pub u64);

/// Whose runs wait for one another: those of one account, or of one caller where all are one
/// account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Lane {
    pub(crate) account: Arc<str>,
    pub(crate) caller: Caller,
}

/// A drawing of four megapixels takes 30 MB while it lasts, so only one is made at a time. Callers
/// take turns, however many pictures each of them wants.
#[derive(Debug)]
pub(crate) struct DrawLimit {
    free: Arc<Semaphore>,
    turns: Mutex<HashMap<Caller, Arc<Semaphore>>>,
}

/// Leave to draw, given back when this is dropped.
#[derive(Debug)]
pub(crate) struct DrawPermit {
    _one: OwnedSemaphorePermit,
    _own: OwnedSemaphorePermit,
}

impl Default for DrawLimit {
    fn default() -> Self {
        Self { free: Arc::new(Semaphore::new(1)), turns: Mutex::default() }
    }
}

impl DrawLimit {
    /// Waits for the caller's turn: behind their own pictures, and behind one of each other caller.
    pub(crate) async fn turn(&self, caller: Caller) -> DrawPermit {
        let own = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            Arc::clone(turns.entry(caller).or_insert_with(|| Arc::new(Semaphore::new(1))))
        };
        let own = own.acquire_owned().await.expect("it is never closed");
        let draw_limit = Arc::clone(&self.free).acquire_owned().await.expect("it is never closed");
        DrawPermit { _one: draw_limit, _own: own }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn callers_take_turns() {
        let draw_limit = Arc::new(DrawLimit::default());
        let first = draw_limit.turn(Caller(1)).await;
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for caller in [1, 1, 1, 2, 2] {
            let (draw_limit, order) = (Arc::clone(&draw_limit), Arc::clone(&order));
            tasks.push(tokio::spawn(async move {
                let _turn = draw_limit.turn(Caller(caller)).await;
                order.lock().unwrap().push(caller);
            }));
            tokio::task::yield_now().await;
        }
        drop(first);
        for task in tasks {
            task.await.unwrap();
        }
        let order = order.lock().unwrap().clone();
        assert_eq!(order[..3].iter().filter(|caller| **caller == 2).count(), 2, "{order:?}");
        drop(draw_limit.turn(Caller(3)).await);
        assert_eq!(draw_limit.turns.lock().unwrap().len(), 1, "nobody is remembered");
    }
}
