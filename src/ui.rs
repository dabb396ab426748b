//! The screen. Components read signals of the [`Studio`] and call its methods; none of them fetches or stores.

pub mod components;
pub mod context;
pub mod pages;
pub mod parts;

use crate::browser::clock;
use components::{frame::Frame, live::live, piece::piece};
use context::{Studio, Turn};
use leptos::prelude::*;
use parts::Piece;
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

/// Mounts the app behind the skeleton, whose place it takes once it is drawn.
pub fn mount() {
    // A release has no sentences for panics.
    #[cfg(not(feature = "split"))]
    console_error_panic_hook::set_once();
    // Leptos runs tasks only once something is mounted.
    wasm_bindgen_futures::spawn_local(async {
        // Without its words the app speaks English, which is better than nothing.
        let _ = context::chosen_language().load().await;
        // In a task of its own: a press on the page may be answered in between.
        clock::sleep(0).await;
        leptos::mount::mount_to_body(App);
    });
}

/// Takes the skeleton's place: keeps what was typed into its prompt, which wins over the stored draft, with focus and selection.
fn take_over(studio: Studio) {
    let Some(skeleton) = document().get_element_by_id("skeleton") else { return };
    let typed = TypedBefore::read();
    if let Some(typed) = typed.as_ref().filter(|typed| !typed.text.is_empty()) {
        studio.draft.update(|draft| draft.prompt.clone_from(&typed.text));
    }
    skeleton.remove();
    if let Some(typed) = typed {
        typed.give_back();
    }
}

/// The app.
#[component]
pub fn App() -> impl IntoView {
    let studio = Studio::from_storage();
    provide_context(studio);
    studio.start();
    // From the first picture that is looked at on, the viewer stays; it opens and closes by itself.
    let is_looking = Memo::new(move |was: Option<&bool>| {
        was.copied().unwrap_or_default() || studio.viewing.with(Option::is_some)
    });
    // The words of a language are fixed while it is shown, so a change of language builds the screen anew. Everything that matters lives in the studio.
    let is_due = Memo::new(move |_| studio.turn.get() > Turn::Bearings);
    live(move || {
        studio.language.track();
        if !is_due.get() {
            return ().into_any();
        }
        view! {
            <Frame />
            {live(move || is_looking.get().then(|| piece(Piece::Viewer)))}
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
