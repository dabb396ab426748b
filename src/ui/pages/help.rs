//! The reference page, made from the tables that the code itself uses, so that it cannot disagree with what is sent.

pub mod fields;
pub mod presets;
pub mod results;
pub mod tables;

use crate::{
    i18n::Words,
    ui::{components::focus::show, context::use_studio},
};
use leptos::{ev::MouseEvent, prelude::*};

/// A part of the page.
struct Section {
    /// For its address.
    id: &'static str,
    title: &'static str,
    body: AnyView,
}

/// The page with everything that is worth knowing.
#[component]
pub fn HelpPage() -> impl IntoView {
    let t = use_studio().t();
    let (mut links, mut parts) = (Vec::new(), Vec::new());
    for Section { id, title, body } in sections(t) {
        links.push(link(id, title));
        parts.push(view! { <h2 id=id tabindex="-1">{title}</h2> {body} }.into_any());
    }
    // The address may name a part, as it does in a new tab; the page was not there when the browser looked for it.
    Effect::new(|| {
        let hash = window().location().hash().unwrap_or_default();
        request_animation_frame(move || show(hash.trim_start_matches('#')));
    });
    view! {
        <main class="page" data-width="wide" id="main">
            <div class="manual">
                <div class="prose">
                    <h1>{t.nav_help}</h1>
                    <p>{t.rooms().help_lead}</p>
                </div>
                <nav class="manual__contents" aria-label=t.rooms().contents><ol class="manual__list">{links}</ol></nav>
                <article class="prose">{parts}</article>
            </div>
        </main>
    }
    .into_any()
}

fn sections(t: Words) -> Vec<Section> {
    let section = |id, title, body| Section { id, title, body };
    vec![
        section("first", t.rooms().help_first, steps(t.rooms().help_first_text)),
        section("portrait", t.rooms().help_portrait, paragraphs(t.rooms().help_portrait_text)),
        section("artistic", t.rooms().help_artistic, paragraphs(t.rooms().help_artistic_text)),
        section("presets", t.rooms().help_presets, view! { <presets::Presets /> }.into_any()),
        section("fields", t.rooms().help_fields, view! { <fields::Fields /> }.into_any()),
        section("prompt-rules", t.rooms().help_prompt, paragraphs(t.rooms().help_prompt_text)),
        section("costs", t.rooms().help_cost, view! { <tables::Costs /> }.into_any()),
        section("telegram", t.rooms().help_telegram, paragraphs(t.rooms().help_telegram_text)),
        section("failures", t.rooms().help_failures, view! { <tables::Failures /> }.into_any()),
        section("keys", t.rooms().help_keys, view! { <tables::Keys /> }.into_any()),
        section(
            "tests",
            t.rooms().help_tests,
            view! { <p>{t.rooms().help_tests_text}</p> }.into_any(),
        ),
        section("results", t.rooms().help_results, view! { <results::Results /> }.into_any()),
    ]
}

/// A line of the contents. A plain anchor would change the address, and with it the page.
fn link(id: &'static str, title: &'static str) -> AnyView {
    let go = move |event: MouseEvent| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            show(id);
        }
    };
    view! { <li><a class="manual__link" href=["#", id].concat() on:click=go>{title}</a></li> }
        .into_any()
}

/// Text after text.
fn paragraphs(texts: &'static [&'static str]) -> AnyView {
    texts.iter().map(|text| view! { <p>{*text}</p> }).collect_view().into_any()
}

/// One thing after another.
fn steps(texts: &'static [&'static str]) -> AnyView {
    let items = texts.iter().map(|text| view! { <li>{*text}</li> }).collect_view();
    view! { <ol>{items}</ol> }.into_any()
}
