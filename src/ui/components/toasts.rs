//! Short messages at the edge of the screen.

use super::{focus, link::icon};
use crate::ui::context::{Toast, use_studio};
use leptos::{ev, prelude::*};

/// Whether the keyboard is in a field with an undo of its own.
fn is_typing() -> bool {
    let text = "textarea, input:not([type=radio], [type=checkbox], [type=range])";
    let active = document().active_element();
    active.is_some_and(|active| active.matches(text).unwrap_or_default())
}

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
    // Outside of text fields, where the browser undoes by itself, Ctrl+Z takes back what the newest message speaks of.
    let undone = window_event_listener(ev::keydown, move |event| {
        let is_undo = event.code() == "KeyZ" && (event.ctrl_key() || event.meta_key());
        if !is_undo || event.shift_key() || event.alt_key() || is_typing() {
            return;
        }
        let newest = toasts.with_untracked(|toasts| {
            let newest = toasts
                .iter()
                .rev()
                .find(|toast| toast.action.as_ref().is_some_and(|(label, _)| *label == t.undo));
            newest.and_then(|toast| Some((toast.id, toast.action.clone()?.1)))
        });
        if let Some((id, action)) = newest {
            event.prevent_default();
            action.run();
            close(id);
        }
    });
    on_cleanup(move || undone.remove());
    view! { <For each=move || toasts.get() key=|toast| toast.id children=toast /> }.into_any()
}
