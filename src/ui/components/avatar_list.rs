//! Many avatars to choose from: one row, or all of them with a search.

use super::{
    avatars::Choice,
    focus::focus_later,
    link::{Link, icon},
    live::live,
    sight,
};
use crate::{page::Page, ui::context::use_studio};
use js_sys::JsString;
use leptos::{ev::KeyboardEvent, prelude::*};
use likeness_core::Avatar;

/// The field of the search.
const SEARCH: &str = "avatar-search";

/// The head and the list. The way to a new one comes first and stays in sight.
#[component]
pub fn AvatarList() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let is_open = RwSignal::new(false);
    let sought = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        let sought = sought.with(|sought| folded(sought.trim()));
        let is_meant = |avatar: &&Avatar| {
            let word = avatar.trigger_word.as_deref().unwrap_or_default();
            [avatar.name.as_str(), word].iter().any(|text| folded(text).contains(&sought))
        };
        studio.avatars.with(|avatars| avatars.iter().filter(is_meant).cloned().collect::<Vec<_>>())
    });
    let toggle = move |_| {
        is_open.update(|is_open| *is_open = !*is_open);
        sought.set(String::new());
        // Once the list has its new shape.
        request_animation_frame(|| sight::keep_chosen(".avatars"));
        if is_open.get_untracked() {
            focus_later(SEARCH.to_owned());
        }
    };
    // Enter takes the one that was meant. It orders nothing.
    let on_key = move |event: KeyboardEvent| {
        if event.key() != "Enter" {
            return;
        }
        event.prevent_default();
        let only = found.with_untracked(|found| match found.as_slice() {
            [only] => Some(only.id.clone()),
            _ => None,
        });
        if let Some(id) = only {
            studio.choose_avatar(&id);
        }
    };
    let search = move || {
        is_open.get().then(|| {
            view! {
                <label class="search">
                    {icon("search")}
                    <input class="search__input" id=SEARCH type="search" autocomplete="off" aria-label=t.rooms().avatars_search
                        placeholder=t.rooms().avatars_search prop:value=move || sought.get()
                        on:input=move |event| sought.set(event_target_value(&event)) on:keydown=on_key />
                </label>
            }
        })
    };
    let none = move || {
        found.with(Vec::is_empty).then(
            || view! { <p class="field__note" role="status">{t.rooms().avatars_none_found}</p> },
        )
    };
    view! {
        <div class="field__head">
            <h2 class="field__title" id="who">{t.who}</h2>
            <button class="field__link field__toggle" type="button" aria-controls="avatars" aria-expanded=move || is_open.get().to_string() on:click=toggle>
                {move || if is_open.get() { t.rooms().avatars_fold.to_owned() } else { (t.rooms().avatars_all)(studio.avatars.with(Vec::len)) }}
            </button>
            <Link to=Page::Avatars class="field__link">{t.manage}</Link>
        </div>
        {live(search)}
        <div class="avatars" id="avatars" data-kind="many" data-state=move || is_open.get().then_some("open") role="radiogroup" aria-labelledby="who">
            <Link to=Page::NewAvatar class="avatars__add">{icon("plus")}<span>{t.add}</span></Link>
            <For each=move || found.get() key=|avatar| avatar.to_value().to_string() children=|avatar| view! { <Choice avatar /> } />
        </div>
        {live(none)}
    }
    .into_any()
}

/// A text as it is compared: in small letters, and without the marks on them, so that "lucia" finds Lucía.
fn folded(text: &str) -> String {
    let apart = String::from(JsString::from(text.to_lowercase()).normalize("NFD"));
    apart.chars().filter(|c| !('\u{300}'..='\u{36F}').contains(c)).collect()
}
