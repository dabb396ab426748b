//! What happens when the page opens.

use super::{Keeping, Server, Studio, Turn};
use crate::{
    browser::{
        clock, code, fetch, json,
        local::{self, Key},
        telegram::{self, session::sign_in},
    },
    page::Page,
    ui::parts::Part,
};
use core::time::Duration;
use leptos::{prelude::*, task::spawn_local};
use likeness_api::Access;

/// How long a change of the draft may wait to be stored.
const SOON: Duration = Duration::from_millis(300);

/// After how many milliseconds the server is asked anew what it is.
const A_WHILE: u64 = 600_000;

impl Studio {
    /// Opens the library if there is one, asks the server what it is, and keeps settings and draft stored from now on.
    pub fn start(self) {
        self.draw_in_turns();
        self.dress();
        self.keep_time();
        self.watch_network();
        self.follow_history();
        self.keep_draft();
        Effect::new(move || self.name_the_page());
        // A newcomer at the composer has nothing to look at, so the code that reads it can wait.
        let has_library = local::get(Key::Library).is_some() || local::is_refused();
        if has_library {
            self.keeping.set(Keeping::Opening);
            self.fetch(Part::Darkroom);
        } else {
            Effect::new(move || {
                if self.page.with(|page| *page != Page::Studio) {
                    self.fetch(Part::Darkroom);
                }
            });
        }
        if telegram::is_inside() || telegram::is_linked() {
            self.fetch(Part::Telegram);
        }
        self.expect_someone();
        spawn_local(self.ask_server());
    }

    /// Asks the server what it is.
    pub async fn ask_server(self) {
        let config = fetch::config().await;
        let access = config.as_ref().map(|config| config.access);
        let is_outside = access == Some(Access::Telegram) && !telegram::is_inside();
        let wants_code = access == Some(Access::Password);
        if config.as_ref().is_some_and(|config| config.version != env!("CARGO_PKG_VERSION")) {
            self.look_for_update();
        }
        // A launch that was refused stays refused, whatever the network did meanwhile.
        let is_refused = self.refusal.with_untracked(Option::is_some);
        self.is_locked.set(is_outside || is_refused || wants_code && code::get().is_none());
        self.server.set(config.map_or(Server::Away, Server::Here));
        self.greet();
    }

    /// Signs in by what Telegram launched the app with.
    pub fn try_telegram(self) {
        spawn_local(async move {
            let token = sign_in().await;
            if let Ok(token) = &token {
                code::hold(token);
            }
            self.is_locked.set(token.is_err());
            self.refusal.set(token.err());
        });
    }

    /// The server took this access code.
    pub fn signed_in(self, given: &str) {
        code::keep(given);
        self.is_locked.set(false);
    }

    /// In demo mode a newcomer gets two avatars and a first prompt. They are stored once someone does something.
    pub(super) fn greet(self) {
        let is_newcomer = local::get(Key::Library).is_none()
            && self.keeping.get_untracked() != Keeping::Opening
            && self.avatars.with_untracked(Vec::is_empty);
        if !is_newcomer || !untrack(|| self.is_demo()) {
            return;
        }
        self.give_demo_pair();
        let first = self.t().first_prompt;
        self.draft.update(|draft| {
            if draft.prompt.is_empty() {
                first.clone_into(&mut draft.prompt);
            }
        });
    }

    /// Stores the draft soon after it changed: at every key would be felt while typing. A page that goes stores it at once.
    fn keep_draft(self) {
        let is_due = StoredValue::new(false);
        let keep = move || {
            if is_due.try_get_value() == Some(true) {
                is_due.set_value(false);
                let text = json::text(&self.draft.get_untracked().into());
                local::set(Key::Draft, Some(&text));
            }
        };
        Effect::new(move || {
            self.draft.track();
            if !is_due.get_value() {
                is_due.set_value(true);
                set_timeout(keep, SOON);
            }
        });
        let handle = window_event_listener(
            leptos::ev::Custom::<web_sys::Event>::new("pagehide"),
            move |_| keep(),
        );
        on_cleanup(move || handle.remove());
    }

    fn draw_in_turns(self) {
        self.turn.set(Turn::Bearings);
        let later = move |turn| {
            // The page may be gone by then.
            let draw = move || {
                let _ = self.turn.try_set(turn);
            };
            set_timeout(draw, Duration::ZERO);
        };
        later(Turn::Frame);
        later(Turn::Prompt);
        later(Turn::Presets);
        later(Turn::All);
        set_timeout(move || super::super::take_over(self), Duration::ZERO);
    }

    fn watch_network(self) {
        self.is_online.set(fetch::is_online());
        let online = window_event_listener(leptos::ev::online, move |_| {
            self.is_online.set(true);
            spawn_local(self.ask_server());
        });
        // In a page that is looked at again after a while the server may be another.
        let asked_at = StoredValue::new(clock::now());
        let looked_at = window_event_listener(
            leptos::ev::Custom::<web_sys::Event>::new("visibilitychange"),
            move |_| {
                let now = clock::now();
                if !document().hidden() && now.saturating_sub(asked_at.get_value()) > A_WHILE {
                    asked_at.set_value(now);
                    spawn_local(self.ask_server());
                }
            },
        );
        let offline =
            window_event_listener(leptos::ev::offline, move |_| self.is_online.set(false));
        on_cleanup(move || {
            online.remove();
            looked_at.remove();
            offline.remove();
        });
    }

    fn name_the_page(self) {
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
