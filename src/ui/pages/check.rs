//! The self-check: the real rules and the real storage, tried on this device.

use crate::{
    browser::trial::{self, Form},
    i18n::Words,
    ui::{
        components::{card, link::icon_with, live::live},
        context::use_studio,
    },
};
use leptos::{prelude::*, task::spawn_local};
use likeness_core::{AvatarKind, Preset, Route};
use likeness_studio::{
    ports::StoreError,
    selfcheck::{Check, Group, Subject, passed},
};

/// How the trial of the storage ended; none while it is under way.
type Trial = Option<Result<Form, StoreError>>;

/// The page with the self-check. It runs when it opens and whenever the person wants.
#[component]
pub fn CheckPage() -> impl IntoView {
    let t = use_studio().t();
    let (groups, storage) = (RwSignal::new(Vec::new()), RwSignal::new(Trial::None));
    let run = move || {
        groups.set(Group::ALL.map(|group| (group, group.run())).into());
        storage.set(None);
        spawn_local(async move {
            let verdict = trial::storage().await;
            storage.try_set(Some(verdict));
        });
    };
    run();
    let lists = move || {
        groups.with(|groups: &Vec<(Group, Vec<Check>)>| {
            groups.iter().map(|(group, checks)| list(t, *group, checks)).collect_view()
        })
    };
    view! {
        <main class="page" id="main">
            <div class="page__head">
                <h1 class="page__title">{t.check_title}</h1>
                <div class="page__actions">
                    <button class="button" data-kind="primary" type="button" on:click=move |_| run()>{t.rooms().check_again}</button>
                </div>
            </div>
            <p class="page__lead">{t.rooms().check_lead}</p>
            <p class="checks__sum" role="status">{live(move || sum(t, &groups.get(), storage.get()))}</p>
            {live(lists)}
            <h2 class="panel__title">{t.rooms().storage}</h2>
            <ul class="checks">{live(move || storage_row(t, storage.get()))}</ul>
        </main>
    }
    .into_any()
}

/// "25 of 26 passed", the storage among them.
fn sum(t: Words, groups: &[(Group, Vec<Check>)], storage: Trial) -> AnyView {
    let all = groups.iter().map(|(_, checks)| checks.len()).sum::<usize>() + 1;
    let good = groups.iter().map(|(_, checks)| passed(checks)).sum::<usize>()
        + usize::from(matches!(storage, Some(Ok(_))));
    let mark = match storage {
        None => "clock",
        Some(_) if good == all => "pass",
        Some(_) => "fail",
    };
    view! { {icon_with("icon", mark)}<span>{(t.rooms().check_passed)(good, all)}</span> }.into_any()
}

/// What a group is called.
pub fn title(t: Words, group: Group) -> &'static str {
    match group {
        Group::Presets => t.rooms().check_presets,
        Group::Validations => t.rooms().check_validations,
        Group::ArtisticTriggers => t.rooms().check_triggers_artistic,
        Group::PortraitTriggers => t.rooms().check_triggers_portrait,
        Group::Kinds => t.rooms().check_kinds,
    }
}

fn list(t: Words, group: Group, checks: &[Check]) -> AnyView {
    let count = format!("{}/{}", passed(checks), checks.len());
    let rows = checks
        .iter()
        .map(|check| {
            let result = if check.is_passed() { Outcome::Pass } else { Outcome::Fail };
            let why = check.surprise.as_ref().map(|found| [t.rooms().check_found, found].join(" "));
            row(t, name(t, check.subject), result, why)
        })
        .collect_view();
    view! {
        <h2 class="panel__title">{title(t, group)} " · " {count}</h2>
        <ul class="checks">{rows}</ul>
    }
    .into_any()
}

/// What a check looked at, in words.
fn name(t: Words, subject: Subject) -> AnyView {
    match subject {
        Subject::Preset(preset) => preset_name(t, preset).into_any(),
        Subject::Refusal { input, reason } => {
            view! { <code>{input}</code> " " {(t.reason)(reason)} }.into_any()
        }
        Subject::Trigger { case, typed, sent } => {
            view! { {case} " " <code>{typed}</code> " → " <code>{sent}</code> }.into_any()
        }
        Subject::Route(route) => {
            let kind = card::kind(t, route.kind());
            view! { {kind} " → " <code>{route.endpoint()}</code> }.into_any()
        }
    }
}

/// "Balanced · Portrait, Artistic": the preset and the kinds that can take it.
fn preset_name(t: Words, preset: Preset) -> String {
    let can = |kind: &AvatarKind| preset != Preset::Ultra || Route::is_switchable(*kind);
    let kinds: Vec<_> =
        AvatarKind::ALL.into_iter().filter(can).map(|kind| card::kind(t, kind)).collect();
    [(t.preset_words)(preset).name, &kinds.join(", ")].join(" · ")
}

fn storage_row(t: Words, storage: Trial) -> AnyView {
    let (result, why) = match storage {
        None => (Outcome::Running, None),
        Some(Ok(Form::Files)) => (Outcome::Pass, None),
        Some(Ok(Form::Bytes)) => (Outcome::Pass, Some(t.rooms().check_storage_bytes)),
        Some(Err(StoreError::Refused)) => (Outcome::Fail, Some(t.no_storage)),
        Some(Err(StoreError::Full)) => (Outcome::Fail, Some(t.storage_full)),
        Some(Err(StoreError::Newer)) => (Outcome::Fail, Some(t.rooms().newer_version)),
        Some(Err(StoreError::Failed)) => (Outcome::Fail, Some(t.rooms().check_storage_why)),
    };
    row(t, t.rooms().check_storage.into_any(), result, why.map(str::to_owned))
}

/// How a row stands.
#[derive(Clone, Copy)]
enum Outcome {
    Running,
    Pass,
    Fail,
}

fn row(t: Words, name: AnyView, outcome: Outcome, why: Option<String>) -> AnyView {
    let (result, mark, word) = match outcome {
        Outcome::Running => ("running", "clock", "…"),
        Outcome::Pass => ("pass", "pass", t.rooms().check_pass),
        Outcome::Fail => ("fail", "fail", t.rooms().check_fail),
    };
    let why = why.map(|why| view! { <p class="check__why">{why}</p> });
    view! {
        <li class="check" data-result=result>
            {icon_with("icon check__mark", mark)}
            <span class="check__name">{name}</span>
            <span class="check__word">{word}</span>
            {why}
        </li>
    }
    .into_any()
}
