//! What Telegram keeps for a page without storage: small settings, and the runs that are under way.

use super::super::{Errand, Keeping, Studio, Theme};
use crate::{
    browser::{
        json,
        local::{self, Key},
        telegram::{self, cloud},
    },
    i18n::Language,
};
use leptos::{prelude::*, task::spawn_local};
use likeness_core::job::{Job, State};
use likeness_telegram::bridge::Call;
use serde_json::json;
use std::collections::BTreeMap;

/// The name of the settings at Telegram.
const SETTINGS: &str = "settings";
/// What the names of runs begin with; the id follows.
const JOB: &str = "job-";

impl Studio {
    /// Finds again what an earlier page left at Telegram, and leaves there what a later one will look for.
    pub(super) fn remember(self) {
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
                    self.keep_jobs();
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
                Ok(job) if is_worth_keeping(&job) && name == name_of(&job.id.0) => {
                    self.run(Errand::Adopt(Box::new(job)));
                }
                // Of no use to anybody; a newer version writes under another name.
                _ => cloud::remove(&name).await,
            }
        }
    }

    /// Keeps every run that has left, from each step to the next, until it is over.
    fn keep_jobs(self) {
        Effect::new(move |before: Option<BTreeMap<String, &'static str>>| {
            let before = before.unwrap_or_default();
            let now = self.jobs.with(|jobs| {
                let kept = jobs.iter().filter(|job| is_worth_keeping(job));
                kept.map(|job| (job.id.0.clone(), job.state.name())).collect::<BTreeMap<_, _>>()
            });
            for (id, _) in now.iter().filter(|(id, state)| before.get(*id) != Some(*state)) {
                let job = self
                    .jobs
                    .with_untracked(|jobs| jobs.iter().find(|job| job.id.0 == *id).cloned());
                let Some(text) = job.and_then(|job| serde_json::to_string(&job).ok()) else {
                    continue;
                };
                let name = name_of(id);
                spawn_local(async move {
                    // A run that Telegram does not keep is the reason for the question before closing.
                    cloud::set(&name, &text).await;
                });
            }
            for id in before.keys().filter(|id| !now.contains_key(*id)) {
                let name = name_of(id);
                spawn_local(async move { cloud::remove(&name).await });
            }
            now
        });
    }
}

fn name_of(id: &str) -> String {
    [JOB, id].concat()
}

/// A run that may be somewhere out there. One that has not left is not: whoever closes the page then has ordered nothing.
fn is_worth_keeping(job: &Job) -> bool {
    job.is_active() && !matches!(job.state, State::Intended | State::Held)
}
