//! Asking for leave to spend.

use super::{Limit, Limits, Millis, Record};
use likeness_core::MicroUsd;
use std::time::Duration;

/// Who spends. `open` and the access code are one user each.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct User(pub(crate) String);

/// A submit that asks for leave.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    /// Who.
    pub(crate) user: User,
    /// The caller's key; without one the submit is counted and cannot be repeated.
    pub(crate) key: Option<String>,
    /// Tells bodies apart.
    pub(crate) digest: String,
    /// FAL's endpoint.
    pub(crate) endpoint: String,
    /// The most that it can cost.
    pub(crate) amount: MicroUsd,
}

/// The answer to a claim.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Claimed {
    /// The money is reserved. Whoever holds the ticket must settle it.
    Granted(Ticket),
    /// The key is known.
    Known(Record),
    /// A limit would be exceeded.
    Refused {
        /// Which.
        limit: Limit,
        /// When it is worth trying again.
        retry_after: Duration,
    },
}

/// A reservation: the name of a submit, and its claim, so that an outcome which comes late is not
/// that of the next submit under the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    pub(super) name: String,
    pub(super) claim: String,
    /// FAL's endpoint.
    pub(super) endpoint: String,
    /// What was reserved.
    pub(super) amount: MicroUsd,
}

/// A claim as a store carries it out.
pub(super) struct Reservation {
    pub(super) name: String,
    /// What is written if the money is granted.
    pub(super) record: Record,
    pub(super) limits: Limits,
    pub(super) now: Millis,
}

/// What became of a reservation.
pub(super) enum Verdict {
    Granted,
    /// The key is known: nothing has changed.
    Known(Box<Record>),
    /// A limit would be exceeded: nothing has changed.
    Over(Limit),
}
