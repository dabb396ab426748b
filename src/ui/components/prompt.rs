//! What to show, and what will be sent.

use super::live::live;
use super::{focus, link::icon, noticed::is_noticed, piece::piece, wording};
use crate::{
    browser::{local, typed},
    ui::{context::use_studio, parts::Piece},
};
use leptos::{ev::KeyboardEvent, prelude::*};
use likeness_core::{Field, Issue, Origin, Trigger, prompt::TriggerUse, validate};

/// The person's own words, with the trigger beside them.
#[component]
pub fn PromptField() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let tongue = studio.tongue();
    let text = Memo::new(move |_| studio.draft.with(|draft| draft.prompt.clone()));
    let issue = Memo::new_with_compare(
        move |_| {
            let is_mine = |issue: &&Issue| issue.field == "prompt" && issue.is_error();
            studio.checked.with(|checked| checked.issues.iter().find(is_mine).cloned())
        },
        |a, b| a != b,
    );
    // An empty field is no mistake yet; the button says that words are missing.
    let shown = move || issue.get().filter(|_| text.with(|text| !text.trim().is_empty()));
    let on_input = move |event| {
        let words = event_target_value(&event);
        let typed = typed::judge(&event, &words);
        studio.draft.update(|draft| draft.say(words, typed));
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            studio.make();
        }
    };
    let has_seed = Memo::new(move |_| studio.draft.with(|draft| draft.own(Field::Seed).is_some()));
    let has_notices = Memo::new(move |_| {
        text.with(|text| validate::may_have_word_notices(text))
            || studio.checked.with(|checked| checked.issues.iter().any(|issue| is_noticed(&issue)))
    });
    let count = move || (t.prompt_count)(text.with(|text| text.chars().count()));
    view! {
        <section class="field" id="field-prompt" aria-labelledby="what">
            <div class="field__head">
                <h2 class="field__title" id="what"><label for="prompt">{t.what}</label></h2>
            </div>
            <div class="prompt" data-state=move || shown().map(|_| "error")>
                <div class="prompt__head"><Chip /></div>
                <textarea class="prompt__text" id="prompt" name="prompt" rows="3" autocomplete="off"
                    placeholder=t.prompt_placeholder dir="auto"
                    aria-describedby="prompt-count prompt-error" aria-invalid=move || shown().map(|_| "true")
                    prop:value=move || text.get()
                    on:input=on_input
                    on:keydown=on_key></textarea>
                <div class="prompt__foot">
                    <span class="prompt__count" id="prompt-count" prop:textContent=move || count()></span>
                    <button class="prompt__clear" type="button" hidden=move || text.with(String::is_empty)
                        on:click=move |_| studio.clear_prompt()>{t.clear}</button>
                </div>
            </div>
            <div id="prompt-error">
                {live(move || shown().map(|issue| view! {
                    <p class="field__error">{icon("warning")}<span>{wording::issue(tongue, &issue)}</span></p>
                }))}
            </div>
            <EnglishHint text />
            <Sent />
            {live(move || has_seed.get().then(|| piece(Piece::KeptSeed)))}
            {live(move || has_notices.get().then(|| piece(Piece::Noticed)))}
        </section>
    }
    .into_any()
}

/// Said once to whoever writes in Cyrillic: the models understand English best. The first prompt of a newcomer has its English beside it.
#[component]
fn EnglishHint(text: Memo<String>) -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let is_known = RwSignal::new(local::get(local::Key::EnglishBest).is_some());
    let is_first = Memo::new(move |_| {
        !t.first_prompt_english.is_empty() && text.with(|text| text == t.first_prompt)
    });
    let is_due = Memo::new(move |_| {
        let is_cyrillic = |c: char| ('\u{400}'..='\u{52F}').contains(&c);
        !is_known.get() && text.with(|text| text.contains(is_cyrillic))
    });
    let know = move |_| {
        local::set(local::Key::EnglishBest, Some("yes"));
        is_known.set(true);
        focus::focus("prompt");
    };
    let translate =
        move |_| studio.draft.update(|draft| t.first_prompt_english.clone_into(&mut draft.prompt));
    let english = move || {
        is_first.get().then(|| {
            view! {
                {t.in_english} " " <span lang="en" translate="no">{t.first_prompt_english}</span> ". "
                <button class="fix" type="button" on:click=translate>{t.use_english}</button> " "
            }
        })
    };
    live(move || {
        is_due.get().then(|| {
            view! {
                <p class="prompt__hint" id="english-best">
                    {t.english_best} " " {live(english)}
                    <button class="fix" type="button" on:click=know>{t.understood}</button>
                </p>
            }
        })
    })
}

/// The trigger: added in front, found inside the text, or missing.
#[component]
fn Chip() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let state = Memo::new(move |_| {
        let avatar = studio.avatar.get()?;
        let phrase = match avatar.trigger() {
            None => return Some(("none", t.trigger_none.to_owned())),
            Some(Trigger::Word(text) | Trigger::Phrase { phrase: text, .. }) => text.to_owned(),
        };
        let is_typed = studio.checked.with(|checked| {
            let composition = checked.composition.as_ref();
            composition.is_some_and(|composition| {
                matches!(composition.trigger, TriggerUse::Typed | TriggerUse::Token { .. })
            })
        });
        Some(if is_typed { ("inside", (t.trigger_inside)(&phrase)) } else { ("front", phrase) })
    });
    live(move || {
        state.get().map(|(state, text)| {
            if state == "front" {
                return view! {
                    <button class="prompt__chip" type="button" translate="no" aria-describedby="trigger-why" prop:textContent=text></button>
                    <span class="prompt__why" id="trigger-why" role="tooltip">{t.trigger_why}</span>
                }
                .into_any();
            }
            view! { <span class="prompt__chip" translate="no" data-state=state prop:textContent=text></span> }.into_any()
        })
    })
}

/// The composed prompt, with the origin of every span in colour and in words.
#[component]
fn Sent() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let composition =
        Memo::new(move |_| studio.checked.with(|checked| checked.composition.clone()));
    // What stays the same from key to key: the text alone changes, and only it is drawn again.
    let shape = Memo::new(move |_| {
        composition.with(|composition| {
            let composition = composition.as_ref()?;
            let origins: Vec<_> = composition.spans.iter().map(|span| span.origin).collect();
            let from_avatar = match &composition.trigger {
                TriggerUse::None => None,
                TriggerUse::Merged(words) => Some((t.merged)(words)),
                TriggerUse::Added | TriggerUse::Typed | TriggerUse::Token { .. } => {
                    Some(t.origin_avatar.to_owned())
                }
            };
            Some((origins, from_avatar))
        })
    });
    let text = move |index: usize| {
        composition.with(|composition| {
            let span = composition.as_ref().and_then(|composition| composition.spans.get(index));
            span.map(|span| span.text.clone()).unwrap_or_default()
        })
    };
    live(move || {
        let Some((origins, from_avatar)) = shape.get() else {
            let is_empty = move || studio.draft.with(|draft| draft.prompt.trim().is_empty());
            let has_avatar = move || studio.avatars.with(|avatars| !avatars.is_empty());
            let why = move || match (has_avatar() || studio.is_settling(), is_empty()) {
                (false, _) => t.sent_nobody,
                (true, true) => t.sent_empty,
                (true, false) => t.sent_wrong,
            };
            return view! {
                <div class="sent" data-state="empty">
                    <p class="sent__text"><span class="sent__label">{t.sent_label}</span> " " <span prop:textContent=move || why()></span></p>
                </div>
            }
            .into_any();
        };
        let span = |(index, origin)| {
            let name = match origin {
                Origin::Joint => {
                    return view! { <span prop:textContent=move || text(index)></span> }.into_any();
                }
                Origin::Avatar => "avatar",
                Origin::You => "you",
            };
            view! { <span class="sent__span" data-origin=name prop:textContent=move || text(index)></span> }
                .into_any()
        };
        let spans = origins.into_iter().enumerate().map(span).collect_view();
        let avatar_key = from_avatar.map(
            |text| view! { <li class="sent__key" data-origin="avatar" prop:textContent=text></li> },
        );
        view! {
            <div class="sent" translate="no">
                <p class="sent__text" id="sent"><span class="sent__label">{t.sent_label}</span> " " {spans}</p>
                <ul class="sent__legend">
                    {avatar_key}
                    <li class="sent__key" data-origin="you">{t.origin_you}</li>
                </ul>
            </div>
        }
        .into_any()
    })
}
