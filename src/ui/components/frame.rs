//! What surrounds every page: bar, notices, tabs, messages.

use super::{
    focus,
    link::{Link, icon, icon_with},
    live::live,
    piece::piece,
};
use crate::{
    i18n::Language,
    page::Page,
    ui::{
        context::{Arrival, Keeping, Server, Turn, use_studio},
        pages::studio::StudioPage,
        parts::{Part, Piece},
    },
};
use leptos::{ev::MouseEvent, prelude::*};
use likeness_core::job::{FailureKind, Job};

/// The frame with the page in it.
#[component]
pub fn Frame() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let is_due = Memo::new(move |_| studio.turn.get() > Turn::Frame);
    let page = move || match studio.page.get() {
        _ if !is_due.get() => ().into_any(),
        Page::Studio => view! { <StudioPage /> }.into_any(),
        page => piece(Piece::Page(page)),
    };
    let has_toasts = Memo::new(move |had: Option<&bool>| {
        had.copied().unwrap_or_default() || studio.toasts.with(|toasts| !toasts.is_empty())
    });
    // A plain anchor would change the address, and with it the page.
    let skip = move |event: MouseEvent| {
        event.prevent_default();
        focus::to_page();
    };
    // A page that goes takes the focus of its links with it.
    Effect::new(move |before: Option<(Page, bool)>| {
        studio.arrival(Part::Pages).track();
        let page = studio.page.get();
        let is_other = before.is_some_and(|(before, is_other)| is_other || before != page);
        if is_other {
            request_animation_frame(focus::to_page_if_lost);
        }
        (page, is_other)
    });
    view! {
        <a class="skip" href="#main" on:click=skip>{t.skip}</a>
        <Bar />
        <Notices />
        {live(move || studio.is_locked.get().then(|| piece(Piece::SignIn)))}
        {live(page)}
        <Tabs />
        <div class="toasts" role="region" aria-label=t.messages>
            {live(move || has_toasts.get().then(|| piece(Piece::Toasts)))}
        </div>
        <p class="visually-hidden" role="status" id="announcer" prop:textContent=move || studio.announcement.get()></p>
    }
    .into_any()
}

#[component]
fn Bar() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let links = [
        (Page::Studio, t.nav_create),
        (Page::Pictures, t.nav_pictures),
        (Page::Avatars, t.nav_avatars),
        (Page::Help, t.nav_help),
        (Page::Settings, t.nav_settings),
    ]
    .map(|(to, name)| view! { <Link to class="bar__link" is_nav=true>{name}</Link> });
    let badge = move || {
        studio.is_demo().then(|| {
            view! {
                <span class="badge" data-kind="demo">
                    <strong class="badge__word">{t.demo}</strong>
                    <span class="badge__why">{t.demo_why}</span>
                </span>
            }
        })
    };
    let languages = [(Language::En, "EN", "English"), (Language::Ru, "RU", "Русский")].map(|(language, short, name)| {
        let pressed = if studio.tongue() == language { "true" } else { "false" };
        view! {
            <button class="languages__item" type="button" lang=language.tag() aria-pressed=pressed aria-label=format!("{short}, {name}") title=name
                id=format!("speak-{}", language.tag())
                on:click=move |_| {
                    studio.speak(language);
                    focus::focus_later(format!("speak-{}", language.tag()));
                }>{short}</button>
        }
    });
    view! {
        <header class="bar">
            <Link to=Page::Studio class="bar__mark">{icon("mark")} "Likeness"</Link>
            <nav class="bar__nav" aria-label=t.nav_main>{links}</nav>
            <div class="bar__end">
                {live(badge)}
                <Link to=Page::About class="icon-button bar__about" label=t.about_title.to_owned()>{icon("info")}</Link>
                <div class="languages" role="group" aria-label=t.language>{languages}</div>
            </div>
        </header>
    }
    .into_any()
}

/// The icon of the notice that offers a reload.
const UPDATED: &str = "info";

#[component]
fn Notices() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let notices = move || {
        let mut found = Vec::new();
        if studio.is_outdated.get() {
            found.push(("warning", UPDATED, t.updated, t.updated_why));
        }
        let missing = studio.missing.get();
        if !studio.is_online.get() {
            // Without the darkroom an order cannot even wait for the network.
            let has_darkroom =
                matches!(studio.arrival(Part::Darkroom).get(), Arrival::Here(_) | Arrival::Coming);
            let why = if has_darkroom { t.offline_why } else { t.part_missing_why };
            found.push(("offline", "offline", t.offline, missing.unwrap_or(why)));
        } else {
            if studio.server.get() == Server::Away {
                found.push(("warning", "warning", t.no_server, t.no_server_why));
            }
            if let Some(why) = missing.filter(|_| !studio.is_outdated.get()) {
                found.push(("error", "fail", t.part_missing, why));
            }
        }
        if studio.keeping.get() == Keeping::InMemory {
            found.push(("warning", "warning", t.no_storage, t.no_storage_why));
        }
        let is_waiting =
            |job: &Job| job.is_active() && job.trouble == Some(FailureKind::StorageFull);
        if studio.jobs.with(|jobs| jobs.iter().any(is_waiting)) {
            found.push(("error", "fail", t.storage_full, t.storage_full_why));
        }
        // Whoever has something unsaved is asked first, as by every reload.
        let reload = |_| drop(window().location().reload());
        let notice = |(kind, glyph, what, why)| {
            let action = (glyph == UPDATED).then(|| {
                view! {
                    <div class="notice__actions">
                        <button class="button" type="button" on:click=reload>{t.reload}</button>
                    </div>
                }
            });
            view! {
                <div class="notice" data-kind=kind role="status">
                    {icon_with("icon notice__icon", glyph)}
                    <p class="notice__text"><strong>{what}</strong> " " {why}</p>
                    {action}
                </div>
            }
        };
        found.into_iter().map(notice).collect_view()
    };
    view! { <div class="notices" role="region" aria-label=t.notices>{live(notices)}</div> }
        .into_any()
}

#[component]
fn Tabs() -> impl IntoView {
    let t = use_studio().t();
    let tabs = [
        (Page::Studio, "create", t.nav_create),
        (Page::Pictures, "pictures", t.nav_pictures),
        (Page::Avatars, "avatar", t.nav_avatars),
        (Page::More, "menu", t.nav_more),
    ]
    .map(|(to, glyph, name)| {
        view! { <Link to class="tabs__link" is_nav=true>{icon(glyph)}<span>{name}</span></Link> }
    });
    view! { <nav class="tabs" aria-label=t.nav_main>{tabs}</nav> }.into_any()
}
