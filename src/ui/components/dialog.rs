//! A question that must be answered before something is lost.

use super::overlay;
use crate::{browser::history, ui::context::use_studio};
use leptos::{html, prelude::*};

/// Asks first. Open it by setting `is_open`.
#[component]
pub fn Ask(
    /// Whether it is shown.
    is_open: RwSignal<bool>,
    /// The question.
    title: String,
    /// What it means.
    text: String,
    /// The label of the way back.
    keep: &'static str,
    /// The label of going on.
    go_on: &'static str,
    /// What going on does.
    on_go: Callback<()>,
) -> impl IntoView {
    let studio = use_studio();
    let dialog = NodeRef::<html::Dialog>::new();
    overlay::follow(dialog, move || is_open.get());
    Effect::new(move |was_asking: Option<bool>| {
        let is_asking = studio.is_asking.get();
        if was_asking == Some(true) && !is_asking {
            is_open.set(false);
        }
        is_asking
    });
    Effect::new(move || {
        if is_open.get() {
            studio.ask();
        }
    });
    let answer = move |_| {
        studio.close();
        // What it does may leave the page, which the browser would take for the end of its way back.
        history::when_arrived(move || on_go.run(()));
    };
    view! {
        <dialog class="dialog" node_ref=dialog aria-labelledby="ask-title" aria-describedby="ask-text" on:close=move |_| overlay::on_close(studio, dialog, is_open.get_untracked())>
            <h2 class="dialog__title" id="ask-title">{title}</h2>
            <p class="dialog__text" id="ask-text">{text}</p>
            <div class="dialog__actions">
                <button class="button" type="button" autofocus on:click=move |_| studio.close()>{keep}</button>
                <button class="button" data-kind="danger" type="button" on:click=answer>{go_on}</button>
            </div>
        </dialog>
    }
    .into_any()
}
