//! The switch that makes any preset of a style extra large.

use super::{live::live, wording};
use crate::ui::context::use_studio;
use leptos::prelude::*;
use likeness_core::{AspectRatio, Field, Preset};
use serde_json::Value;

/// Sends any preset of an artistic avatar to Ultra.
#[component]
pub fn UltraSwitch() -> impl IntoView {
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
    let hint = (t.rooms().ultra_hint)(&wording::pixels(AspectRatio::R1X1.expected_pixels(), true));
    let legacy =
        move || (!is_on()).then(|| view! { <p class="field__note">{t.rooms().legacy}</p> });
    view! {
        <div>
            <label class="switch" id="field-use_ultra">
                <input class="switch__input" type="checkbox" role="switch" aria-describedby="ultra-hint"
                    prop:checked=move || is_on() disabled=move || is_preset() on:change=on_change />
                <span class="switch__track" aria-hidden="true"></span>
                <span class="switch__text">
                    <span class="switch__label">{t.rooms().ultra_quality}</span>
                    <span class="switch__hint" id="ultra-hint">{hint}</span>
                </span>
            </label>
            {live(legacy)}
        </div>
    }
    .into_any()
}
