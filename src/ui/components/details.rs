//! Every setting that the route of the chosen avatar takes, and no other.

use super::live::live;
use super::{
    link::{icon, icon_with},
    piece::piece,
    rows::{Note, NumberRow, Segment, Switch, shown, technical},
    wording,
};
use crate::{
    browser::ids,
    ui::{context::use_studio, parts::Piece},
};
use leptos::prelude::*;
use likeness_core::{AspectRatio, Field, ImageSize, OutputFormat, Pixels, Route, SafetyTolerance};
use likeness_studio::draft::typed_number;
use serde_json::{Value, json};

/// The settings, folded away until someone wants them.
#[component]
pub fn Details() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let yours = Memo::new(move |_| studio.draft.with(|draft| draft.overrides.len()));
    let preset = move || (t.preset_words)(studio.preset.get()).name;
    // They are drawn when someone opens them for the first time, and then stay.
    let is_wanted = RwSignal::new(false);
    let controls = move || {
        let route = if is_wanted.get() { studio.route.get() } else { None };
        route.map(|route| piece(Piece::Controls(route)))
    };
    let on_toggle = move |event: web_sys::Event| {
        let is_open = event_target::<web_sys::Element>(&event).has_attribute("open");
        if is_open && !is_wanted.get_untracked() {
            is_wanted.set(true);
        }
    };
    let sum = move || match yours.get() {
        0 => (t.from_preset)(preset()),
        count => (t.details_yours)(count),
    };
    view! {
        <details class="details" id="details" on:toggle=on_toggle>
            <summary class="details__head">
                <span class="details__title">{t.details}</span>
                <span class="details__sum" prop:textContent=move || sum()></span>
                {icon_with("icon details__arrow", "down")}
            </summary>
            <div class="details__body">
                {live(controls)}
                <div class="details__foot">
                    <button class="button" data-kind="quiet" type="button" hidden=move || yours.get() == 0
                        on:click=move |_| studio.reset_edits()>
                        {icon("undo")}<span>{t.reset_all}</span>
                    </button>
                </div>
            </div>
        </details>
    }
    .into_any()
}

/// The controls of a route.
#[component]
pub fn Controls(
    /// Whose settings they are.
    route: Route,
) -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let takes = |field| route.rule(field).is_some();
    let numbers =
        [Field::NumInferenceSteps, Field::GuidanceScale, Field::LoraScale, Field::FinetuneStrength]
            .into_iter()
            .filter(|field| takes(*field))
            .map(|field| view! { <NumberRow field /> })
            .collect_view();
    let counts = (1..=4_u8).map(|count| (json!(count), count.to_string())).collect();
    let formats = OutputFormat::NAMES.map(|name| (json!(name), name.to_uppercase())).to_vec();
    let safety = takes(Field::SafetyTolerance).then(|| view! { <Tolerance /> });
    let checker = takes(Field::EnableSafetyChecker)
        .then(|| view! { <Switch field=Field::EnableSafetyChecker hint=t.rooms().checker_hint /> });
    let raw =
        takes(Field::Raw).then(|| view! { <Switch field=Field::Raw hint=t.rooms().raw_hint /> });
    view! {
        {numbers}
        <Shape route />
        <Segment field=Field::NumImages options=counts />
        <SeedField />
        <Segment field=Field::OutputFormat options=formats />
        {safety}
        {checker}
        {raw}
        <Inapplicable />
    }
    .into_any()
}

/// Own edits that this route does not take: said, and one press from gone.
#[component]
fn Inapplicable() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let issues = Memo::new_with_compare(
        move |_| {
            studio.checked.with(|checked| {
                let is_idle = |issue: &&likeness_core::Issue| {
                    issue.reason.code() == likeness_core::Code::NotApplicable
                };
                checked.issues.iter().filter(is_idle).cloned().collect::<Vec<_>>()
            })
        },
        |a, b| a != b,
    );
    live(move || {
        issues
            .get()
            .into_iter()
            .map(|issue| {
                let key = issue.field.rsplit('.').next().unwrap_or_default().to_owned();
                let name = Field::parse(&key).map_or("", t.field_name);
                view! { <div class="row"><span class="row__label">{name}</span><Note issue id=format!("{key}-idle") /></div> }
            })
            .collect_view()
    })
}

/// The shape: names with their pixels, or ratios on Ultra, or own sides.
#[component]
fn Shape(route: Route) -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let takes_ratio = !route.takes(Field::ImageSize);
    let field = if takes_ratio { Field::AspectRatio } else { Field::ImageSize };
    let shown = shown(studio, field);
    let chosen = move || {
        shown.with(|shown| shown.as_ref().map(|shown| shown.value.clone()).unwrap_or_default())
    };
    let is_own = move || {
        studio.draft.with(|draft| draft.own(Field::ImageSize).is_some_and(Value::is_object))
            && !takes_ratio
    };
    let option = move |name: &'static str, ratio: String, pixels: String| {
        let is_chosen = move || chosen() == name && !is_own();
        view! {
            <label class="shape">
                <input class="shape__input" type="radio" name="shape" value=name prop:checked=move || is_chosen()
                    on:change=move |_| studio.edit(field, name.into()) />
                <span class="shape__card">
                    <i class="shape__frame" data-ratio=ratio.clone()></i>
                    <b class="shape__ratio">{ratio}</b>
                    <small class="shape__size">{pixels}</small>
                </span>
            </label>
        }
        .into_any()
    };
    let options = if takes_ratio {
        let named = |(ratio, name): (AspectRatio, &'static str)| {
            option(name, name.to_owned(), wording::pixels(ratio.expected_pixels(), true))
        };
        AspectRatio::NAMED.into_iter().zip(AspectRatio::NAMES).map(named).collect_view()
    } else {
        let named = |(size, name): (ImageSize, &'static str)| {
            let ratio = size.ratio().unwrap_or(AspectRatio::R1X1).to_string();
            option(name, ratio, wording::pixels(size.pixels(), false))
        };
        ImageSize::NAMED.into_iter().zip(ImageSize::NAMES).map(named).collect_view()
    };
    let start_own = move |_| {
        let pixels = studio.prepared.with_untracked(|prepared| {
            prepared.as_ref().map(|prepared| prepared.parameters.pixels())
        });
        let pixels = pixels.unwrap_or(Pixels { width: 1024, height: 1024 });
        studio.edit(Field::ImageSize, json!(pixels));
    };
    let own = (!takes_ratio).then(|| {
        view! {
            <label class="shape">
                <input class="shape__input" type="radio" name="shape" value="custom" prop:checked=move || is_own() on:change=start_own />
                <span class="shape__card">
                    <i class="shape__frame" data-ratio="custom"></i>
                    <b class="shape__ratio">{t.rooms().own_size}</b>
                    <small class="shape__size">"256–2048"</small>
                </span>
            </label>
        }
    });
    view! {
        <fieldset class="choice" id=format!("field-{}", field.key()) title=technical(t, field)>
            <legend class="choice__label">{t.rooms().shape}</legend>
            <div class="shapes">{options}{own}</div>
        </fieldset>
        {live(move || is_own().then(|| view! { <OwnSize /> }))}
    }
    .into_any()
}

#[component]
fn OwnSize() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let shown = shown(studio, Field::ImageSize);
    let issue =
        Memo::new_with_compare(move |_| shown.get().and_then(|shown| shown.issue), |a, b| a != b);
    let side = move |key: &'static str, label: &'static str| {
        let text = move || {
            studio.draft.with(|draft| {
                match draft.own(Field::ImageSize).and_then(|own| own.get(key)) {
                    Some(Value::String(text)) => text.clone(),
                    Some(Value::Null) | None => String::new(),
                    Some(number) => number.to_string(),
                }
            })
        };
        let on_input = move |event| {
            let mut own = studio
                .draft
                .with_untracked(|draft| draft.own(Field::ImageSize).cloned())
                .unwrap_or_else(|| json!({}));
            // A side that is being retyped is empty for a moment; that is a text for the validator, not FAL's default.
            let typed = typed_number(&event_target_value(&event));
            own[key] = if typed.is_null() { "".into() } else { typed };
            studio.edit(Field::ImageSize, own);
        };
        let path = format!("overrides.image_size.{key}");
        let is_wrong = move || {
            issue
                .with(|issue| issue.as_ref().is_some_and(|issue| issue.field == path))
                .then_some("true")
        };
        view! {
            <label class="entry">
                <span class="entry__label">{label}</span>
                <input class="input" inputmode="numeric" autocomplete="off" aria-describedby="size-note" aria-invalid=move || is_wrong()
                    prop:value=move || text() on:input=on_input />
            </label>
        }
    };
    view! {
        <div class="custom-size" id="field-size">
            {side("width", t.width)}
            <span class="custom-size__by" aria-hidden="true">"×"</span>
            {side("height", t.height)}
            <span class="custom-size__unit">{t.rooms().pixels}</span>
            {live(move || match issue.get() {
                Some(issue) => view! { <Note issue id="size-note".to_owned() /> }.into_any(),
                None => wording::comes_as(studio).map(|text| view! { <p class="row__note" id="size-note">{text}</p> }).into_any(),
            })}
        </div>
    }
    .into_any()
}

/// The seed: random, kept, new, or that of the last picture.
#[component]
fn SeedField() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let shown = shown(studio, Field::Seed);
    let text = move || {
        shown.with(|shown| shown.as_ref().map(|shown| shown.text.clone()).unwrap_or_default())
    };
    let is_kept = move || studio.draft.with(|draft| draft.own(Field::Seed).is_some());
    let issue =
        Memo::new_with_compare(move |_| shown.get().and_then(|shown| shown.issue), |a, b| a != b);
    let last = move || {
        studio.pictures.with(|pictures| pictures.iter().find_map(|picture| picture.seed.clone()))
    };
    let new_seed = move || studio.edit(Field::Seed, ids::seed().to_string().into());
    let toggle =
        move |_| if is_kept() { studio.edit(Field::Seed, Value::Null) } else { new_seed() };
    let take_last = move |_| {
        if let Some(seed) = untrack(last) {
            studio.edit(Field::Seed, seed.into());
        }
    };
    let on_input = move |event| {
        let typed = event_target_value(&event);
        // Digits stay text: a seed may be too large for any number of the browser.
        let typed = typed.trim();
        studio.edit(Field::Seed, if typed.is_empty() { Value::Null } else { typed.into() });
    };
    let note = move || match issue.get() {
        Some(issue) => view! { <Note issue id="seed-hint".to_owned() /> }.into_any(),
        None => view! { <p class="row__note" id="seed-hint">{t.rooms().seed_hint}</p> }.into_any(),
    };
    view! {
        <div class="choice" id="field-seed" title=technical(t, Field::Seed)>
            <label class="choice__label" for="seed">{t.seed}</label>
            <div class="seed" data-state=move || if is_kept() { "locked" } else { "random" }>
                <input class="input seed__input" id="seed" inputmode="numeric" autocomplete="off" placeholder=t.rooms().seed_random
                    aria-describedby="seed-hint" aria-invalid=move || issue.with(Option::is_some).then_some("true")
                    prop:value=move || text() on:input=on_input />
                <button class="icon-button seed__lock" type="button" aria-label=t.rooms().seed_keep title=t.rooms().seed_keep
                    aria-pressed=move || if is_kept() { "true" } else { "false" } on:click=toggle>
                    {live(move || if is_kept() { icon("lock") } else { icon("unlock") })}
                </button>
                <button class="icon-button" type="button" aria-label=t.rooms().seed_new title=t.rooms().seed_new on:click=move |_| new_seed()>{icon("dice")}</button>
                <button class="icon-button" type="button" aria-label=t.rooms().seed_last title=t.rooms().seed_last disabled=move || last().is_none()
                    on:click=take_last>{icon("reuse")}</button>
            </div>
            {live(note)}
        </div>
    }
    .into_any()
}

/// FAL's safety tolerance, a text from "1" to "6".
#[component]
fn Tolerance() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let shown = shown(studio, Field::SafetyTolerance);
    let options = SafetyTolerance::NAMES
        .map(|name| {
            let label = match name {
                "1" => format!("1 · {}", t.rooms().tolerance_strict),
                "2" => format!("2 · {}", t.rooms().tolerance_usual),
                "6" => format!("6 · {}", t.rooms().tolerance_loose),
                other => other.to_owned(),
            };
            let is_chosen =
                move || shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.value == name));
            view! { <option value=name prop:selected=move || is_chosen()>{label}</option> }
        })
        .into_iter()
        .collect_view();
    view! {
        <div class="choice" id="field-safety_tolerance" title=technical(t, Field::SafetyTolerance)>
            <label class="choice__label" for="safety">{t.rooms().tolerance}</label>
            <select class="select" id="safety"
                on:change=move |event| studio.edit(Field::SafetyTolerance, event_target_value(&event).into())>{options}</select>
        </div>
    }
    .into_any()
}
