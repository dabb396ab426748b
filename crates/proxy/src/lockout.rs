//! Too many failures within a window of time lock a caller out until the first is forgotten.

use crate::refusal::Refusal;
use likeness_api::ServerCode;
use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Counts the failures of each key within a window of time.
pub(crate) struct Lockout<K> {
    most: usize,
    window: Duration,
    times: Mutex<HashMap<K, VecDeque<Instant>>>,
}

impl<K: Hash + Eq + Clone> Lockout<K> {
    /// `most` failures are allowed within `window`.
    pub(crate) fn new(most: usize, window: Duration) -> Self {
        Self { most, window, times: Mutex::default() }
    }

    /// Lets a key that is not locked out try something. The error `failure` counts against it.
    pub(crate) fn attempt<T>(
        &self,
        key: &K,
        failure: ServerCode,
        attempt: impl FnOnce() -> Result<T, ServerCode>,
    ) -> Result<T, Refusal> {
        // Before the attempt: otherwise guessing would go on unhindered.
        if let Some(wait) = self.remaining(key) {
            return Err(Refusal::later(ServerCode::TooManyAttempts, wait));
        }
        attempt().map_err(|code| {
            if code == failure {
                self.record_failure(key);
            }
            code.into()
        })
    }

    /// How long this key is still locked out, if it is.
    pub(crate) fn remaining(&self, key: &K) -> Option<Duration> {
        let times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let first = times.get(key).filter(|times| times.len() >= self.most)?.front()?;
        self.window.checked_sub(first.elapsed()).filter(|wait| !wait.is_zero())
    }

    /// One more failure.
    pub(crate) fn record_failure(&self, key: &K) {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let times = times.entry(key.clone()).or_default();
        times.push_back(Instant::now());
        if times.len() > self.most {
            times.pop_front();
        }
    }

    /// Forgets what no longer counts.
    pub(crate) fn forget(&self) {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        times.retain(|_, times| times.back().is_some_and(|last| last.elapsed() < self.window));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_failed_too_often_waits_until_the_first_is_forgotten() {
        let lockout = Lockout::new(2, Duration::from_millis(500));
        lockout.record_failure(&1);
        assert_eq!(lockout.remaining(&1), None);
        lockout.record_failure(&1);
        assert!(lockout.remaining(&1).is_some() && lockout.remaining(&2).is_none());
        std::thread::sleep(Duration::from_millis(520));
        assert_eq!(lockout.remaining(&1), None);
        lockout.forget();
        assert!(lockout.times.lock().unwrap().is_empty());
    }
}
