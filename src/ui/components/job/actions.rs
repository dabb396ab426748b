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
    Field, Route,
    job::{Failure, Job, JobId, State},
};

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
        return view! { {save} {movers} {cancel} }.into_any();
    }
    let away = move |_| studio.dismiss(&id);
    let dismiss = view! {
        <button class="icon-button" type="button" aria-label=t.rooms().dismiss title=t.rooms().dismiss on:click=away>{icon("close")}</button>
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
            Some(view! { <Link to class="button" kind="primary">{t.rooms().open_avatar}</Link> }.into_any())
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

/// Whether the same recipe can go to Ultra instead.
pub(super) fn has_ultra(job: &Job) -> bool {
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
