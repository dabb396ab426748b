//! How: the eight presets and the Ultra switch.

use super::live::live;
use super::{
    link::{icon, icon_with},
    sight, wording,
};
use crate::ui::context::use_studio;
use leptos::prelude::*;
use likeness_core::{AspectRatio, AvatarKind, Field, Preset, Route};
use serde_json::Value;

/// The choice of presets.
#[component]
pub fn PresetChooser() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let kind =
        Memo::new(move |_| studio.avatar.with(|avatar| avatar.as_ref().map(|avatar| avatar.kind)));
    let cards = move || {
        let kind = kind.get().unwrap_or(AvatarKind::Portrait);
        Preset::ALL.map(|preset| view! { <Card preset kind /> }.into_any()).collect_view()
    };
    Effect::new(move || {
        studio.preset.track();
        studio.turn.track();
        sight::keep_chosen(".presets");
    });
    let ultra =
        move || (kind.get() == Some(AvatarKind::Artistic)).then(|| view! { <UltraSwitch /> });
    view! {
        <section class="field" id="field-preset" aria-labelledby="how">
            <div class="field__head"><h2 class="field__title" id="how">{t.how}</h2></div>
            <div class="presets" role="radiogroup" aria-labelledby="how">{live(cards)}</div>
            <p class="field__note">{t.our_estimate}</p>
            {live(ultra)}
        </section>
    }
    .into_any()
}

/// One preset, never just a name. One that this avatar cannot use stays choosable: then the reason stands at the button with a way out.
#[component]
fn Card(preset: Preset, kind: AvatarKind) -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let tongue = studio.tongue();
    let words = (t.preset_words)(preset);
    let route = Route::of(kind, preset == Preset::Ultra);
    let is_unavailable = preset == Preset::Ultra && !Route::is_switchable(kind);
    let (time, size) = wording::preset_facts(tongue, preset, route);
    let is_estimate = preset.seconds(route).is_our_estimate;
    let last = if is_unavailable {
        view! { <span class="preset__why" id="why-ultra">{icon("lock")}<span>{t.only_artistic}</span></span> }.into_any()
    } else {
        view! { <span class="preset__difference">{wording::difference(tongue, preset, route)}</span> }.into_any()
    };
    view! {
        <label class="preset" data-state=is_unavailable.then_some("unavailable")>
            <input class="preset__input" type="radio" name="preset" value=preset.name()
                aria-describedby=is_unavailable.then_some("why-ultra")
                prop:checked=move || studio.preset.get() == preset
                on:change=move |_| studio.choose_preset(preset) />
            <span class="preset__card">
                {icon_with("icon preset__glyph", preset.name())}
                <strong class="preset__name">{words.name}</strong>
                <span class="preset__advice">{words.advice}</span>
                <span class="preset__facts">
                    <span class="preset__time" translate="no" data-kind=is_estimate.then_some("estimate") prop:textContent=time></span>
                    <span class="preset__size" translate="no" prop:textContent=size></span>
                </span>
                {last}
            </span>
        </label>
    }
    .into_any()
}

/// Sends any preset of an artistic avatar to Ultra.
#[component]
fn UltraSwitch() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let is_preset = move || studio.preset.get() == Preset::Ultra;
    let is_on = move || {
        is_preset()
            || studio
                .draft
                .with(|draft| draft.own(Field::UseUltra).and_then(Value::as_bool) == Some(true))
    };
    let on_change = move |event| {
        let value = if event_target_checked(&event) { Value::Bool(true) } else { Value::Null };
        studio.edit(Field::UseUltra, value);
    };
    let hint = (t.ultra_hint)(&wording::pixels(AspectRatio::R1X1.expected_pixels(), true));
    let legacy = move || (!is_on()).then(|| view! { <p class="field__note">{t.legacy}</p> });
    view! {
        <label class="switch" id="field-use_ultra">
            <input class="switch__input" type="checkbox" role="switch" aria-describedby="ultra-hint"
                prop:checked=move || is_on() disabled=move || is_preset() on:change=on_change />
            <span class="switch__track" aria-hidden="true"></span>
            <span class="switch__text">
                <span class="switch__label">{t.ultra_quality}</span>
                <span class="switch__hint" id="ultra-hint">{hint}</span>
            </span>
        </label>
        {live(legacy)}
    }
    .into_any()
}
