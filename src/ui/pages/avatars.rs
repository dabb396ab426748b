//! The avatars of this browser.

use crate::{
    page::Page,
    ui::{
        components::{
            card::Card,
            go::DemoPair,
            import::{DropZone, ImportNotice, Importing, choose_file},
            link::{Link, icon},
            live::live,
        },
        context::{Keeping, use_studio},
    },
};
use leptos::prelude::*;

/// The page with all avatars.
#[component]
pub fn AvatarsPage() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let importing = Importing::new(studio);
    let is_empty = Memo::new(move |_| studio.avatars.with(Vec::is_empty));
    let list = move || {
        match (is_empty.get(), studio.keeping.get()) {
        (true, Keeping::Opening) => ().into_any(),
        (true, _) => view! { <NoAvatars /> }.into_any(),
        _ => view! {
            <ul class="cards">
                <For each=move || studio.avatars.get() key=|avatar| avatar.to_value().to_string() children=|avatar| view! { <Card avatar /> } />
            </ul>
        }
        .into_any(),
    }
    };
    view! {
        <main class="page" id="main" on:dragover=move |event| importing.hover(&event)
            on:dragleave=move |_| importing.leave() on:drop=move |event| importing.drop(&event)>
            <div class="page__head">
                <h1 class="page__title" id="avatars-title" tabindex="-1">{t.nav_avatars}</h1>
                <div class="page__actions">
                    <button class="button" type="button" id="import" on:click=move |_| choose_file()>
                        {icon("import")}<span>{t.rooms().import}</span>
                    </button>
                    <button class="button" type="button" disabled=move || is_empty.get() on:click=move |_| studio.export_avatars()>
                        {icon("export")}<span>{t.rooms().export}</span>
                    </button>
                    <Link to=Page::NewAvatar class="button" kind="primary">{icon("plus")}<span>{t.rooms().avatar_add}</span></Link>
                </div>
            </div>
            <ImportNotice importing />
            {live(list)}
            <DropZone importing />
        </main>
    }
    .into_any()
}

#[component]
fn NoAvatars() -> impl IntoView {
    let t = use_studio().t();
    view! {
        <div class="empty">
            <span class="empty__glyph">{icon("avatar")}</span>
            <div class="empty__body">
                <h2 class="empty__title">{t.avatars_empty}</h2>
                <p class="empty__text">{t.rooms().avatars_empty_why}</p>
                <div class="cluster">
                    <Link to=Page::NewAvatar class="button">{t.rooms().avatar_add}</Link>
                    <button class="button" type="button" on:click=move |_| choose_file()>{t.rooms().import}</button>
                    <DemoPair class="button" />
                </div>
            </div>
        </div>
    }
    .into_any()
}
