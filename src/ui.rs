//! The screen. Components read signals of the [`Studio`] and call its methods; none of them fetches or stores.

pub mod components;
pub mod context;
pub mod pages;

use crate::browser::{history, local};
use components::{frame::Frame, viewer::Viewer};
use context::Studio;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

/// Takes over the page: keeps what was typed into the skeleton's prompt, mounts the app in its place, and gives focus and selection back.
pub fn mount() {
    console_error_panic_hook::set_once();
    let typed = TypedBefore::read();
    let text = typed.as_ref().map(|typed| typed.text.clone());
    leptos::mount::mount_to_body(move || view! { <App typed=text /> });
    if let Some(skeleton) = document().get_element_by_id("skeleton") {
        skeleton.remove();
    }
    if let Some(typed) = typed {
        typed.give_back();
    }
}

/// The app. `typed` is what stood in the skeleton's prompt; it wins over the stored draft.
#[component]
pub fn App(
    /// What was typed before the app arrived.
    #[prop(optional_no_strip)]
    typed: Option<String>,
) -> impl IntoView {
    let studio = Studio::new(typed);
    provide_context(studio);
    studio.start();
    // The words of a language are fixed while it is shown, so a change of language builds the screen anew. Everything that matters lives in the studio.
    components::live::live(move || {
        studio.language.track();
        view! {
            <Frame />
            <Viewer />
        }
        .into_any()
    })
}

/// The skeleton's prompt at the moment the app takes over.
struct TypedBefore {
    text: String,
    selection: Option<(u32, u32)>,
}

impl TypedBefore {
    fn read() -> Option<Self> {
        let field = prompt_field()?;
        let is_focused = document().active_element().is_some_and(|active| active == **field);
        let text = field.value();
        if text.is_empty() && !is_focused {
            return None;
        }
        let edge = |edge: Result<Option<u32>, _>| edge.ok().flatten().unwrap_or_default();
        let selection =
            is_focused.then(|| (edge(field.selection_start()), edge(field.selection_end())));
        // The stored draft is shown later; only what was typed now counts as typed.
        Some(Self { text, selection })
    }

    fn give_back(self) {
        if let (Some(field), Some((start, end))) = (prompt_field(), self.selection) {
            // The app fills the field a moment later; filled already, it leaves the caret where it is.
            field.set_value(&self.text);
            let _ = field.focus();
            let _ = field.set_selection_range(start, end);
        }
    }
}

fn prompt_field() -> Option<HtmlTextAreaElement> {
    document().get_element_by_id("prompt")?.dyn_into().ok()
}

/// Follows the address bar's back and forward.
fn follow_history(studio: Studio) {
    let handle =
        window_event_listener(leptos::ev::popstate, move |_| studio.page.set(history::page()));
    on_cleanup(move || handle.remove());
}

/// The draft as it was stored.
fn stored_draft() -> Option<likeness_engine::draft::Draft> {
    serde_json::from_str(&local::get(local::Key::Draft)?).ok()
}
