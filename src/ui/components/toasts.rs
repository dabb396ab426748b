//! Short messages at the edge of the screen.

use super::{focus, link::icon};
use crate::ui::context::{Toast, use_studio};
use leptos::prelude::*;

/// The messages, each with its action.
#[component]
pub fn Toasts() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let toasts = studio.toasts;
    let close = move |id| {
        toasts.update(|toasts| toasts.retain(|toast| toast.id != id));
        // The button that was pressed goes with its message.
        request_animation_frame(focus::to_page_if_lost);
    };
    let toast = move |toast: Toast| {
        let id = toast.id;
        let action = toast.action.map(|(label, run)| {
            let on_click = move |_| {
                run.run();
                close(id);
            };
            view! { <button class="toast__action" type="button" on:click=on_click>{label}</button> }
        });
        view! {
            <div class="toast" role="status">
                <p class="toast__text">{toast.text}</p>
                {action}
                <button class="icon-button toast__close" type="button" aria-label=t.close title=t.close on:click=move |_| close(id)>
                    {icon("close")}
                </button>
            </div>
        }
    };
    view! { <For each=move || toasts.get() key=|toast| toast.id children=toast /> }.into_any()
}
