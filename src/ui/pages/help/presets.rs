//! The eight presets as each kind of avatar gets them.

use crate::ui::{
    components::{
        card,
        table::{Cell, table},
        wording,
    },
    context::{Studio, use_studio},
};
use leptos::prelude::*;
use likeness_core::{AvatarKind, Field, Preset, Route};

/// What stands where a model takes no such setting.
const NOTHING: &str = "–";

/// A table for each kind.
#[component]
pub fn Presets() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let tables = AvatarKind::ALL
        .map(|kind| {
            let name = card::kind(t, kind);
            view! { <h3>{name}</h3> {of_kind(studio, kind)} }
        })
        .collect_view();
    view! { <p>{t.rooms().help_presets_text}</p> {tables} }.into_any()
}

fn of_kind(studio: Studio, kind: AvatarKind) -> AnyView {
    let t = studio.t();
    let heads = [
        t.preset,
        t.rooms().help_good_for,
        (t.field_name)(Field::NumInferenceSteps),
        (t.field_name)(Field::GuidanceScale),
        (t.field_name)(Field::strength(kind)),
        t.rooms().size,
        t.rooms().help_time,
    ];
    let rows = Preset::ALL.into_iter().map(|preset| row(studio, kind, preset)).collect();
    table([t.rooms().help_presets, card::kind(t, kind)].join(": "), &heads, rows)
}

fn row(studio: Studio, kind: AvatarKind, preset: Preset) -> Vec<Cell> {
    let (t, tongue) = (studio.t(), studio.tongue());
    let words = (t.preset_words)(preset);
    let text = |text: &str| Cell::Text(text.to_owned());
    let number = |number: String| Cell::Number(number);
    let Some(route) = route(kind, preset) else {
        let nothing = || Cell::Number(NOTHING.to_owned());
        let why = text(t.only_artistic);
        return vec![text(words.name), why, nothing(), nothing(), nothing(), nothing(), nothing()];
    };
    let value = |field| number(value(studio, route, preset, field));
    let (time, pixels) = wording::preset_facts(tongue, preset, route);
    vec![
        text(words.name),
        text(words.advice),
        value(Field::NumInferenceSteps),
        value(Field::GuidanceScale),
        value(Field::strength(kind)),
        number(pixels),
        number(time),
    ]
}

/// The way of a preset; none where the kind cannot take it.
fn route(kind: AvatarKind, preset: Preset) -> Option<Route> {
    let is_ultra = preset == Preset::Ultra;
    (!is_ultra || Route::is_switchable(kind)).then(|| Route::of(kind, is_ultra))
}

fn value(studio: Studio, route: Route, preset: Preset, field: Field) -> String {
    let value = route
        .rule(field)
        .and_then(|_| preset.layer().value(field).or_else(|| route.defaults().value(field)));
    match value.and_then(|value| value.as_f64()) {
        // Decimals line up in a column.
        Some(value) if field == Field::NumInferenceSteps => studio.tongue().decimal(value, 0),
        Some(value) => studio.tongue().decimal(value, 1),
        None => NOTHING.to_owned(),
    }
}
