//! Controls of one setting each: its value, whose it is, what is wrong with it, and the way back.

use super::live::live;
use super::{link::icon, wording};
use crate::{
    i18n::{Language, Words},
    ui::context::{Studio, use_studio},
};
use leptos::prelude::*;
use likeness_core::{Field, Issue, Route, Rule, Source};
use likeness_studio::draft::typed_number;
use serde_json::Value;

/// What a control shows of its field.
#[derive(Clone, PartialEq)]
pub struct Shown {
    /// As it was typed, else as it would be sent.
    pub text: String,
    /// The value that would be sent.
    pub value: Value,
    /// Who decides it.
    pub source: Source,
    /// What is wrong with it.
    pub issue: Option<Issue>,
}

/// What the control of a field shows.
pub fn shown(studio: Studio, field: Field) -> Memo<Option<Shown>> {
    Memo::new(move |_| {
        let (route, layers) = wording::layers(&studio)?;
        let path = format!("overrides.{}", field.key());
        let issue = studio.checked.with(|checked| {
            checked
                .issues
                .iter()
                .find(|issue| issue.field == path || issue.field.starts_with(&format!("{path}.")))
                .cloned()
        });
        let (value, source) = layers.value(route, field).unwrap_or((Value::Null, Source::Route));
        let own = studio.draft.with(|draft| draft.own(field).cloned());
        let source = if own.is_some() { Source::You } else { source };
        let text = written(studio.tongue(), own.as_ref().unwrap_or(&value));
        Some(Shown { text, value, source, issue })
    })
}

/// A value as it stands in a field, with the decimal mark of the language; [`typed_number`] reads either mark.
fn written(language: Language, value: &Value) -> String {
    let text = plain(value);
    if value.is_f64() { language.marked(&text) } else { text }
}

/// A value as the browser's own controls take it, whatever the language.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Number(number) => number
            .as_f64()
            .map(|float| float.to_string())
            .filter(|_| number.is_f64())
            .unwrap_or_else(|| number.to_string()),
        other => other.to_string(),
    }
}

/// `data-origin` of a control.
pub fn origin(source: Source) -> Option<&'static str> {
    match source {
        Source::You => Some("you"),
        Source::Avatar => Some("avatar"),
        Source::Preset | Source::Route => None,
    }
}

/// "changed", "from the avatar", or nothing.
pub fn mark(studio: Studio, source: Source) -> Option<&'static str> {
    let t = studio.t();
    match source {
        Source::You => Some(t.rooms().yours),
        Source::Avatar => Some(t.rooms().pinned),
        Source::Preset | Source::Route => None,
    }
}

/// What a setting does, and its name in a request, for those who look for it.
pub fn technical(t: Words, field: Field) -> String {
    format!("{} ({})", (t.rooms().field_hint)(field), field.key())
}

/// The words under a control, with the fix.
#[component]
pub fn Note(
    /// What is wrong.
    issue: Issue,
    /// The id that the control is described by.
    id: String,
) -> impl IntoView {
    let studio = use_studio();
    let tongue = studio.tongue();
    let kind = if issue.is_error() { "error" } else { "warning" };
    let fix = wording::fix(tongue, &issue).map(|label| {
        let fix = issue.fix.clone();
        view! { " " <button class="fix" type="button" on:click=move |_| studio.follow(&fix)>{label}</button> }
    });
    view! { <p class="row__note" id=id data-kind=kind>{wording::issue(tongue, &issue)} {fix}</p> }
        .into_any()
}

/// A number: slider, field, whose it is, and the way back.
#[component]
pub fn NumberRow(
    /// The setting.
    field: Field,
) -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let shown = shown(studio, field);
    let rule = studio.route.get_untracked().and_then(|route: Route| route.rule(field));
    let (min, max, step) = rule.and_then(wording::slider).unwrap_or((0.0, 1.0, 0.1));
    let id = field.key();
    let note_id = format!("{id}-note");
    let name = (t.field_name)(field);
    let text = move || {
        shown.with(|shown| shown.as_ref().map(|shown| shown.text.clone()).unwrap_or_default())
    };
    let slide = move || {
        shown.with(|shown| shown.as_ref().map(|shown| plain(&shown.value)).unwrap_or_default())
    };
    let source =
        move || shown.with(|shown| shown.as_ref().map_or(Source::Route, |shown| shown.source));
    let issue =
        Memo::new_with_compare(move |_| shown.get().and_then(|shown| shown.issue), |a, b| a != b);
    let is_wrong = move || issue.with(|issue| issue.as_ref().is_some_and(Issue::is_error));
    let on_input = move |event| studio.edit(field, typed_number(&event_target_value(&event)));
    let is_whole = matches!(rule, Some(Rule::Whole { .. }));
    let note = {
        let note_id = note_id.clone();
        move || issue.get().map(|issue| view! { <Note issue id=note_id.clone() /> })
    };
    let reset = move || {
        (source() == Source::You).then(|| {
            view! {
                <button class="icon-button row__reset" type="button" aria-label=format!("{name}: {}", t.undo) title=format!("{name}: {}", t.undo)
                    on:click=move |_| studio.edit(field, Value::Null)>{icon("undo")}</button>
            }
        })
    };
    view! {
        <div class="row" id=format!("field-{id}") title=technical(t, field) data-origin=move || origin(source())
            data-state=move || is_wrong().then_some("error")>
            <label class="row__label" for=id>{name}</label>
            {live(move || mark(studio, source()).map(|word| view! { <span class="row__origin">{word}</span> }))}
            <input class="row__range" type="range" min=min max=max step=step aria-label=name prop:value=move || slide() on:input=on_input />
            <span class="row__value">
                <input class="row__number" id=id inputmode=if is_whole { "numeric" } else { "decimal" } autocomplete="off"
                    aria-describedby=move || issue.with(Option::is_some).then(|| note_id.clone()) aria-invalid=move || is_wrong().then_some("true") prop:value=move || text() on:input=on_input />
            </span>
            {live(reset)}
            {live(note)}
        </div>
    }
    .into_any()
}

/// One of a few values, side by side.
#[component]
pub fn Segment(
    /// The setting.
    field: Field,
    /// Value and label.
    options: Vec<(Value, String)>,
) -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let shown = shown(studio, field);
    let name = field.key();
    let items = options
        .into_iter()
        .map(|(value, label)| {
            let own = value.clone();
            let is_chosen = move || shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.value == own));
            view! {
                <label class="segment__item">
                    <input class="segment__input" type="radio" name=name value=plain(&value) prop:checked=move || is_chosen()
                        on:change=move |_| studio.edit(field, value.clone()) />
                    <span class="segment__face">{label}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="choice" id=format!("field-{name}") title=technical(t, field)>
            <legend class="choice__label">{(t.field_name)(field)}</legend>
            <div class="segment">{items}</div>
        </fieldset>
    }
    .into_any()
}

/// On or off.
#[component]
pub fn Switch(
    /// The setting.
    field: Field,
    /// What it does.
    hint: &'static str,
) -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let shown = shown(studio, field);
    let is_on = move || {
        shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.value == Value::Bool(true)))
    };
    view! {
        <label class="switch" id=format!("field-{}", field.key()) title=technical(t, field)>
            <input class="switch__input" type="checkbox" role="switch" prop:checked=move || is_on()
                on:change=move |event| studio.edit(field, event_target_checked(&event).into()) />
            <span class="switch__track" aria-hidden="true"></span>
            <span class="switch__text">
                <span class="switch__label">{(t.field_name)(field)}</span>
                <span class="switch__hint">{hint}</span>
            </span>
        </label>
    }
    .into_any()
}
