//! How many of something each caller holds at the same time.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// The counts of all who hold something. Clones share them.
#[derive(Debug)]
pub(crate) struct Holders<K>(Arc<Mutex<Counts<K>>>);

#[derive(Debug)]
struct Counts<K> {
    of_one: HashMap<K, usize>,
    of_all: usize,
}

impl<K> Clone for Holders<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K> Default for Holders<K> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Counts { of_one: HashMap::new(), of_all: 0 })))
    }
}

impl<K: Hash + Eq + Copy> Holders<K> {
    /// One more, unless that were more than one may hold, or than all may together.
    pub(crate) fn hold(&self, key: K, most_of_one: usize, most_of_all: usize) -> Option<Held<K>> {
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
        Some(Held { key, holders: self.clone() })
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        let counts = self.0.lock().unwrap();
        counts.of_one.is_empty() && counts.of_all == 0
    }
}

/// What is held, until this is dropped.
#[derive(Debug)]
pub(crate) struct Held<K: Hash + Eq + Copy> {
    key: K,
    holders: Holders<K>,
}

impl<K: Hash + Eq + Copy> Drop for Held<K> {
    fn drop(&mut self) {
        let mut counts = self.holders.0.lock().unwrap_or_else(PoisonError::into_inner);
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
        let holders = Holders::default();
        let hold = |key| holders.hold(key, 2, 3);
        let first = hold('a').unwrap();
        let _second = hold('a').unwrap();
        assert!(hold('a').is_none(), "two are all of one");
        let _third = hold('b').unwrap();
        assert!(hold('c').is_none(), "three are all");
        drop(first);
        assert!(hold('c').is_some() && hold('a').is_some());
        drop((_second, _third));
        assert!(holders.is_empty());
    }
}
