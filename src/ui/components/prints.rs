//! Pictures as prints on a sheet, by day.

use super::{
    blanked::Blanked,
    go::DemoPair,
    link::{icon, is_for_here},
    live::live,
};
use crate::{
    browser::{clock, scroll, telegram::is_inside},
    i18n::Words,
    place::picture_path,
    ui::context::{Address, Copy, use_studio},
};
use leptos::{ev::MouseEvent, prelude::*};
use likeness_core::job::Order;
use likeness_studio::picture::{self, Picture, PictureId};

/// How many prints are laid out at once.
const BATCH: usize = 60;

/// A print makes the page at least so much longer, however many stand beside each other.
const LEAST_HEIGHT: usize = 30;

/// The newest pictures under the days on which they were ordered, and what the safety filter held back in their place.
#[component]
pub fn Sheet() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    // As many as reach to where the page was.
    let reach = scroll::goal().unwrap_or_default() as usize / LEAST_HEIGHT;
    let limit = RwSignal::new(BATCH + reach);
    let days = Memo::new(move |_| studio.pictures.with(|pictures| by_day(pictures, limit.get())));
    let rest = move || studio.pictures.with(Vec::len).saturating_sub(limit.get());
    let more = move || {
        (rest() > 0).then(|| {
            view! { <button class="button" type="button" on:click=move |_| limit.update(|limit| *limit += BATCH)>{t.rooms().more}</button> }
        })
    };
    view! {
        <For each=move || days.get() key=|day| (day.count, day.pictures.len(), day.pictures[0].id.clone()) children=|day| view! { <Day day /> } />
        {live(more)}
    }
    .into_any()
}

/// The pictures of a day, as far as they are laid out.
#[derive(Clone, PartialEq)]
struct ShownDay {
    pictures: Vec<Picture>,
    /// How many there are of that day to be seen in all.
    count: usize,
}

/// The first so many pictures by the days on which they were ordered.
fn by_day(pictures: &[Picture], limit: usize) -> Vec<ShownDay> {
    let mut room = limit;
    let mut days = Vec::new();
    for day in pictures.chunk_by(|a, b| clock::day_of(a.created_at) == clock::day_of(b.created_at))
    {
        let shown = day.len().min(room);
        if shown == 0 {
            break;
        }
        room -= shown;
        days.push(ShownDay { pictures: day[..shown].to_vec(), count: picture::count(day) });
    }
    days
}

#[component]
fn Day(day: ShownDay) -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let ShownDay { pictures, count } = day;
    let first = pictures[0].created_at;
    let (now, day) = (clock::now(), clock::day_of(first));
    let name = if day == clock::day_of(now) {
        t.rooms().today.to_owned()
    } else if day == clock::day_of(now.saturating_sub(86_400_000)) {
        t.rooms().yesterday.to_owned()
    } else {
        clock::day_name(first, studio.tongue())
    };
    let (blanked, seen): (Vec<_>, Vec<_>) =
        pictures.into_iter().partition(|picture| picture.is_blocked);
    let count = (count > 0).then(|| (t.pictures_count)(count));
    let id = format!("day-{day}");
    let labelled = id.clone();
    let prints = seen.into_iter().map(|picture| view! { <Print picture /> }).collect_view();
    let runs = blanked.chunk_by(|a, b| a.id.run() == b.id.run());
    let runs = runs.map(|run| view! { <Blanked pictures=run.to_vec() /> }).collect_view();
    let blanked = (!blanked.is_empty())
        .then(|| view! { <ul class="jobs" aria-label=t.rooms().blanked_list>{runs}</ul> });
    view! {
        <section class="day-group" aria-labelledby=labelled>
            <h3 class="day" id=id><span>{name}</span> " " <span class="day__count">{count}</span></h3>
            {blanked}
            <div class="prints">{prints}</div>
        </section>
    }
    .into_any()
}

/// One print. It develops if it arrived while the page was open.
#[component]
pub fn Print(
    /// What it shows.
    picture: Picture,
) -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let id = picture.id.clone();
    let is_fresh = studio.fresh.with_untracked(|fresh| fresh.contains(&id));
    let address = studio.address(&id, Copy::Thumbnail);
    let state = move || match address.get() {
        Address::Loading => "loading",
        Address::Lost => "lost",
        Address::Here(_) if is_fresh => "developing",
        Address::Here(_) => "ready",
    };
    let alt = description(&picture);
    let label = alt.clone();
    let content = move || {
        match address.get() {
        Address::Here(url) => view! {
            <img class="print__image" src=url width=picture.width height=picture.height decoding="async" alt=alt.clone() />
        }
        .into_any(),
        Address::Loading => ().into_any(),
        Address::Lost => view! { {icon("warning")}<span class="print__word">{t.print_lost}</span> }.into_any(),
    }
    };
    let open = {
        let id = id.clone();
        move |event: MouseEvent| {
            if is_for_here(&event) {
                event.prevent_default();
                studio.view(id.clone());
            }
        }
    };
    let preset = preset_name(studio.t(), &picture.order);
    let (loose, saved) = (id.clone(), picture.clone());
    let unstored = move || {
        studio.is_loose(&loose).then(|| {
            let saved = saved.clone();
            let name = [t.rooms().download, &description(&saved)].join(": ");
            let download = (!is_inside()).then(|| {
                view! { <button class="button" type="button" aria-label=name on:click=move |_| studio.download(saved.clone())>{t.rooms().download}</button> }
            });
            view! { <p class="print__unstored" title=t.rooms().not_stored_why>{t.rooms().not_stored} " " {download}</p> }
        })
    };
    view! {
        <figure class="print" data-print=id.0.clone() data-state=move || state()>
            <a class="print__frame" id=print_id(&id) href=picture_path(&id) aria-label=label on:click=open>{live(content)}</a>
            <figcaption class="print__caption">
                <span class="print__preset">{preset}</span>
                <span class="print__avatar">{picture.order.avatar_name.clone()}</span>
            </figcaption>
            {live(unstored)}
        </figure>
    }
    .into_any()
}

/// A small picture that stands for its avatar, or a drawn head while it is being read.
#[component]
pub fn Thumbnail(
    /// Which picture.
    id: PictureId,
    /// The class of the picture or of its stand-in.
    class: &'static str,
) -> impl IntoView {
    let address = use_studio().address(&id, Copy::Thumbnail);
    live(move || match address.get() {
        Address::Here(url) => view! { <img class=class src=url alt="" /> }.into_any(),
        _ => view! { <span class=class aria-hidden="true">{icon("avatar")}</span> }.into_any(),
    })
}

/// The id of the link that opens a picture.
pub fn print_id(id: &PictureId) -> String {
    ["print-", &id.0].concat()
}

/// The alternative text: avatar and prompt.
pub fn description(picture: &Picture) -> String {
    format!("{}: {}", picture.order.avatar_name, picture.order.prompt)
}

/// The name of the preset that was ordered; nothing for one of another version.
pub fn preset_name(t: Words, order: &Order) -> &'static str {
    order.preset.known().map_or("", |preset| (t.preset_words)(preset).name)
}

/// What a newcomer sees in place of pictures.
#[component]
pub fn Empty() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    // As long as there is nobody to show, there is nothing to press.
    let is_alone = Memo::new(move |_| studio.avatars.with(Vec::is_empty) && !studio.is_settling());
    let text = move || match (is_alone.get(), studio.is_demo()) {
        (true, _) => t.avatar_first_why,
        (false, true) => t.empty_demo,
        (false, false) => t.empty_live,
    };
    let is_ready = move || studio.prepared.with(Option::is_some);
    view! {
        <div class="empty">
            <span class="empty__glyph">{icon("picture")}</span>
            <div class="empty__body">
                <h3 class="empty__title">{move || if is_alone.get() { t.avatars_empty } else { t.empty_title }}</h3>
                <p class="empty__text">{move || text()}</p>
                <div class="cluster">
                    {live(move || is_alone.get().then(|| view! { <DemoPair class="button" /> }))}
                    <button class="button" data-kind="primary" type="button" id="first-picture" hidden=move || !is_ready()
                        on:click=move |_| studio.make()>{t.first_picture}</button>
                    <super::link::Link to=crate::page::Page::NewAvatar class="button">{t.add_mine}</super::link::Link>
                </div>
            </div>
        </div>
    }
    .into_any()
}
