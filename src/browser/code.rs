//! The access code of a server that asks for one. Kept in this browser; where it refuses storage, as long as the page is open.

use super::local::{self, Key};
use core::cell::RefCell;

thread_local! {
    static HELD: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// The code, if someone has given one.
pub fn get() -> Option<String> {
    HELD.with_borrow(Clone::clone).or_else(|| local::get(Key::Code))
}

/// Holds a code as long as the page is open.
pub fn hold(code: &str) {
    HELD.set(Some(code.to_owned()));
}

/// Keeps a code.
pub fn keep(code: &str) {
    local::set(Key::Code, Some(code));
    hold(code);
}
