//! What happens when the page opens.

use super::{Keeping, Server, Studio, demo_avatars};
use crate::browser::{
    fetch,
    local::{self, Key},
    store::{self, Store},
};
use leptos::{prelude::*, task::spawn_local};
use likeness_core::job::State;

impl Studio {
    /// Opens the library, asks the server what it is, and keeps settings and draft stored from now on.
    pub fn start(self) {
        self.dress();
        self.keep_time();
        self.watch_network();
        super::super::follow_history(self);
        Effect::new(move || {
            let text = self.draft.with(|draft| serde_json::to_string(draft).unwrap_or_default());
            local::set(Key::Draft, Some(&text));
        });
        Effect::new(move || self.name_the_page());
        spawn_local(async move {
            self.open_library().await;
            self.ask_server().await;
        });
    }

    async fn open_library(self) {
        let store = Store::open(store::NAME).await;
        let contents = store.contents().await;
        let main = self.main_avatar.get_untracked();
        let (mut avatars, others): (Vec<_>, Vec<_>) =
            contents.avatars.into_iter().partition(|avatar| avatar.id == main);
        avatars.extend(others);
        self.avatars.set(avatars);
        self.pictures.set(contents.pictures);
        self.keeping.set(if store.is_durable() { Keeping::OnDisk } else { Keeping::InMemory });
        if contents.corrupt > 0 {
            self.toast(self.t().print_corrupt.to_owned(), None);
        }
        let jobs = contents
            .jobs
            .into_iter()
            .filter(|job| !matches!(job.state, State::Done { .. }))
            .collect();
        self.run_on(store, jobs);
        self.choose_if_none();
    }

    /// Asks the server what it is; in demo mode a newcomer gets two avatars and a first prompt.
    pub async fn ask_server(self) {
        let config = fetch::config().await;
        self.server.set(config.map_or(Server::Away, Server::Here));
        let is_first_time = local::get(Key::DemoGiven).is_none();
        if untrack(|| self.is_demo()) && is_first_time && self.avatars.with_untracked(Vec::is_empty)
        {
            let avatars = demo_avatars();
            self.keep_main(&avatars[0].id);
            for avatar in avatars {
                self.save_avatar(avatar);
            }
            local::set(Key::DemoGiven, Some("yes"));
            let first = self.t().first_prompt;
            self.draft.update(|draft| {
                if draft.prompt.is_empty() {
                    first.clone_into(&mut draft.prompt);
                }
            });
        }
    }

    fn watch_network(self) {
        self.is_online.set(fetch::is_online());
        let online = window_event_listener(leptos::ev::online, move |_| {
            self.is_online.set(true);
            spawn_local(self.ask_server());
        });
        let offline =
            window_event_listener(leptos::ev::offline, move |_| self.is_online.set(false));
        on_cleanup(move || {
            online.remove();
            offline.remove();
        });
    }

    fn name_the_page(self) {
        use crate::page::Page;
        let t = self.language.get().messages();
        let name = match self.page.get() {
            Page::Studio => t.nav_create,
            Page::Pictures => t.nav_pictures,
            Page::Avatars => t.nav_avatars,
            Page::NewAvatar => t.avatar_new,
            Page::EditAvatar(_) => t.avatar_edit,
            Page::Settings => t.nav_settings,
            Page::Help => t.nav_help,
            Page::Check => t.check_title,
            Page::About => t.about_title,
            Page::More => t.nav_more,
            Page::NotFound => t.not_found,
        };
        document().set_title(&format!("{name} · Likeness"));
    }
}
