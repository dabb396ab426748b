//! Composer and contact sheet.

use crate::ui::components::live::live;
use crate::{
    page::Page,
    ui::{
        components::{
            avatars::AvatarChooser, details::Details, go::Go, inspector::Inspector, link::Link,
            piece::piece, presets::PresetChooser, prints::Empty, prompt::PromptField,
        },
        context::{Keeping, Turn, use_studio},
        parts::Piece,
    },
};
use leptos::prelude::*;
use likeness_core::AvatarKind;

/// The page on which pictures are made.
#[component]
pub fn StudioPage() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let is_bare = Memo::new(move |_| studio.pictures.with(Vec::is_empty));
    let count = Memo::new(move |_| studio.count());
    let counted = move || match count.get() {
        0 => String::new(),
        count => (t.pictures_count)(count),
    };
    let has_jobs = Memo::new(move |_| studio.jobs.with(|jobs| !jobs.is_empty()));
    let is_open = Memo::new(move |_| studio.keeping.get() != Keeping::Opening);
    let sheet = move || match (is_bare.get(), has_jobs.get(), is_open.get()) {
        (true, false, true) => view! { <Empty /> }.into_any(),
        (true, _, _) => ().into_any(),
        _ => piece(Piece::Sheet),
    };
    let has_come = move |turn| Memo::new(move |_| studio.turn.get() >= turn);
    let (are_presets_due, is_rest_due) = (has_come(Turn::Presets), has_come(Turn::All));
    let presets = move || are_presets_due.get().then(|| view! { <PresetChooser /> });
    let is_style = move || {
        studio.avatar.with(|avatar| {
            avatar.as_ref().is_some_and(|avatar| avatar.kind == AvatarKind::Artistic)
        })
    };
    let ultra = move || is_style().then(|| piece(Piece::Ultra));
    let panels =
        move || is_rest_due.get().then(|| view! { {live(ultra)} <Details /> <Inspector /> });
    let go = move || is_rest_due.get().then(|| view! { <Go /> });
    view! {
        <main class="studio" id="main">
            <h1 class="visually-hidden">{t.nav_create}</h1>
            <form class="composer" aria-label=t.composer on:submit=move |event| event.prevent_default()>
                <div class="composer__body">
                    <AvatarChooser />
                    {live(presets)}
                    <PromptField />
                    {live(panels)}
                </div>
                {live(go)}
            </form>
            <section class="sheet" aria-labelledby="sheet-title">
                <div class="sheet__head">
                    <h2 class="sheet__title" id="sheet-title" tabindex="-1">{t.sheet}</h2>
                    <p class="sheet__count" prop:textContent=move || counted()></p>
                    <Link to=Page::Pictures class="sheet__all">{t.all_pictures}</Link>
                </div>
                {live(move || has_jobs.get().then(|| piece(Piece::Jobs)))}
                {live(sheet)}
            </section>
        </main>
    }
    .into_any()
}
