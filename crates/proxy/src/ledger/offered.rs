//! Outcomes that the store has not taken yet. They are offered until it does, and count as if it had.

use super::{Millis, Outcome, Run, Ticket};
use likeness_fal::RequestId;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What became of a submit.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    pub(super) ticket: Ticket,
    pub(super) outcome: Outcome,
    /// The run that FAL accepted.
    pub(super) run: Option<RequestId>,
    pub(super) at: Millis,
}

/// All that wait. There is one for each submit that was under way when the store went away, and no new one is let through without it.
#[derive(Default)]
pub(super) struct Offered(Mutex<VecDeque<Offer>>);

impl Offered {
    fn all(&self) -> MutexGuard<'_, VecDeque<Offer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all().is_empty()
    }

    pub(super) fn add(&self, offer: Offer) {
        self.all().push_back(offer);
    }

    /// The one that waits longest.
    pub(super) fn first(&self) -> Option<Offer> {
        self.all().front().cloned()
    }

    /// It was taken.
    pub(super) fn remove(&self, taken: &Offer) {
        self.all().retain(|offer| offer.ticket != taken.ticket);
    }

    /// What became of the submit of this name.
    pub(super) fn outcome(&self, name: &str) -> Option<Outcome> {
        let all = self.all();
        all.iter().rfind(|offer| offer.ticket.name == name).map(|offer| offer.outcome.clone())
    }

    /// A run that was accepted.
    pub(super) fn run(&self, id: &RequestId) -> Option<Run> {
        let all = self.all();
        let offer = all.iter().find(|offer| offer.run.as_ref() == Some(id))?;
        Some(Run::of(&offer.ticket, offer.at))
    }
}
