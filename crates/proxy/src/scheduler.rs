//! Tasks that go on for as long as the server runs.

use crate::ledger::Ledger;
use crate::metrics::Metrics;
use crate::price;
use crate::relay::Relay;
use crate::state::AppState;
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How often the ledger and the limits of pace forget what is old.
const SWEEP: Duration = Duration::from_secs(30);
/// How often a ledger that is away is tried again.
const RECOVERY: Duration = Duration::from_secs(1);
/// How often shared answers that nobody will share any more are dropped: they take memory.
const FORGET: Duration = Duration::from_millis(500);
/// How long after a panic a task begins anew.
const PAUSE: Duration = Duration::from_secs(1);

/// Starts all of them.
pub(crate) fn start(state: &AppState) -> Vec<JoinHandle<()>> {
    let ledger = || Arc::clone(&state.ledger);
    let mut tasks = vec![
        supervised("sweep", state.clone(), sweep),
        supervised("answers", Arc::clone(&state.relay), forget_answers),
        supervised("ledger", ledger(), recover),
        supervised("prices", Arc::clone(&state.relay), refresh_prices),
    ];
    if let Some(webhook) = state.programs.as_ref().and_then(|programs| programs.webhook()) {
        tasks.push(supervised("webhook", (webhook, ledger()), |(webhook, ledger)| {
            webhook.work(ledger)
        }));
    }
    tasks
}

/// Runs a task, and begins it anew after a panic: it is not to end with the first thing that goes
/// wrong in it.
fn supervised<S, T>(
    name: &'static str,
    state: S,
    task: impl Fn(S) -> T + Send + 'static,
) -> JoinHandle<()>
where
    S: Clone + Send + 'static,
    T: Future<Output = ()> + Send + 'static,
{
    tokio::spawn(async move {
        // What it shares with others is locks, and every lock is read past a panic.
        while AssertUnwindSafe(task(state.clone())).catch_unwind().await.is_err() {
            tracing::error!(task = name, "a task stopped by a panic; it begins anew");
            tokio::time::sleep(PAUSE).await;
        }
    })
}

/// Forgets what is old, and settles what servers left behind that died.
async fn sweep(state: AppState) {
    let mut was_ahead = false;
    let mut sweeps = tokio::time::interval(SWEEP);
    loop {
        sweeps.tick().await;
        if let Err(error) = state.ledger.sweep().await {
            tracing::error!(%error, "the ledger is away");
        }
        was_ahead = note_clock(&state.ledger, &state.metrics, was_ahead);
        state.rate_limits.forget();
        state.authenticator.forget();
        if let Some(programs) = &state.programs {
            programs.forget();
        }
        if let Some(telegram) = &state.telegram {
            telegram.forget();
        }
    }
}

/// Notes when the ledger's clock begins and ceases to be ahead. Whether it is.
fn note_clock(ledger: &Ledger, metrics: &Metrics, was_ahead: bool) -> bool {
    let ahead = ledger.ahead();
    match ahead {
        Some(ahead) if !was_ahead => tracing::error!("{ahead}"),
        None if was_ahead => tracing::info!("the ledger's clock is right again"),
        _ => {}
    }
    let seconds = ahead.map_or(0, |ahead| ahead.by().as_secs());
    metrics.clock_ahead.set(i64::try_from(seconds).unwrap_or(i64::MAX));
    ahead.is_some()
}

async fn forget_answers(relay: Arc<Relay>) {
    loop {
        tokio::time::sleep(FORGET).await;
        relay.coalescer.forget();
    }
}

/// Brings the ledger back after its disk or its server failed.
async fn recover(ledger: Arc<Ledger>) {
    let mut was_away = false;
    loop {
        tokio::time::sleep(RECOVERY).await;
        let recovered = ledger.recover().await;
        match &recovered {
            Err(error) if !was_away => tracing::error!(%error, "the ledger is away"),
            Ok(()) if was_away => tracing::info!("the ledger is back"),
            _ => {}
        }
        was_away = recovered.is_err();
    }
}

/// Asks FAL for its prices now and then. A demo has none.
async fn refresh_prices(relay: Arc<Relay>) {
    let mut asks = tokio::time::interval(price::REFRESH);
    while relay.upstream.is_live() {
        asks.tick().await;
        for remark in relay.prices.refresh(&relay.upstream).await {
            tracing::warn!("{remark}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[tokio::test(start_paused = true)]
    async fn a_task_goes_on_after_a_panic_and_ends_when_it_is_done() {
        let begun = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&begun);
        let task = supervised("test", (), move |()| {
            let round = count.fetch_add(1, Ordering::Relaxed);
            async move { assert!(round >= 2, "a fault of the test") }
        });
        task.await.unwrap();
        assert_eq!(begun.load(Ordering::Relaxed), 3);
    }
}
