//! What things cost, what can fail, and which keys there are.

use crate::ui::{
    components::{
        card,
        table::{Cell, table},
        wording,
    },
    context::use_studio,
};
use leptos::prelude::*;
use likeness_core::{
    Cost, Layer, Preset, Route, cost,
    job::FailureKind,
    parameters::{Layers, Parameters},
};
use likeness_studio::demo;

/// What one picture costs with each model at the usual preset.
#[component]
pub fn Costs() -> impl IntoView {
    let studio = use_studio();
    let (t, tongue) = (studio.t(), studio.tongue());
    let row = |route: Route| {
        vec![
            Cell::Text(route.engine().to_owned()),
            Cell::Text(card::kind(t, route.kind()).to_owned()),
            Cell::Text(wording::cost_hint(tongue, estimate(route))),
        ]
    };
    let heads =
        [t.rooms().help_route, t.rooms().avatar_kind, (t.preset_words)(Preset::Balanced).name];
    let table =
        table(t.rooms().help_cost.to_owned(), &heads, Route::ALL.into_iter().map(row).collect());
    view! { {super::paragraphs(t.rooms().help_cost_text)} {table} }.into_any()
}

/// With a drawn avatar, which pins nothing.
fn estimate(route: Route) -> Cost {
    let unknown = Cost { micro_usd: None, source: "", as_of: "" };
    let avatar = demo::avatars().into_iter().find(|avatar| avatar.kind == route.kind());
    avatar.map_or(unknown, |avatar| {
        let layers = Layers::new(route, Preset::Balanced, &avatar, Layer::default());
        cost::estimate(&Parameters::resolve(route, &layers))
    })
}

/// Every kind of failure, with what to do.
#[component]
pub fn Failures() -> impl IntoView {
    let t = use_studio().t();
    let row = |kind| {
        let words = (t.rooms().failure)(kind);
        vec![Cell::Text(words.what.to_owned()), Cell::Text(words.next.to_owned())]
    };
    // The others are those of a shared server, and rare ones.
    let is_told = |kind: &&FailureKind| **kind != FailureKind::UserDaySpent;
    let rows = FailureKind::ALL.iter().take_while(is_told).map(row).collect();
    let heads = [t.rooms().help_failure, t.rooms().help_failure_next];
    let table = table(t.rooms().help_failures.to_owned(), &heads, rows);
    view! { <p>{t.rooms().help_failures_text}</p> {table} }.into_any()
}

/// The keys that do more than move around.
#[component]
pub fn Keys() -> impl IntoView {
    let t = use_studio().t();
    view! {
        <ul>
            <li><kbd>"Ctrl"</kbd> " + " <kbd>"Enter"</kbd> ", " <kbd>"⌘ Cmd"</kbd> " + " <kbd>"Enter"</kbd> ": " {t.rooms().help_key_make}</li>
            <li><kbd>"← " {t.rooms().key_left}</kbd> " " <kbd>{t.rooms().key_right} " →"</kbd> ": " {t.rooms().help_key_viewer}</li>
            <li><kbd>"Esc"</kbd> ": " {t.close}</li>
        </ul>
    }
    .into_any()
}
