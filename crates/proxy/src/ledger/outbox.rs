//! The outbox: whoever ordered a run by one call is told of its end, also if this server dies
//! before it comes.
//!
//! A message is written in the step that writes down that FAL accepted the run. Whoever takes one
//! has it for [`LEASE`], and longer by writing it again; after that another server, or the next
//! life of this one, may take it. Its times are the system's, not the ledger's: they are about
//! waiting, not about money, so they may go back.

use super::Millis;
use serde::{Deserialize, Serialize};
use std::time::{SystemTime, UNIX_EPOCH};

/// How long a message belongs to whoever took it.
pub(crate) const LEASE: Millis = 90_000;
/// No message waits longer than this. One that seems to was written by a clock that was set back
/// since.
pub(super) const FARTHEST: Millis = 2 * 3_600_000;
/// A message that could not be delivered is forgotten after this time.
pub(super) const FORGOTTEN: Millis = 3 * 24 * 3_600_000;

/// What has to be said of the end of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Message {
    /// FAL's id of the run.
    pub(crate) run: String,
    /// FAL's endpoint.
    pub(crate) endpoint: String,
    /// When the run was accepted.
    pub(crate) at: Millis,
    /// What has to be said, once the run has ended: the same in every attempt.
    pub(crate) message: Option<String>,
    /// How often it was said in vain.
    pub(crate) tries: u32,
}

impl Message {
    /// For a run that was just accepted.
    pub(super) fn of(run: &str, endpoint: &str) -> Self {
        let (run, endpoint) = (run.to_owned(), endpoint.to_owned());
        Self { run, endpoint, at: system_now(), message: None, tries: 0 }
    }
}

/// Whether a message with this time may be taken.
pub(super) const fn is_due(due: Millis, now: Millis) -> bool {
    due <= now || due > now.saturating_add(FARTHEST)
}

/// The system's clock as it is.
pub(crate) fn system_now() -> Millis {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    Millis::try_from(elapsed).unwrap_or(Millis::MAX)
}
