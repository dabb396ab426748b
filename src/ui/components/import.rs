//! Avatars from a file: choosing it, dropping it, what is wrong with it, and the one question that it may raise.

use super::{
    focus::{focus, focus_later},
    link::{icon, icon_with},
    live::live,
};
use crate::{
    browser::files,
    ui::context::{Studio, use_studio},
};
use leptos::{ev::DragEvent, prelude::*, task::spawn_local};
use likeness_engine::library::{self, Import, ImportError, MAX_IMPORT_BYTES};
use wasm_bindgen::JsCast;
use web_sys::{File, HtmlElement};

/// An import as far as it has come.
#[derive(Clone, Copy)]
pub struct Importing {
    studio: Studio,
    /// Why the last file brought nothing.
    trouble: RwSignal<Option<ImportError>>,
    /// What waits until the person has decided about pinned strengths.
    waiting: RwSignal<Option<Import>>,
    /// Whether a file hangs over the page.
    is_over: RwSignal<bool>,
}

impl Importing {
    /// No import yet.
    pub fn new(studio: Studio) -> Self {
        Self {
            studio,
            trouble: RwSignal::new(None),
            waiting: RwSignal::new(None),
            is_over: RwSignal::new(false),
        }
    }

    /// A file hangs over the page. The browser must be told that it may fall here, or it would open it in place of the page.
    pub fn hover(self, event: &DragEvent) {
        event.prevent_default();
        if !self.is_over.get_untracked() {
            self.is_over.set(true);
        }
    }

    /// The file was taken away again.
    pub fn leave(self) {
        self.is_over.set(false);
    }

    /// A file was dropped.
    pub fn drop(self, event: &DragEvent) {
        event.prevent_default();
        self.leave();
        let file = event.data_transfer().and_then(|data| data.files()?.get(0));
        if let Some(file) = file {
            self.take(file);
        }
    }

    fn take(self, file: File) {
        self.trouble.set(None);
        self.waiting.set(None);
        // A file of gigabytes is not even read.
        if file.size() > MAX_IMPORT_BYTES as f64 {
            return self.trouble.set(Some(ImportError::TooLarge));
        }
        spawn_local(async move {
            let found = match files::read(&file).await {
                Ok(bytes) => library::import(&bytes),
                Err(_) => Err(ImportError::NotJson),
            };
            match found {
                Err(error) => self.trouble.set(Some(error)),
                Ok(import) if import.pinned() > 0 => {
                    self.waiting.set(Some(import));
                    focus_later("import-keep".to_owned());
                }
                Ok(import) => self.studio.bring_in(import),
            }
        });
    }

    fn answer(self, decide: fn(Import) -> Import) {
        if let Some(import) = self.waiting.get_untracked() {
            self.waiting.set(None);
            self.studio.bring_in(decide(import));
        }
        focus("import");
    }
}

/// Opens the browser's file chooser.
pub fn choose_file() {
    let input = document().get_element_by_id("import-file");
    if let Some(input) = input.and_then(|input| input.dyn_into::<HtmlElement>().ok()) {
        input.click();
    }
}

/// What is wrong with the file, or the question about pinned strengths.
#[component]
pub fn ImportNotice(
    /// The import that it speaks of.
    importing: Importing,
) -> impl IntoView {
    let t = use_studio().t();
    let trouble = move || {
        importing.trouble.get().map(|error| {
            let text = match error {
                ImportError::TooLarge => t.rooms().import_too_large.to_owned(),
                ImportError::NotJson => t.rooms().import_not_json.to_owned(),
                ImportError::NoAvatars => t.rooms().import_none.to_owned(),
                ImportError::TooMany { count } => (t.rooms().import_too_many)(count),
            };
            view! {
                <div class="notice" data-kind="error" role="alert">
                    {icon_with("icon notice__icon", "fail")}
                    <p class="notice__text">{text}</p>
                    <div class="notice__actions">
                        <button class="icon-button" type="button" aria-label=t.close title=t.close
                            on:click=move |_| importing.trouble.set(None)>{icon("close")}</button>
                    </div>
                </div>
            }
        })
    };
    let question = move || {
        importing.waiting.with(|import| import.as_ref().map(Import::pinned)).map(|pinned| {
            view! {
                <div class="notice" data-kind="info" role="group" aria-labelledby="import-pins">
                    {icon_with("icon notice__icon", "question")}
                    <p class="notice__text" id="import-pins">{(t.rooms().import_pins)(pinned)}</p>
                    <div class="notice__actions">
                        <button class="button" type="button" id="import-keep" aria-describedby="import-pins"
                            on:click=move |_| importing.answer(|import| import)>{t.rooms().import_pins_keep}</button>
                        <button class="button" type="button" id="import-drop"
                            on:click=move |_| importing.answer(Import::without_pins)>{t.rooms().import_pins_drop}</button>
                    </div>
                </div>
            }
        })
    };
    view! { {live(trouble)} {live(question)} }.into_any()
}

/// Where a file may be dropped, with a button for those who do not drag.
#[component]
pub fn DropZone(
    /// The import that a file goes to.
    importing: Importing,
) -> impl IntoView {
    let t = use_studio().t();
    let on_change = move |event: web_sys::Event| {
        if let Some(file) = files::chosen(&event) {
            importing.take(file);
        }
    };
    view! {
        <div class="drop" data-state=move || importing.is_over.get().then_some("over")>
            {icon("import")}
            <p class="drop__text">{t.rooms().import_drop}</p>
            <input id="import-file" type="file" accept=".json,application/json" aria-label=t.rooms().choose_file hidden on:change=on_change />
            <button class="button" type="button" on:click=move |_| choose_file()>{t.rooms().choose_file}</button>
        </div>
    }
    .into_any()
}
