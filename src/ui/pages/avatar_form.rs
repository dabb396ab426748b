//! An avatar, new or known.

use super::more::NotFoundPage;
use crate::{
    browser::clock,
    page::Page,
    ui::{
        components::{
            card,
            choice::{Choice, Item},
            entry::{self, Entry, Writing},
            focus::focus,
            live::live,
        },
        context::{Action, Keeping, Studio, use_studio},
    },
};
use leptos::{
    ev::{MouseEvent, SubmitEvent},
    prelude::*,
};
use likeness_core::{AvatarKind, Issue};
use likeness_studio::form::{AvatarForm, Slot, Typed};

/// The form, empty or filled with the avatar of this id.
#[component]
pub fn AvatarFormPage(
    /// The avatar to edit; none for a new one.
    id: Option<String>,
) -> impl IntoView {
    let studio = use_studio();
    let id = StoredValue::new(id);
    let is_known = Memo::new(move |_| {
        let is_open = studio.keeping.get() != Keeping::Opening;
        is_open.then(|| {
            id.with_value(|id| id.as_ref().is_none_or(|id| studio.avatar_of(id).is_some()))
        })
    });
    live(move || match is_known.get() {
        None => view! { <main class="page" id="main"></main> }.into_any(),
        Some(false) => view! { <NotFoundPage /> }.into_any(),
        Some(true) => view! { <Form id=id.get_value() /> }.into_any(),
    })
}

/// Keeps what was typed while the person is elsewhere in the app, until they save or cancel; whoever closes the page is asked first.
fn carry(studio: Studio, form: RwSignal<AvatarForm>, base: AvatarForm) {
    studio.guard_forms();
    let begun = base.clone();
    Effect::new(move || {
        form.with(|form| studio.note_unsaved(begun.id(), *form != begun));
    });
    on_cleanup(move || {
        if let Some(form) = form.try_get_untracked() {
            studio.leave_form(Typed { form, base });
        }
    });
}

#[component]
fn Form(id: Option<String>) -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let title = if id.is_some() { t.avatar_edit } else { t.avatar_new };
    let Typed { form, base } = studio.begin_form(&id.unwrap_or_default());
    let writing = Writing::new(form);
    carry(studio, writing.form, base);
    let entries = |slots: &[Slot]| {
        let entry = |slot: &Slot| {
            let slot = *slot;
            let is_there = Memo::new(move |_| writing.form.with(|form| form.has(slot)));
            live(move || is_there.get().then(|| view! { <Entry writing place=slot /> }))
        };
        slots.iter().map(entry).collect_view()
    };
    let (strength, texts) = Slot::ALL.split_last().expect("a form has slots");
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        save(studio, writing);
    };
    view! {
        <main class="page" id="main">
            <div class="page__head"><h1 class="page__title" id="form-title">{title}</h1></div>
            <form class="form" aria-labelledby="form-title" novalidate on:submit=save>
                <Summary writing />
                <Kind writing />
                {entries(texts)}
                <Pin writing />
                {entries(std::slice::from_ref(strength))}
                <div class="form__foot">
                    <button class="button" data-kind="primary" type="submit">{t.rooms().save}</button>
                    <button class="button" type="button" on:click=move |_| leave(studio, writing, Page::Avatars)>{t.rooms().cancel}</button>
                </div>
            </form>
        </main>
    }
    .into_any()
}

/// Stores the avatar, or goes to the first thing that stops it.
fn save(studio: Studio, writing: Writing) {
    let (issues, avatar) = writing.form.with_untracked(|form| form.check(clock::now()));
    let Some(avatar) = avatar else {
        writing.is_tried.set(true);
        let first = issues.iter().find(|issue| issue.is_error());
        if let Some(slot) = first.and_then(|issue| Slot::of_path(&issue.field)) {
            focus(entry::id(slot));
        }
        return;
    };
    let t = studio.t();
    let text = (t.rooms().avatar_saved)(&avatar.name);
    // What it is for is a picture of it; the other avatars are one press away.
    let id = studio.save_avatar(avatar);
    studio.choose_avatar(&id);
    let others = Action::new(move || studio.go(Page::Avatars));
    studio.toast(text, Some((t.manage, others)));
    leave(studio, writing, Page::Studio);
}

/// Goes elsewhere. Nothing in the form is unsaved any more.
fn leave(studio: Studio, writing: Writing, to: Page) {
    writing.form.with_untracked(|form| studio.note_unsaved(form.id(), false));
    studio.go(to);
}

/// Everything that stops the person from saving, each leading to its field.
#[component]
fn Summary(writing: Writing) -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let errors = Memo::new_with_compare(
        move |_| {
            if !writing.is_tried.get() {
                return Vec::new();
            }
            writing.issues.get().into_iter().filter(Issue::is_error).collect::<Vec<_>>()
        },
        |a, b| a != b,
    );
    live(move || {
        let errors = errors.get();
        (!errors.is_empty()).then(|| {
            let title = (t.reasons)(errors.len());
            let kind = writing.form.with(AvatarForm::kind);
            let lines = errors.iter().filter_map(|issue| line(studio, kind, issue)).collect_view();
            view! {
                <div class="form__summary" role="alert">
                    <p class="go__title">{title}</p>
                    <ul class="go__list">{lines}</ul>
                </div>
            }
        })
    })
}

fn line(studio: Studio, kind: AvatarKind, issue: &Issue) -> Option<AnyView> {
    let tongue = studio.tongue();
    let slot = Slot::of_path(&issue.field)?;
    let name = entry::label(tongue, slot, kind);
    let text = [name, &entry::sentence(tongue, issue)].join(": ");
    let id = entry::id(slot);
    let go = move |event: MouseEvent| {
        event.prevent_default();
        focus(id);
    };
    let link = view! { <a class="go__link" href=["#", id].concat() on:click=go>{text}</a> };
    Some(view! { <li class="go__reason">{link}</li> }.into_any())
}

#[component]
fn Kind(writing: Writing) -> impl IntoView {
    let t = use_studio().t();
    let form = writing.form;
    let items = AvatarKind::ALL.map(|kind| Item {
        value: kind.name(),
        label: card::kind(t, kind),
        lang: None,
    });
    let chosen = Signal::derive(move || form.with(|form| form.kind().name()));
    let choose = Callback::new(move |name| {
        if let Some(kind) = AvatarKind::parse(name) {
            form.update(|form| form.choose(kind));
        }
    });
    view! {
        <div class="choice">
            <span class="choice__label" aria-hidden="true">{t.rooms().avatar_kind}</span>
            <Choice name="kind" label=t.rooms().avatar_kind items=items.into() chosen on_choose=choose />
            <p class="entry__hint">{t.rooms().avatar_kind_hint}</p>
        </div>
    }
    .into_any()
}

#[component]
fn Pin(writing: Writing) -> impl IntoView {
    let t = use_studio().t();
    let form = writing.form;
    let on_change = move |event| {
        let is_on = event_target_checked(&event);
        form.update(|form| if is_on { form.pin() } else { form.unpin() });
    };
    view! {
        <div class="entry">
            <label class="tick">
                <input class="tick__input" type="checkbox" aria-describedby="a-pin-hint"
                    prop:checked=move || form.with(AvatarForm::is_pinned) on:change=on_change />
                <span class="tick__label">{t.rooms().avatar_pin}</span>
            </label>
            <p class="entry__hint" id="a-pin-hint">{t.rooms().avatar_pin_hint}</p>
        </div>
    }
    .into_any()
}
