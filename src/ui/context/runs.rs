//! Runs: ordering them, following them, cancelling them.

use super::{Errand, Ordered, Studio};
use crate::{browser::clock, ui::parts::Part};
use leptos::prelude::*;
use likeness_core::job::{Job, State};
use likeness_engine::picture::Picture;

/// Two presses within this time are one, in milliseconds.
const DOUBLE_PRESS: u64 = 500;

impl Studio {
    /// Whether an order is on its way and its answer is not here yet. Another press meanwhile orders nothing.
    pub fn is_sending(&self) -> bool {
        let is_sent = |job: &Job| matches!(job.state, State::Intended | State::Sent);
        self.is_ordering.get() || self.jobs.with(|jobs| jobs.iter().any(is_sent))
    }

    /// Orders what is composed. Does nothing while something is wrong or an order is being sent.
    pub fn make(self) {
        let Some(prepared) = self.prepared.get_untracked() else { return };
        if !self.takes_order() {
            return;
        }
        self.is_ordering.set(true);
        self.run(Errand::Order(Ordered {
            prepared,
            draft: self.draft.get_untracked(),
            avatar: self.avatar.get_untracked(),
        }));
        self.fetch(Part::Darkroom);
    }

    /// Drops the orders that wait for a darkroom which cannot be fetched, and says so.
    pub(super) fn give_orders_up(self) {
        self.errands.update_value(|errands| {
            errands.retain(|errand| !matches!(errand, Errand::Order(_)));
        });
        if self.is_ordering.get_untracked() {
            self.is_ordering.set(false);
            self.ordered_at.set(0);
            self.missing.set(Some(self.t().part_missing_order));
        }
    }

    /// Orders a job's request again as a run of its own, with the settings it had.
    pub fn order_again(self, job: &Job) {
        if !self.takes_order() {
            return;
        }
        self.dismiss(&job.id);
        self.start_run(job.order.clone());
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

    /// A job changed: shows it, tells a screen reader, and forgets it once its pictures are here.
    pub(super) fn show_job(&self, job: &Job) {
        let before = self.jobs.with_untracked(|jobs| {
            jobs.iter().find(|known| known.id == job.id).map(|known| known.state.name())
        });
        if before != Some(job.state.name()) {
            self.announce(job);
        }
        if before.is_none() {
            self.is_ordering.set(false);
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
            State::Failed { failure } => {
                (t.failed_announce)((t.rooms().failure)(&failure.kind).what)
            }
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
}
