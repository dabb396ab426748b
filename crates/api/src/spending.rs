//! `GET /api/v1/spending`: what counts against the caller's budgets, in millionths of a dollar.

use serde::Serialize;

/// What was spent in the time that a budget is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Window {
    /// Reserved by submits that are on their way.
    pub held: u64,
    /// None in a demo.
    pub limit: Option<u64>,
    /// Settled.
    pub spent: u64,
}

/// The three budgets that limit a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Spending {
    /// Of all today (UTC).
    pub day: Window,
    /// Of all this month.
    pub month: Window,
    /// Of the caller today.
    pub user_day: Window,
}
