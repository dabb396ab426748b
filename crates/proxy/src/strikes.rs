//! So many mistakes, then a pause.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Counts the mistakes of each key within a window of time.
pub(crate) struct Strikes<K> {
    most: usize,
    window: Duration,
    times: Mutex<HashMap<K, VecDeque<Instant>>>,
}

impl<K: Hash + Eq + Clone> Strikes<K> {
    /// `most` mistakes are allowed within `window`.
    pub(crate) fn new(most: usize, window: Duration) -> Self {
        Self { most, window, times: Mutex::default() }
    }

    /// How long this key has to wait, if it made too many mistakes.
    pub(crate) fn pause(&self, key: &K) -> Option<Duration> {
        let times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let first = times.get(key).filter(|times| times.len() >= self.most)?.front()?;
        self.window.checked_sub(first.elapsed()).filter(|wait| !wait.is_zero())
    }

    /// A mistake.
    pub(crate) fn strike(&self, key: &K) {
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
    fn who_made_too_many_mistakes_waits_until_the_first_is_forgotten() {
        let strikes = Strikes::new(2, Duration::from_millis(500));
        strikes.strike(&1);
        assert_eq!(strikes.pause(&1), None);
        strikes.strike(&1);
        assert!(strikes.pause(&1).is_some() && strikes.pause(&2).is_none());
        std::thread::sleep(Duration::from_millis(520));
        assert_eq!(strikes.pause(&1), None);
        strikes.forget();
        assert!(strikes.times.lock().unwrap().is_empty());
    }
}
