//! The spans of time that budgets count in: days and months of UTC.

use super::{Limit, Millis, User};
use std::collections::BTreeSet;
use std::time::Duration;
use time::{Date, Month, OffsetDateTime};

/// The windows that a submit counts in: the user's day, everybody's day, everybody's month.
pub(super) struct Windows([String; 3]);

impl Windows {
    pub(super) fn at(now: Millis, user: &User) -> Self {
        let day = day(now);
        let month = &day[..7];
        Self([format!("{day}/user/{}", user.0), format!("{day}/all"), format!("{month}/all")])
    }

    pub(super) fn names(&self) -> [String; 3] {
        self.0.clone()
    }

    /// How long until the limit may let something through again: the next window, or a moment for
    /// runs. The window is that of the ledger's clock, and those who wait have the system's: the
    /// ledger's may be ahead, and then stands still until the other has come up.
    pub(super) fn until_free(&self, limit: Limit, ledger: Millis, now: Millis) -> Duration {
        const A_RUN: Duration = Duration::from_secs(10);
        let today = date(ledger);
        let next = match limit {
            Limit::UserRuns | Limit::Runs => return A_RUN,
            Limit::UserDay | Limit::Day => today.next_day(),
            Limit::Month => {
                let year = if today.month() == Month::December { 1 } else { 0 } + today.year();
                Date::from_calendar_date(year, today.month().next(), 1).ok()
            }
        };
        let start = next.map_or(0, |next| next.midnight().assume_utc().unix_timestamp());
        let now = i64::try_from(now / 1000).unwrap_or(i64::MAX);
        Duration::from_secs(u64::try_from(start.saturating_sub(now)).unwrap_or(0).max(1))
    }
}

/// The day of a time, as its windows are named.
pub(super) fn day(now: Millis) -> String {
    let date = date(now);
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

/// The window of the day `today` in which a window of a later day or month would count; none if it
/// is not later.
pub(super) fn counterpart(window: &str, today: &str) -> Option<String> {
    let (span, whose) = window.split_once('/')?;
    let now = today.get(..span.len())?;
    (span > now).then(|| format!("{now}/{whose}"))
}

fn date(now: Millis) -> Date {
    let seconds = i64::try_from(now / 1000).unwrap_or(i64::MAX);
    OffsetDateTime::from_unix_timestamp(seconds).map_or(Date::MAX, OffsetDateTime::date)
}

/// Of how many days the windows are kept.
const KEPT: usize = 62;

/// The first day whose windows are kept: names sort by time. `days` are those that have any. So
/// many of them are kept however far apart they lie, so that a clock that jumps ahead forgets
/// nothing.
pub(super) fn oldest_kept(now: Millis, days: &BTreeSet<String>) -> String {
    let oldest = day(now.saturating_sub(KEPT as u64 * 24 * 3_600_000));
    let last = days.iter().nth_back(KEPT - 1).or(days.first());
    last.map_or(oldest.clone(), |last| last.min(&oldest).clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAP_DAY: Millis = 1_709_164_800_000 + 86_399_000; // 2024-02-29 23:59:59

    #[test]
    fn later_windows_count_in_those_of_the_day_and_earlier_ones_do_not() {
        for (window, expected) in [
            ("2024-03-01/user/a/b", Some("2024-02-29/user/a/b")),
            ("2025-01-01/all", Some("2024-02-29/all")),
            ("2024-03/all", Some("2024-02/all")),
            ("2024-02-29/all", None),
            ("2024-02-28/user/ann", None),
            ("2024-02/all", None),
            ("2023-12/all", None),
        ] {
            assert_eq!(counterpart(window, "2024-02-29").as_deref(), expected, "{window}");
        }
    }

    #[test]
    fn days_are_kept_by_their_number_where_a_clock_has_jumped() {
        let days = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let few = days(&["2023-01-01", "2024-02-29"]);
        assert_eq!(oldest_kept(LEAP_DAY, &few), "2023-01-01");
        assert_eq!(oldest_kept(LEAP_DAY, &BTreeSet::new()), "2023-12-29");
        let many = (0..100).map(|at| day(LEAP_DAY - at * 24 * 3_600_000)).collect();
        assert_eq!(oldest_kept(LEAP_DAY, &many), "2023-12-29");
    }

    #[test]
    fn a_window_is_named_by_the_day_and_ends_with_it() {
        let windows = Windows::at(LEAP_DAY, &User("ann".into()));
        assert_eq!(windows.names(), ["2024-02-29/user/ann", "2024-02-29/all", "2024-02/all"]);
        assert_eq!(windows.until_free(Limit::Day, LEAP_DAY, LEAP_DAY), Duration::from_secs(1));
        assert_eq!(windows.until_free(Limit::Month, LEAP_DAY, LEAP_DAY), Duration::from_secs(1));
        let new_year = 1_735_689_599_000; // 2024-12-31 23:59:59
        let windows = Windows::at(new_year, &User("ann".into()));
        assert_eq!(windows.until_free(Limit::Month, new_year, new_year), Duration::from_secs(1));
        // The ledger's clock is three hours ahead: the day that it counts in ends when the system's
        // comes there.
        let behind = new_year - 3 * 3_600_000;
        let wait = windows.until_free(Limit::Day, new_year, behind);
        assert_eq!(wait, Duration::from_secs(3 * 3600 + 1));
    }
}
