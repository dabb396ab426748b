//! What Telegram keeps for a page without storage: small settings, the runs that are under way, and the avatars.

use super::{
    super::{Errand, Keeping, Studio, Theme, avatars::demo_avatars},
    sending,
};
use crate::{
    browser::{
        json,
        local::{self, Key},
        telegram::{self, cloud},
    },
    i18n::Language,
};
use leptos::{prelude::*, task::spawn_local};
use likeness_core::{
    Avatar,
    job::{Job, State},
};
use likeness_telegram::bridge::Call;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// The name of the settings at Telegram.
const SETTINGS: &str = "settings";
/// What the names of runs begin with; the id follows.
const JOB: &str = "job-";
/// The same for avatars.
const AVATAR: &str = "avatar-";

/// The names of what Telegram has taken, as it is or as it was a step before.
pub(super) type Kept = RwSignal<BTreeSet<String>>;

impl Studio {
    /// Finds again what an earlier page left at Telegram, and leaves there what a later one will look for.
    pub(super) fn remember(self, kept: Kept) {
        if !telegram::knows(Call::CustomMethod) {
            return;
        }
        spawn_local(async move {
            if local::get(Key::Language).is_none() && local::get(Key::Theme).is_none() {
                self.recall_settings().await;
            }
            self.keep_settings();
        });
        let is_held = Memo::new(move |_| self.keeping.get() == Keeping::InMemory);
        Effect::new(move |before: Option<bool>| {
            let is_held = is_held.get();
            if is_held && before != Some(true) {
                spawn_local(async move {
                    self.recall_jobs().await;
                    self.recall_avatars().await;
                    self.keep_jobs(kept);
                    self.keep_avatars(kept);
                });
            }
            is_held
        });
    }

    async fn recall_settings(self) {
        let Some(kept) = cloud::get(SETTINGS).await.and_then(|text| json::parse(&text)) else {
            return;
        };
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
        for name in cloud::names(JOB).await {
            let Some(text) = cloud::get(&name).await else { continue };
            match serde_json::from_str::<Job>(&text) {
                Ok(job) if is_worth_keeping(&job) && name == name_of(JOB, &job.id.0) => {
                    self.run(Errand::Adopt(Box::new(job)));
                }
                // Of no use to anybody; a newer version writes under another name.
                _ => cloud::remove(&name).await,
            }
        }
    }

    async fn recall_avatars(self) {
        for name in cloud::names(AVATAR).await {
            let Some(text) = cloud::get(&name).await else { continue };
            match serde_json::from_str::<Owned>(&text) {
                Ok(Owned { avatar, is_main }) if name == name_of(AVATAR, &avatar.id) => {
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
    fn keep_jobs(self, kept: Kept) {
        keep(kept, JOB, move || {
            self.jobs.with(|jobs| {
                let jobs = jobs.iter().filter(|job| is_worth_keeping(job));
                jobs.map(|job| Keepsake {
                    id: job.id.0.clone(),
                    stamp: job.state.name().to_owned(),
                    text: serde_json::to_string(job).ok(),
                })
                .collect()
            })
        });
    }

    /// Keeps every avatar that the person has made, and which is the main one.
    fn keep_avatars(self, kept: Kept) {
        keep(kept, AVATAR, move || {
            let main = self.main_avatar.get();
            let avatars = self.own_avatars().into_iter().filter_map(|avatar| {
                let owned = Owned { is_main: avatar.id == main, avatar };
                let text = serde_json::to_string(&owned).ok()?;
                Some(Keepsake { id: owned.avatar.id, stamp: text.clone(), text: Some(text) })
            });
            avatars.collect()
        });
    }

    /// The avatars that would have to be made again, followed.
    fn own_avatars(self) -> Vec<Avatar> {
        let given = demo_avatars();
        self.avatars.with(|avatars| {
            avatars.iter().filter(|avatar| !given.contains(avatar)).cloned().collect()
        })
    }

    /// Whether something is in this page alone and would go with it, followed: a run that is not over, an avatar, a picture that went nowhere yet.
    pub(super) fn is_fragile(self, kept: Kept) -> bool {
        if self.keeping.get() != Keeping::InMemory {
            return false;
        }
        let is_kept =
            |start: &str, id: &str| kept.with(|names| names.contains(&name_of(start, id)));
        let is_adrift = |job: &Job| job.is_active() && !is_kept(JOB, &job.id.0);
        self.jobs.with(|jobs| jobs.iter().any(is_adrift))
            || self.own_avatars().iter().any(|avatar| !is_kept(AVATAR, &avatar.id))
            || self.pictures.with(|pictures| {
                pictures.iter().any(|it| !it.is_blocked && !sending::is_out(&it.id))
            })
    }
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
    /// It is written once more when this has changed.
    stamp: String,
    text: Option<String>,
}

/// Keeps at Telegram what there is, as it changes, and notes in `kept` what Telegram has taken.
fn keep(kept: Kept, start: &'static str, all: impl Fn() -> Vec<Keepsake> + 'static) {
    Effect::new(move |before: Option<BTreeMap<String, String>>| {
        let before = before.unwrap_or_default();
        let mut now = BTreeMap::new();
        for Keepsake { id, stamp, text } in all() {
            let name = name_of(start, &id);
            if before.get(&name) != Some(&stamp) {
                let name = name.clone();
                spawn_local(async move {
                    let is_taken = match text {
                        Some(text) => cloud::set(&name, &text).await,
                        None => false,
                    };
                    kept.update(|kept| {
                        if is_taken {
                            kept.insert(name);
                        } else {
                            kept.remove(&name);
                        }
                    });
                });
            }
            now.insert(name, stamp);
        }
        for name in before.into_keys().filter(|name| !now.contains_key(name)) {
            kept.update(|kept| {
                kept.remove(&name);
            });
            spawn_local(async move { cloud::remove(&name).await });
        }
        now
    });
}

fn name_of(start: &str, id: &str) -> String {
    [start, id].concat()
}

/// A run that may be somewhere out there. One that has not left is not: whoever closes the page then has ordered nothing.
fn is_worth_keeping(job: &Job) -> bool {
    job.is_active() && !matches!(job.state, State::Intended | State::Held)
}
