//! The seed that the person keeps. It makes the next picture the same one, so it is told where the words are, with the way to drop it.

use super::{focus::focus_later, link::icon, live::live};
use crate::ui::context::use_studio;
use leptos::prelude::*;
use likeness_core::Field;
use serde_json::Value;

/// What is kept, if it is a seed at all.
#[component]
pub fn KeptSeed() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t().rooms();
    let seed = Memo::new(move |_| {
        let is_wrong = studio.checked.with(|checked| {
            checked.issues.iter().any(|issue| issue.is_error() && issue.field == "overrides.seed")
        });
        let own = studio.draft.with(|draft| draft.own(Field::Seed).cloned());
        own.filter(|_| !is_wrong).map(|own| match own {
            Value::String(digits) => digits,
            other => other.to_string(),
        })
    });
    let drop = move |_| {
        studio.edit(Field::Seed, Value::Null);
        // The button is gone then.
        focus_later("prompt".to_owned());
    };
    live(move || {
        seed.get().map(|seed| {
            view! {
                <p class="kept" id="kept-seed">
                    {icon("lock")}
                    <span>
                        {(t.seed_kept)(&seed)} " "
                        <button class="fix" type="button" on:click=drop>{t.seed_drop}</button>
                    </span>
                </p>
            }
        })
    })
}
