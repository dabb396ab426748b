//! Carries jobs from intent to stored pictures, one loop a job, through the [`Ports`].
//!
//! Every transition goes through [`Job::apply`] and is stored before the screen hears of it. The submit is the one call that is never repeated by itself.
//!
//! One job is driven by one tab: whoever holds its claim. The others wait for it, and go on from the stored state when they get it.

mod call;

pub use call::TOLD_APART;

use crate::{
    order::{self, Review},
    picture::{Picture, PictureId},
    ports::{Ports, StoreError},
};
use core::cell::{Cell, RefCell};
use likeness_core::job::{
    Cancel, Charge, Effect, Event, Failure, FailureKind, Job, JobId, Millis, Order, State,
};
use std::collections::{BTreeMap, BTreeSet};

/// Between two polls while someone is looking, in milliseconds.
pub const POLL_VISIBLE: Millis = 1_000;
/// Between two polls while nobody is.
pub const POLL_HIDDEN: Millis = 5_000;
/// The longest wait between two attempts after errors.
pub const LONGEST_WAIT: Millis = 30_000;
/// The longest wait in a run that is under way, whatever the other side asks for.
const LONGEST_ASKED: Millis = 3_600_000;
/// A cancelled run that FAL still calls queued after this time is taken for dropped.
const CANCEL_PATIENCE: Millis = 15_000;
/// How finely a wait looks whether something changed meanwhile.
const NAP: Millis = 200;
/// How long an order that waited for the network lets those of other tabs go first: such a tab may be asleep.
pub const TAB_PATIENCE: Millis = 10_000;

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
pub struct Runner<P: Ports> {
    ports: P,
    jobs: RefCell<BTreeMap<JobId, Job>>,
    /// Jobs that a task of this tab drives, or waits to drive.
    attended: RefCell<BTreeSet<JobId>>,
    /// Jobs that this tab drives.
    driven: RefCell<BTreeSet<JobId>>,
    /// Pictures that are here and not stored yet.
    received: RefCell<BTreeMap<PictureId, Received<P::Bytes>>>,
    /// How often room was made in the store.
    clearings: Cell<usize>,
}

/// A picture with its bytes, if it has any.
type Received<B> = (Picture, Option<B>);

impl<P: Ports> Runner<P> {
    /// A runner without jobs.
    pub fn new(ports: P) -> Self {
        Self {
            ports,
            jobs: RefCell::default(),
            attended: RefCell::default(),
            driven: RefCell::default(),
            received: RefCell::default(),
            clearings: Cell::new(0),
        }
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
        self.show(job.clone());
        let Some(_attending) = Entry::of(&self.attended, &id) else { return };
        let _claim = self.ports.claim(&id).await;
        let _driving = Entry::of(&self.driven, &id);
        match self.ports.store_job(&job).await {
            Ok(()) => self.follow(&id).await,
            Err(error) => self.refuse(&id, error).await,
        }
    }

    /// Shows what lies in the store when the page is opened. Before any of it is resumed, so that each order knows of those before it.
    pub fn show_stored(&self, jobs: &[Job]) {
        for job in jobs {
            self.show(job.clone());
        }
    }

    /// Takes a job from the store after the page was opened again, and follows it if it is not over. If another tab drives it, it waits until that one ends.
    pub async fn resume(&self, job: Job) {
        let id = job.id.clone();
        let Some(_attending) = Entry::of(&self.attended, &id) else { return };
        self.show(job);
        let _claim = self.ports.claim(&id).await;
        if !self.take_over(&id).await {
            return;
        }
        let _driving = Entry::of(&self.driven, &id);
        if self.record(&id, Event::Reopened).await.is_some() {
            self.follow(&id).await;
        }
    }

    /// Sends a job again that provably reached nobody, under the key it had: should the first submit still arrive, the server sees that it is the same.
    pub async fn send_again(&self, id: &JobId) {
        let Some(_attending) = Entry::of(&self.attended, id) else { return };
        let _claim = self.ports.claim(id).await;
        // Another tab may have been faster.
        if !self.take_over(id).await {
            return;
        }
        let Some(job) = self.job(id) else { return };
        let State::Unsent { offer } = &job.state else { return };
        let _driving = Entry::of(&self.driven, id);
        // What was pressed is what the card showed: the offer, or the order if it still stands.
        if offer.is_none() && self.ports.is_online() && !self.still_stands(&job).await {
            return;
        }
        self.send(id).await;
        self.follow(id).await;
    }

    /// Asks to cancel, here or in the tab that drives the job. Its loop does it within a moment.
    pub async fn cancel(&self, id: &JobId) {
        if self.drives(id) {
            self.record(id, Event::CancelAsked).await;
        } else {
            self.ports.pass_cancel_on(id);
        }
    }

    /// Gives an order that waits for the network another place, here or in the tab that drives it.
    pub async fn place(&self, id: &JobId, place: Millis) {
        if self.drives(id) {
            self.record(id, Event::Moved { place }).await;
        } else {
            self.ports.pass_place_on(id, place);
        }
    }

    /// There is more room in the store than before: what did not fit is tried again at once.
    pub fn room_was_made(&self) {
        self.clearings.set(self.clearings.get() + 1);
    }

    /// Whether this tab drives the job.
    pub fn drives(&self, id: &JobId) -> bool {
        self.driven.borrow().contains(id)
    }

    /// Shows a job as another tab has stored it, unless this tab drives it, and follows it from where that tab leaves it.
    pub async fn hear_of(&self, id: &JobId) {
        if self.drives(id) {
            return;
        }
        match self.ports.load_job(id).await {
            Ok(Some(job)) if job.is_at_rest() => self.show(job),
            Ok(Some(job)) if self.attended.borrow().contains(id) => self.show(job),
            Ok(Some(job)) => self.resume(job).await,
            Ok(None) => self.forget(id),
            // The next news of it will do.
            Err(_) => {}
        }
    }

    /// Forgets a job that is over.
    pub fn dismiss(&self, id: &JobId) {
        self.jobs.borrow_mut().remove(id);
        self.received.borrow_mut().retain(|picture, _| !picture.is_of(id));
    }

    /// Takes the stored state of a job for its state, now that nobody else changes it. Whether there still is one.
    async fn take_over(&self, id: &JobId) -> bool {
        match self.ports.load_job(id).await {
            Ok(Some(job)) => self.show(job),
            Ok(None) => self.forget(id),
            // What was read before is the best that is known.
            Err(_) => {}
        }
        self.job(id).is_some()
    }

    fn forget(&self, id: &JobId) {
        self.dismiss(id);
        self.ports.job_gone(id);
    }

    /// Without room for the intent nothing is sent: a run that cannot be remembered could be paid for and lost.
    async fn refuse(&self, id: &JobId, error: StoreError) {
        self.record(id, Event::Refused(Failure::of(trouble(error), Charge::No))).await;
    }

    fn show(&self, job: Job) {
        self.ports.job_changed(&job);
        self.jobs.borrow_mut().insert(job.id.clone(), job);
    }

    /// Applies an event to the job as it now stands, stores it and then shows it. None if the event is illegal: a late answer to a question that no longer
    /// matters. Otherwise whether the job is stored; one that is not goes on, because it may be paid for, and says so.
    async fn record(&self, id: &JobId, event: Event) -> Option<Result<(), StoreError>> {
        let before = self.job(id)?;
        let after = before.clone().apply(event, self.ports.now()).ok()?;
        if after == before {
            return Some(Ok(()));
        }
        // At once, so that whatever happens while it is being stored happens to this state.
        self.jobs.borrow_mut().insert(id.clone(), after.clone());
        let outcome = self.ports.store_job(&after).await;
        let mut job = self.job(id)?;
        if let Err(error) = outcome {
            job.trouble = Some(trouble(error));
        }
        self.show(job);
        Some(outcome)
    }

    async fn follow(&self, id: &JobId) {
        let mut failures = 0_u32;
        let mut cancelled_at = None;
        let mut waits_since = None;
        while let Some(job) = self.job(id) {
            let effect = job.next();
            match effect {
                Effect::Rest => break,
                Effect::Submit if !self.ports.is_online() => {
                    waits_since = None;
                    self.wait_for_network(id).await;
                }
                Effect::Submit if job.state == State::Held => {
                    let since = *waits_since.get_or_insert_with(|| self.ports.now());
                    if self.may_go(&job, since).await {
                        self.send(id).await;
                        self.pause(id, &effect, 0, None).await;
                    }
                }
                Effect::Submit => {
                    self.send(id).await;
                    self.pause(id, &effect, 0, None).await;
                }
                _ => {
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
        }
    }

    /// Holds an order until there may be a network, or until it is taken back.
    async fn wait_for_network(&self, id: &JobId) {
        self.record(id, Event::Held).await;
        while !self.ports.is_online()
            && self.job(id).is_some_and(|job| job.next() == Effect::Submit)
        {
            self.ports.sleep(NAP).await;
        }
    }

    /// Whether an order that waited for the network goes now: those before it have left, and it is still what was ordered. Waits a moment if not yet.
    ///
    /// Those before it are the ones that the screen shows before it, whether this tab drives them, has yet to claim them, or another tab does.
    async fn may_go(&self, job: &Job, since: Millis) -> bool {
        let is_patient = self.ports.now().saturating_sub(since) < TAB_PATIENCE;
        let is_first = |other: &Job| {
            matches!(other.state, State::Held | State::Sent)
                && other.is_before(job)
                && (is_patient || self.drives(&other.id))
        };
        let first =
            self.jobs.borrow().values().find(|other| is_first(other)).map(|it| it.id.clone());
        let Some(first) = first else { return self.still_stands(job).await };
        self.ports.sleep(NAP).await;
        // News of it may have been lost on the way.
        if !self.drives(&first) {
            self.look_at(&first).await;
        }
        false
    }

    /// Shows a job of another tab as it is stored by now.
    async fn look_at(&self, id: &JobId) {
        let stored = self.ports.load_job(id).await;
        // This tab may have got it meanwhile.
        if self.drives(id) {
            return;
        }
        match stored {
            Ok(Some(job)) if self.job(id).as_ref() != Some(&job) => self.show(job),
            Ok(None) => self.forget(id),
            // What is known of it will do.
            Ok(Some(_)) | Err(_) => {}
        }
    }

    /// Whether the same would be sent at the same price as when it was ordered. If not, the job asks before it goes; without an answer of our server it waits.
    async fn still_stands(&self, job: &Job) -> bool {
        let Some(is_free) = self.ports.is_free().await else {
            self.ports.sleep(POLL_VISIBLE).await;
            return false;
        };
        let event = match order::review(&job.order, is_free) {
            Review::Same => return true,
            Review::Changed(order) => Event::Changed(order),
            Review::Invalid => Event::Refused(Failure::of(FailureKind::Outdated, Charge::No)),
        };
        self.record(&job.id, event).await;
        false
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
        // Over at once, so that a press on what is shown now finds nobody at work.
        if self.job(id).is_none_or(|job| job.next() == Effect::Rest) {
            return;
        }
        let is_poll_next = self.job(id).is_some_and(|job| job.next() == Effect::Poll);
        let pace = if self.ports.is_visible() { POLL_VISIBLE } else { POLL_HIDDEN };
        let backoff = (POLL_VISIBLE << failures.min(5)).min(LONGEST_WAIT);
        let asked = asked.map(|asked| asked.min(LONGEST_ASKED));
        let wait = match (failures, asked) {
            (0, None) if is_poll_next => pace,
            (0, None) => return,
            (0, Some(asked)) => asked.max(POLL_VISIBLE),
            (_, asked) => asked.unwrap_or(backoff).max(pace),
        };
        let until = self.ports.now() + wait;
        let clearings = self.clearings.get();
        while self.ports.now() < until {
            self.ports.sleep(NAP.min(until - self.ports.now())).await;
            let is_still_next =
                self.job(id).is_some_and(|job| job.next() == *done || job.next() == Effect::Poll);
            let is_seen_again = failures == 0 && pace == POLL_HIDDEN && self.ports.is_visible();
            let is_roomier = clearings != self.clearings.get()
                && self.job(id).is_some_and(|job| job.trouble == Some(FailureKind::StorageFull));
            if !is_still_next || is_seen_again || is_roomier {
                return;
            }
        }
    }
}

/// A job's place in a set, for as long as this lives.
struct Entry<'a> {
    set: &'a RefCell<BTreeSet<JobId>>,
    id: JobId,
}

impl<'a> Entry<'a> {
    /// None if it is in the set already.
    fn of(set: &'a RefCell<BTreeSet<JobId>>, id: &JobId) -> Option<Self> {
        set.borrow_mut().insert(id.clone()).then(|| Self { set, id: id.clone() })
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.set.borrow_mut().remove(&self.id);
    }
}

/// What a job says of an error of the store.
const fn trouble(error: StoreError) -> FailureKind {
    match error {
        StoreError::Full => FailureKind::StorageFull,
        StoreError::Newer => FailureKind::StorageNewer,
        StoreError::Refused | StoreError::Failed => FailureKind::StorageFailed,
    }
}

#[cfg(test)]
mod line;
#[cfg(test)]
mod reliability;
#[cfg(test)]
mod tests;
