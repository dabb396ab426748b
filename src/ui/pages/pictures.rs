//! Every picture.

use crate::ui::components::live::live;
use crate::ui::{
    components::{
        job::Jobs,
        prints::{Empty, Sheet},
    },
    context::{Keeping, use_studio},
};
use leptos::prelude::*;

/// The page with all pictures, the newest first.
#[component]
pub fn PicturesPage() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let is_bare = Memo::new(move |_| studio.pictures.with(Vec::is_empty));
    let count = Memo::new(move |_| studio.count());
    let counted = move || match count.get() {
        0 => String::new(),
        count => count.to_string(),
    };
    let sheet = move || match (is_bare.get(), studio.keeping.get()) {
        (true, Keeping::Opening) => ().into_any(),
        (true, _) => view! { <Empty /> }.into_any(),
        _ => view! { <Sheet /> }.into_any(),
    };
    view! {
        <main class="page" data-width="wide" id="main">
            <div class="page__head">
                <h1 class="page__title" id="sheet-title" tabindex="-1">{t.nav_pictures}</h1>
                <p class="page__count" prop:textContent=move || counted()></p>
            </div>
            <h2 class="visually-hidden">{t.sheet}</h2>
            <Jobs />
            {live(sheet)}
        </main>
    }
    .into_any()
}
