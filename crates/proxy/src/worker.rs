//! Work on large requests: away from the threads that answer everybody, one after the other.

use crate::refusal::Refusal;
use likeness_api::ServerCode;
use likeness_simulator::background;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What is no longer than that is read in less than a millisecond, and takes no turn.
const SMALL: usize = 32 << 10;

/// Does one thing after the other. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Worker(Arc<Semaphore>);

impl Default for Worker {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl Worker {
    /// Does something with a request of so many bytes.
    ///
    /// # Errors
    /// It panicked.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        size: usize,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        if size <= SMALL {
            return Ok(work());
        }
        let turn = Arc::clone(&self.0).acquire_owned().await;
        let done = background::run(move || {
            let done = work();
            drop(turn);
            done
        });
        done.await.map_err(|_| ServerCode::Internal.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[tokio::test]
    async fn large_requests_take_turns_and_small_ones_do_not_wait_for_them() {
        let (worker, at_once) = (Worker::default(), Arc::new(AtomicUsize::new(0)));
        let large = || {
            let at_once = Arc::clone(&at_once);
            worker.run(SMALL + 1, move || {
                let before = at_once.fetch_add(1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(20));
                at_once.fetch_sub(1, Ordering::SeqCst);
                before
            })
        };
        let seen = Arc::clone(&at_once);
        let small = worker.run(SMALL, move || seen.load(Ordering::SeqCst));
        let (one, two, small) = tokio::join!(large(), large(), small);
        assert_eq!((one.unwrap(), two.unwrap()), (0, 0));
        assert!(small.unwrap() <= 1);
    }
}
