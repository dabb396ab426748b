//! What is worth knowing about the words: the trigger without its phrase, and what other programs would read in them.

use super::{link::icon, live::live};
use crate::ui::context::use_studio;
use leptos::prelude::*;
use likeness_core::{Issue, Reason, validate};

/// Whether an issue is shown here. What the phrase took the place of stands beside the prompt that is sent.
pub fn is_noticed(issue: &&Issue) -> bool {
    issue.field == "prompt" && !issue.is_error() && issue.reason != Reason::MergedHead
}

/// The notices, each with a button that does what helps.
#[component]
pub fn Noticed() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let noticed = move || {
        studio.checked.with(|checked| {
            let mut noticed: Vec<Issue> =
                checked.issues.iter().filter(is_noticed).cloned().collect();
            noticed
                .extend(studio.draft.with(|draft| validate::word_notices(checked, &draft.prompt)));
            noticed
        })
    };
    let reasons = Memo::new(move |_| {
        let noticed = noticed().into_iter();
        noticed.map(|issue| (issue.reason, !issue.fix.is_empty())).collect::<Vec<_>>()
    });
    let notice = move |(reason, has_fix): (Reason, bool)| {
        let (sentence, label) = (t.rooms().noticed)(reason);
        // The fix of the words as they stand when it is pressed.
        let follow = move |_| {
            let issue = untrack(noticed).into_iter().find(|issue| issue.reason == reason);
            studio.follow(&issue.map(|issue| issue.fix).unwrap_or_default());
        };
        let fix = has_fix.then(
            || view! { " " <button class="fix" type="button" on:click=follow>{label}</button> },
        );
        view! { <p class="go__warning">{icon("warning")}<span>{sentence} {fix}</span></p> }
    };
    live(move || reasons.get().into_iter().map(notice).collect_view())
}
