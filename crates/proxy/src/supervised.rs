//! Tasks that go on for as long as the server runs.

use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How long after a panic a task begins anew.
const PAUSE: Duration = Duration::from_secs(1);

/// Runs a task, and begins it anew after a panic: what housekeeping does is not to end with the first thing that goes wrong in it.
pub(crate) fn supervised<T>(
    name: &'static str,
    task: impl Fn() -> T + Send + 'static,
) -> JoinHandle<()>
where
    T: Future<Output = ()> + Send + 'static,
{
    tokio::spawn(async move {
        // What it shares with others is locks, and every lock is read past a panic.
        while AssertUnwindSafe(task()).catch_unwind().await.is_err() {
            tracing::error!(task = name, "a task stopped by a panic; it begins anew");
            tokio::time::sleep(PAUSE).await;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[tokio::test(start_paused = true)]
    async fn a_task_goes_on_after_a_panic_and_ends_when_it_is_done() {
        let begun = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&begun);
        let task = supervised("test", move || {
            let round = count.fetch_add(1, Ordering::Relaxed);
            async move { assert!(round >= 2, "a fault of the test") }
        });
        task.await.unwrap();
        assert_eq!(begun.load(Ordering::Relaxed), 3);
    }
}
