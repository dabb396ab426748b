//! What can be done with a run.

use super::card_id;
use crate::{
    page::Page,
    ui::{
        components::{
            focus::focus_later,
            link::{Link, icon},
            live::live,
        },
        context::{Studio, can_cancel},
    },
};
use leptos::prelude::*;
use likeness_core::{
    Field,
    job::{Job, JobId, State},
};
use likeness_studio::remedy::{Remedy, is_same_refusal, remedies};

/// Where the keyboard goes when a card has filled the composer.
const PROMPT: &str = "prompt";

/// The buttons of the card.
pub(super) fn actions(studio: Studio, job: &Job) -> AnyView {
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
        // One that cannot be cancelled and gets no further need not stay in sight.
        let dismiss = (job.trouble.is_some() && !can_cancel(job)).then(|| dismiss(studio, job));
        return view! { {save} {movers} {cancel} {dismiss} }.into_any();
    }
    let dismiss = dismiss(studio, job);
    let own = job.clone();
    // A budget that was spent is there again while somebody looks.
    let fitting = Memo::new(move |_| remedies(&own, studio.now.get()));
    let job = job.clone();
    let buttons = move || {
        let fitting = fitting.get();
        let button = |(at, remedy): (usize, &Remedy)| remedy_button(studio, &job, *remedy, at == 0);
        fitting.iter().enumerate().map(button).collect_view()
    };
    view! { {live(buttons)} {dismiss} }.into_any()
}

/// One of the things that fit. The first is the main one, unless it may be paid for twice.
fn remedy_button(studio: Studio, job: &Job, remedy: Remedy, is_first: bool) -> AnyView {
    let t = studio.t().rooms();
    let is_main = is_first && !matches!(job.state, State::Unknown { .. } | State::Cancelled);
    let kind = (is_main && remedy != Remedy::Repeat).then_some("primary");
    let label = match remedy {
        Remedy::Send if matches!(job.state, State::Unsent { offer: Some(_) }) => t.send_now,
        Remedy::Send | Remedy::Repeat => t.send_again,
        Remedy::TryAgain => studio.t().try_again,
        Remedy::Edit => t.edit,
        Remedy::UseUltra => t.use_ultra,
        Remedy::Reload => t.reload,
        Remedy::OpenAvatar => {
            let to = Page::EditAvatar(job.order.avatar_id.clone());
            return view! { <Link to class="button" kind="primary">{t.open_avatar}</Link> }
                .into_any();
        }
    };
    let job = job.clone();
    view! { <button class="button" data-kind=kind type="button" on:click=move |_| do_it(studio, &job, remedy)>{label}</button> }
        .into_any()
}

fn do_it(studio: Studio, job: &Job, remedy: Remedy) {
    match remedy {
        Remedy::Send => studio.send_again(&job.id),
        Remedy::TryAgain | Remedy::Repeat => {
            let others = same_refusals(studio, job);
            if let Some(id) = studio.order_again(job) {
                others.iter().for_each(|other| studio.dismiss(other));
                focus_later(card_id(&id));
            }
        }
        Remedy::Edit | Remedy::UseUltra => {
            studio.use_request(&job.order.request);
            if remedy == Remedy::UseUltra {
                studio.edit(Field::UseUltra, true.into());
            }
            // What may still turn out to be a picture stays listed.
            if !matches!(job.state, State::Unknown { .. }) {
                put_away(studio, job);
            }
            focus_later(PROMPT.to_owned());
        }
        Remedy::Reload => {
            // Fails only where there is no page.
            let _ = window().location().reload();
        }
        Remedy::OpenAvatar => {}
    }
}

fn dismiss(studio: Studio, job: &Job) -> AnyView {
    let (gone, label) = (job.clone(), studio.t().rooms().dismiss);
    view! {
        <button class="icon-button" type="button" aria-label=label title=label on:click=move |_| put_away(studio, &gone)>{icon("close")}</button>
    }
    .into_any()
}

/// Takes the card away, with the equal refusals that it stands for.
fn put_away(studio: Studio, job: &Job) {
    for other in same_refusals(studio, job) {
        studio.dismiss(&other);
    }
    studio.dismiss(&job.id);
}

/// The other runs that were refused for the same reason with the same request.
pub(super) fn same_refusals(studio: Studio, job: &Job) -> Vec<JobId> {
    let is_other = |other: &&Job| other.id != job.id && is_same_refusal(other, job);
    studio
        .jobs
        .with_untracked(|jobs| jobs.iter().filter(is_other).map(|other| other.id.clone()).collect())
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
