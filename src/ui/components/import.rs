//! Avatars from a file: choosing it, dropping it, what is wrong with it, and the questions that it may raise.

use super::{
    card::shown_name,
    focus::{focus, focus_later},
    import_report::{ImportReport, Report, list},
    link::{icon, icon_with},
    live::live,
};
use crate::{
    browser::files,
    ui::context::{Studio, use_studio},
};
use leptos::{
    ev::{DragEvent, MouseEvent},
    prelude::*,
    task::spawn_local,
};
use likeness_studio::library::{self, Doubles, Import, ImportError, MAX_IMPORT_BYTES};
use wasm_bindgen::JsCast;
use web_sys::{File, HtmlElement};

/// An import as far as it has come.
#[derive(Clone, Copy)]
pub struct Importing {
    studio: Studio,
    /// Why the last file brought nothing.
    trouble: RwSignal<Option<ImportError>>,
    /// What waits until the person has decided.
    waiting: RwSignal<Option<Waiting>>,
    /// What is to be said of the last file that brought something.
    report: RwSignal<Option<Report>>,
    /// Whether a file hangs over the page.
    is_over: RwSignal<bool>,
}

/// What a file brought, with the question that it raises.
#[derive(Clone)]
enum Waiting {
    /// Whether pinned strengths are kept.
    Pins(Import),
    /// What is done with avatars that are here already.
    Doubles(Import),
}

impl Importing {
    /// No import yet.
    pub fn new(studio: Studio) -> Self {
        Self {
            studio,
            trouble: RwSignal::new(None),
            waiting: RwSignal::new(None),
            report: RwSignal::new(None),
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
        self.report.set(None);
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
                    self.waiting.set(Some(Waiting::Pins(import)));
                    focus_later("import-keep".to_owned());
                }
                Ok(import) => self.look_for_doubles(import),
            }
        });
    }

    fn look_for_doubles(self, import: Import) {
        let is_new = self.studio.avatars.with_untracked(|here| import.doubles(here).is_empty());
        if is_new {
            return self.bring_in(import, Doubles::KeepBoth);
        }
        self.waiting.set(Some(Waiting::Doubles(import)));
        focus_later("import-skip".to_owned());
    }

    fn bring_in(self, mut import: Import, choice: Doubles) {
        let left_out = core::mem::take(&mut import.left_out);
        let name = |avatar| shown_name(self.studio.t(), avatar);
        let mut alike: Vec<_> = import.alike().into_iter().map(name).collect();
        alike.dedup();
        let avatars = self.studio.bring_in(import, choice);
        self.report.set(Some(Report { left_out, alike, avatars }));
    }

    fn answer_pins(self, decide: fn(Import) -> Import) {
        if let Some(Waiting::Pins(import)) = self.waiting.get_untracked() {
            self.waiting.set(None);
            focus("import");
            self.look_for_doubles(decide(import));
        }
    }

    fn answer_doubles(self, choice: Doubles) {
        if let Some(Waiting::Doubles(import)) = self.waiting.get_untracked() {
            self.waiting.set(None);
            focus("import");
            self.bring_in(import, choice);
        }
    }
}

/// Opens the browser's file chooser.
pub fn choose_file() {
    let input = document().get_element_by_id("import-file");
    if let Some(input) = input.and_then(|input| input.dyn_into::<HtmlElement>().ok()) {
        input.click();
    }
}

/// What is wrong with the file, the question that it raises, or what is to be said of what it brought.
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
    let question = move || importing.waiting.get().map(|waiting| question(importing, &waiting));
    view! { <div class="import">{live(trouble)} {live(question)} <ImportReport report=importing.report /></div> }
        .into_any()
}

fn question(importing: Importing, waiting: &Waiting) -> AnyView {
    let t = importing.studio.t().rooms();
    let (text, buttons) = match waiting {
        Waiting::Pins(import) => {
            let answer = move |decide| move |_: MouseEvent| importing.answer_pins(decide);
            let buttons = view! {
                <button class="button" type="button" id="import-keep" aria-describedby="import-question"
                    on:click=answer(|import| import)>{t.import_pins_keep}</button>
                <button class="button" type="button" id="import-drop"
                    on:click=answer(Import::without_pins)>{t.import_pins_drop}</button>
            };
            ((t.import_pins)(import.pinned()), buttons.into_any())
        }
        Waiting::Doubles(import) => {
            let here = importing.studio.avatars.get_untracked();
            let names: Vec<_> = import
                .doubles(&here)
                .into_iter()
                .map(|avatar| shown_name(importing.studio.t(), avatar))
                .collect();
            let button = |id: &'static str, label: &'static str, choice| {
                view! {
                    <button class="button" type="button" id=id aria-describedby="import-question"
                        on:click=move |_| importing.answer_doubles(choice)>{label}</button>
                }
            };
            let buttons = [
                button("import-skip", t.import_skip, Doubles::Skip),
                button("import-replace", t.import_replace, Doubles::Replace),
                button("import-both", t.import_both, Doubles::KeepBoth),
            ];
            ((t.import_doubles)(&list(t, &names)), buttons.into_any())
        }
    };
    view! {
        <div class="notice" data-kind="info" role="group" aria-labelledby="import-question">
            {icon_with("icon notice__icon", "question")}
            <p class="notice__text" id="import-question">{text}</p>
            <div class="notice__actions">{buttons}</div>
        </div>
    }
    .into_any()
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
