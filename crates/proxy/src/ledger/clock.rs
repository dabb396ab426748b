//! The ledger's clock: the system's, except that it never goes back.
//!
//! A day whose budget is spent does not begin again if the system's clock is set back. If that
//! clock was far ahead for a moment, the ledger stays there: the day that it believes in may be
//! spent while the true one is not. That is said wherever an operator looks, with the one way out:
//! the setting that names the wrong day. Then the ledger takes the system's time, and what was
//! spent in the days that have not come counts today.

use super::{Away, Millis, system_now, window};
use core::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// By how much clocks of several machines may differ.
const TOLERANCE: Millis = 120_000;

/// The latest time that was seen.
#[derive(Default)]
pub(super) struct Clock {
    latest: AtomicU64,
}

impl Clock {
    pub(super) fn now(&self) -> Millis {
        self.advance(system_now())
    }

    pub(super) fn advance(&self, to: Millis) -> Millis {
        self.latest.fetch_max(to, Ordering::Relaxed).max(to)
    }

    pub(super) fn ahead(&self) -> Option<Ahead> {
        Ahead::of(self.latest.load(Ordering::Relaxed))
    }
}

/// The ledger has seen a time that has not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ahead {
    seen: Millis,
    by: Millis,
}

impl Ahead {
    /// Whether this time lies ahead.
    pub(super) fn of(seen: Millis) -> Option<Self> {
        let by = seen.saturating_sub(system_now());
        (by > TOLERANCE).then_some(Self { seen, by })
    }

    /// By how much.
    pub(crate) const fn by(self) -> Duration {
        Duration::from_millis(self.by)
    }

    /// Whether the time that it has seen is of the day that the owner knows to be wrong.
    pub(super) fn is_of(self, day: Option<&WrongDay>) -> bool {
        day.is_some_and(|day| day.0 == window::day(self.seen))
    }
}

impl fmt::Display for Ahead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (day, hours, minutes) =
            (window::day(self.seen), self.by / 3_600_000, self.by / 60_000 % 60);
        write!(
            f,
            "the ledger has seen a time {hours} h {minutes} min ahead of this machine's clock, and counts budgets for {day} (UTC) until that is over. \
             If this machine's clock is right, stop every server of this ledger and start with LIKENESS_ACCEPT_CLOCK={day}: what was spent on days \
             that have not come then counts today"
        )
    }
}

/// A day (UTC) that a clock was set to by mistake, as its owner names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongDay(String);

impl WrongDay {
    /// Reads a day such as `2027-03-01`.
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit =
            |at: usize, byte: u8| byte.is_ascii_digit() || (byte == b'-' && matches!(at, 4 | 7));
        let fits =
            text.len() == 10 && text.bytes().enumerate().all(|(at, byte)| is_digit(at, byte));
        fits.then(|| Self(text.to_owned()))
    }
}

/// The ledger cannot take the system's time now.
pub(super) fn busy() -> Away {
    Away::new(
        "LIKENESS_ACCEPT_CLOCK is set while submits are on their way. Stop every server of this ledger, wait seven minutes, and start one",
    )
}
