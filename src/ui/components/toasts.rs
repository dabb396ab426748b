//! Short messages at the edge of the screen.

use super::link::icon;
use crate::ui::context::{Toast, use_studio};
use leptos::prelude::*;

/// The messages, each with its action.
#[component]
pub fn Toasts() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let toasts = studio.toasts;
    let close = move |id| toasts.update(|toasts| toasts.retain(|toast| toast.id != id));
    let toast = move |toast: Toast| {
        let id = toast.id;
        let action = toast.action.map(|(label, run)| {
            let on_click = move |_| {
                close(id);
                run.run();
            };
            view! { <button class="toast__action" type="button" on:click=on_click>{label}</button> }
        });
        view! {
            <div class="toast" role="status">
                <p class="toast__text">{toast.text}</p>
                {action}
                <button class="icon-button toast__close" type="button" aria-label=t.close on:click=move |_| close(id)>
                    {icon("close")}
                </button>
            </div>
        }
    };
    view! { <For each=move || toasts.get() key=|toast| toast.id children=toast /> }.into_any()
}
