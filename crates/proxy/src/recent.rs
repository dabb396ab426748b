//! A map that forgets what was not asked for lately.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// Two generations: whatever is asked for is young, and what is still old at the next turn goes.
#[derive(Debug)]
pub(crate) struct Recent<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self { young: HashMap::new(), old: HashMap::new() }
    }
}

impl<K: Hash + Eq, V> Recent<K, V> {
    /// What is known of a key.
    pub(crate) fn get<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        if let Some((key, value)) = self.old.remove_entry(key) {
            self.young.insert(key, value);
        }
        self.young.get(key)
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        self.young.insert(key, value);
    }

    /// How many are young.
    pub(crate) fn len(&self) -> usize {
        self.young.len()
    }

    /// The young grow old, and the old are forgotten but for those to keep.
    pub(crate) fn turn(&mut self, keep: impl Fn(&V) -> bool) {
        let old = std::mem::replace(&mut self.old, std::mem::take(&mut self.young));
        self.young.extend(old.into_iter().filter(|(_, value)| keep(value)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_asked_for_between_two_turns_is_forgotten() {
        let mut recent = Recent::default();
        for key in ["used", "kept", "idle"] {
            recent.insert(key, key.len() + usize::from(key == "kept"));
        }
        recent.turn(|_| false);
        assert_eq!(recent.get("used"), Some(&4));
        recent.turn(|value| *value == 5);
        let left = ["used", "kept", "idle"].map(|key| recent.get(key).copied());
        assert_eq!(left, [Some(4), Some(5), None]);
    }
}
