//! What the person has removed and may still lie in the store, in `localStorage`: it is written at once, and every tab reads it.

use super::local::{self, Key};
use likeness_core::job::Millis;
use likeness_studio::tombstones::{Kind, Tombstones};

/// All of them.
pub fn all() -> Tombstones {
    Tombstones::read(&local::get(Key::Removed).unwrap_or_default())
}

/// These are removed, and can be brought back until they are `due`.
pub fn add<'a>(kind: Kind, ids: impl IntoIterator<Item = &'a str>, due: Millis) {
    let mut known = all();
    ids.into_iter().for_each(|id| known.add(kind, id, due));
    local::set(Key::Removed, Some(&known.write()));
}

/// These are there again, or nothing is left of them.
pub fn take_back<'a>(kind: Kind, ids: impl IntoIterator<Item = &'a str>) {
    let mut known = all();
    let count = ids.into_iter().filter(|id| known.take_back(kind, id)).count();
    if count > 0 {
        local::set(Key::Removed, Some(known.write()).filter(|text| !text.is_empty()).as_deref());
    }
}
