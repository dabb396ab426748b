//! What Telegram keeps: small settings and the runs that are under way, since the storage of its clients may vanish; and the avatars of a page without any.

use super::super::{Action, Keeping, Pending, Server, Studio, Theme};
use crate::{
    browser::{
        history, json,
        local::{self, Key},
        telegram::{self, cloud},
    },
    i18n::Language,
    ui::parts::Part,
};
use leptos::{prelude::*, task::spawn_local};
use likeness_core::{
    Avatar,
    job::{Job, State},
};
use likeness_studio::unsaved::{self, Thing};
use likeness_telegram::{bridge::Call, launch::Erased};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// The name of the settings at Telegram.
const SETTINGS: &str = "settings";

impl Studio {
    /// Finds again what an earlier page left at Telegram, and leaves there what a later one will look for.
    pub(super) fn remember(self, erased: Option<Erased>) {
        if !telegram::knows(Call::CustomMethod) {
            return;
        }
        if erased != Some(Erased::Here) {
            return self.recall_and_keep();
        }
        spawn_local(async move {
            // Nothing is kept before, or it would go with what was erased. If the client is silent, nothing is kept at all.
            if cloud::clear(is_ours, telegram::A_WHILE).await {
                let address = history::address(&history::place().path());
                history::rewrite(&Erased::Everywhere.onto(&address));
                self.recall_and_keep();
            }
        });
    }

    fn recall_and_keep(self) {
        if local::get(Key::Language).is_none() && local::get(Key::Theme).is_none() {
            spawn_local(self.recall_settings());
        }
        self.keep_settings();
        // From the first moment on, so that the end of a run is noticed that is adopted later.
        self.keep_jobs();
        spawn_local(self.recall_jobs());
        // What a demo gives a newcomer comes first, so it waits for the server to say whether it is one.
        let is_held = Memo::new(move |_| {
            self.keeping.get() == Keeping::InMemory
                && self.server.with(|server| !matches!(server, Server::Unknown))
        });
        Effect::new(move |before: Option<bool>| {
            let is_held = is_held.get();
            if is_held && before != Some(true) {
                spawn_local(async move {
                    self.recall_avatars().await;
                    self.keep_avatars();
                });
            }
            is_held
        });
    }

    /// Removes everything that Telegram keeps for the studio. Whether there is nothing any more.
    pub(in super::super) async fn forget_at_telegram(self) -> bool {
        !telegram::knows(Call::CustomMethod) || cloud::clear(is_ours, telegram::A_MOMENT).await
    }

    async fn recall_settings(self) {
        let shown = || (self.language.get_untracked(), self.theme.get_untracked());
        let before = shown();
        let kept = cloud::get(SETTINGS).await.and_then(|text| json::parse(&text));
        // What was chosen here meanwhile is newer.
        let Some(kept) = kept.filter(|_| shown() == before) else { return };
        if let Some(theme) = kept["theme"].as_str() {
            let theme = Theme::ALL.into_iter().find(|known| known.name() == Some(theme));
            self.shine(theme.unwrap_or(Theme::System));
        }
        if let Some(tag) = kept["language"].as_str().filter(|tag| *tag != self.tongue().tag()) {
            self.speak(Language::of_tag(tag));
        }
    }

    /// Only what was chosen here is kept, not what the page began with.
    fn keep_settings(self) {
        Effect::new(move |before: Option<(Language, Theme)>| {
            let chosen = (self.language.get(), self.theme.get());
            if before.is_some_and(|before| before != chosen) {
                let (language, theme) = (chosen.0.tag(), chosen.1.name().unwrap_or("system"));
                let text = json!({ "language": language, "theme": theme }).to_string();
                spawn_local(async move {
                    // Without an answer the choice lasts as long as the page.
                    cloud::set(SETTINGS, &text).await;
                });
            }
            chosen
        });
    }

    async fn recall_jobs(self) {
        for name in cloud::names(Thing::Run.start()).await {
            let Some(text) = cloud::get(&name).await else { continue };
            match serde_json::from_str::<Job>(&text) {
                Ok(job) if is_worth_keeping(&job) && name == Thing::Run.name(&job.id.0) => {
                    let forget = Action::new(move || {
                        let name = name.clone();
                        spawn_local(async move { cloud::remove(&name).await });
                    });
                    self.run(Pending::Adopt(Box::new(job), forget));
                    self.fetch(Part::Darkroom);
                }
                // Of no use to anybody; a newer version writes under another name.
                _ => cloud::remove(&name).await,
            }
        }
    }

    async fn recall_avatars(self) {
        for name in cloud::names(Thing::Avatar.start()).await {
            let Some(text) = cloud::get(&name).await else { continue };
            match serde_json::from_str::<Owned>(&text) {
                Ok(Owned { avatar, is_main }) if name == Thing::Avatar.name(&avatar.id) => {
                    if is_main {
                        self.keep_main(&avatar.id);
                    }
                    self.save_avatar(avatar);
                }
                _ => cloud::remove(&name).await,
            }
        }
    }

    /// Keeps every run that has left, from each step to the next, until it is over.
    fn keep_jobs(self) {
        keep(self, Thing::Run, move || {
            self.jobs.with(|jobs| {
                let jobs = jobs.iter().filter(|job| is_worth_keeping(job));
                jobs.map(|job| Keepsake {
                    safe: Thing::Run.name(&job.id.0),
                    id: job.id.0.clone(),
                    stamp: job.state.name().to_owned(),
                    text: serde_json::to_string(job).ok(),
                })
                .collect()
            })
        });
    }

    /// Keeps every avatar that the person has made, and which is the main one.
    fn keep_avatars(self) {
        keep(self, Thing::Avatar, move || {
            let main = self.main_avatar.get();
            let avatars = self.own_avatars().into_iter().filter_map(|avatar| {
                let safe = unsaved::name_of_avatar(&avatar);
                let owned = Owned { is_main: avatar.id == main, avatar };
                let text = serde_json::to_string(&owned).ok()?;
                let id = owned.avatar.id;
                Some(Keepsake { safe, id, stamp: text.clone(), text: Some(text) })
            });
            avatars.collect()
        });
    }
}

/// Whether a text at Telegram has this name because the studio keeps it there.
fn is_ours(name: &str) -> bool {
    [SETTINGS, Thing::Run.start(), Thing::Avatar.start()]
        .iter()
        .any(|start| name.starts_with(start))
}

/// An avatar as Telegram keeps it.
#[derive(Serialize, Deserialize)]
struct Owned {
    is_main: bool,
    avatar: Avatar,
}

/// Something to be kept.
struct Keepsake {
    id: String,
    /// What is safe once Telegram has it.
    safe: String,
    /// It is written once more when this has changed.
    stamp: String,
    text: Option<String>,
}

/// Keeps at Telegram what there is of one kind, as it changes, and notes what Telegram has taken.
fn keep(studio: Studio, thing: Thing, all: impl Fn() -> Vec<Keepsake> + 'static) {
    Effect::new(move |before: Option<BTreeMap<String, String>>| {
        let before = before.unwrap_or_default();
        let mut now = BTreeMap::new();
        for Keepsake { id, safe, stamp, text } in all() {
            let name = thing.name(&id);
            if before.get(&name) != Some(&stamp) {
                let name = name.clone();
                spawn_local(async move {
                    let is_taken = match text {
                        Some(text) => cloud::set(&name, &text).await,
                        None => false,
                    };
                    studio.note_safe(safe, is_taken);
                });
            }
            now.insert(name, stamp);
        }
        for name in before.into_keys().filter(|name| !now.contains_key(name)) {
            spawn_local(async move { cloud::remove(&name).await });
        }
        now
    });
}

/// A run that may be somewhere out there, be it one of which nobody knows yet whether it is. One that has not left is not: whoever closes the page then
/// has ordered nothing.
fn is_worth_keeping(job: &Job) -> bool {
    !job.is_at_rest() && !matches!(job.state, State::Intended | State::Held)
}
