//! What may be spent, and what is.

use likeness_api::ServerCode;
use likeness_core::MicroUsd;

/// What may be spent and how many runs may be under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// By one user on one day (UTC).
    pub user_day: MicroUsd,
    /// By all on one day.
    pub day: MicroUsd,
    /// By all in one month.
    pub month: MicroUsd,
    /// Runs of one user that are under way.
    pub user_runs: u32,
    /// Runs of all that are under way.
    pub runs: u32,
}

impl Limits {
    /// For a demo, where nothing is spent.
    pub const NONE: Self = Self {
        user_day: MicroUsd::MAX,
        day: MicroUsd::MAX,
        month: MicroUsd::MAX,
        user_runs: u32::MAX,
        runs: u32::MAX,
    };

    /// The budgets, in the order of the windows that a submit counts in.
    pub(super) const fn budgets(&self) -> [MicroUsd; 3] {
        [self.user_day, self.day, self.month]
    }
}

impl Default for Limits {
    /// What a family may spend without thinking.
    fn default() -> Self {
        Self { user_day: 5_000_000, day: 20_000_000, month: 200_000_000, user_runs: 10, runs: 40 }
    }
}

/// The limit that tripped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    UserDay,
    Day,
    Month,
    UserRuns,
    Runs,
}

impl Limit {
    /// In the order in which a store checks them.
    pub(super) const ALL: [Self; 5] =
        [Self::UserDay, Self::Day, Self::Month, Self::UserRuns, Self::Runs];

    /// What the caller is told.
    pub(crate) const fn code(self) -> ServerCode {
        match self {
            Self::UserDay => ServerCode::UserDaySpent,
            Self::Day => ServerCode::DaySpent,
            Self::Month => ServerCode::MonthSpent,
            Self::UserRuns | Self::Runs => ServerCode::TooManyRuns,
        }
    }
}

/// What a window holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Total {
    /// Settled.
    pub(crate) spent: MicroUsd,
    /// Reserved by submits that are on their way.
    pub(crate) held: MicroUsd,
}

/// The three totals that limit a user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) user_day: Total,
    pub(crate) day: Total,
    pub(crate) month: Total,
}
