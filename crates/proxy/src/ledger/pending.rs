//! Settlements that the store has not taken yet. They are sent again until it does, and count as if
//! it had.

use super::{Millis, Outcome, Run, Ticket};
use likeness_fal::RequestId;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What became of a submit.
#[derive(Clone, Debug)]
pub(super) struct Settlement {
    pub(super) ticket: Ticket,
    pub(super) outcome: Outcome,
    /// The run that FAL accepted.
    pub(super) run: Option<RequestId>,
    pub(super) at: Millis,
}

/// All that wait. There is one for each submit that was under way when the store went away, and no
/// new one is let through without it.
#[derive(Default)]
pub(super) struct Pending(Mutex<VecDeque<Settlement>>);

impl Pending {
    fn all(&self) -> MutexGuard<'_, VecDeque<Settlement>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all().is_empty()
    }

    pub(super) fn push(&self, settlement: Settlement) {
        self.all().push_back(settlement);
    }

    /// The one that waits longest.
    pub(super) fn first(&self) -> Option<Settlement> {
        self.all().front().cloned()
    }

    /// The store has taken it.
    pub(super) fn remove(&self, taken: &Settlement) {
        self.all().retain(|settlement| settlement.ticket != taken.ticket);
    }

    /// What became of the submit of this name.
    pub(super) fn outcome(&self, name: &str) -> Option<Outcome> {
        let all = self.all();
        let found = all.iter().rfind(|settlement| settlement.ticket.name == name);
        found.map(|settlement| settlement.outcome.clone())
    }

    /// A run that was accepted.
    pub(super) fn run(&self, id: &RequestId) -> Option<Run> {
        let all = self.all();
        let found = all.iter().find(|settlement| settlement.run.as_ref() == Some(id))?;
        Some(Run::of(&found.ticket, found.at))
    }
}
