//! Runs: ordering them, following them, cancelling them.

use super::{Errand, Ordered, Studio};
use crate::{
    browser::{
        clock, fetch, files,
        telegram::{self, session::NoSession},
    },
    ui::{
        components::{focus, sign_in},
        parts::Part,
    },
};
use leptos::{prelude::*, task::spawn_local};
use likeness_core::job::{Cancel, Charge, FailureKind, Inquiry, Job, JobId, State};
use likeness_studio::{
    image_type,
    picture::{Picture, PictureId},
};
use likeness_telegram::bridge::Call;
use serde_json::json;

/// Two presses within this time are one, in milliseconds.
const DOUBLE_PRESS: u64 = 500;
/// A press so soon after the last one may mean that nobody saw what that did, in milliseconds. For the same once more it asks.
const IMPATIENCE: u64 = 2_000;
/// How long it is told that pictures are ready.
const TELLING: core::time::Duration = core::time::Duration::from_secs(12);

/// What a press of the button means.
enum Press {
    /// An order of its own.
    Order,
    /// Perhaps the same order; only the person knows.
    Ask,
    /// Part of the press before.
    Nothing,
}

/// How the last run ended, until it has been seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// As it was when it ended.
    pub job: Job,
    /// Whether there are pictures.
    pub has_pictures: bool,
}

/// Which runs are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those that nobody works on yet.
    Waiting,
    /// Every one.
    All,
}

impl Which {
    /// Whether this run is meant.
    pub const fn takes(self, job: &Job) -> bool {
        matches!(self, Self::All) || matches!(job.state, State::Held | State::Queued { .. })
    }
}

/// Whether there is something to cancel, and nobody asked yet.
pub const fn can_cancel(job: &Job) -> bool {
    matches!(job.state, State::Held | State::Queued { .. } | State::Running { .. })
        && matches!(job.cancel, Cancel::None)
}

/// Where an order that waits for the network belongs among the others: in the order in which they will leave.
fn rank(jobs: &[Job], job: &Job) -> Option<usize> {
    let is_held = |job: &Job| matches!(job.state, State::Held);
    if !is_held(job) {
        return None;
    }
    let after = |other: &Job| is_held(other) && job.is_before(other);
    let behind = || jobs.iter().rposition(is_held).map(|at| at + 1);
    jobs.iter().position(after).or_else(behind)
}

/// Whether a run is over and provably cost nothing.
fn is_free_of_charge(job: &Job) -> bool {
    match &job.state {
        State::Cancelled | State::Unsent { .. } => true,
        State::Failed { failure } => failure.charge == Charge::No || job.order.is_free(),
        _ => false,
    }
}

/// What is wrong with a job.
fn trouble(job: &Job) -> Option<&FailureKind> {
    match &job.state {
        State::Failed { failure } => Some(&failure.kind),
        _ => job.trouble.as_ref(),
    }
}

impl Studio {
    /// The place of a job among those that wait for the network, and how many they are; none if it does not wait.
    pub fn in_line(&self, id: &JobId) -> Option<(usize, usize)> {
        self.jobs.with(|jobs| {
            let mut held = jobs.iter().filter(|job| matches!(job.state, State::Held));
            let all = held.clone().count();
            Some((held.position(|job| job.id == *id)?, all))
        })
    }

    /// Moves an order that waits for the network by so many places.
    pub fn move_order(self, id: &JobId, by: isize, button: String) {
        let pair = self.jobs.with_untracked(|jobs| {
            let held: Vec<_> = jobs.iter().filter(|job| matches!(job.state, State::Held)).collect();
            let at = held.iter().position(|job| job.id == *id)?;
            let other = held.get(at.checked_add_signed(by)?)?;
            Some((held[at].clone(), (*other).clone()))
        });
        if let Some((job, other)) = pair {
            self.change_places(&job, &other, button);
        }
    }

    /// Whether an order is on its way and its answer is not here yet. Another press meanwhile orders nothing.
    pub fn is_sending(&self) -> bool {
        let is_sent = |job: &Job| matches!(job.state, State::Intended | State::Sent);
        self.is_ordering.get() || self.jobs.with(|jobs| jobs.iter().any(is_sent))
    }

    /// Orders what is composed. Does nothing while something is wrong or an order is being sent; for the same once more, right after it was ordered, it asks.
    pub fn make(self) {
        if !self.is_able() {
            return;
        }
        match self.press() {
            Press::Nothing => {}
            Press::Ask => self.asks_another.set(true),
            Press::Order => self.order_composed(),
        }
    }

    /// Orders the same once more, as the person has answered.
    pub fn make_another(self) {
        self.asks_another.set(false);
        if self.is_able() && self.takes_order() {
            self.order_composed();
        }
    }

    /// Whether there is something to order and somebody to order it.
    fn is_able(&self) -> bool {
        if self.prepared.with_untracked(Option::is_none) {
            return false;
        }
        let is_locked = self.is_locked.get_untracked();
        if is_locked {
            focus::show(sign_in::FIELD);
        }
        !is_locked
    }

    /// What a press means, by when it comes and what was ordered last.
    fn press(&self) -> Press {
        let now = clock::now();
        let pause = now.saturating_sub(self.pressed_at.get_value());
        self.pressed_at.set_value(now);
        let is_same = self.draft.with_untracked(|draft| {
            self.ordered.with_value(|ordered| ordered.as_ref() == Some(draft))
        });
        if !is_same || pause >= IMPATIENCE {
            return if self.takes_order() { Press::Order } else { Press::Nothing };
        }
        if self.is_double() { Press::Nothing } else { Press::Ask }
    }

    fn order_composed(self) {
        let Some(prepared) = self.prepared.get_untracked() else { return };
        self.ordered.set_value(Some(self.draft.get_untracked()));
        self.asks_another.set(false);
        self.ended.set(None);
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
            // Nothing left, so the next press is meant.
            self.ordered_at.set(0);
            self.ordered.set_value(None);
            self.missing.set(Some(self.t().part_missing_order));
        }
    }

    /// Orders a job's request again as a run of its own, with the settings it had. Gives its id, if it is one.
    pub fn order_again(self, job: &Job) -> Option<JobId> {
        if self.is_locked.get_untracked() {
            focus::show(sign_in::FIELD);
            return None;
        }
        if !self.takes_order() {
            return None;
        }
        self.ended.set(None);
        self.dismiss(&job.id);
        self.start_run(job.order.clone())
    }

    /// Whether a press is an order of its own. One while another is being sent is not, nor one so soon after it that it belongs to a double click.
    fn takes_order(&self) -> bool {
        if self.is_double() {
            return false;
        }
        self.ordered_at.set(clock::now());
        true
    }

    fn is_double(&self) -> bool {
        let since = clock::now().saturating_sub(self.ordered_at.get_untracked());
        since < DOUBLE_PRESS || untrack(|| self.is_sending())
    }

    /// Cancels every run that can be, or only those that wait.
    pub fn cancel_all(self, which: Which) {
        let jobs = self.jobs.get_untracked();
        for job in jobs.iter().filter(|job| can_cancel(job) && which.takes(job)) {
            self.cancel(&job.id);
        }
    }

    /// Hands the pictures of a run that could not be stored to the person as files. What is not here is fetched once more.
    pub fn save_files(self, job: &Job) {
        let State::Delivered { pictures, .. } = &job.state else { return };
        for (index, picture) in pictures.iter().enumerate().filter(|(_, it)| !it.is_stored) {
            let (url, name) = (picture.url.clone(), format!("likeness-{}-{index}", job.id.0));
            let id = PictureId::of(&job.id, index);
            if telegram::is_inside() {
                // Its clients save nothing that a page offers; the browser beside them shows the picture, and can.
                if telegram::knows(Call::OpenLink) {
                    telegram::post(Call::OpenLink, &json!({ "url": url }));
                } else {
                    // Some views open nothing; then nothing can be done.
                    let _ = window().open_with_url_and_target(&url, "_blank");
                }
                continue;
            }
            spawn_local(async move {
                let here = match self.store() {
                    Some(store) => store.file(&id).await,
                    None => None,
                };
                let file = match here {
                    Some(file) => Ok(file),
                    None => fetch::picture_bytes(&url).await,
                };
                match file {
                    Ok(file) => {
                        files::download(&file, &image_type::file_name(&name, &file.type_()));
                        self.note_picture_safe(&id);
                    }
                    Err(_) => self.toast(self.t().rooms().job_trouble.to_owned(), None),
                }
            });
        }
    }

    /// A job changed: shows it, tells a screen reader, and forgets it once its pictures are here.
    pub(super) fn show_job(&self, job: &Job) {
        let kind = trouble(job);
        let before = self.jobs.with_untracked(|jobs| {
            let known = jobs.iter().find(|known| known.id == job.id)?;
            Some((known.state.name(), trouble(known).cloned()))
        });
        // What is read from the store was said to whoever was signed in then.
        let is_news = before.as_ref().is_some_and(|(_, before)| before.as_ref() != kind);
        let before = before.map(|(state, _)| state);
        if is_news
            && matches!(
                kind,
                Some(
                    FailureKind::SignInRequired | FailureKind::WrongCode | FailureKind::SessionOver
                )
            )
        {
            self.is_locked.set(true);
        }
        // It was tried to begin another, by a launch that is too old for that by now.
        if is_news && kind == Some(&FailureKind::SessionOver) {
            self.refusal.set(Some(NoSession::Refused));
        }
        if job.cancel != Cancel::None && matches!(job.state, State::Done { .. }) {
            self.toast(self.t().rooms().finished_anyway.to_owned(), None);
        }
        if before != Some(job.state.name()) {
            self.announce(job, before.is_some());
        }
        if before.is_none() {
            self.is_ordering.set(false);
        }
        let is_done = matches!(job.state, State::Done { .. });
        if !job.is_active() && !is_done {
            // It gave nothing, so the next press does not belong to a double click.
            self.ordered_at.set(0);
        }
        if is_free_of_charge(job) {
            // It took nothing either, so the same once more is meant.
            self.ordered.set_value(None);
        }
        self.now.set(clock::now());
        if is_done {
            self.dismiss(&job.id);
            return;
        }
        self.jobs.update(|jobs| {
            let known = jobs.iter().position(|known| known.id == job.id);
            if let Some(at) = known {
                jobs.remove(at);
            }
            jobs.insert(rank(jobs, job).or(known).unwrap_or(0), job.clone());
        });
    }

    /// Says how it goes. How it ended is said at the button too, if it did so under the person's eyes.
    fn announce(&self, job: &Job, is_news: bool) {
        let Some(text) = self.news(job) else { return };
        let is_over = !job.is_active() && !matches!(job.state, State::Cancelled);
        if is_news && is_over {
            self.tell_end(job);
        }
        self.announcement.set(text);
    }

    /// What is said of a run.
    pub fn news(&self, job: &Job) -> Option<String> {
        let t = self.t();
        Some(match &job.state {
            State::Queued { .. } => t.rooms().queued_announce.to_owned(),
            State::Done { .. } => self.outcome(job),
            State::Failed { failure } => {
                (t.rooms().failed_announce)((t.rooms().failure)(&failure.kind).what)
            }
            State::Unknown { inquiry: Inquiry::Closed } => t.rooms().job_unknown.to_owned(),
            State::Unknown { .. } => t.rooms().job_checking.to_owned(),
            State::Held => t.rooms().job_waiting.to_owned(),
            State::Unsent { offer: Some(_) } => t.rooms().job_changed.to_owned(),
            State::Unsent { offer: None } => t.rooms().job_unsent.to_owned(),
            State::Cancelled => t.rooms().job_cancelled.to_owned(),
            _ => return None,
        })
    }

    fn tell_end(&self, job: &Job) {
        let has_pictures = matches!(job.state, State::Done { .. });
        self.ended.set(Some(Ended { job: job.clone(), has_pictures }));
        if !has_pictures {
            return;
        }
        let (ended, id) = (self.ended, job.id.clone());
        let forget = move || {
            let is_told = |ended: &Ended| ended.job.id == id;
            // The page may be gone by then.
            if ended.try_with_untracked(|ended| ended.as_ref().is_some_and(is_told)) == Some(true) {
                ended.set(None);
            }
        };
        set_timeout(forget, TELLING);
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
            (0, 1..) => t.rooms().blocked_announce.to_owned(),
            (_, 1..) => {
                format!("{} {}", (t.rooms().done_announce)(seen), t.rooms().blocked_announce)
            }
            _ => (t.rooms().done_announce)(seen),
        }
    }

    /// Moves the clock once a second while a job is under way.
    pub(super) fn keep_time(self) {
        let tick = move || {
            let now = self.now.get_untracked();
            let is_moving =
                |job: &Job| job.is_active() || job.retry_at().is_some_and(|at| at > now);
            if self.jobs.with_untracked(|jobs| jobs.iter().any(is_moving)) {
                self.now.set(clock::now());
            }
        };
        if let Ok(handle) = set_interval_with_handle(tick, core::time::Duration::from_secs(1)) {
            on_cleanup(move || handle.clear());
        }
    }
}
