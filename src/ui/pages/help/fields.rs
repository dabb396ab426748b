//! Every setting of every model: its key, its range, what is sent when nobody sets it.

use crate::{
    i18n::{Language, Words},
    ui::{
        components::{
            table::{Cell, table},
            wording,
        },
        context::{Studio, use_studio},
    },
};
use leptos::prelude::*;
use likeness_core::{
    Field, ImageSize, Route, Rule,
    size::{MAX_SIDE, MIN_SIDE},
};

/// A table for each model.
#[component]
pub fn Fields() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let tables = Route::ALL
        .map(|route| {
            view! { <h3>{route.engine()}</h3> <p><code>{route.endpoint()}</code></p> {of_route(studio, route)} }
        })
        .collect_view();
    view! { <p>{t.rooms().help_fields_text}</p> {tables} }.into_any()
}

fn of_route(studio: Studio, route: Route) -> AnyView {
    let (t, tongue) = (studio.t(), studio.tongue());
    let defaults = route.defaults();
    let rows = Field::ALL
        .into_iter()
        .filter_map(|field| Some((field, rule(route, field)?)))
        .map(|(field, rule)| {
            let default = defaults.value(field);
            let default = default.map_or_else(
                || Cell::Text(t.rooms().help_not_sent.to_owned()),
                |value| Cell::Text(wording::value(tongue, &value)),
            );
            vec![
                Cell::Text((t.field_name)(field).to_owned()),
                Cell::Code(field.key().to_owned()),
                Cell::Text(range(t, tongue, rule)),
                default,
                Cell::Text((t.rooms().field_hint)(field).to_owned()),
            ]
        })
        .collect();
    let heads = [
        t.rooms().help_setting,
        "API",
        t.rooms().help_range,
        t.rooms().help_default,
        t.rooms().help_meaning,
    ];
    table([t.rooms().help_fields, route.engine()].join(": "), &heads, rows)
}

/// What a route takes; of the switch to Ultra, which chooses the route and is never sent, what its avatars take.
fn rule(route: Route, field: Field) -> Option<Rule> {
    if field == Field::UseUltra {
        return Route::is_switchable(route.kind()).then(|| Route::any_rule(field));
    }
    route.rule(field)
}

fn range(t: Words, tongue: Language, rule: Rule) -> String {
    let ends = |min: String, max: String| [min, max].join("–");
    match rule {
        Rule::Whole { min, max } => ends(min.to_string(), max.to_string()),
        Rule::Number { min, max } => ends(tongue.number(min), tongue.number(max)),
        Rule::OneOf(names) => names.join(", "),
        Rule::Flag => "true, false".to_owned(),
        Rule::Ratio => ends("9:21".to_owned(), "21:9".to_owned()),
        Rule::Size => {
            let sides = ends(MIN_SIDE.to_string(), MAX_SIDE.to_string());
            [ImageSize::NAMES.join(", "), [sides.as_str(), &sides].join(" × ")].join(", ")
        }
        Rule::Seed => t.rooms().help_any.to_owned(),
    }
}
