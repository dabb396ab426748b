//! An avatar in the list: who it is, whether it is ready, and what can be done with it.

use super::{
    avatars::Face,
    focus::focus,
    link::{Link, icon},
    live::live,
    wording,
};
use crate::{
    i18n::Words,
    page::Page,
    ui::context::{Studio, use_studio},
};
use leptos::prelude::*;
use likeness_core::{Avatar, AvatarKind, Issue, validate};

/// One avatar.
#[component]
pub fn Card(
    /// Whom or what it shows.
    avatar: Avatar,
) -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let tongue = studio.tongue();
    let errors: Vec<_> =
        validate::check_avatar(&avatar).into_iter().filter(Issue::is_error).collect();
    let is_ready = errors.is_empty();
    let is_main = main(studio, &avatar);
    let name = shown_name(t, &avatar);
    let reasons = (!is_ready).then(|| {
        let list = errors.iter().map(|issue| view! { <li>{wording::issue(tongue, issue)}</li> });
        view! { <ul class="card__reasons">{list.collect_view()}</ul> }
    });
    view! {
        <li class="card" data-main=move || is_main.get().then_some("true") data-state=(!is_ready).then_some("unready")>
            <Face id=avatar.id.clone() class="card__face" />
            <div class="card__body">
                <h2 class="card__name">{name.clone()}</h2>
                <p class="card__line">{line(t, &avatar)}</p>
                {pills(studio, &avatar, is_ready)}
                {reasons}
            </div>
            <div class="card__actions">
                {if is_ready { view! { <ReadyActions avatar=avatar.clone() is_main /> }.into_any() } else { complete(t, &avatar) }}
                <Rest avatar name />
            </div>
        </li>
    }
    .into_any()
}

/// Whether new drafts take this avatar: the chosen one, else the first.
fn main(studio: Studio, avatar: &Avatar) -> Memo<bool> {
    let id = avatar.id.clone();
    Memo::new(move |_| {
        let main = studio.main_avatar.get();
        studio.avatars.with(|avatars| {
            if avatars.iter().any(|avatar| avatar.id == main) {
                return main == id;
            }
            avatars.first().is_some_and(|first| first.id == id)
        })
    })
}

/// The name, or the kind for those that came without one.
pub fn shown_name(t: Words, avatar: &Avatar) -> String {
    if avatar.name.trim().is_empty() {
        kind(t, avatar.kind).to_owned()
    } else {
        avatar.name.clone()
    }
}

/// What a kind is called.
pub fn kind(t: Words, kind: AvatarKind) -> &'static str {
    match kind {
        AvatarKind::Portrait => t.rooms().portrait,
        AvatarKind::Artistic => t.rooms().artistic,
    }
}

/// "Person · its word: TOK".
fn line(t: Words, avatar: &Avatar) -> String {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let trigger = match avatar.trigger() {
        None => t.rooms().avatar_no_trigger.to_owned(),
        Some(_) => {
            let text = given(&avatar.trigger_word).or_else(|| given(&avatar.trigger_phrase));
            (t.rooms().avatar_trigger)(&text.unwrap_or_default())
        }
    };
    [kind(t, avatar.kind), &trigger].join(" · ")
}

fn pills(studio: Studio, avatar: &Avatar, is_ready: bool) -> Option<AnyView> {
    let t = studio.t();
    let strength = match avatar.kind {
        AvatarKind::Portrait => avatar.lora_scale,
        AvatarKind::Artistic => avatar.finetune_strength,
    };
    let ready = is_ready.then(|| {
        view! { <span class="pill" data-kind="ok">{icon("check")}<span>{t.rooms().avatar_ready}</span></span> }
    });
    let pinned = strength.map(|strength| {
        let text = (t.rooms().avatar_pinned)(&studio.tongue().number(strength));
        view! { <span class="pill">{text}</span> }
    });
    let demo = avatar
        .id
        .starts_with("demo-")
        .then(|| view! { <span class="pill" data-kind="demo">{t.demo}</span> });
    let is_any = ready.is_some() || pinned.is_some() || demo.is_some();
    is_any.then(|| view! { <p class="card__line">{ready} {pinned} {demo}</p> }.into_any())
}

#[component]
fn ReadyActions(avatar: Avatar, is_main: Memo<bool>) -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let name = shown_name(t, &avatar);
    let id = avatar.id.clone();
    view! {
        <button class="icon-button" type="button" aria-label=[t.rooms().avatar_main, &name].join(": ") title=t.rooms().avatar_main
            aria-pressed=move || if is_main.get() { "true" } else { "false" } on:click=move |_| studio.make_main(&id)>
            {live(move || icon(if is_main.get() { "star-filled" } else { "star" }))}
        </button>
        <Link to=Page::EditAvatar(avatar.id) class="icon-button" label=(t.rooms().avatar_edit_named)(&name)>{icon("pencil")}</Link>
    }
    .into_any()
}

fn complete(t: Words, avatar: &Avatar) -> AnyView {
    let to = Page::EditAvatar(avatar.id.clone());
    let label = [t.rooms().avatar_complete, &shown_name(t, avatar)].join(": ");
    view! { <Link to class="button" label>{t.rooms().avatar_complete}</Link> }.into_any()
}

#[component]
fn Rest(avatar: Avatar, name: String) -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let copied = avatar.clone();
    let delete = move |_| {
        studio.delete_avatar(&avatar);
        // The pressed button is gone with its card.
        focus("avatars-title");
    };
    view! {
        <button class="icon-button" type="button" aria-label=(t.rooms().avatar_duplicate)(&name) title=(t.rooms().avatar_duplicate)(&name)
            on:click=move |_| studio.duplicate_avatar(&copied)>{icon("duplicate")}</button>
        <button class="icon-button" type="button" aria-label=(t.rooms().avatar_delete)(&name) title=(t.rooms().avatar_delete)(&name) on:click=delete>{icon("trash")}</button>
    }
    .into_any()
}
