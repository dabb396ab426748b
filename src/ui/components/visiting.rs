//! Whether the avatar's file can be fetched: a button, and what was found out.

use super::{entry::Writing, link::icon, live::live};
use crate::{
    browser::visit::{Visit, visit},
    ui::context::{Studio, use_studio},
};
use leptos::{prelude::*, task::spawn_local};
use likeness_core::{Issue, job::FailureKind, reference};
use likeness_studio::form::Slot;

/// What is known of the address that was asked about.
#[derive(Clone, PartialEq)]
enum Asked {
    Nothing,
    Underway(String),
    Told(String, Visit),
}

/// The button, with what it found.
#[component]
pub fn Visiting(
    /// The form with the address.
    writing: Writing,
) -> impl IntoView {
    let studio = use_studio();
    let t = studio.t().rooms();
    let address =
        Memo::new(move |_| writing.form.with(|form| reference::cleaned(form.text(Slot::LoraUrl))));
    let asked = RwSignal::new(Asked::Nothing);
    let is_underway =
        Memo::new(move |_| matches!(asked.get(), Asked::Underway(of) if of == address.get()));
    let ask = move |_| {
        let of = address.get_untracked();
        let is_wrong = writing.issues.with_untracked(|issues| issues.iter().any(is_error));
        if is_wrong {
            // The field says what.
            return writing.notice(Slot::LoraUrl);
        }
        if is_underway.get_untracked() {
            return;
        }
        asked.set(Asked::Underway(of.clone()));
        spawn_local(async move {
            let found = visit(&of).await;
            if found == Visit::Locked {
                studio.is_locked.set(true);
            }
            // The form may be gone, or ask about another address by now.
            let is_current = matches!(asked.try_get_untracked(), Some(Asked::Underway(current)) if current == of);
            if is_current {
                asked.set(Asked::Told(of, found));
            }
        });
    };
    let told = move || {
        let Asked::Told(of, found) = asked.get() else { return None };
        // What was found at another address says nothing of this one.
        (of == address.get()).then(|| said(studio, &found))
    };
    view! {
        <div class="visit">
            <button class="button" type="button" id="a-test" aria-describedby="a-test-said"
                aria-busy=move || is_underway.get().then_some("true") on:click=ask>
                {icon("search")}<span>{move || if is_underway.get() { t.visit_underway } else { t.visit }}</span>
            </button>
            <p class="visit__said" id="a-test-said" role="status">{live(told)}</p>
        </div>
    }
    .into_any()
}

fn is_error(issue: &Issue) -> bool {
    issue.is_error() && Slot::of_path(&issue.field) == Some(Slot::LoraUrl)
}

fn said(studio: Studio, found: &Visit) -> AnyView {
    let t = studio.t().rooms();
    let (state, text) = match found {
        Visit::Found(bytes) => {
            let size = bytes.map(|bytes| studio.tongue().bytes(bytes));
            ("ok", (t.visit_found)(&size.unwrap_or_default()))
        }
        Visit::NotFound => ("bad", t.visit_not_found.to_owned()),
        Visit::NoFile => ("bad", t.visit_no_file.to_owned()),
        Visit::Unreachable => ("bad", t.visit_unreachable.to_owned()),
        Visit::Untested => ("none", t.visit_untested.to_owned()),
        Visit::TooMany => ("none", t.visit_too_many.to_owned()),
        Visit::Locked => ("none", (t.failure)(&FailureKind::SignInRequired).what.to_owned()),
        Visit::Away => ("none", t.visit_away.to_owned()),
    };
    let sign = match state {
        "ok" => "check",
        "bad" => "warning",
        _ => "info",
    };
    view! { <span class="visit__finding" data-state=state>{icon(sign)}<span>{text}</span></span> }
        .into_any()
}
