//! Why a run failed, what it cost, and what to do next.

use super::body::cost;
use crate::{i18n::Words, ui::context::Studio};
use leptos::prelude::*;
use likeness_core::{
    Field,
    job::{Charge, Failure, FailureKind, Job},
};
use likeness_studio::remedy::{has_ultra, is_for_avatar};

/// What it cost, all of so many equal refusals, and what to do next.
pub(super) fn failed(studio: Studio, job: &Job, failure: &Failure, times: usize) -> AnyView {
    let t = studio.t();
    let cost = match failure.charge {
        _ if job.order.is_free() => t.rooms().demo_free.to_owned(),
        Charge::No => t.rooms().cost_none.to_owned(),
        Charge::Maybe | Charge::Unknown => (t.rooms().cost_maybe)(&cost(studio, job, times)),
    };
    let next = match &failure.kind {
        FailureKind::EndpointGone if !has_ultra(job) => t.rooms().no_other_model,
        _ if is_for_avatar(failure) => t.rooms().avatar_refused,
        kind => (t.rooms().failure)(kind).next,
    };
    view! {
        <p class="job__cost" translate="no" prop:textContent=cost></p>
        <p class="job__next">{next}</p>
        {refused_setting(t, failure)}
        {addresses(failure)}
        {failure.retry_at.map(|at| countdown(studio, at))}
    }
    .into_any()
}

/// Where the pictures lie that our server does not fetch. The person's browser may.
fn addresses(failure: &Failure) -> Option<AnyView> {
    let said = failure.said.as_deref().filter(|_| failure.kind == FailureKind::PictureRefused)?;
    let address = |url: &str| {
        let text = url.to_owned();
        if url.starts_with("https://") {
            let href = url.to_owned();
            view! { <li><a href=href target="_blank" rel="noopener noreferrer" dir="ltr">{text}</a></li> }.into_any()
        } else {
            view! { <li dir="ltr">{text}</li> }.into_any()
        }
    };
    let list = said.lines().map(address).collect_view();
    Some(view! { <ul class="job__addresses">{list}</ul> }.into_any())
}

/// The setting that was refused, by the name that it has here, and what was said of it.
fn refused_setting(t: Words, failure: &Failure) -> Option<AnyView> {
    let key = failure.field.as_deref().and_then(|field| field.strip_prefix("overrides."));
    let name = key.and_then(Field::parse).map(t.field_name);
    let parts: Vec<_> = name.into_iter().chain(failure.said.as_deref()).collect();
    let is_named = failure.kind == FailureKind::Validation && !parts.is_empty();
    is_named.then(|| view! { <p class="job__line" dir="auto">{parts.join(": ")}</p> }.into_any())
}

/// What the other side answered, word for word.
pub(super) fn for_experts(t: Words, job: &Job, failure: &Failure) -> AnyView {
    let id = job.handle().map(|handle| handle.request_id.clone()).unwrap_or_default();
    let details =
        format!("{} {} {id}", failure.kind.name(), failure.said.as_deref().unwrap_or_default());
    view! {
        <details class="job__more">
            <summary>{t.rooms().for_experts}</summary>
            <pre class="code__text" tabindex="0">{details.trim().to_owned()}</pre>
        </details>
    }
    .into_any()
}

/// How long to wait, as it gets less.
fn countdown(studio: Studio, at: u64) -> AnyView {
    let t = studio.t();
    let left = move || at.saturating_sub(studio.now.get()).div_ceil(1000);
    let words = move || match left() {
        0 => t.rooms().retry_now.to_owned(),
        seconds => (t.rooms().retry_in)(seconds),
    };
    view! { <p class="job__line" role="timer" prop:textContent=move || words()></p> }.into_any()
}
