//! Exactly what goes out, for those who want to see it.

use super::link::{icon, icon_with};
use super::{live::live, piece::piece, wording};
use crate::{
    browser::files,
    ui::{context::use_studio, parts::Piece},
};
use leptos::{prelude::*, task::spawn_local};
use likeness_core::{Field, Prepared, recipe::Model, reference};
use likeness_fal::request;

/// Endpoint, JSON, and a command line without the key.
#[component]
pub fn Inspector() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let is_open = RwSignal::new(false);
    let endpoint = Memo::new(move |_| studio.route.get().map(|route| route.endpoint()));
    let on_toggle = move |event: web_sys::Event| {
        let details: web_sys::Element = event_target(&event);
        is_open.set(details.has_attribute("open"));
    };
    view! {
        <details class="inspector" id="inspector" translate="no" on:toggle=on_toggle>
            <summary class="details__head">
                <span class="details__title">{t.request}</span>
                <span class="details__sum" prop:textContent=move || endpoint.get().unwrap_or_default()></span>
                {icon_with("icon details__arrow", "down")}
            </summary>
            <div class="inspector__body">{live(move || is_open.get().then(|| piece(Piece::Request)))}</div>
        </details>
    }
    .into_any()
}

/// The request as it goes out, made only while someone looks.
#[component]
pub fn Request() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let parts = Memo::new(move |_| {
        studio.prepared.with(|prepared| {
            let prepared = prepared.as_ref()?;
            let omitted: Vec<_> = prepared.omitted.iter().copied().map(Field::key).collect();
            let mut shown = Prepared::clone(prepared);
            let (Model::Lora(reference) | Model::Finetune(reference)) = &mut shown.model;
            let masked = reference::masked(reference);
            let is_masked = masked != *reference;
            *reference = masked;
            let json = request::body(&shown).to_pretty_json();
            Some((shown.parameters.route().endpoint(), json, omitted.join(", "), is_masked))
        })
    });
    let body = move || match parts.get() {
        None => view! { <p class="field__note">{t.rooms().request_blocked}</p> }.into_any(),
        Some((endpoint, json, omitted, is_masked)) => {
            let curl = curl(endpoint, &json);
            let left_out = (!omitted.is_empty())
                .then(|| view! { <p class="field__note">{(t.rooms().left_out)(&omitted)}</p> });
            let masked =
                is_masked.then(|| view! { <p class="field__note">{t.rooms().request_masked}</p> });
            view! {
                <div class="inspector__head">
                    <code class="inspector__endpoint" prop:textContent=format!("POST https://queue.fal.run/{endpoint}")></code>
                </div>
                <Code name="JSON" text=json />
                <Code name="curl" text=curl />
                {left_out}
                {masked}
            }
            .into_any()
        }
    };
    let comes_as =
        move || wording::comes_as(studio).map(|text| view! { <p class="field__note">{text}</p> });
    view! { {live(body)} {live(comes_as)} }
}

/// The same request for a terminal. The key stays a variable of the shell.
fn curl(endpoint: &str, json: &str) -> String {
    let quoted = json.replace('\'', r"'\''");
    format!(
        "curl https://queue.fal.run/{endpoint} \\\n  -H \"Authorization: Key $FAL_KEY\" \\\n  -H \"Content-Type: application/json\" \\\n  -d '{quoted}'"
    )
}

/// A block of code with a button that copies it.
#[component]
pub fn Code(
    /// What it is.
    name: &'static str,
    /// Its text.
    text: String,
) -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let is_copied = RwSignal::new(false);
    let shown = text.clone();
    let copy = move |_| {
        let text = text.clone();
        spawn_local(async move {
            if files::copy(&text).await {
                is_copied.try_set(true);
            } else {
                studio.toast(t.rooms().copy_failed.to_owned(), None);
            }
        });
    };
    view! {
        <figure class="code">
            <figcaption class="code__head">
                <span class="code__name">{name}</span>
                <button class="button" data-kind="quiet" type="button" data-state=move || is_copied.get().then_some("done") on:click=copy>
                    {live(move || if is_copied.get() { icon("check") } else { icon("copy") })}
                    <span>{move || if is_copied.get() { t.rooms().copied } else { t.rooms().copy }}</span>
                </button>
            </figcaption>
            <pre class="code__text" tabindex="0" prop:textContent=shown></pre>
        </figure>
    }
    .into_any()
}
