//! One picture, large, with everything that made it.

use super::{
    focus,
    link::icon,
    live::live,
    overlay,
    piece::piece,
    prints::{description, preset_name},
    wording,
};
use crate::{
    browser::{clock, files, telegram::is_inside},
    ui::{
        context::{Address, Copy, Keeping, Studio, use_studio},
        parts::Piece,
    },
};
use leptos::{ev::KeyboardEvent, html::Dialog, prelude::*, task::spawn_local};
use likeness_core::Field;
use likeness_studio::{
    image_type::ImageType,
    picture::{Picture, PictureId},
};
use serde_json::Value;

/// The dialog.
const VIEWER: &str = "viewer";

/// A dialog over the page while a picture is chosen.
#[component]
pub fn Viewer() -> impl IntoView {
    let studio = use_studio();
    let dialog = NodeRef::<Dialog>::new();
    let picture = Memo::new(move |_| {
        let id = studio.viewing.get()?;
        studio.pictures.with(|pictures| {
            pictures.iter().find(|picture| picture.id == id && !picture.is_blocked).cloned()
        })
    });
    overlay::follow(dialog, move || picture.with(Option::is_some));
    // An address may name a picture that is not here.
    let is_known = move || matches!(studio.keeping.get(), Keeping::OnDisk | Keeping::InMemory);
    Effect::new(move |before: Option<Option<PictureId>>| {
        let (named, is_here) = (studio.viewing.get(), picture.with(Option::is_some));
        if is_here || !is_known() {
            return named.filter(|_| is_here);
        }
        if named.is_some() {
            // One that was looked at has just been deleted, which is said.
            if before.flatten() != named {
                studio.toast(studio.t().rooms().picture_unknown.to_owned(), None);
            }
            studio.close();
        }
        None
    });
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowLeft" => step(studio, -1),
        "ArrowRight" => step(studio, 1),
        _ => {}
    };
    view! {
        <dialog class="viewer" id=VIEWER tabindex="-1" node_ref=dialog aria-labelledby="viewer-title" on:keydown=on_key on:close=move |_| overlay::on_close(studio, dialog, picture.with_untracked(Option::is_some))>
            {live(move || picture.get().map(|picture| view! { <Content picture /> }))}
        </dialog>
    }
    .into_any()
}

/// Goes to the picture so many places behind. The keyboard stays on the control that it was on.
fn step(studio: Studio, by: isize) {
    focus::keep(VIEWER, "");
    studio.step(by);
}

#[component]
fn Content(picture: Picture) -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let address = studio.address(&picture.id, Copy::Whole);
    let alt = description(&picture);
    let stage = move || match address.get() {
        Address::Here(url) => {
            view! { <img class="viewer__picture" src=url alt=alt.clone() /> }.into_any()
        }
        Address::Loading => ().into_any(),
        Address::Lost => {
            view! { <p class="print__word">{icon("warning")} {t.print_lost}</p> }.into_any()
        }
    };
    let when = clock::moment(picture.created_at, studio.tongue());
    let title = (t.rooms().viewer_when)(&picture.order.avatar_name, &when);
    let (reuse, gone, id) = (picture.clone(), picture.clone(), picture.id.clone());
    let loose = picture.id.clone();
    // Telegram's clients save nothing that a page offers.
    let is_sending = RwSignal::new(false);
    let out = if is_inside() {
        view! {
            <button class="button" type="button" id="send-or-save" aria-controls="sending" aria-expanded=move || is_sending.get().to_string()
                on:click=move |_| is_sending.update(|is_sending| *is_sending = !*is_sending)>
                {icon("send")}<span>{t.rooms().chat_open}</span>
            </button>
        }
        .into_any()
    } else {
        let saved = picture.clone();
        view! {
            <button class="button" type="button" on:click=move |_| studio.download(saved.clone())>
                {icon("download")}<span>{t.rooms().download}</span>
            </button>
        }
        .into_any()
    };
    // Its seed makes the same picture once more; whoever wants that says so.
    let same = picture.seed.is_some().then(|| {
        let same = picture.clone();
        view! { <button class="button" type="button" on:click=move |_| studio.use_settings(&same, true)>{t.rooms().with_seed}</button> }
    });
    view! {
        <div class="viewer__stage">
            {live(stage)}
            <button class="icon-button viewer__previous" type="button" aria-label=t.rooms().previous title=t.rooms().previous aria-disabled=move || studio.neighbour(-1).is_none().then_some("true") on:click=move |_| step(studio, -1)>{icon("left")}</button>
            <button class="icon-button viewer__next" type="button" aria-label=t.rooms().next title=t.rooms().next aria-disabled=move || studio.neighbour(1).is_none().then_some("true") on:click=move |_| step(studio, 1)>{icon("right")}</button>
        </div>
        <aside class="viewer__side">
            <div class="viewer__head">
                <h2 class="viewer__title" id="viewer-title">{title}</h2>
                <button class="icon-button viewer__close" type="button" aria-label=t.close title=t.close autofocus
                    on:click=move |_| studio.close()>{icon("close")}</button>
            </div>
            <div class="viewer__body">
                {live(move || studio.is_loose(&loose).then(|| view! { <p class="viewer__unstored" role="status">{t.rooms().not_stored_why}</p> }))}
                <p class="viewer__prompt">{picture.order.prompt.clone()}</p>
                <dl class="facts">{facts(studio, &picture)}</dl>
            </div>
            <div class="viewer__actions">
                <button class="button" data-kind="primary" type="button" on:click=move |_| studio.use_settings(&reuse, false)>{t.rooms().use_settings}</button>
                {same}
                {out}
                <button class="icon-button" type="button" aria-label=t.rooms().delete title=t.rooms().delete on:click=move |_| studio.delete_picture(&gone)>{icon("trash")}</button>
            </div>
            {live(move || is_sending.get().then(|| piece(Piece::Sending(id.clone()))))}
        </aside>
    }
    .into_any()
}

fn facts(studio: Studio, picture: &Picture) -> AnyView {
    let t = studio.t();
    let tongue = studio.tongue();
    let row = |name: &'static str, value: AnyView| {
        view! { <div class="facts__row"><dt class="facts__name">{name}</dt><dd class="facts__value">{value}</dd></div> }.into_any()
    };
    let text = |name, value: String| row(name, value.into_any());
    let mut rows = vec![text(t.preset, preset_name(t, &picture.order).to_owned())];
    rows.extend(
        picture.order.route().map(|route| text(t.rooms().engine, route.engine().to_owned())),
    );
    rows.extend(
        settings(studio, picture)
            .into_iter()
            .map(|(field, value)| text((t.field_name)(field), value)),
    );
    if picture.width > 0 {
        // As delivered, which may differ from what was asked.
        text_size(&mut rows, &text, t.rooms().size, picture);
    }
    rows.extend(
        picture
            .seed
            .clone()
            .map(|seed| row(t.rooms().seed_used, view! { <SeedUsed seed /> }.into_any())),
    );
    rows.push(text(
        t.rooms().took,
        format!("{}\u{A0}{}", picture.took.div_ceil(1000), t.rooms().seconds_short),
    ));
    rows.extend(picture.order.cost.map(|(low, _)| {
        let each = low / u64::from(picture.order.count.max(1));
        let words = if picture.order.is_free() {
            t.rooms().demo_free.to_owned()
        } else {
            (t.about)(&tongue.money(each))
        };
        text(t.cost, words)
    }));
    if picture.bytes > 0 {
        let kind = ImageType::of_content_type(&picture.content_type).map(ImageType::name);
        let size = tongue.bytes(picture.bytes);
        rows.push(text(
            t.rooms().file,
            kind.into_iter().chain([&*size]).collect::<Vec<_>>().join(", "),
        ));
    }
    rows.collect_view().into_any()
}

fn text_size(
    rows: &mut Vec<AnyView>,
    text: &impl Fn(&'static str, String) -> AnyView,
    name: &'static str,
    picture: &Picture,
) {
    let pixels = likeness_core::Pixels { width: picture.width, height: picture.height };
    rows.push(text(name, wording::pixels(pixels, false)));
}

/// The settings that were sent, in the order of the form.
fn settings(studio: Studio, picture: &Picture) -> Vec<(Field, String)> {
    let Ok(body) = serde_json::from_str::<Value>(&picture.order.body) else { return Vec::new() };
    let fields = [
        Field::NumInferenceSteps,
        Field::GuidanceScale,
        Field::LoraScale,
        Field::FinetuneStrength,
        Field::AspectRatio,
        Field::SafetyTolerance,
    ];
    let sent = |field: Field| match field {
        Field::LoraScale => body.pointer("/loras/0/scale"),
        _ => body.get(field.key()),
    };
    fields
        .into_iter()
        .filter_map(|field| Some((field, wording::value(studio.tongue(), sent(field)?))))
        .collect()
}

#[component]
fn SeedUsed(seed: String) -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let text = seed.clone();
    let copy = move |_| {
        let seed = seed.clone();
        spawn_local(async move {
            let is_copied = files::copy(&seed).await;
            studio.toast(
                if is_copied { t.rooms().copied } else { t.rooms().copy_failed }.to_owned(),
                None,
            );
        });
    };
    view! { <span id="seed-used">{text}</span> " " <button class="icon-button" type="button" aria-label=t.rooms().copy_seed title=t.rooms().copy_seed on:click=copy>{icon("copy")}</button> }.into_any()
}
