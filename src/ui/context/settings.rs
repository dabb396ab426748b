//! Language and theme, and the whole library at once.

mod backup;

use super::Studio;
use crate::{
    browser::{
        clock, files, history,
        local::{self, Key},
        telegram,
    },
    i18n::Language,
};
use leptos::{prelude::*, task::spawn_local};
use likeness_studio::library;
use likeness_telegram::launch::Erased;

/// How bright the interface is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// As the device is set.
    System,
    /// Darkroom.
    Dark,
    /// Light table.
    Light,
}

impl Theme {
    /// Every theme.
    pub const ALL: [Self; 3] = [Self::System, Self::Dark, Self::Light];

    /// As it is stored and as `data-theme` says it; none for the system's.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Dark => Some("dark"),
            Self::Light => Some("light"),
        }
    }
}

/// The language that the person chose, else that of the browser.
pub fn chosen_language() -> Language {
    let tag = local::get(Key::Language)
        .or_else(telegram::language)
        .or_else(|| window().navigator().language());
    Language::of_tag(&tag.unwrap_or_default())
}

pub(super) fn theme() -> Theme {
    let name = local::get(Key::Theme);
    Theme::ALL.into_iter().find(|theme| theme.name() == name.as_deref()).unwrap_or(Theme::System)
}

impl Studio {
    /// Changes the language of everything, once its words are here.
    pub fn speak(self, language: Language) {
        spawn_local(async move {
            if language.load().await.is_err() {
                self.look_for_update();
                return self.missing.set(Some(self.t().part_missing_why));
            }
            local::set(Key::Language, Some(language.tag()));
            self.language.set(language);
        });
    }

    /// Changes the theme.
    pub fn shine(&self, theme: Theme) {
        local::set(Key::Theme, theme.name());
        self.theme.set(theme);
    }

    /// Keeps the root element's `lang` and `data-theme` true.
    pub(super) fn dress(self) {
        Effect::new(move || {
            let Some(root) = document().document_element() else { return };
            // Setting these two attributes cannot fail.
            let _ = root.set_attribute("lang", self.language.get().tag());
            let _ = match self.theme.get().name().or_else(|| self.scheme.get()) {
                Some(name) => root.set_attribute("data-theme", name),
                None => root.remove_attribute("data-theme"),
            };
            let _ = root.remove_attribute("data-away");
        });
    }

    /// Hands the avatars to the person as one file.
    pub fn export_avatars(&self) {
        let text = self.avatars.with_untracked(|avatars| library::export(avatars));
        if telegram::is_inside() {
            return self.copy_out(text);
        }
        if let Some(file) = files::text_file(&text, "application/json") {
            files::download(&file, "likeness-avatars.json");
            self.note_avatars_safe();
        }
    }

    /// Copies a text that Telegram would not save as a file.
    fn copy_out(self, text: String) {
        spawn_local(async move {
            let t = self.t().rooms();
            let is_copied = files::copy(&text).await;
            if is_copied {
                self.note_avatars_safe();
            }
            let said = if is_copied { t.chat_copied } else { t.chat_not_copied };
            self.toast(said.to_owned(), None);
        });
    }

    /// Hands avatars, pictures and settings to the person as one zip file.
    pub fn export_everything(self) {
        if telegram::is_inside() {
            return self.toast(self.t().rooms().chat_no_files.to_owned(), None);
        }
        spawn_local(async move {
            let Some(store) = self.store() else {
                return self.missing.set(Some(self.t().part_missing_why));
            };
            match backup::pack(self, &store).await {
                Ok(file) => {
                    let name = format!("likeness-{}.zip", clock::iso_day(clock::now()));
                    files::download(&file, &name);
                    self.note_avatars_safe();
                    self.note_pictures_safe();
                }
                Err(_) => self.toast(self.t().rooms().backup_too_large.to_owned(), None),
            }
        });
    }

    /// Removes avatars, pictures, jobs and settings from this browser.
    pub fn erase(self) {
        spawn_local(async move {
            let Some(store) = self.store() else {
                return self.missing.set(Some(self.t().part_missing_why));
            };
            // Without a store of its own, all that outlives the page is there. Else the next page goes on with it.
            if !self.forget_at_telegram().await && !store.is_durable() {
                return self.toast(self.t().rooms().chat_not_forgotten.to_owned(), None);
            }
            // Should the page be closed meanwhile, the next one goes on.
            local::set(Key::Erasing, Some("yes"));
            let outcome = store.clear().await;
            if outcome.is_ok() {
                local::clear();
                self.let_go();
                // Everything in memory goes with the page, and running jobs stop being followed.
                let address = Erased::Here.onto(&history::start());
                let _ = window().location().set_href(&address);
            } else {
                local::set(Key::Erasing, None);
                self.tell(outcome);
            }
        });
    }
}
