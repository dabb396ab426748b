//! The rules of money: what a claim, a settlement and a retry may do.
//!
//! They know nothing of storage. The file calls them. On Redis a step has to be one script, which
//! says the same in Lua; `tests/alike.rs` plays the same random steps on both, and compares.

use super::{HOUR, Limit, Limits, Millis, Outcome, Record, Ticket, Total};
use likeness_core::MicroUsd;

/// How long a key is remembered.
pub(super) const MEMORY: Millis = 24 * HOUR;
/// How long the owner of a run is remembered: longer than FAL keeps its result.
pub(super) const OWNERSHIP: Millis = 60 * 24 * HOUR;
/// A run that nobody fetched counts as under way for this long.
pub(super) const LONGEST_RUN: Millis = 15 * 60_000;
/// A submit without an outcome after this time belongs to a server that died.
pub(super) const LONGEST_SUBMIT: Millis = 6 * 60_000;

/// The submit of before that a key means at `now`. None if the key is free: it was used too long
/// ago, or for something that was provably not sent.
pub(super) fn known(record: Record, now: Millis) -> Option<Record> {
    let record = seen_at(record, now);
    (is_remembered(&record, now) && record.outcome != Outcome::Unsent).then_some(record)
}

/// Whether the key of a submit still means it.
pub(super) fn is_remembered(record: &Record, now: Millis) -> bool {
    record.outcome == Outcome::Sending || now.saturating_sub(record.at) < MEMORY
}

/// A submit as it is to be understood now: without an outcome in time its server died, and nobody
/// will ever know.
pub(super) fn seen_at(mut record: Record, now: Millis) -> Record {
    if record.outcome == Outcome::Sending && is_dead(record.until, now) {
        record.outcome = Outcome::Unknown;
    }
    record
}

/// Whether a submit that must have an outcome by `until` belongs to a server that died.
pub(super) const fn is_dead(until: Millis, now: Millis) -> bool {
    until < now
}

/// The first budget that would be exceeded. `totals` are those of the windows that the submit
/// counts in.
pub(super) fn over_budget(limits: &Limits, totals: [Total; 3], amount: MicroUsd) -> Option<Limit> {
    let mut windows = totals.into_iter().zip(limits.budgets()).zip(Limit::ALL);
    let over = windows.find(|((Total { spent, held }, most), _)| {
        let sum = spent.checked_add(*held).and_then(|sum| sum.checked_add(amount));
        sum.is_none_or(|sum| sum > *most)
    });
    over.map(|(_, limit)| limit)
}

/// Which limit one more run would exceed, with so many under way of the user and of all.
pub(super) const fn over_runs(limits: &Limits, of_user: u32, of_all: u32) -> Option<Limit> {
    if of_user >= limits.user_runs {
        Some(Limit::UserRuns)
    } else if of_all >= limits.runs {
        Some(Limit::Runs)
    } else {
        None
    }
}

/// Whether a run that nobody fetched still counts as under way.
pub(super) const fn is_under_way(since: Millis, now: Millis) -> bool {
    now.saturating_sub(since) < LONGEST_RUN
}

/// What a window holds once money is reserved.
pub(super) const fn reserved(total: Total, amount: MicroUsd) -> Total {
    Total { held: total.held + amount, ..total }
}

/// What a window holds once the outcome is known: what was held is spent, or free again.
pub(super) fn settled(total: Total, amount: MicroUsd, outcome: &Outcome) -> Total {
    let spent = if outcome.is_free() { 0 } else { amount };
    Total { spent: total.spent + spent, held: total.held.saturating_sub(amount) }
}

/// What a settlement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// The submit has its outcome from now on, and its money is spent or free.
    Settles,
    /// It was given up as unknown meanwhile. Its money stays spent, and what became of it is known
    /// after all.
    Explains,
    /// It was settled before, or belongs to another submit under the same key.
    Nothing,
}

/// What a settlement does to the submit that is written under its name.
pub(super) fn effect(record: &Record, ticket: &Ticket, outcome: &Outcome) -> Effect {
    match record.outcome {
        _ if record.claim != ticket.claim => Effect::Nothing,
        Outcome::Sending => Effect::Settles,
        Outcome::Unknown if matches!(outcome, Outcome::Answered { .. }) => Effect::Explains,
        _ => Effect::Nothing,
    }
}
