//! A run on its way, or what became of it.

mod actions;
mod body;
mod failure;
mod leaving;

use super::{
    avatars::Face,
    focus::{self, focus_later},
    link::icon,
    live::live,
};
use crate::ui::context::{Which, can_cancel, use_studio};
use actions::{actions, same_refusals};
use body::body;
use leptos::prelude::*;
use likeness_core::job::{Cancel, Job, JobId, State};
use likeness_studio::{phase::Phase, remedy::is_same_refusal};

/// The runs that are under way or ended without pictures.
#[component]
pub fn Jobs() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let ids = Memo::new(move |_| studio.jobs.with(|jobs| listed(jobs)));
    // One run has its own button; these are for more.
    let many = move |which: Which| {
        studio
            .jobs
            .with(|jobs| jobs.iter().filter(|job| can_cancel(job) && which.takes(job)).count())
    };
    let cancel = move |which: Which, label: &'static str| {
        let press = move |_| {
            studio.cancel_all(which);
            // The pressed button goes with what it cancelled.
            focus_later(SHEET.to_owned());
        };
        view! { <button class="button" type="button" on:click=press>{label}</button> }
    };
    let sweep = Memo::new(move |_| {
        let (waiting, all) = (many(Which::Waiting), many(Which::All));
        (waiting > 0 && waiting < all && all > 1, all > 1)
    });
    let buttons = move || {
        let (waiting, all) = sweep.get();
        (waiting || all).then(|| {
            view! {
                <div class="jobs__all">
                    {waiting.then(|| cancel(Which::Waiting, t.rooms().cancel_waiting))}
                    {all.then(|| cancel(Which::All, t.rooms().cancel_all))}
                </div>
            }
        })
    };
    let list = move || {
        view! {
            {live(move || buttons())}
            <ul class="jobs" aria-label=t.jobs>
                <For each=move || ids.get() key=|id| id.0.clone() children=|id| view! { <Card id /> } />
            </ul>
        }
    };
    live(move || ids.with(|ids| !ids.is_empty()).then(list))
}

/// The runs that have a card of their own: of equal refusals the newest stands for all.
fn listed(jobs: &[Job]) -> Vec<JobId> {
    let is_new =
        |(at, job): &(usize, &Job)| jobs[..*at].iter().all(|newer| !is_same_refusal(newer, job));
    jobs.iter().enumerate().filter(is_new).map(|(_, job)| job.id.clone()).collect()
}

/// The id of the card of a job.
pub fn card_id(id: &JobId) -> String {
    ["job-", &id.0].concat()
}

/// What has the focus when a card that had it is gone: the title of the sheet.
pub const SHEET: &str = "sheet-title";

#[component]
fn Card(id: JobId) -> impl IntoView {
    let studio = use_studio();
    let card = card_id(&id);
    let job =
        Memo::new(move |_| studio.jobs.with(|jobs| jobs.iter().find(|job| job.id == id).cloned()));
    let phase = Memo::new(move |_| {
        let now = studio.now.get();
        job.with(|job| job.as_ref().map_or(Phase::Done, |job| Phase::of(job, now)))
    });
    // How many equal refusals the card stands for.
    let times = Memo::new(move |_| {
        studio.jobs.track();
        job.with(|job| job.as_ref().map_or(1, |job| 1 + same_refusals(studio, job).len()))
    });
    let is_leaving = RwSignal::new(false);
    Effect::new(move || {
        let taken_back = job.with(|job| {
            let is_taken_back =
                |job: &&Job| matches!(job.state, State::Cancelled) && job.cancel != Cancel::None;
            job.as_ref().filter(is_taken_back).map(|job| job.id.clone())
        });
        if let Some(id) = taken_back {
            leaving::soon(studio, id, is_leaving);
        }
    });
    live(move || {
        let (phase, times) = (phase.get(), times.get());
        focus::keep(&card, SHEET);
        job.get().map(|job| {
            let glyph = match phase {
                Phase::Sending | Phase::Unsent => Some("send"),
                Phase::Queued => Some("clock"),
                Phase::Waiting => Some("offline"),
                Phase::Cancelled => Some("close"),
                Phase::Failed => Some("fail"),
                Phase::Unknown => Some("question"),
                _ => None,
            };
            let print = match glyph {
                Some(glyph) => icon(glyph),
                None => {
                    view! { <Face id=job.order.avatar_id.clone() class="job__image" /> }.into_any()
                }
            };
            view! {
                <li>
                    // A group, so that whoever comes to a button by Tab is told what it is about.
                    <div class="job" data-state=phase.name() data-leaving=move || is_leaving.get().then_some("true") role="group" id=card.clone() tabindex="-1" aria-labelledby=part_id(&job, "title") aria-describedby=part_id(&job, "why")>
                        <div class="job__print">{print}</div>
                        <div class="job__body">{body(studio, &job, phase, times)}</div>
                        <div class="job__actions">{actions(studio, &job)}</div>
                    </div>
                </li>
            }
        })
    })
}

/// The id of a part of the card of a job.
fn part_id(job: &Job, part: &str) -> String {
    [&card_id(&job.id), "-", part].concat()
}
