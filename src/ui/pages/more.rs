//! What the phone's bottom bar has no room for, and the page for addresses that lead nowhere.

use crate::{
    page::Page,
    ui::{
        components::link::{Link, icon},
        context::use_studio,
    },
};
use leptos::prelude::*;

/// Links to the other pages.
#[component]
pub fn MorePage() -> impl IntoView {
    let t = use_studio().t();
    let links = [
        (Page::Help, "help", t.nav_help),
        (Page::Settings, "settings", t.nav_settings),
        (Page::Check, "pass", t.rooms().nav_check),
        (Page::About, "info", t.rooms().nav_about),
    ]
    .map(|(to, glyph, name)| view! { <Link to class="menu__link">{icon(glyph)}<span>{name}</span></Link> });
    view! {
        <main class="page" id="main">
            <div class="page__head"><h1 class="page__title">{t.nav_more}</h1></div>
            <nav class="menu" aria-label=t.nav_more>{links}</nav>
        </main>
    }
    .into_any()
}

/// An address that leads nowhere.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    let t = use_studio().t();
    view! {
        <main class="plate" id="main">
            <p class="plate__number" aria-hidden="true">"404"</p>
            <h1 class="plate__title">{t.not_found}</h1>
            <p class="plate__text">{t.rooms().not_found_why}</p>
            <Link to=Page::Studio class="button">{t.rooms().to_start}</Link>
        </main>
    }
    .into_any()
}
