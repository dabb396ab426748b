//! How many of something each key holds at the same time.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// The counts of all who hold something. Clones share them.
#[derive(Debug)]
pub(crate) struct Permits<K>(Arc<Mutex<Counts<K>>>);

#[derive(Debug)]
struct Counts<K> {
    of_one: HashMap<K, usize>,
    of_all: usize,
}

impl<K> Clone for Permits<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K> Default for Permits<K> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Counts { of_one: HashMap::new(), of_all: 0 })))
    }
}

impl<K: Hash + Eq + Copy> Permits<K> {
    /// One more, unless that were more than one may hold, or than all may together.
    pub(crate) fn acquire(
        &self,
        key: K,
        most_of_one: usize,
        most_of_all: usize,
    ) -> Option<Permit<K>> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.of_all >= most_of_all {
            return None;
        }
        let of_one = counts.of_one.entry(key).or_default();
        if *of_one >= most_of_one {
            return None;
        }
        *of_one += 1;
        counts.of_all += 1;
        Some(Permit { key, permits: self.clone() })
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        let counts = self.0.lock().unwrap();
        counts.of_one.is_empty() && counts.of_all == 0
    }
}

/// One of them, given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Permit<K: Hash + Eq + Copy> {
    key: K,
    permits: Permits<K>,
}

impl<K: Hash + Eq + Copy> Drop for Permit<K> {
    fn drop(&mut self) {
        let mut counts = self.permits.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.of_all -= 1;
        if let Some(of_one) = counts.of_one.get_mut(&self.key) {
            *of_one -= 1;
            if *of_one == 0 {
                counts.of_one.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_leaves_room_for_others_and_nothing_is_kept_of_those_who_left() {
        let permits = Permits::default();
        let acquire = |key| permits.acquire(key, 2, 3);
        let first = acquire('a').unwrap();
        let _second = acquire('a').unwrap();
        assert!(acquire('a').is_none(), "two are all of one");
        let _third = acquire('b').unwrap();
        assert!(acquire('c').is_none(), "three are all");
        drop(first);
        assert!(acquire('c').is_some() && acquire('a').is_some());
        drop((_second, _third));
        assert!(permits.is_empty());
    }
}
