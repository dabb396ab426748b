//! What is worth knowing about the words: the trigger without its phrase, and what other programs would read in them.

use super::{link::icon, live::live};
use crate::ui::context::use_studio;
use leptos::prelude::*;
use likeness_core::{Issue, Reason};

/// Whether an issue is shown here. What the phrase took the place of stands beside the prompt that is sent.
pub fn is_noticed(issue: &Issue) -> bool {
    issue.field == "prompt" && !issue.is_error() && issue.reason != Reason::MergedHead
}

/// The notices, each with a button that does what helps.
#[component]
pub fn Noticed() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let reasons = Memo::new(move |_| {
        studio.checked.with(|checked| {
            let noticed = checked.issues.iter().filter(|issue| is_noticed(issue));
            noticed.map(|issue| (issue.reason, !issue.fix.is_empty())).collect::<Vec<_>>()
        })
    });
    let notice = move |(reason, has_fix): (Reason, bool)| {
        let (sentence, label) = (t.rooms().noticed)(reason);
        // The fix of the words as they stand when it is pressed.
        let follow = move |_| {
            let fix = studio.checked.with_untracked(|checked| {
                let issue = checked.issues.iter().find(|issue| issue.reason == reason);
                issue.map(|issue| issue.fix.clone())
            });
            studio.follow(&fix.unwrap_or_default());
        };
        let fix = has_fix.then(
            || view! { " " <button class="fix" type="button" on:click=follow>{label}</button> },
        );
        view! { <p class="go__warning">{icon("warning")}<span>{sentence} {fix}</span></p> }
    };
    live(move || reasons.get().into_iter().map(notice).collect_view())
}
