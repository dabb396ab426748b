//! The one primary button, what stops it, and what it will cost.
//!
//! What it says is set as the text of an element, never as a text node: a translator of pages takes text nodes away, and what they say then is old.

use super::live::live;
use super::{
    link::{Link, icon},
    piece::piece,
    wording,
};
use crate::{
    page::Page,
    ui::{
        context::{Studio, use_studio},
        parts::Piece,
    },
};
use leptos::{ev::MouseEvent, prelude::*};
use likeness_core::{Issue, Reason, Severity, job::Job};
use wasm_bindgen::JsCast;

/// The button with its reasons and its hint.
#[component]
pub fn Go() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let tongue = studio.tongue();
    let issues = Memo::new_with_compare(
        move |_| {
            if studio.avatars.with(Vec::is_empty) {
                let is_known = !studio.is_settling();
                return is_known
                    .then(|| Issue::new("avatar", Reason::NoModel))
                    .into_iter()
                    .collect();
            }
            studio.checked.with(|checked| checked.issues.clone())
        },
        |a, b| a != b,
    );
    let errors = move || issues.get().into_iter().filter(Issue::is_error).collect::<Vec<_>>();
    let has_reasons = Memo::new(move |_| issues.with(|issues| issues.iter().any(Issue::is_error)));
    let state = Memo::new(move |_| state(studio));
    // As long as something is wrong there is nothing to be paid, and a line to keep its place.
    let hint = move || {
        let cost = studio.prepared.with(|prepared| prepared.as_ref().map(|prepared| prepared.cost));
        let words = cost.filter(|_| !studio.is_settling()).map(|cost| {
            if studio.is_demo() {
                (t.demo_else)(&wording::about(tongue, cost))
            } else {
                wording::cost_hint(tongue, cost)
            }
        });
        words.unwrap_or_else(|| "\u{A0}".to_owned())
    };
    let has_news = Memo::new(move |_| {
        studio.asks_another.get()
            || studio.is_sending()
            || studio.ended.with(Option::is_some)
            || studio.jobs.with(|jobs| jobs.iter().any(Job::is_active))
    });
    let news = move || has_news.get().then(|| piece(Piece::Underway));
    let reasons = move || {
        let errors = errors();
        (!errors.is_empty()).then(|| {
            let count = errors.len();
            let list =
                errors.into_iter().map(|issue| view! { <ReasonLine issue /> }).collect_view();
            view! {
                <div class="go__reasons" id="reasons" role="group" aria-labelledby="reasons-title">
                    <p class="go__title" id="reasons-title">{(t.reasons)(count)}</p>
                    <ul class="go__list">{list}</ul>
                </div>
            }
        })
    };
    let warnings = move || {
        let list: Vec<_> =
            issues.get().into_iter().filter(|issue| is_worth_saying(issue)).collect();
        (!list.is_empty()).then(|| {
            let list = list.into_iter().map(|issue| view! { <Warning issue /> }).collect_view();
            view! { <div class="go__warnings">{list}</div> }
        })
    };
    view! {
        <div class="go" data-state=move || state.get() data-news=move || has_news.get().then_some("true")>
            {live(reasons)}
            {live(warnings)}
            {live(news)}
            // No submit button: Enter in a setting or in the search for an avatar would press it, and pay.
            <button class="go__button" id="make" type="button" translate="no"
                aria-describedby=move || if has_reasons.get() { "reasons make-hint" } else { "make-hint" }
                aria-disabled=move || (state.get() != "ready").then_some("true")
                aria-busy=move || (state.get() == "busy").then_some("true") on:click=move |_| studio.make()>
                <span class="go__label" prop:textContent=move || label(studio)></span>
                " "
                <span class="go__estimate" hidden=move || estimate(studio).is_none() prop:textContent=move || estimate(studio).unwrap_or_default()></span>
            </button>
            <p class="go__hint" id="make-hint" translate="no" prop:textContent=move || hint()></p>
        </div>
    }
    .into_any()
}

/// Whether the button can be pressed: `ready`, `busy` while an order is being sent, or `blocked`.
pub fn state(studio: Studio) -> &'static str {
    match (studio.is_sending(), studio.prepared.with(Option::is_some)) {
        (true, _) => "busy",
        (_, true) => "ready",
        _ => "blocked",
    }
}

/// What the button says.
pub fn label(studio: Studio) -> String {
    let t = studio.t();
    if studio.is_sending() {
        return t.sending.to_owned();
    }
    let count = wording::layers(&studio)
        .and_then(|(route, layers)| layers.value(route, likeness_core::Field::NumImages))
        .and_then(|(value, _)| value.as_u64());
    (t.make)(count.and_then(|count| u8::try_from(count).ok()).unwrap_or(1))
}

/// What a run will cost, unless it costs nothing, and how long it takes, if nothing is wrong.
pub fn estimate(studio: Studio) -> Option<String> {
    let tongue = studio.tongue();
    studio.prepared.with(|prepared| {
        let prepared = prepared.as_ref()?;
        let seconds = wording::seconds(tongue, studio.usual(prepared.seconds));
        if studio.is_demo() {
            return Some(seconds);
        }
        Some(format!("{} · {seconds}", wording::about(tongue, prepared.cost)))
    })
}

/// What is shown at its own field already is not repeated here.
fn is_worth_saying(issue: &Issue) -> bool {
    issue.reason.severity() == Severity::Warning
        && matches!(issue.reason, Reason::NoTrigger | Reason::HighGuidance | Reason::HighLoraScale)
}

#[component]
fn ReasonLine(issue: Issue) -> impl IntoView {
    let studio = use_studio();
    let tongue = studio.tongue();
    let t = studio.t();
    let sentence = match field_name(tongue, &issue) {
        Some(name) => format!("{name}: {}", wording::issue(tongue, &issue)),
        None => wording::issue(tongue, &issue),
    };
    let fix = wording::fix(tongue, &issue).map(|label| {
        let fix = issue.fix.clone();
        view! { <button class="fix" type="button" on:click=move |_| studio.follow(&fix)>{label}</button> }
    });
    let link = if issue.field.starts_with("avatar") {
        let id = studio.draft.with_untracked(|draft| draft.avatar_id.clone());
        let to = if issue.field == "avatar" || id.is_empty() {
            Page::NewAvatar
        } else {
            Page::EditAvatar(id)
        };
        if issue.field == "avatar" {
            view! { <Link to class="go__link">{t.avatars_empty}</Link> <DemoPair class="fix" /> }
                .into_any()
        } else {
            view! { <Link to class="go__link">{sentence}</Link> }.into_any()
        }
    } else {
        let target = anchor(&issue.field);
        let href = format!("#{target}");
        let on_click = move |event: MouseEvent| {
            event.prevent_default();
            reveal(target.clone(), PATIENCE);
        };
        view! { <a class="go__link" href=href on:click=on_click>{sentence}</a> }.into_any()
    };
    view! { <li class="go__reason">{link}{fix}</li> }.into_any()
}

#[component]
fn Warning(issue: Issue) -> impl IntoView {
    let studio = use_studio();
    let tongue = studio.tongue();
    let fix = wording::fix(tongue, &issue).map(|label| {
        let fix = issue.fix.clone();
        view! { " " <button class="fix" type="button" on:click=move |_| studio.follow(&fix)>{label}</button> }
    });
    view! { <p class="go__warning">{icon("warning")}<span>{wording::issue(tongue, &issue)} {fix}</span></p> }.into_any()
}

/// The name of an own setting; prompt, preset and avatar need none.
fn field_name(language: crate::i18n::Language, issue: &Issue) -> Option<&'static str> {
    let key = issue.field.strip_prefix("overrides.")?.split('.').next()?;
    likeness_core::Field::parse(key).map(language.messages().field_name)
}

/// In the demo the two drawn avatars can be had back by whoever has deleted everything.
#[component]
pub fn DemoPair(
    /// Its class.
    class: &'static str,
) -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    live(move || {
        studio.is_demo().then(|| {
            view! { <button class=class type="button" on:click=move |_| studio.bring_demo_pair()>{t.demo_pair}</button> }
        })
    })
}

/// The id of the element that a path is about.
fn anchor(path: &str) -> String {
    match path.strip_prefix("overrides.") {
        Some(key) => format!("field-{}", key.split('.').next().unwrap_or(key)),
        None if path == "prompt" => "prompt".to_owned(),
        None => format!("field-{path}"),
    }
}

/// What gets the focus in a group of controls, the best first.
const CONTROLS: [&str; 4] =
    ["[aria-invalid=true]", "input:checked", "input:not([type=range])", "select"];

/// How long to wait for a control that is not drawn yet, in steps of [`STEP`].
const PATIENCE: u32 = 100;
const STEP: core::time::Duration = core::time::Duration::from_millis(50);

/// Unfolds what hides an element, scrolls to it and gives focus to its first control. One that is not there yet is among the folded settings.
fn reveal(id: String, patience: u32) {
    let Some(element) = document().get_element_by_id(&id) else {
        if let Some(details) = document().get_element_by_id("details") {
            // Setting this attribute cannot fail.
            let _ = details.set_attribute("open", "");
        }
        if patience > 0 {
            set_timeout(move || reveal(id, patience - 1), STEP);
        }
        return;
    };
    if let Some(details) = element.closest("details").ok().flatten() {
        let _ = details.set_attribute("open", "");
    }
    element.scroll_into_view();
    let is_control = element.matches("input, textarea, select").unwrap_or_default();
    let first = |selector: &&str| element.query_selector(selector).ok().flatten();
    let control = if is_control { Some(element.clone()) } else { CONTROLS.iter().find_map(first) };
    if let Some(control) = control {
        let _ = control.unchecked_into::<web_sys::HtmlElement>().focus();
    }
}
