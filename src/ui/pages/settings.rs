//! Language, theme, storage, and the whole library at once.

use crate::{
    browser::{
        quota::{self, Room},
        telegram,
    },
    i18n::Language,
    ui::{
        components::{
            choice::{Choice, Item},
            dialog::Ask,
            link::icon,
            live::live,
        },
        context::{Keeping, NEARLY_FULL, Studio, Theme, use_studio},
    },
};
use core::time::Duration;
use leptos::{ev, prelude::*, task::spawn_local};
use likeness_telegram::bridge::Call;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// How long a client may take to change the screen.
const CHANGE: Duration = Duration::from_secs(2);

/// The page of settings.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    follow_screen(studio);
    view! {
        <main class="page" id="main">
            <div class="page__head"><h1 class="page__title">{t.nav_settings}</h1></div>
            <LanguagePanel />
            <ThemePanel />
            {live(fullscreen_panel)}
            <StoragePanel />
            <BackupPanel />
            <ErasePanel />
        </main>
    }
    .into_any()
}

/// A setting: what it is at one side, its control at the other.
fn panel(title: &'static str, hint: AnyView, control: AnyView) -> AnyView {
    view! {
        <section class="panel">
            <div class="panel__text"><h2 class="panel__title">{title}</h2>{hint}</div>
            <div class="panel__control">{control}</div>
        </section>
    }
    .into_any()
}

fn hint(text: &'static str) -> AnyView {
    view! { <p class="panel__hint">{text}</p> }.into_any()
}

#[component]
fn LanguagePanel() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let items = [(Language::En, "English"), (Language::Ru, "Русский")].map(|(language, label)| {
        let tag = language.tag();
        Item { value: tag, label, lang: Some(tag) }
    });
    let tongue = studio.tongue();
    let chosen = Signal::derive(move || tongue.tag());
    let choose = Callback::new(move |tag| studio.speak(Language::of_tag(tag)));
    let control = view! { <Choice name="language" label=t.language items=items.into() chosen on_choose=choose /> };
    panel(t.language, ().into_any(), control.into_any())
}

#[component]
fn ThemePanel() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let value = |theme: Theme| theme.name().unwrap_or("system");
    let items = Theme::ALL.map(|theme| {
        let label = match theme {
            Theme::System => t.rooms().theme_system,
            Theme::Dark => t.rooms().theme_dark,
            Theme::Light => t.rooms().theme_light,
        };
        Item { value: value(theme), label, lang: None }
    });
    let chosen = Signal::derive(move || value(studio.theme.get()));
    let choose = Callback::new(move |name| {
        if let Some(theme) = Theme::ALL.into_iter().find(|theme| value(*theme) == name) {
            studio.shine(theme);
        }
    });
    let control =
        view! { <Choice name="theme" label=t.theme items=items.into() chosen on_choose=choose /> };
    let rooms = t.rooms();
    let why = if telegram::is_inside() { rooms.theme_hint_telegram } else { rooms.theme_hint };
    panel(t.theme, hint(why), control.into_any())
}

/// Follows whether a browser gives the page the whole screen. Telegram says so by itself.
fn follow_screen(studio: Studio) {
    if telegram::is_inside() || !document().fullscreen_enabled() {
        return;
    }
    let tell = move || studio.fullscreen.set(Some(document().fullscreen_element().is_some()));
    tell();
    let event = ev::Custom::<web_sys::Event>::new("fullscreenchange");
    let handle = window_event_listener(event, move |_| tell());
    on_cleanup(move || handle.remove());
}

/// Asks for the whole screen, or gives it back.
fn ask_for_screen(is_wanted: bool) {
    if telegram::is_inside() {
        let call = if is_wanted { Call::Fullscreen } else { Call::ExitFullscreen };
        telegram::post(call, &serde_json::Value::Null);
    } else if !is_wanted {
        document().exit_fullscreen();
    } else if let Some(root) = document().document_element() {
        // A browser that refuses leaves everything as it is, and the setting says so.
        let _ = root.request_fullscreen();
    }
}

/// Shown where there is a whole screen to be had. It says what is, not what was asked: some clients never answer.
fn fullscreen_panel() -> Option<AnyView> {
    let studio = use_studio();
    let t = studio.t().rooms();
    let is_full = studio.fullscreen.get()?;
    let items = [("on", t.fullscreen_on), ("off", t.fullscreen_off)].map(|(value, label)| Item {
        value,
        label,
        lang: None,
    });
    let chosen = Signal::derive(move || if is_full { "on" } else { "off" });
    let choose = Callback::new(move |value| {
        ask_for_screen(value == "on");
        let look = move || {
            // Still the panel of before, so nothing came of it.
            let Some(name) = chosen.try_get_untracked() else { return };
            if let Some(input) = document().get_element_by_id(&format!("fullscreen-{name}")) {
                input.unchecked_into::<HtmlInputElement>().set_checked(true);
            }
        };
        set_timeout(look, CHANGE);
    });
    let control = view! { <Choice name="fullscreen" label=t.fullscreen items=items.into() chosen on_choose=choose /> };
    let why = if telegram::is_inside() { t.fullscreen_hint } else { t.fullscreen_hint_browser };
    Some(panel(t.fullscreen, hint(why), control.into_any()))
}

/// What the browser says about keeping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Promise {
    /// It may clear everything when the disk is full.
    None,
    /// It was asked and did not agree.
    Refused,
    /// It will not clear anything by itself.
    Given,
}

#[component]
fn StoragePanel() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let tongue = studio.tongue();
    let (room, promise) = (RwSignal::new(None::<Room>), RwSignal::new(Promise::None));
    spawn_local(async move {
        if quota::is_kept().await {
            promise.try_set(Promise::Given);
        }
        room.try_set(quota::room().await);
    });
    let why = move || {
        let bytes = studio.pictures.with(|all| all.iter().map(|picture| picture.bytes).sum());
        let count = studio.count();
        match (studio.keeping.get(), promise.get()) {
            (Keeping::InMemory, _) => [t.no_storage, t.no_storage_why].join(" "),
            (_, Promise::Given) => [&(t.pictures_count)(count), t.rooms().storage_kept].join(". "),
            _ => (t.rooms().storage_hint)(count, &tongue.bytes(bytes)),
        }
    };
    let is_lasting = move || studio.keeping.get() == Keeping::OnDisk;
    let meter = move || is_lasting().then(|| room.get().map(|room| view! { <Meter room /> }));
    let keep = move || {
        (is_lasting() && promise.get() != Promise::Given)
            .then(|| view! { <button class="button" type="button" on:click=move |_| ask(promise)>{t.rooms().storage_keep}</button> })
    };
    let refused = move || (promise.get() == Promise::Refused).then_some(t.rooms().storage_not_kept);
    let control = view! { {live(meter)} {live(keep)} <p class="meter__text" role="status">{move || refused()}</p> };
    let hint = view! { <p class="panel__hint" role="status">{move || why()}</p> };
    panel(t.rooms().storage, hint.into_any(), control.into_any())
}

/// Asks the browser to keep what is stored; some ask the person in turn.
fn ask(promise: RwSignal<Promise>) {
    spawn_local(async move {
        promise.try_set(if quota::keep().await { Promise::Given } else { Promise::Refused });
    });
}

/// How full the storage is. From four fifths on it warns.
#[component]
fn Meter(room: Room) -> impl IntoView {
    let studio = use_studio();
    let (t, tongue) = (studio.t(), studio.tongue());
    let percent = room.percent();
    let kind = (percent >= NEARLY_FULL).then_some("warning");
    let words = if kind.is_some() { t.rooms().storage_tight } else { t.rooms().storage_of };
    let text = words(&tongue.bytes(room.used), &tongue.bytes(room.quota));
    view! {
        <div class="meter" data-kind=kind role="meter" aria-label=t.rooms().storage aria-valuemin="0" aria-valuemax="100"
            aria-valuenow=percent.to_string() aria-valuetext=text.clone() style:--used=format!("{percent}%")>
            <i class="meter__bar"></i>
        </div>
        <p class="meter__text">{text}</p>
    }
    .into_any()
}

#[component]
fn BackupPanel() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let is_empty = Memo::new(move |_| {
        studio.avatars.with(Vec::is_empty) && studio.pictures.with(Vec::is_empty)
    });
    let control = view! {
        <button class="button" type="button" disabled=move || is_empty.get() on:click=move |_| studio.export_everything()>
            {icon("export")}<span>{t.rooms().export}</span>
        </button>
    };
    panel(t.rooms().backup, hint(t.rooms().backup_hint), control.into_any())
}

#[component]
fn ErasePanel() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let is_open = RwSignal::new(false);
    let control = view! {
        <button class="button" data-kind="danger" type="button" on:click=move |_| is_open.set(true)>{t.rooms().erase_word}</button>
        <Ask is_open title=t.rooms().erase_ask.to_owned() text=t.rooms().erase_ask_why.to_owned() keep=t.rooms().erase_keep go_on=t.rooms().erase_word
            on_go=Callback::new(move |()| studio.erase()) />
    };
    panel(t.rooms().erase, hint(t.rooms().erase_hint), control.into_any())
}
