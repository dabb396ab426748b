//! Carries jobs from intent to stored pictures, one loop a job, through the [`Ports`].
//!
//! Every transition goes through [`Job::apply`] and is stored before the screen hears of it. The submit is the one call that is never repeated.

mod call;

use crate::ports::{Ports, StoreError};
use core::cell::RefCell;
use likeness_core::job::{
    Cancel, Charge, Effect, Event, Failure, Job, JobId, Millis, Order, State,
};
use std::collections::BTreeMap;

/// Between two polls while someone is looking, in milliseconds.
pub const POLL_VISIBLE: Millis = 1_000;
/// Between two polls while nobody is.
pub const POLL_HIDDEN: Millis = 5_000;
/// The longest wait between two attempts after errors.
pub const LONGEST_WAIT: Millis = 30_000;
/// A cancelled run that FAL still calls queued after this time is taken for dropped.
const CANCEL_PATIENCE: Millis = 15_000;
/// How finely a wait looks whether something changed meanwhile.
const NAP: Millis = 200;

/// What came of one step.
struct Step {
    event: Option<Event>,
    /// How long the other side asks to wait, or this effect should.
    wait: Option<Millis>,
}

impl Step {
    fn of(event: Event) -> Self {
        Self { event: Some(event), wait: None }
    }
}

/// The jobs of this browser, and the loops that drive them.
pub struct Runner<P> {
    ports: P,
    jobs: RefCell<BTreeMap<JobId, Job>>,
}

impl<P: Ports> Runner<P> {
    /// A runner without jobs.
    pub fn new(ports: P) -> Self {
        Self { ports, jobs: RefCell::default() }
    }

    /// The platform.
    pub fn ports(&self) -> &P {
        &self.ports
    }

    /// A job as it stands.
    pub fn job(&self, id: &JobId) -> Option<Job> {
        self.jobs.borrow().get(id).cloned()
    }

    /// Stores the intent, sends it and follows it to its end. The id doubles as idempotency key.
    pub async fn order(&self, id: JobId, order: Order) {
        let job = Job::new(id.clone(), self.ports.now(), order);
        // On the screen at once, so that a second press meanwhile can see it.
        self.put(job.clone());
        if self.ports.store_job(&job).await == Err(StoreError::Full) {
            self.refuse(job);
            return;
        }
        self.follow(&id).await;
    }

    /// Takes a job from the store after the page was opened again, and follows it if it is not over.
    pub async fn resume(&self, job: Job) {
        let id = job.id.clone();
        if let Ok(job) = job.apply(Event::Reopened, self.ports.now()) {
            let job = self.stored(job).await;
            self.put(job);
            self.follow(&id).await;
        }
    }

    /// Asks to cancel. The loop of the job does it within a moment.
    pub fn cancel(&self, id: &JobId) {
        if let Some(job) = self.job(id)
            && let Ok(job) = job.apply(Event::CancelAsked, self.ports.now())
        {
            self.put(job);
        }
    }

    /// Forgets a job that is over.
    pub fn dismiss(&self, id: &JobId) {
        self.jobs.borrow_mut().remove(id);
    }

    /// Without room for the intent nothing is sent: a run that cannot be remembered could be paid for and lost.
    fn refuse(&self, job: Job) {
        let failure =
            Failure { kind: "storage_full".into(), said: None, field: None, charge: Charge::No };
        if let Ok(job) = job.apply(Event::Refused(failure), self.ports.now()) {
            self.put(job);
        }
    }

    fn put(&self, job: Job) {
        self.ports.job_changed(&job);
        self.jobs.borrow_mut().insert(job.id.clone(), job);
    }

    /// Applies an event to the job as it now stands (a cancel may have come in between), stores and shows it.
    async fn record(&self, id: &JobId, event: Event) -> Option<Job> {
        let before = self.job(id)?;
        // An illegal event is a late answer to a question that no longer matters.
        let after = before.clone().apply(event, self.ports.now()).ok()?;
        if after == before {
            return Some(after);
        }
        let after = self.stored(after).await;
        self.put(after.clone());
        Some(after)
    }

    /// The job once it is stored. One that could not be stored goes on, because it is paid for, and says so.
    async fn stored(&self, mut job: Job) -> Job {
        if let Err(error) = self.ports.store_job(&job).await {
            job.trouble = Some(trouble(error).to_owned());
        }
        job
    }

    async fn follow(&self, id: &JobId) {
        let mut failures = 0_u32;
        let mut cancelled_at = None;
        while let Some(job) = self.job(id) {
            let effect = job.next();
            if effect == Effect::Rest {
                break;
            }
            let step = self.perform(&job, &effect).await;
            let is_trouble = matches!(step.event, Some(Event::Troubled(_)));
            failures = if is_trouble { failures + 1 } else { 0 };
            if let Some(event) = step.event {
                self.record(id, event).await;
            }
            if self.is_dropped(id, &mut cancelled_at) {
                self.record(id, Event::Cancelled).await;
            }
            self.pause(id, &effect, failures, step.wait).await;
        }
    }

    /// Whether FAL took the cancel of a queued run and never says more about it.
    fn is_dropped(&self, id: &JobId, cancelled_at: &mut Option<Millis>) -> bool {
        let is_waiting =
            |job: Job| job.cancel == Cancel::Sent && matches!(job.state, State::Queued { .. });
        if !self.job(id).is_some_and(is_waiting) {
            return false;
        }
        let now = self.ports.now();
        now.saturating_sub(*cancelled_at.get_or_insert(now)) > CANCEL_PATIENCE
    }

    /// Waits as long as the next step should, or until the next step is another one.
    async fn pause(&self, id: &JobId, done: &Effect, failures: u32, asked: Option<Millis>) {
        let is_poll_next = self.job(id).is_some_and(|job| job.next() == Effect::Poll);
        let pace = if self.ports.is_visible() { POLL_VISIBLE } else { POLL_HIDDEN };
        let backoff = (POLL_VISIBLE << failures.min(5)).min(LONGEST_WAIT);
        let wait = match failures {
            0 if is_poll_next => asked.unwrap_or(pace),
            0 => return,
            _ => asked.unwrap_or(backoff).max(pace),
        };
        let until = self.ports.now() + wait;
        while self.ports.now() < until {
            self.ports.sleep(NAP.min(until - self.ports.now())).await;
            let is_still_next =
                self.job(id).is_some_and(|job| job.next() == *done || job.next() == Effect::Poll);
            let is_seen_again = failures == 0 && pace == POLL_HIDDEN && self.ports.is_visible();
            if !is_still_next || is_seen_again {
                return;
            }
        }
    }
}

/// What a job says of an error of the store.
const fn trouble(error: StoreError) -> &'static str {
    match error {
        StoreError::Full => "storage_full",
        StoreError::Refused | StoreError::Failed => "storage_failed",
    }
}

#[cfg(test)]
mod tests;
