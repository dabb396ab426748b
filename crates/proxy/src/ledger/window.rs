//! The spans of time that budgets count in: days and months of UTC.

use super::{Limit, Limits, Millis, User};
use likeness_core::MicroUsd;
use std::time::Duration;
use time::{Date, Month, OffsetDateTime};

/// The windows that a submit counts in: the user's day, everybody's day, everybody's month.
pub(super) struct Windows([String; 3]);

impl Windows {
    pub(super) fn at(now: Millis, user: &User) -> Self {
        let today = date(now);
        let (year, month) = (today.year(), u8::from(today.month()));
        let day = format!("{year:04}-{month:02}-{:02}", today.day());
        Self([
            format!("{day}/user/{}", user.0),
            format!("{day}/all"),
            format!("{year:04}-{month:02}/all"),
        ])
    }

    pub(super) fn names(&self) -> [String; 3] {
        self.0.clone()
    }

    /// Each window with the most that it may hold, in the order of [`Limit::ALL`].
    pub(super) fn with_limits(&self, limits: &Limits) -> [(&str, MicroUsd); 3] {
        let [user_day, day, month] = &self.0;
        [(user_day, limits.user_day), (day, limits.day), (month, limits.month)]
    }

    /// How long until the limit may let something through again: the next window, or a moment for runs.
    pub(super) fn until_free(&self, limit: Limit, now: Millis) -> Duration {
        const A_RUN: Duration = Duration::from_secs(10);
        let today = date(now);
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

fn date(now: Millis) -> Date {
    let seconds = i64::try_from(now / 1000).unwrap_or(i64::MAX);
    OffsetDateTime::from_unix_timestamp(seconds).map_or(Date::MAX, OffsetDateTime::date)
}

/// The name of the first day whose windows are kept: names sort by time.
pub(super) fn oldest_kept(now: Millis) -> String {
    const KEPT: Millis = 62 * 24 * 3_600_000;
    let day = date(now.saturating_sub(KEPT));
    format!("{:04}-{:02}-{:02}", day.year(), u8::from(day.month()), day.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAP_DAY: Millis = 1_709_164_800_000 + 86_399_000; // 2024-02-29 23:59:59

    #[test]
    fn a_window_is_named_by_the_day_and_ends_with_it() {
        let windows = Windows::at(LEAP_DAY, &User("ann".into()));
        assert_eq!(windows.names(), ["2024-02-29/user/ann", "2024-02-29/all", "2024-02/all"]);
        assert_eq!(windows.until_free(Limit::Day, LEAP_DAY), Duration::from_secs(1));
        assert_eq!(windows.until_free(Limit::Month, LEAP_DAY), Duration::from_secs(1));
        let new_year = 1_735_689_599_000; // 2024-12-31 23:59:59
        let windows = Windows::at(new_year, &User("ann".into()));
        assert_eq!(windows.until_free(Limit::Month, new_year), Duration::from_secs(1));
    }
}
