//! Who the picture shows.

use super::link::{Link, icon};
use super::{card::kind, live::live, piece::piece, sight};
use crate::{
    page::Page,
    ui::{
        context::use_studio,
        parts::{Part, Piece},
    },
};
use leptos::prelude::*;
use likeness_core::{Avatar, Issue, validate};

/// From so many avatars on one has to look for the right one.
const MANY: usize = 6;

/// The choice of avatars.
#[component]
pub fn AvatarChooser() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let choices = move || {
        if studio.is_settling() {
            // As in the skeleton: two places, so that nothing moves when they are taken.
            let ghost = |_| view! { <i class="ghost"></i> }.into_any();
            return (0..2).map(ghost).collect_view();
        }
        let choice = |avatar| view! { <Choice avatar /> }.into_any();
        studio.avatars.get().into_iter().map(choice).collect_view()
    };
    let few = move || {
        view! {
            <div class="field__head">
                <h2 class="field__title" id="who">{t.who}</h2>
                <Link to=Page::Avatars class="field__link">{t.manage}</Link>
            </div>
            <div class="avatars" role="radiogroup" aria-labelledby="who">
                {live(choices)}
                <Link to=Page::NewAvatar class="avatars__add">{icon("plus")}<span>{t.add}</span></Link>
            </div>
        }
    };
    let are_many = Memo::new(move |_| studio.avatars.with(Vec::len) >= MANY);
    let list = move || if are_many.get() { piece(Piece::Avatars) } else { few().into_any() };
    Effect::new(move || {
        studio.avatars.track();
        studio.turn.track();
        studio.arrival(Part::Darkroom).track();
        if studio.avatar.with(Option::is_some) {
            sight::keep_chosen(".avatars");
        }
    });
    view! { <section class="field" id="field-avatar" aria-labelledby="who">{live(list)}</section> }
        .into_any()
}

/// One of the avatars to choose from.
#[component]
pub fn Choice(
    /// Which.
    avatar: Avatar,
) -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let id = avatar.id.clone();
    let why = validate::check_avatar(&avatar)
        .into_iter()
        .find(Issue::is_error)
        .map(|issue| (t.reason)(issue.reason));
    let line = kind(t, avatar.kind);
    let is_chosen = {
        let id = id.clone();
        move || studio.avatar.with(|avatar| avatar.as_ref().is_some_and(|avatar| avatar.id == id))
    };
    let text = match why {
        Some(why) => view! { <span class="avatar__why">{why}</span> }.into_any(),
        None => view! { <span class="avatar__kind">{line}</span> }.into_any(),
    };
    let value = id.clone();
    view! {
        <label class="avatar" data-state=why.map(|_| "unready")>
            <input class="avatar__input" type="radio" name="avatar" value=value prop:checked=move || is_chosen()
                on:change=move |_| studio.choose_avatar(&id) />
            <span class="avatar__card">
                <Face id=avatar.id.clone() class="avatar__face" />
                <span class="avatar__text"><strong class="avatar__name">{avatar.name.clone()}</strong>{text}</span>
            </span>
        </label>
    }
    .into_any()
}

/// The newest picture of an avatar, or a drawn head while there is none.
#[component]
pub fn Face(
    /// The avatar's id.
    id: String,
    /// The class of the picture or of its stand-in.
    class: &'static str,
) -> impl IntoView {
    let studio = use_studio();
    let newest = Memo::new(move |_| {
        studio.pictures.with(|pictures| {
            pictures
                .iter()
                .find(|picture| picture.order.avatar_id == id && !picture.is_blocked)
                .map(|picture| picture.id.clone())
        })
    });
    live(move || match newest.get() {
        Some(picture) => piece(Piece::Thumbnail(picture, class)),
        None => view! { <span class=class aria-hidden="true">{icon("avatar")}</span> }.into_any(),
    })
}
