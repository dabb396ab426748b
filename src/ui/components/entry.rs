//! One field of the form for avatars: what is typed, its hint, and what is wrong with it once the person has left it.

use super::{card, focus::focus, link::icon, live::live, visiting::Visiting, wording};
use crate::{
    browser::clock,
    i18n::Language,
    ui::context::{Studio, use_studio},
};
use core::time::Duration;
use leptos::prelude::*;
use likeness_core::{AvatarKind, Code, Field, Issue, Reason, Rule, validate};
use likeness_studio::form::{AvatarForm, Slot};

/// A message that appears moves what is below it. It waits until a press that took the focus away has reached its button.
const PRESS: Duration = Duration::from_millis(200);

/// The form on the screen.
#[derive(Clone, Copy)]
pub struct Writing {
    /// What was typed.
    pub form: RwSignal<AvatarForm>,
    /// Everything that is wrong with it, in the order of the form.
    pub issues: Memo<Vec<Issue>>,
    /// Whether the person has tried to save.
    pub is_tried: RwSignal<bool>,
    seen: RwSignal<Vec<Slot>>,
}

impl Writing {
    /// A form that nobody has left a field of yet.
    pub fn new(form: AvatarForm) -> Self {
        let form = RwSignal::new(form);
        Self {
            form,
            issues: Memo::new_with_compare(
                move |_| form.with(|form| form.check(clock::now()).0),
                |a, b| a != b,
            ),
            is_tried: RwSignal::new(false),
            seen: RwSignal::new(Vec::new()),
        }
    }

    /// From now on a field says what is wrong with it.
    pub fn notice(self, slot: Slot) {
        self.seen.update(|seen| seen.push(slot));
    }

    /// The person has left a field; from now on it says what is wrong with it. An empty field says so when they save.
    fn leave(self, slot: Slot) {
        // A field that is taken out of the page with the focus in it is left too, when the form is gone already.
        let is_empty = self.form.try_with_untracked(|form| form.text(slot).is_empty());
        if is_empty.unwrap_or(true) {
            return;
        }
        let seen = self.seen;
        // The form may be gone by then.
        let remember = move || {
            let _ = seen.try_update(|seen| seen.push(slot));
        };
        set_timeout(remember, PRESS);
    }

    /// What is wrong with a field, else everything worth knowing of it, if it is time to say so.
    fn shown(self, slot: Slot) -> Memo<Vec<Issue>> {
        Memo::new_with_compare(
            move |_| {
                if !self.is_tried.get() && !self.seen.with(|seen| seen.contains(&slot)) {
                    return Vec::new();
                }
                self.issues.with(|issues| {
                    let mine =
                        || issues.iter().filter(|issue| Slot::of_path(&issue.field) == Some(slot));
                    match mine().find(|issue| issue.is_error()) {
                        Some(error) => vec![error.clone()],
                        None => mine().cloned().collect(),
                    }
                })
            },
            |a, b| a != b,
        )
    }
}

/// The id of a field's element.
pub const fn id(slot: Slot) -> &'static str {
    match slot {
        Slot::Name => "a-name",
        Slot::TriggerWord => "a-word",
        Slot::TriggerPhrase => "a-phrase",
        Slot::LoraUrl => "a-lora",
        Slot::FinetuneId => "a-finetune",
        Slot::Strength => "a-strength",
    }
}

/// What a field is called.
pub fn label(language: Language, slot: Slot, kind: AvatarKind) -> &'static str {
    let t = language.words();
    match slot {
        Slot::Name => t.avatar_name,
        Slot::TriggerWord => t.rooms().avatar_word,
        Slot::TriggerPhrase => t.rooms().avatar_phrase,
        Slot::LoraUrl => t.rooms().avatar_lora,
        Slot::FinetuneId => t.rooms().avatar_finetune,
        Slot::Strength => (t.field_name)(Field::strength(kind)),
    }
}

/// What is wrong, in the words of this form.
pub fn sentence(language: Language, issue: &Issue) -> String {
    match (Slot::of_path(&issue.field), issue.reason) {
        (Some(Slot::Name), _) => language.rooms().avatar_name_missing.to_owned(),
        (_, Reason::EndingAddress | Reason::EndedAddress) => ending(language, issue),
        (Some(Slot::LoraUrl | Slot::FinetuneId), reason)
            if !issue.is_error() || reason.code() == Code::UnsafeUrl =>
        {
            (language.rooms().noticed)(reason).0.to_owned()
        }
        _ => wording::issue(language, issue),
    }
}

/// When a signed address ends, or that it has.
fn ending(language: Language, issue: &Issue) -> String {
    let t = language.rooms();
    let until = issue.limit.as_ref().and_then(|limit| limit.get("until")?.as_u64());
    let Some(until) = until.and_then(|seconds| seconds.checked_mul(1000)) else {
        return (t.noticed)(issue.reason).0.to_owned();
    };
    let moment = clock::moment(until, language);
    match issue.reason {
        Reason::EndedAddress => (t.address_ended)(&moment),
        _ => (t.address_ends)(&moment),
    }
}

/// What is to be written here; of a strength, its range.
fn hint(studio: Studio, slot: Slot, form: &AvatarForm) -> String {
    let (t, tongue) = (studio.t(), studio.tongue());
    let text = match slot {
        Slot::Name => "",
        Slot::TriggerWord => t.rooms().avatar_word_hint,
        Slot::TriggerPhrase => t.rooms().avatar_phrase_hint,
        Slot::LoraUrl => t.rooms().avatar_lora_hint,
        Slot::FinetuneId => t.rooms().avatar_finetune_hint,
        Slot::Strength => match validate::strength_rule(form.kind()) {
            Rule::Number { min, max } => {
                return (t.limit_range)(&tongue.number(min), &tongue.number(max));
            }
            _ => "",
        },
    };
    text.to_owned()
}

/// What stands in the field: a number with the decimal mark of the language.
fn shown_text(language: Language, slot: Slot, form: &AvatarForm) -> String {
    match slot {
        Slot::Strength => language.marked(form.text(slot)),
        _ => form.text(slot).to_owned(),
    }
}

/// A field with its label, its hint and its message.
#[component]
pub fn Entry(
    /// The form.
    writing: Writing,
    /// Which of its texts; `slot` means something else to the view.
    place: Slot,
) -> impl IntoView {
    let slot = place;
    let studio = use_studio();
    let t = studio.t();
    let form = writing.form;
    let id = id(slot);
    let [hint_id, error_id] = ["hint", "error"].map(|part| [id, part].join("-"));
    let described = [hint_id.as_str(), &error_id].join(" ");
    let issues = writing.shown(slot);
    let is_wrong = move || issues.with(|issues| issues.iter().any(Issue::is_error));
    let mode = match slot {
        Slot::LoraUrl => Some("url"),
        Slot::Strength => Some("decimal"),
        _ => None,
    };
    // Names are words; the rest is not, and a phone should not improve it.
    let plain = (slot != Slot::Name).then_some("off");
    let optional = (slot == Slot::TriggerPhrase)
        .then(|| view! { " " <span class="entry__optional">{t.rooms().optional}</span> });
    view! {
        <div class="entry" data-state=move || is_wrong().then_some("error")>
            <label class="entry__label" for=id>{move || form.with(|form| label(studio.tongue(), slot, form.kind()))} {optional}</label>
            <input class="input" id=id autocomplete="off" dir="auto" inputmode=mode autocapitalize=plain
                spellcheck=plain.map(|_| "false") aria-describedby=described
                aria-invalid=move || is_wrong().then_some("true")
                prop:value=move || form.with(|form| shown_text(studio.tongue(), slot, form))
                on:input=move |event| write(studio, writing, slot, event_target_value(&event))
                on:paste=move |_| writing.notice(slot) on:blur=move |_| writing.leave(slot) />
            <p class="entry__hint" id=hint_id>{move || form.with(|form| hint(studio, slot, form))}</p>
            <div id=error_id>{live(move || issues.get().into_iter().map(|issue| view! { <Message writing place=slot issue /> }).collect_view())}</div>
            {(slot == Slot::LoraUrl).then(|| view! { <Visiting writing /> })}
        </div>
    }
    .into_any()
}

/// What was typed or pasted.
fn write(studio: Studio, writing: Writing, slot: Slot, text: String) {
    let mut is_result = false;
    writing.form.update(|form| is_result = form.write(slot, text));
    if is_result {
        writing.notice(slot);
        studio.toast(studio.t().rooms().training_read.to_owned(), None);
    }
}

/// What is wrong with a field, and the way out where there is one.
#[component]
fn Message(writing: Writing, place: Slot, issue: Issue) -> impl IntoView {
    let studio = use_studio();
    let tongue = studio.tongue();
    let class = if issue.is_error() { "field__error" } else { "go__warning" };
    let fix = fix_label(studio, &issue).map(|label| {
        let fix = issue.fix.clone();
        let follow = move |_| {
            writing.form.update(|form| form.follow(&fix));
            // The pressed button is gone with its message; so is the field, if the fix was to remove it.
            focus(id(place));
        };
        view! { " " <button class="fix" type="button" on:click=follow>{label}</button> }
    });
    view! { <p class=class>{icon("warning")}<span>{sentence(tongue, &issue)} {fix}</span></p> }
        .into_any()
}

fn fix_label(studio: Studio, issue: &Issue) -> Option<String> {
    let fix = issue.fix.first()?;
    let is_reference = issue.reason == Reason::AddressAsId
        || (fix.field == "avatar.lora_url" && fix.value.is_string());
    if is_reference {
        return Some((studio.t().rooms().noticed)(issue.reason).1.to_owned());
    }
    if fix.field != "avatar.kind" {
        return wording::fix(studio.tongue(), issue);
    }
    let kind = likeness_core::AvatarKind::parse(fix.value.as_str()?)?;
    let t = studio.t();
    Some((t.use_value)(card::kind(t, kind)))
}
