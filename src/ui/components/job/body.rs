//! What the card of a run says.

use super::{
    failure::{failed, for_experts},
    part_id,
};
use crate::{
    i18n::Words,
    ui::{components::prints::preset_name, context::Studio},
};
use leptos::prelude::*;
use likeness_core::job::{FailureKind, Inquiry, Job, Order, State};
use likeness_studio::phase::Phase;

/// All that the card says of a job in this phase, and of how many equal refusals it tells.
pub(super) fn body(studio: Studio, job: &Job, phase: Phase, times: usize) -> AnyView {
    let t = studio.t();
    let title = match (&job.state, phase) {
        (_, Phase::Cancelling) => t.rooms().job_cancelling.to_owned(),
        (State::Intended | State::Sent, _) => t.rooms().job_sent.to_owned(),
        (State::Held, _) => t.rooms().job_waiting.to_owned(),
        (State::Unknown { inquiry: Inquiry::Closed }, _) => t.rooms().job_unknown.to_owned(),
        (State::Unknown { .. }, _) => t.rooms().job_checking.to_owned(),
        (State::Unsent { offer: Some(offer) }, _) if offer.cost == job.order.cost => {
            t.rooms().job_changed.to_owned()
        }
        (State::Unsent { offer: Some(_) }, _) => t.rooms().job_repriced.to_owned(),
        (State::Unsent { offer: None }, _) => t.rooms().job_unsent.to_owned(),
        (State::Queued { position: Some(position), .. }, _) => (t.rooms().job_queued)(*position),
        (State::Queued { .. }, _) => t.rooms().job_queued_somewhere.to_owned(),
        (_, Phase::Slow) => t.rooms().job_slow.to_owned(),
        (State::Running { .. }, _) => t.rooms().job_running.to_owned(),
        (State::Completed { .. } | State::Delivered { .. } | State::Done { .. }, _) => {
            t.rooms().job_saving.to_owned()
        }
        (State::Cancelled, _) => t.rooms().job_cancelled.to_owned(),
        (State::Failed { failure }, _) => (t.rooms().failure)(&failure.kind).what.to_owned(),
    };
    let order = order_line(t, job);
    let rest = match &job.state {
        State::Failed { failure } => failed(studio, job, failure, times),
        State::Unknown { inquiry } => {
            let next = match inquiry {
                Inquiry::Closed => t.rooms().job_unknown_next,
                Inquiry::Open | Inquiry::Absent { .. } => t.rooms().job_checking_next,
            };
            view! { <p class="job__cost" translate="no" prop:textContent=lost_cost(studio, job)></p> <p class="job__next">{next}</p> }.into_any()
        }
        State::Unsent { offer: Some(offer) } => offered(studio, job, offer),
        State::Unsent { offer: None } => view! {
            <p class="job__cost">{t.rooms().cost_none}</p>
            <p class="job__next">{t.rooms().job_unsent_next}</p>
        }
        .into_any(),
        State::Held => held(studio, job, order),
        State::Cancelled => view! { <p class="job__line">{t.rooms().job_cancelled_why}</p> }.into_any(),
        _ if phase == Phase::Cancelling => {
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
    let trouble = job.trouble.as_ref().filter(|_| !is_over).map(|trouble| {
        let text = match trouble {
            FailureKind::StorageFull if matches!(job.state, State::Delivered { .. }) => {
                t.rooms().job_full
            }
            FailureKind::StorageFailed if matches!(job.state, State::Delivered { .. }) => {
                t.rooms().job_unstored
            }
            FailureKind::StorageFull => t.storage_full_why,
            FailureKind::StorageFailed => t.storage_failed,
            FailureKind::StorageNewer => t.rooms().newer_version,
            FailureKind::SessionOver => (t.rooms().failure)(trouble).next,
            FailureKind::SignInRequired | FailureKind::WrongCode => {
                (t.rooms().failure)(trouble).what
            }
            FailureKind::Unreadable => t.rooms().job_unreadable,
            _ if matches!(job.state, State::Unknown { .. }) => t.rooms().job_checking_trouble,
            _ => t.rooms().job_trouble,
        };
        view! { <p class="job__next">{text}</p> }
    });
    let more = match &job.state {
        State::Failed { failure } => Some(for_experts(t, job, failure)),
        _ => None,
    };
    let repeated = (times > 1).then(|| {
        view! { " " <span class="job__times">{(t.rooms().times)(times)}</span> }
    });
    // By it a person tells one card from another.
    let prompt = job.order.prompt.clone();
    view! {
        <h3 class="job__title" id=part_id(job, "title")><span prop:textContent=title></span> {repeated}</h3>
        <div class="job__why" id=part_id(job, "why")><p class="job__prompt" dir="auto" translate="no" prop:textContent=prompt></p>{rest}{trouble}</div>
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
        <p class="job__line">{t.rooms().job_waiting_why} <span prop:textContent=move || turn()></span></p>
    }
    .into_any()
}

/// What an order comes to now, in place of what was ordered.
fn offered(studio: Studio, job: &Job, offer: &Order) -> AnyView {
    let t = studio.t();
    let price = |order: &Order| match order.cost {
        Some((0, 0)) => t.rooms().demo_free.to_owned(),
        Some((low, _)) => (t.about)(&studio.tongue().money(low)),
        None => t.cost_unknown.to_owned(),
    };
    let (before, now) = (price(&job.order), price(offer));
    let cost = if before == now { now } else { [&before, " → ", &now].concat() };
    view! {
        <p class="job__line">{order_line(t, job)}</p>
        <p class="job__cost" translate="no" prop:textContent=cost></p>
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
        <p class="job__line" translate="no"><span prop:textContent=move || words()></span> " · " {order}</p>
        <div class="track" role="img" aria-label=move || words() style:--done=move || done() style:--from=move || from() style:--to=move || to()>
            <i class="track__usual"></i>
            <i class="track__done"></i>
        </div>
    }
    .into_any()
}

/// What an order whose outcome is unknown is counted as.
fn lost_cost(studio: Studio, job: &Job) -> String {
    let t = studio.t();
    if job.order.is_free() {
        t.rooms().demo_free.to_owned()
    } else {
        (t.rooms().job_unknown_cost)(&cost(studio, job, 1))
    }
}

/// "2 pictures · Quality · Vera".
fn order_line(t: Words, job: &Job) -> String {
    let parts = format!("{} · {}", preset_name(t, &job.order), job.order.avatar_name);
    match job.order.count {
        1 => parts,
        count => format!("{} · {parts}", (t.pictures_count)(count.into())),
    }
}

/// What so many orders were to cost.
pub(super) fn cost(studio: Studio, job: &Job, times: usize) -> String {
    let all = |(low, _)| studio.tongue().money(low * times as u64);
    job.order.cost.map_or_else(|| studio.t().cost_unknown.to_owned(), all)
}
