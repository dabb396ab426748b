//! What a shared server asks for before it spends: an access code, or who one is by Telegram.

use super::{focus::focus, link::icon_with, live::live};
use crate::{
    browser::{
        fetch::{self, CodeAnswer},
        telegram::session::NoSession,
    },
    ui::context::{Server, Studio, use_studio},
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use likeness_api::Access;

/// The id of the field.
pub const FIELD: &str = "access-code";

/// Asks for what the server wants: a code, or to be opened in Telegram.
#[component]
pub fn SignIn() -> impl IntoView {
    let studio = use_studio();
    let wants_telegram = studio.server.with_untracked(
        |server| matches!(server, Server::Here(config) if config.access == Access::Telegram),
    );
    if wants_telegram { by_telegram(studio) } else { view! { <ByCode /> }.into_any() }
}

/// Why Telegram has signed nobody in.
fn by_telegram(studio: Studio) -> AnyView {
    let t = studio.t().rooms();
    let why = move || match studio.refusal.get() {
        Some(NoSession::Empty) => t.telegram_empty,
        Some(NoSession::Refused) => t.telegram_refused,
        Some(NoSession::Away) => studio.t().no_server,
        _ => t.telegram_outside,
    };
    let again = move || {
        matches!(studio.refusal.get(), Some(NoSession::Away)).then(|| {
            view! { <button class="button" type="button" on:click=move |_| studio.try_telegram()>{studio.t().try_again}</button> }
        })
    };
    view! {
        <div class="notice" data-kind="warning" role="alert" id=FIELD tabindex="-1">
            {icon_with("icon notice__icon", "lock")}
            <p class="notice__text"><strong>{t.telegram_title}</strong> " " {move || why()}</p>
            {live(again)}
        </div>
    }
    .into_any()
}

/// Asks for the code until the server takes one.
#[component]
fn ByCode() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t().rooms();
    let code = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let is_asking = RwSignal::new(false);
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if is_asking.get_untracked() {
            return;
        }
        let given = code.with_untracked(|code| code.trim().to_owned());
        if given.is_empty() {
            problem.set(Some(t.code_missing.to_owned()));
            focus(FIELD);
            return;
        }
        is_asking.set(true);
        spawn_local(async move {
            let answer = fetch::try_code(&given).await;
            is_asking.set(false);
            let said = match answer {
                CodeAnswer::Right => {
                    studio.signed_in(&given);
                    return;
                }
                CodeAnswer::Wrong => t.code_wrong.to_owned(),
                CodeAnswer::Wait(seconds) => (t.code_wait)(seconds),
                CodeAnswer::Away => studio.t().no_server.to_owned(),
            };
            problem.set(Some(said));
            focus(FIELD);
        });
    };
    view! {
        <form class="notice sign-in" data-kind="warning" aria-labelledby="sign-in-title" on:submit=on_submit>
            {icon_with("icon notice__icon", "lock")}
            <div class="sign-in__body">
                <p class="notice__text"><strong id="sign-in-title">{t.code_title}</strong> " " {t.code_why}</p>
                <div class="sign-in__row">
                    <label class="visually-hidden" for=FIELD>{t.code_label}</label>
                    <input class="input" id=FIELD type="password" autocomplete="current-password" placeholder=t.code_label
                        aria-describedby="access-code-problem" aria-invalid=move || problem.with(Option::is_some).then_some("true")
                        prop:value=move || code.get() on:input=move |event| code.set(event_target_value(&event)) />
                    <button class="button" data-kind="primary" type="submit" aria-busy=move || is_asking.get().then_some("true")>{t.code_enter}</button>
                </div>
                <div id="access-code-problem" role="alert">
                    {live(move || problem.get().map(|said| view! { <p class="field__error">{icon_with("icon", "warning")}<span>{said}</span></p> }))}
                </div>
            </div>
        </form>
    }
    .into_any()
}
