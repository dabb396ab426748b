//! What is under way, told at the button that ordered it; and the question that the button raises when the same is ordered twice in a breath.

use super::{
    focus,
    go::state,
    job::{SHEET, card_id},
    link::icon,
    live::live,
    prints::print_id,
    wording,
};
use crate::ui::context::{Ended, Studio, TOAST_TIME, use_studio};
use leptos::{ev::KeyboardEvent, prelude::*};
use likeness_core::job::{Cancel, Job, State};
use likeness_studio::picture::PictureId;

/// The question.
const QUESTION: &str = "another";
/// Its harmless answer, which gets the focus.
const NO: &str = "another-no";

/// One line at the button: a question, what is under way, or how the last run ended.
#[component]
pub fn Underway() -> impl IntoView {
    let studio = use_studio();
    let is_any = Memo::new(move |_| line(studio).is_some());
    live(move || match (studio.asks_another.get(), is_any.get()) {
        (true, _) => view! { <Question /> }.into_any(),
        (false, true) => view! { <Strip /> }.into_any(),
        _ => ().into_any(),
    })
}

/// What the strip says.
#[derive(Clone, PartialEq)]
struct Line {
    state: &'static str,
    text: String,
    /// The id of the element that it is about.
    target: String,
}

#[component]
fn Strip() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let line = Memo::new(move |_| line(studio));
    let kind = Memo::new(move |_| line.with(|line| line.as_ref().map_or("", |line| line.state)));
    let text =
        move || line.with(|line| line.as_ref().map(|line| line.text.clone()).unwrap_or_default());
    let lead = move |_| {
        let Some(Line { state, target, .. }) = line.get_untracked() else { return };
        let is_there = document().get_element_by_id(&target).is_some();
        focus::show(if is_there { target.as_str() } else { SHEET });
        if state != "busy" {
            // It has been seen.
            studio.ended.set(None);
        }
    };
    let glyph = move || match kind.get() {
        "ready" => icon("check"),
        "failed" => icon("warning"),
        _ => view! { <i class="underway__pulse" aria-hidden="true"></i> }.into_any(),
    };
    view! {
        <button class="underway" id="underway" type="button" data-state=move || kind.get() on:click=lead>
            {live(glyph)}
            <span class="underway__text" prop:textContent=move || text()></span>
            " " <span class="underway__lead">{t.rooms().show}</span>
        </button>
    }
    .into_any()
}

fn line(studio: Studio) -> Option<Line> {
    let t = studio.t();
    let waits = studio.jobs.with(|jobs| {
        let active: Vec<_> = jobs.iter().filter(|job| job.is_active()).collect();
        let target = card_id(&active.first()?.id);
        let now = studio.now.get();
        Some(Line { state: "busy", text: told(studio, &active, now), target })
    });
    // An order is on its way before the library knows of it.
    let sending = || {
        studio.is_sending().then(|| Line {
            state: "busy",
            text: t.sending.to_owned(),
            target: SHEET.to_owned(),
        })
    };
    let ended = || {
        studio.ended.with(|ended| {
            let Ended { job, has_pictures } = ended.as_ref()?;
            // As it is now: what is not known at first may be known by and by.
            let text = studio.jobs.with(|jobs| {
                let known = jobs.iter().find(|known| known.id == job.id);
                studio.news(known.unwrap_or(job))
            });
            let (state, target) = match has_pictures {
                true => ("ready", print_id(&PictureId::of(&job.id, 0))),
                false => ("failed", card_id(&job.id)),
            };
            Some(Line { state, text: text.unwrap_or_default(), target })
        })
    };
    waits.or_else(sending).or_else(ended)
}

/// How far a run is, as the strip tells it.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Sending,
    Running,
    Queued,
    Saving,
    Waiting,
    Cancelling,
}

const fn stage(job: &Job) -> Stage {
    match &job.state {
        State::Queued { .. } | State::Running { .. } if !matches!(job.cancel, Cancel::None) => {
            Stage::Cancelling
        }
        State::Held => Stage::Waiting,
        State::Queued { .. } => Stage::Queued,
        State::Running { .. } => Stage::Running,
        State::Completed { .. } | State::Delivered { .. } => Stage::Saving,
        _ => Stage::Sending,
    }
}

/// "Making 2 pictures · 12 s · 1 picture in the queue".
fn told(studio: Studio, active: &[&Job], now: u64) -> String {
    let t = studio.t();
    let part = |at: Stage| {
        let of_stage = || active.iter().filter(move |job| stage(job) == at);
        let count: usize = of_stage().map(|job| usize::from(job.order.count)).sum();
        if count == 0 {
            return None;
        }
        Some(match at {
            Stage::Sending => t.sending.to_owned(),
            Stage::Running => {
                let begun = |job: &&Job| match job.state {
                    State::Running { since, .. } => since,
                    _ => now,
                };
                let since = of_stage().map(begun).min().unwrap_or(now);
                (t.rooms().underway_running)(count, now.saturating_sub(since) / 1000)
            }
            Stage::Queued => (t.rooms().underway_queued)(count),
            Stage::Waiting => (t.rooms().underway_waiting)(count),
            Stage::Saving => t.rooms().job_saving.to_owned(),
            Stage::Cancelling => t.rooms().job_cancelling.to_owned(),
        })
    };
    let stages = [
        Stage::Sending,
        Stage::Running,
        Stage::Queued,
        Stage::Saving,
        Stage::Waiting,
        Stage::Cancelling,
    ];
    stages.into_iter().filter_map(part).collect::<Vec<_>>().join(" · ")
}

/// Asks before the same is ordered once more. It lies above the button, so that a press too many meets the button and not an answer, and goes by itself.
#[component]
fn Question() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t().rooms();
    let words = question(studio);
    studio.announcement.set(words.clone());
    // Whoever has the keyboard answers by it, and is then back where they were.
    let before = document().active_element().filter(|active| {
        let is_origin = matches!(active.id().as_str(), "make" | "prompt");
        is_origin && active.matches(":focus-visible").unwrap_or_default()
    });
    let before = before.map(|active| active.id());
    if before.is_some() {
        focus::focus_later(NO.to_owned());
    }
    on_cleanup(move || {
        let Some(before) = before else { return };
        let has_focus = document()
            .get_element_by_id(QUESTION)
            .is_some_and(|question| question.query_selector(":focus").ok().flatten().is_some());
        if has_focus {
            focus::focus_later(before);
        }
    });
    let close = move || {
        // The page may be gone by then.
        let _ = studio.asks_another.try_set(false);
    };
    if let Ok(timer) = set_timeout_with_handle(close, TOAST_TIME) {
        on_cleanup(move || timer.clear());
    }
    // What was asked about is no longer what would be ordered.
    let asked = studio.draft.get_untracked();
    Effect::new(move || {
        if studio.draft.with(|draft| *draft != asked) || state(studio) == "blocked" {
            close();
        }
    });
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            close();
        }
    };
    view! {
        <div class="another" id=QUESTION role="group" aria-labelledby="another-words" on:keydown=on_key>
            <p class="another__words" id="another-words" translate="no" prop:textContent=words></p>
            <button class="button" type="button" id=NO on:click=move |_| close()>{t.another_no}</button>
            <button class="button" type="button" id="another-yes" on:click=move |_| studio.make_another()>{t.another_yes}</button>
        </div>
    }
    .into_any()
}

/// "Make another one for about $0.04?"
fn question(studio: Studio) -> String {
    let t = studio.t().rooms();
    studio.prepared.with_untracked(|prepared| {
        let count = prepared.as_ref().map_or(1, |prepared| prepared.parameters.num_images());
        let cost = prepared.as_ref().map(|prepared| prepared.cost);
        let price = cost.map(|cost| wording::about(studio.tongue(), cost));
        match price.filter(|_| !untrack(|| studio.is_demo())) {
            Some(price) => (t.another)(count, &price),
            None => (t.another_free)(count),
        }
    })
}
