//! A question that must be answered before something is lost.

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
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(dialog) = dialog.get() else { return };
        if is_open.get() {
            // Fails only if it is open already.
            let _ = dialog.show_modal();
        } else {
            dialog.close();
        }
    });
    let answer = move |_| {
        is_open.set(false);
        on_go.run(());
    };
    view! {
        <dialog class="dialog" node_ref=dialog aria-labelledby="ask-title" aria-describedby="ask-text" on:close=move |_| is_open.set(false)>
            <h2 class="dialog__title" id="ask-title">{title}</h2>
            <p class="dialog__text" id="ask-text">{text}</p>
            <div class="dialog__actions">
                <button class="button" type="button" autofocus on:click=move |_| is_open.set(false)>{keep}</button>
                <button class="button" data-kind="danger" type="button" on:click=answer>{go_on}</button>
            </div>
        </dialog>
    }
    .into_any()
}
