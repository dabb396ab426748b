//! Runs: ordering them, following them, cancelling them.

use super::{Machine, Studio, StudioScreen};
use crate::browser::{clock, ids, platform::Platform, store::Store};
use leptos::{prelude::*, task::spawn_local};
use likeness_core::{
    Prepared,
    job::{Job, JobId, Order, State},
};
use likeness_engine::{picture::Picture, runner::Runner};
use likeness_fal::request;
use std::rc::Rc;

/// Two presses within this time are one, in milliseconds.
const DOUBLE_PRESS: u64 = 500;

impl Studio {
    /// Whether an order is on its way and its answer is not here yet. Another press meanwhile orders nothing.
    pub fn is_sending(&self) -> bool {
        self.jobs
            .with(|jobs| jobs.iter().any(|job| matches!(job.state, State::Intended | State::Sent)))
    }

    /// Orders what is composed. Does nothing while something is wrong or an order is being sent.
    pub fn make(self) {
        let (Some(prepared), Some(runner)) = (self.prepared.get_untracked(), self.runner()) else {
            return;
        };
        if !self.takes_order() {
            return;
        }
        let order = self.order(&prepared);
        spawn_local(async move { runner.order(JobId(ids::id()), order).await });
    }

    /// Orders a job's request again as a run of its own, with the settings it had.
    pub fn order_again(self, job: &Job) {
        if !self.takes_order() {
            return;
        }
        self.dismiss(&job.id);
        if let Some(runner) = self.runner() {
            let order = job.order.clone();
            spawn_local(async move { runner.order(JobId(ids::id()), order).await });
        }
    }

    /// Whether a press is an order of its own. One while another is being sent is not, nor one so soon after it that it belongs to a double click.
    fn takes_order(&self) -> bool {
        let now = clock::now();
        let is_soon = now.saturating_sub(self.ordered_at.get_untracked()) < DOUBLE_PRESS;
        if is_soon || untrack(|| self.is_sending()) {
            return false;
        }
        self.ordered_at.set(now);
        true
    }

    /// Asks to cancel a job.
    pub fn cancel(&self, id: &JobId) {
        if let Some(runner) = self.runner() {
            runner.cancel(id);
        }
    }

    /// Takes a job that is over off the screen.
    pub fn dismiss(&self, id: &JobId) {
        self.jobs.update(|jobs| jobs.retain(|job| job.id != *id));
        if let (Some(store), Some(runner)) = (self.store(), self.runner()) {
            runner.dismiss(id);
            let id = id.clone();
            spawn_local(async move {
                // If it fails the card is back after a reload, which loses nothing.
                let _ = store.delete_job(&id).await;
            });
        }
    }

    /// A job changed: shows it, tells a screen reader, and forgets it once its pictures are here.
    pub(super) fn show_job(&self, job: &Job) {
        let before = self.jobs.with_untracked(|jobs| {
            jobs.iter().find(|known| known.id == job.id).map(|known| known.state.name())
        });
        if before != Some(job.state.name()) {
            self.announce(job);
        }
        let is_done = matches!(job.state, State::Done { .. });
        if !job.is_active() && !is_done {
            // It gave nothing, so the next press is meant.
            self.ordered_at.set(0);
        }
        self.jobs.update(|jobs| {
            match jobs.iter_mut().find(|known| known.id == job.id) {
                Some(known) => *known = job.clone(),
                None => jobs.insert(0, job.clone()),
            }
            if is_done {
                jobs.retain(|known| known.id != job.id);
            }
        });
        self.now.set(clock::now());
        if is_done {
            self.dismiss(&job.id);
        }
    }

    fn announce(&self, job: &Job) {
        let t = self.t();
        let text = match &job.state {
            State::Queued { .. } => t.queued_announce.to_owned(),
            State::Done { .. } => self.outcome(job),
            State::Failed { failure } => (t.failed_announce)((t.failure)(&failure.kind).what),
            State::Unknown => t.job_unknown.to_owned(),
            State::Cancelled => t.job_cancelled.to_owned(),
            _ => return,
        };
        self.announcement.set(text);
    }

    /// How many pictures of a run that is done can be seen, or that the safety checker held them back.
    fn outcome(&self, job: &Job) -> String {
        let t = self.t();
        let of_job = |picture: &&Picture| picture.id.is_of(&job.id);
        let (seen, blocked) = self.pictures.with_untracked(|pictures| {
            let seen = pictures.iter().filter(of_job).filter(|picture| !picture.is_blocked).count();
            (seen, pictures.iter().filter(of_job).count() - seen)
        });
        match (seen, blocked) {
            (0, 1..) => t.blocked_announce.to_owned(),
            (_, 1..) => format!("{} {}", (t.done_announce)(seen), t.blocked_announce),
            _ => (t.done_announce)(seen),
        }
    }

    /// Builds the engine on the opened library and resumes what was under way.
    pub(super) fn run_on(self, store: Store, jobs: Vec<Job>) {
        let platform = Platform { store: store.clone(), screen: StudioScreen(self) };
        let runner = Rc::new(Runner::new(platform));
        self.machine.set_value(Some(Machine { store, runner: runner.clone() }));
        for job in jobs {
            let runner = runner.clone();
            spawn_local(async move { runner.resume(job).await });
        }
    }

    /// Moves the clock once a second while a job is under way.
    pub(super) fn keep_time(self) {
        let tick = move || {
            if self.jobs.with_untracked(|jobs| jobs.iter().any(Job::is_active)) {
                self.now.set(clock::now());
            }
        };
        if let Ok(handle) = set_interval_with_handle(tick, core::time::Duration::from_secs(1)) {
            on_cleanup(move || handle.clear());
        }
    }

    fn order(&self, prepared: &Prepared) -> Order {
        let avatar = self.avatar.get_untracked();
        let (name, id) = avatar.as_ref().map_or(("", ""), |avatar| (&avatar.name, &avatar.id));
        let pixels = prepared.parameters.pixels();
        let request = self.draft.with_untracked(|draft| draft.request(avatar.as_ref()));
        Order {
            request: request.to_string(),
            endpoint: prepared.parameters.route().endpoint().to_owned(),
            body: request::body(prepared).to_json(),
            preset: self.draft.with_untracked(|draft| draft.preset.name().to_owned()),
            avatar_id: id.to_owned(),
            avatar_name: name.to_owned(),
            prompt: prepared.composition.text.clone(),
            count: prepared.parameters.num_images(),
            pixels: (pixels.width, pixels.height),
            seconds: (prepared.seconds.low, prepared.seconds.high),
            cost: if untrack(|| self.is_demo()) {
                Some((0, 0))
            } else {
                prepared.cost.micro_usd.map(|range| (range.low, range.high))
            },
        }
    }
}
