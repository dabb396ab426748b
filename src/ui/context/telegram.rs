//! The studio inside Telegram: its buttons, colours and edges are used instead of ours.
//!
//! Ours stay where they are until the client has said anything that can be believed; a mute client takes nothing away.

mod keyboard;
mod memory;
mod sending;
mod start;

pub use sending::button;

use super::{Server, Studio, Theme};
use crate::{
    browser::{
        history, local,
        telegram::{self, knows, post, session::NoSession},
    },
    page::Page,
    ui::components::go,
};
use keyboard::Heights;
use leptos::{ev, prelude::*};
use likeness_api::Access;
use likeness_core::job::{Job, State};
use likeness_studio::unsaved::is_worth_telling;
use likeness_telegram::{
    bridge::{Call, Event, Insets},
    sending::Deliveries,
    theme::{Palette, Scheme},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlAnchorElement, HtmlElement, PerformanceNavigation};

/// What the client has told so far.
#[derive(Clone, Copy)]
struct Inside {
    /// Its colours.
    params: RwSignal<Value>,
    /// Whether it has told anything.
    is_alive: RwSignal<bool>,
    heights: RwSignal<Heights>,
}

impl Studio {
    /// Makes the studio at home in Telegram. Once. In a browser it opens what the link asks for, and that is all.
    pub fn enter_telegram(self) {
        let Some(launch) = telegram::launch() else {
            if let Some(param) = history::link() {
                history::rewrite(&history::address(&history::place().path()));
                self.open_start(&param);
            }
            return;
        };
        let inside = Inside {
            params: RwSignal::new(crate::browser::json::parse(&launch.theme).unwrap_or_default()),
            is_alive: RwSignal::new(false),
            heights: RwSignal::new(Heights::default()),
        };
        telegram::listen(launch.version, move |event| self.hear_telegram(inside, event));
        if knows(Call::Fullscreen) {
            self.fullscreen.set(Some(launch.is_fullscreen));
        }
        post(Call::SettingsButton, &json!({ "is_visible": true }));
        self.wear_colours(inside);
        self.lend_main_button(inside);
        self.lend_back_button();
        self.shake();
        self.guard_closing();
        self.mind_keyboard(inside);
        open_links_outside();
        self.remember(launch.erased);
        self.sign_in_by_telegram();
        // A page that was loaded again has what became of it, if it could store that. What was erased is wanted by nobody.
        let is_done = was_loaded_again() && !local::is_refused() || launch.erased.is_some();
        if let Some(param) = launch.start_param.filter(|_| !is_done) {
            self.open_start(&param);
        }
    }

    /// Signs in as soon as the server says that it wants that, and once more when the network is back if it did not answer.
    fn sign_in_by_telegram(self) {
        let is_wanted = Memo::new(move |_| {
            self.server
                .with(|server| matches!(server, Server::Here(config) if config.access == Access::Telegram))
        });
        Effect::new(move |was_tried: Option<bool>| {
            let was_tried = was_tried == Some(true);
            let may_try = is_wanted.get() && self.is_online.get();
            let was_away = self.refusal.get_untracked() == Some(NoSession::Away);
            if may_try && (!was_tried || was_away) {
                self.try_telegram();
            }
            was_tried || may_try
        });
    }

    fn hear_telegram(self, inside: Inside, event: Event) {
        if !inside.is_alive.get_untracked() {
            inside.is_alive.set(true);
        }
        match event {
            Event::Theme(params) => inside.params.set(params),
            Event::StableHeight(height) => {
                property("--tg-viewport-stable-height", &format!("{}px", height as u32));
                inside.heights.update(|heights| heights.take(height));
            }
            Event::SafeArea(insets) => cover("safe-area", insets),
            Event::ContentSafeArea(insets) => cover("content-safe-area", insets),
            Event::MainButton => {
                // The button of a page that has gone meanwhile means nothing.
                if self.is_composing() {
                    post(Call::HideKeyboard, &Value::Null);
                    self.make();
                }
            }
            Event::BackButton => self.step_back(),
            Event::SettingsButton => {
                self.go(Page::Settings);
            }
            Event::Fullscreen(is_full) => self.fullscreen.set(Some(is_full)),
            Event::FullscreenFailed(why) => {
                if why != "ALREADY_FULLSCREEN" {
                    self.fullscreen.set(None);
                    self.toast(self.t().rooms().fullscreen_failed.to_owned(), None);
                }
            }
            Event::PreparedMessage(_) | Event::Download(_) | Event::WriteAccess(_) => {
                self.hear_answer(&event);
            }
            // Whoever waits for it hears it already.
            Event::CustomMethod(..) => {}
        }
    }

    /// Telegram's colours, unless the person has chosen between ours.
    fn wear_colours(self, inside: Inside) {
        Effect::new(move || {
            let palette = self.palette(inside);
            self.scheme.set(Some(palette.scheme.name()));
            let is_theirs = self.theme.get() == Theme::System;
            for (name, colour) in palette.properties() {
                let name = format!("--{name}");
                if is_theirs && palette != Palette::own(palette.scheme) {
                    property(&name, &colour.to_string());
                } else {
                    property(&name, "");
                }
            }
            let colour = json!({ "color": palette.paper.to_string() });
            for call in [Call::HeaderColour, Call::BackgroundColour, Call::BottomBarColour] {
                post(call, &colour);
            }
        });
    }

    fn palette(self, inside: Inside) -> Palette {
        match self.theme.get() {
            Theme::System => {
                let device = if is_dark_device() { Scheme::Dark } else { Scheme::Light };
                inside.params.with(|params| Palette::of_telegram(params, device))
            }
            Theme::Dark => Palette::own(Scheme::Dark),
            Theme::Light => Palette::own(Scheme::Light),
        }
    }

    /// Whether the button of the composer is the one thing to do.
    fn is_composing(self) -> bool {
        self.page.with(|page| *page == Page::Studio) && !self.is_covered()
    }

    fn lend_main_button(self, inside: Inside) {
        let button = Memo::new(move |_| {
            if !self.is_composing() {
                return json!({ "is_visible": false });
            }
            self.language.track();
            let (state, palette) = (go::state(self), self.palette(inside));
            let mut text = go::label(self);
            let costs = state == "ready" && !self.is_demo();
            if let Some(estimate) = go::estimate(self).filter(|_| costs) {
                text = format!("{text} · {estimate}");
            }
            let (ground, ink) = match state {
                "blocked" => (palette.raised, palette.ink_3),
                _ => (palette.button, palette.button_ink),
            };
            json!({
                "is_visible": true,
                "is_active": state == "ready",
                "is_progress_visible": state == "busy",
                "text": text.replace('\u{A0}', " ").chars().take(64).collect::<String>(),
                "color": ground.to_string(),
                "text_color": ink.to_string(),
            })
        });
        Effect::new(move || button.with(|button| post(Call::MainButton, button)));
        Effect::new(move || {
            if inside.is_alive.get() {
                mark("data-buttons", Some("telegram"));
            }
        });
    }

    fn lend_back_button(self) {
        let is_visible = Memo::new(move |_| !self.is_composing());
        Effect::new(move || {
            let is_visible = is_visible.get();
            post(Call::BackButton, &json!({ "is_visible": is_visible }));
        });
        // A swipe through the pictures must not close the app.
        let is_swiping = Memo::new(move |_| self.viewing.with(Option::is_some));
        Effect::new(move || {
            post(Call::SwipeBehaviour, &json!({ "allow_vertical_swipe": !is_swiping.get() }));
        });
    }

    /// A short shake when an order is taken, done or failed.
    fn shake(self) {
        Effect::new(move |before: Option<(BTreeMap<String, &'static str>, usize)>| {
            let states: BTreeMap<_, _> = self
                .jobs
                .with(|jobs| jobs.iter().map(|job| (job.id.0.clone(), kind(job))).collect());
            let arrived = self.fresh.with(Vec::len);
            let Some((before, count)) = before else { return (states, arrived) };
            // A run that was not there before is one of an earlier page; an order begins with a state that is not felt.
            let is_new = |wanted: &str| {
                let mut changed = states
                    .iter()
                    .filter(|(id, state)| before.get(*id).is_some_and(|before| before != *state));
                changed.any(|(_, state)| *state == wanted)
            };
            if arrived > count {
                notify("success");
            } else if is_new("failed") {
                notify("error");
            } else if is_new("queued") {
                post(Call::Haptic, &json!({ "type": "impact", "impact_style": "light" }));
            }
            (states, arrived)
        });
    }

    /// Closing is asked about only while it would lose something: an order on its way, what this page alone has, a picture on its way to Telegram, or a form.
    fn guard_closing(self) {
        let is_needed = Memo::new(move |_| {
            self.is_sending()
                || self.is_unsaved()
                || self.later().deliveries.with(Deliveries::is_at_work)
                || self.is_fragile()
        });
        Effect::new(move |before: Option<bool>| {
            let is_needed = is_needed.get();
            if is_worth_telling(before, is_needed) {
                post(Call::ClosingBehaviour, &json!({ "need_confirmation": is_needed }));
            }
            is_needed
        });
    }
}

/// Whether the device is set to dark.
fn is_dark_device() -> bool {
    let query = window().match_media("(prefers-color-scheme: dark)").ok().flatten();
    query.is_some_and(|query| query.matches())
}

/// Whether this is the page that was open before, after a reload.
fn was_loaded_again() -> bool {
    let navigation = window().performance().map(|performance| performance.navigation().type_());
    navigation == Some(PerformanceNavigation::TYPE_RELOAD)
}

/// What of a job can be felt.
const fn kind(job: &Job) -> &'static str {
    match &job.state {
        State::Queued { .. } | State::Running { .. } => "queued",
        State::Failed { .. } => "failed",
        _ => "",
    }
}

/// A short shake of a kind: `success` or `error`.
fn notify(kind: &str) {
    post(Call::Haptic, &json!({ "type": "notification", "notification_type": kind }));
}

/// The app's own place must stay: some clients stop talking to a page that has left it.
fn open_links_outside() {
    window_event_listener(ev::click, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let link = target.and_then(|target| target.closest("a[href]").ok().flatten());
        let Some(link) = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) else {
            return;
        };
        let is_foreign = window().location().origin().is_ok_and(|own| own != link.origin());
        if !is_foreign || link.has_attribute("download") || !knows(Call::OpenLink) {
            return;
        }
        event.prevent_default();
        if link.hostname() == "t.me" {
            let path = link.pathname() + &link.search();
            post(Call::OpenTelegramLink, &json!({ "path_full": path }));
        } else {
            post(Call::OpenLink, &json!({ "url": link.href() }));
        }
    });
}

/// Covered edges, as the style reads them.
fn cover(area: &str, insets: Insets) {
    let sides = [
        ("top", insets.top),
        ("bottom", insets.bottom),
        ("left", insets.left),
        ("right", insets.right),
    ];
    for (side, covered) in sides {
        property(&format!("--tg-{area}-inset-{side}"), &format!("{}px", covered as u32));
    }
}

fn root() -> Option<HtmlElement> {
    document().document_element()?.dyn_into().ok()
}

/// Sets a custom property of the page; an empty value takes it back.
fn property(name: &str, value: &str) {
    if let Some(root) = root() {
        // Custom properties take any value.
        let _ = root.style().set_property(name, value);
    }
}

fn mark(name: &str, value: Option<&str>) {
    if let Some(root) = root() {
        // Setting these attributes cannot fail.
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}
