//! Runs: ordering them, following them, cancelling them.

use super::{Ordered, Pending, Studio};
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
use likeness_core::job::{Cancel, FailureKind, Inquiry, Job, JobId, State};
use likeness_studio::{
    image_type,
    picture::{Picture, PictureId},
    press::Press,
    runs::{self, Which, can_cancel, trouble},
};
use likeness_telegram::bridge::Call;
use serde_json::json;

/// How long it is told that pictures are ready.
const TELLING: core::time::Duration = core::time::Duration::from_secs(12);

/// How the last run ended, until it has been seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// As it was when it ended.
    pub job: Job,
    /// Whether there are pictures.
    pub has_pictures: bool,
}

impl Studio {
    /// The place of a job among those that wait for the network, and how many they are; none if it does not wait.
    pub fn in_line(&self, id: &JobId) -> Option<(usize, usize)> {
        self.jobs.with(|jobs| runs::in_line(jobs, id))
    }

    /// Moves an order that waits for the network by so many places.
    pub fn move_order(self, id: &JobId, by: isize, button: String) {
        let pair = self.jobs.with_untracked(|jobs| {
            runs::pair(jobs, id, by).map(|(job, other)| (job.clone(), other.clone()))
        });
        if let Some((job, other)) = pair {
            self.change_places(&job, &other, button);
        }
    }

    /// Whether an order is on its way and its answer is not here yet. Another press meanwhile orders nothing.
    pub fn is_sending(&self) -> bool {
        self.presses.with(|presses| self.jobs.with(|jobs| presses.is_sending(jobs)))
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
        self.draft.with_untracked(|draft| {
            self.jobs.with_untracked(|jobs| {
                self.presses.write_untracked().press(draft, jobs, clock::now())
            })
        })
    }

    /// Whether a press is an order of its own.
    fn takes_order(&self) -> bool {
        self.jobs.with_untracked(|jobs| self.presses.write_untracked().take(jobs, clock::now()))
    }

    fn order_composed(self) {
        let Some(prepared) = self.prepared.get_untracked() else { return };
        let draft = self.draft.get_untracked();
        self.asks_another.set(false);
        self.ended.set(None);
        self.presses.write().begin(draft.clone());
        self.run(Pending::Order(Ordered { prepared, draft, avatar: self.avatar.get_untracked() }));
        self.fetch(Part::Darkroom);
    }

    /// Drops the orders that wait for a darkroom which cannot be fetched, and says so.
    pub(super) fn give_orders_up(self) {
        self.pending.update_value(|pending| {
            pending.retain(|it| !matches!(it, Pending::Order(_)));
        });
        let is_lost = self.presses.write().give_up();
        if is_lost {
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
        self.presses.maybe_update(|presses| presses.hear_of(job, before.is_some()));
        let is_done = matches!(job.state, State::Done { .. });
        self.now.set(clock::now());
        if is_done {
            self.dismiss(&job.id);
            return;
        }
        self.jobs.update(|jobs| runs::put(jobs, job));
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
