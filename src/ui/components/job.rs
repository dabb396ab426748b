//! A run on its way, or what became of it.

use super::{
    focus::{self, focus_later},
    link::icon,
    live::live,
};
use crate::{
    i18n::Words,
    page::Page,
    ui::{
        components::avatars::Face,
        context::{Studio, Which, can_cancel, use_studio},
    },
};
use leptos::prelude::*;
use likeness_core::{
    Field, Preset, Route,
    job::{Cancel, Charge, Failure, Inquiry, Job, JobId, Order, State},
};

/// The runs that are under way or ended without pictures.
#[component]
pub fn Jobs() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let ids = Memo::new(move |_| {
        studio.jobs.with(|jobs| jobs.iter().map(|job| job.id.clone()).collect::<Vec<_>>())
    });
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
    let kind = Memo::new(move |_| {
        let now = studio.now.get();
        job.with(|job| job.as_ref().map_or("done", |job| looks(job, now)))
    });
    live(move || {
        let kind = kind.get();
        focus::keep(&card, SHEET);
        job.get().map(|job| {
            let glyph = match kind {
                "sending" => Some("send"),
                "queued" => Some("clock"),
                "waiting" => Some("offline"),
                "unsent" => Some("send"),
                "cancelled" => Some("close"),
                "failed" => Some("fail"),
                "unknown" => Some("question"),
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
                    <div class="job" data-state=kind role="group" id=card.clone() tabindex="-1" aria-labelledby=part_id(&job, "title") aria-describedby=part_id(&job, "why")>
                        <div class="job__print">{print}</div>
                        <div class="job__body">{body(studio, &job, kind)}</div>
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

/// The look of a job, as `data-state` names it.
fn looks(job: &Job, now: u64) -> &'static str {
    match &job.state {
        State::Queued { .. } | State::Running { .. } if job.cancel != Cancel::None => "cancelling",
        State::Intended | State::Sent => "sending",
        State::Held => "waiting",
        State::Unknown { .. } => "unknown",
        State::Unsent { .. } => "unsent",
        State::Queued { .. } => "queued",
        State::Running { since, .. }
            if now.saturating_sub(*since) > u64::from(job.order.seconds.1) * 1000 =>
        {
            "slow"
        }
        State::Running { .. } => "running",
        State::Completed { .. } | State::Delivered { .. } => "saving",
        State::Done { .. } => "done",
        State::Cancelled => "cancelled",
        State::Failed { .. } => "failed",
    }
}

fn body(studio: Studio, job: &Job, kind: &'static str) -> AnyView {
    let t = studio.t();
    let title = match (&job.state, kind) {
        (_, "cancelling") => t.rooms().job_cancelling.to_owned(),
        (State::Intended | State::Sent, _) => t.rooms().job_sent.to_owned(),
        (State::Held, _) => t.rooms().job_waiting.to_owned(),
        (State::Unknown { inquiry: Inquiry::Closed }, _) => t.job_unknown.to_owned(),
        (State::Unknown { .. }, _) => t.rooms().job_checking.to_owned(),
        (State::Unsent { offer: Some(offer) }, _) if offer.cost == job.order.cost => {
            t.rooms().job_changed.to_owned()
        }
        (State::Unsent { offer: Some(_) }, _) => t.rooms().job_repriced.to_owned(),
        (State::Unsent { offer: None }, _) => t.rooms().job_unsent.to_owned(),
        (State::Queued { position: Some(position), .. }, _) => (t.rooms().job_queued)(*position),
        (State::Queued { .. }, _) => t.rooms().job_queued_somewhere.to_owned(),
        (_, "slow") => t.rooms().job_slow.to_owned(),
        (State::Running { .. }, _) => t.rooms().job_running.to_owned(),
        (State::Completed { .. } | State::Delivered { .. } | State::Done { .. }, _) => {
            t.rooms().job_saving.to_owned()
        }
        (State::Cancelled, _) => t.job_cancelled.to_owned(),
        (State::Failed { failure }, _) => (t.rooms().failure)(&failure.kind).what.to_owned(),
    };
    let order = order_line(t, job);
    let rest = match &job.state {
        State::Failed { failure } => failed(studio, job, failure),
        State::Unknown { inquiry } => {
            let next = match inquiry {
                Inquiry::Closed => t.rooms().job_unknown_next,
                Inquiry::Open | Inquiry::Absent { .. } => t.rooms().job_checking_next,
            };
            view! { <p class="job__cost">{lost_cost(studio, job)}</p> <p class="job__next">{next}</p> }.into_any()
        }
        State::Unsent { offer: Some(offer) } => offered(studio, job, offer),
        State::Unsent { offer: None } => view! {
            <p class="job__cost">{t.rooms().cost_none}</p>
            <p class="job__next">{t.rooms().job_unsent_next}</p>
        }
        .into_any(),
        State::Held => held(studio, job, order),
        State::Cancelled => view! { <p class="job__line">{t.rooms().job_cancelled_why}</p> }.into_any(),
        _ if kind == "cancelling" => {
            view! { <p class="job__line">{t.rooms().job_cancelling_why}</p><div class="track" role="presentation"></div> }.into_any()
        }
        State::Running { since, .. } => running(studio, job, *since, order),
        State::Delivered { pictures, .. } => {
            let stored = pictures.iter().filter(|picture| picture.is_stored).count();
            view! { <p class="job__line">{(t.rooms().job_saved)(stored, pictures.len())}</p> }.into_any()
        }
        _ => view! { <p class="job__line">{order}</p><div class="track" role="presentation"></div> }.into_any(),
    };
    // A run that is over says by its failure why.
    let is_over = matches!(job.state, State::Failed { .. } | State::Cancelled);
    let trouble = job.trouble.as_deref().filter(|_| !is_over).map(|trouble| {
        let text = match trouble {
            "storage_full" if matches!(job.state, State::Delivered { .. }) => t.rooms().job_full,
            "storage_full" => t.storage_full_why,
            "storage_failed" => t.storage_failed,
            "storage_newer" => t.rooms().newer_version,
            _ if matches!(job.state, State::Unknown { .. }) => t.rooms().job_checking_trouble,
            _ => t.rooms().job_trouble,
        };
        view! { <p class="job__next">{text}</p> }
    });
    let more = match &job.state {
        State::Failed { failure } => Some(for_experts(t, job, failure)),
        _ => None,
    };
    // By it a person tells one card from another.
    let prompt = job.order.prompt.clone();
    view! {
        <h3 class="job__title" id=part_id(job, "title")>{title}</h3>
        <div class="job__why" id=part_id(job, "why")><p class="job__prompt" dir="auto">{prompt}</p>{rest}{trouble}</div>
        {more}
    }
    .into_any()
}

/// An order that waits for the network: what it is, and when its turn is.
fn held(studio: Studio, job: &Job, order: String) -> AnyView {
    let t = studio.t();
    let id = job.id.clone();
    let turn = move || match studio.in_line(&id) {
        Some((at, all)) if all > 1 => [" ", &(t.rooms().job_place)(at + 1, all)].concat(),
        _ => String::new(),
    };
    view! {
        <p class="job__line">{order}</p>
        <p class="job__line">{t.rooms().job_waiting_why} {move || turn()}</p>
    }
    .into_any()
}

/// The buttons that move an order among those that wait for the network. None for a single one.
fn movers(studio: Studio, id: &JobId) -> AnyView {
    let t = studio.t();
    let id = id.clone();
    let line = {
        let id = id.clone();
        Memo::new(move |_| studio.in_line(&id))
    };
    let mover = move |name: &'static str, label: &'static str, by: isize| {
        let button = format!("{name}-{}", id.0);
        let (id, kept) = (id.clone(), button.clone());
        let is_end = move || {
            line.get().is_none_or(|(at, all)| at.checked_add_signed(by).is_none_or(|at| at >= all))
        };
        view! {
            <button class="button" type="button" id=button aria-disabled=move || is_end().then_some("true")
                on:click=move |_| studio.move_order(&id, by, kept.clone())>{label}</button>
        }
    };
    let is_any = Memo::new(move |_| line.get().is_some_and(|(_, all)| all > 1));
    live(move || {
        is_any.get().then(|| {
            view! { {mover("earlier", t.rooms().earlier, -1)} {mover("later", t.rooms().later, 1)} }
        })
    })
}

/// What an order comes to now, in place of what was ordered.
fn offered(studio: Studio, job: &Job, offer: &Order) -> AnyView {
    let t = studio.t();
    let price = |order: &Order| match order.cost {
        Some((0, 0)) => t.demo_free.to_owned(),
        Some((low, _)) => (t.about)(&studio.tongue().money(low)),
        None => t.cost_unknown.to_owned(),
    };
    let (before, now) = (price(&job.order), price(offer));
    let cost = if before == now { now } else { [&before, " → ", &now].concat() };
    view! {
        <p class="job__line">{order_line(t, job)}</p>
        <p class="job__cost">{cost}</p>
        <p class="job__next">{t.rooms().job_changed_next}</p>
    }
    .into_any()
}

/// Elapsed time against the usual range: never an invented percentage.
fn running(studio: Studio, job: &Job, since: u64, order: String) -> AnyView {
    let t = studio.t();
    let (low, high) = job.order.seconds;
    let elapsed = move || studio.now.get().saturating_sub(since) / 1000;
    let words = move || (t.rooms().job_elapsed)(elapsed(), low, high);
    // The track ends at the usual end, and grows with a run that takes longer.
    let end = move || (elapsed() as f64).max(f64::from(high)).max(1.0);
    let percent = |value: f64| format!("{:.1}%", value * 100.0);
    let done = move || percent(elapsed() as f64 / end());
    let from = move || percent(f64::from(low) / end());
    let to = move || percent(f64::from(high) / end());
    view! {
        <p class="job__line">{move || words()} " · " {order}</p>
        <div class="track" role="img" aria-label=move || words() style:--done=move || done() style:--from=move || from() style:--to=move || to()>
            <i class="track__usual"></i>
            <i class="track__done"></i>
        </div>
    }
    .into_any()
}

fn failed(studio: Studio, job: &Job, failure: &Failure) -> AnyView {
    let t = studio.t();
    let cost = match failure.charge {
        _ if job.order.is_free() => t.demo_free.to_owned(),
        Charge::No => t.rooms().cost_none.to_owned(),
        Charge::Maybe | Charge::Unknown => (t.rooms().cost_maybe)(&cost(studio, job)),
    };
    let next = match failure.kind.as_str() {
        "endpoint_gone" if !has_ultra(job) => t.rooms().no_other_model,
        kind => (t.rooms().failure)(kind).next,
    };
    view! {
        <p class="job__cost">{cost}</p>
        <p class="job__next">{next}</p>
        {refused_setting(t, failure)}
        {failure.retry_at.map(|at| countdown(studio, at))}
    }
    .into_any()
}

/// The setting that was refused, by the name that it has here, and what was said of it.
fn refused_setting(t: Words, failure: &Failure) -> Option<AnyView> {
    let key = failure.field.as_deref().and_then(|field| field.strip_prefix("overrides."));
    let name = key.and_then(Field::parse).map(t.field_name);
    let parts: Vec<_> = name.into_iter().chain(failure.said.as_deref()).collect();
    let is_named = failure.kind == "validation" && !parts.is_empty();
    is_named.then(|| view! { <p class="job__line" dir="auto">{parts.join(": ")}</p> }.into_any())
}

/// What the other side answered, word for word.
fn for_experts(t: Words, job: &Job, failure: &Failure) -> AnyView {
    let id = job.handle().map(|handle| handle.request_id.clone()).unwrap_or_default();
    let details = format!("{} {} {id}", failure.kind, failure.said.as_deref().unwrap_or_default());
    view! {
        <details class="job__more">
            <summary>{t.rooms().for_experts}</summary>
            <pre class="code__text" tabindex="0">{details.trim().to_owned()}</pre>
        </details>
    }
    .into_any()
}

/// How long to wait, as it gets less.
fn countdown(studio: Studio, at: u64) -> AnyView {
    let t = studio.t();
    let left = move || at.saturating_sub(studio.now.get()).div_ceil(1000);
    let words = move || match left() {
        0 => t.rooms().retry_now.to_owned(),
        seconds => (t.rooms().retry_in)(seconds),
    };
    view! { <p class="job__line" role="timer">{move || words()}</p> }.into_any()
}

fn actions(studio: Studio, job: &Job) -> AnyView {
    let t = studio.t();
    let id = job.id.clone();
    if job.is_active() {
        let is_unstored = matches!(job.state, State::Delivered { .. }) && job.trouble.is_some();
        let save = is_unstored.then(|| {
            let job = job.clone();
            view! { <button class="button" data-kind="primary" type="button" on:click=move |_| studio.save_files(&job)>{t.rooms().download}</button> }
        });
        let cancel = can_cancel(job)
            .then(|| view! { <button class="button" type="button" on:click=move |_| studio.cancel(&id)>{t.rooms().cancel}</button> });
        let movers = matches!(job.state, State::Held).then(|| movers(studio, &job.id));
        return view! { {save} {movers} {cancel} }.into_any();
    }
    let away = move |_| studio.dismiss(&id);
    let dismiss = view! {
        <button class="icon-button" type="button" aria-label=t.rooms().dismiss on:click=away>{icon("close")}</button>
    };
    let again = {
        let job = job.clone();
        move |_| {
            if let Some(id) = studio.order_again(&job) {
                focus_later(card_id(&id));
            }
        }
    };
    let edit = {
        let (request, id) = (job.order.request.clone(), job.id.clone());
        // What may still turn out to be a picture stays listed.
        let stays = matches!(job.state, State::Unknown { .. });
        move |_| {
            studio.use_request(&request, None);
            if !stays {
                studio.dismiss(&id);
            }
            focus_later(PROMPT.to_owned());
        }
    };
    let first = match &job.state {
        // An unknown outcome may have been paid for, so there is no one-press repeat.
        State::Unknown { .. } => None,
        State::Unsent { offer } => {
            let id = job.id.clone();
            let send = move |_| studio.send_again(&id);
            let label = if offer.is_some() { t.rooms().send_now } else { t.rooms().send_again };
            Some(view! { <button class="button" data-kind="primary" type="button" on:click=send>{label}</button> }.into_any())
        }
        State::Failed { failure } if fails_again(failure) => None,
        State::Failed { failure } if failure.kind == "endpoint_gone" && has_ultra(job) => Some(ultra(studio, job)),
        State::Failed { failure } if failure.field.as_deref().is_some_and(|field| field.starts_with("avatar")) => {
            let to = Page::EditAvatar(job.order.avatar_id.clone());
            Some(view! { <super::link::Link to class="button" kind="primary">{t.rooms().open_avatar}</super::link::Link> }.into_any())
        }
        _ => Some(view! { <button class="button" data-kind="primary" type="button" on:click=again>{t.try_again}</button> }.into_any()),
    };
    let is_main = matches!(&job.state, State::Failed { failure } if fails_again(failure));
    view! { {first} <button class="button" data-kind=is_main.then_some("primary") type="button" on:click=edit>{t.rooms().edit}</button> {dismiss} }
        .into_any()
}

/// Whether the same request is bound to fail again, so that it has to be changed first.
fn fails_again(failure: &Failure) -> bool {
    let is_about_avatar = failure.field.as_deref().is_some_and(|field| field.starts_with("avatar"));
    matches!(failure.kind.as_str(), "content_policy" | "validation" | "too_large" | "outdated")
        && !is_about_avatar
}

/// Where the keyboard goes when a card has filled the composer.
const PROMPT: &str = "prompt";

/// Whether the same recipe can go to Ultra instead.
fn has_ultra(job: &Job) -> bool {
    Route::of_endpoint(&job.order.endpoint) == Some(Route::FluxProFinetuned)
}

/// A retired endpoint: the same recipe on Ultra.
fn ultra(studio: Studio, job: &Job) -> AnyView {
    let (request, id) = (job.order.request.clone(), job.id.clone());
    let on_click = move |_| {
        studio.use_request(&request, None);
        studio.edit(Field::UseUltra, true.into());
        studio.dismiss(&id);
        focus_later(PROMPT.to_owned());
    };
    view! { <button class="button" data-kind="primary" type="button" on:click=on_click>{studio.t().rooms().use_ultra}</button> }.into_any()
}

/// What an order whose outcome is unknown is counted as.
fn lost_cost(studio: Studio, job: &Job) -> String {
    let t = studio.t();
    if job.order.is_free() {
        t.demo_free.to_owned()
    } else {
        (t.rooms().job_unknown_cost)(&cost(studio, job))
    }
}

/// "2 pictures · Quality · Vera".
fn order_line(t: Words, job: &Job) -> String {
    let preset =
        Preset::parse(&job.order.preset).map_or("", |preset| (t.preset_words)(preset).name);
    let parts = format!("{preset} · {}", job.order.avatar_name);
    match job.order.count {
        1 => parts,
        count => format!("{} · {parts}", (t.pictures_count)(count.into())),
    }
}

fn cost(studio: Studio, job: &Job) -> String {
    job.order
        .cost
        .map_or_else(|| studio.t().cost_unknown.to_owned(), |(low, _)| studio.tongue().money(low))
}
