//! What is to be said of a file that brought avatars: what was left out, who is alike, and addresses that look wrong.

use super::{
    card::shown_name,
    entry,
    focus::focus,
    link::{icon, icon_with},
    live::live,
};
use crate::{
    browser::clock,
    i18n::{Rooms, Words},
    ui::context::{Studio, use_studio},
};
use leptos::prelude::*;
use likeness_core::{Avatar, Fix, Issue, reference};
use likeness_studio::library::{LeftOut, Why};

/// How many names stand in one line.
const MOST_NAMES: usize = 5;
/// How many fields are named.
const MOST_FIELDS: usize = 12;

/// What the last file brought.
#[derive(Clone)]
pub struct Report {
    /// What was left out.
    pub left_out: Vec<LeftOut>,
    /// The names of those that share a name or a model with another of the file.
    pub alike: Vec<String>,
    /// The ids of the avatars that came.
    pub avatars: Vec<String>,
}

/// Several avatars with the same mistake.
struct Mistake {
    issue: Issue,
    names: Vec<String>,
    /// By id, what helps.
    fixes: Vec<(String, Vec<Fix>)>,
}

/// The report, as long as there is something to say.
#[component]
pub fn ImportReport(
    /// What the last file brought.
    report: RwSignal<Option<Report>>,
) -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    live(move || {
        let Report { left_out, alike, avatars } = report.get()?;
        let mistakes = studio.avatars.with(|here| {
            let came = here.iter().filter(|avatar| avatars.contains(&avatar.id));
            mistakes(t, came)
        });
        if left_out.is_empty() && alike.is_empty() && mistakes.is_empty() {
            return None;
        }
        let close = move |_| {
            report.set(None);
            focus("import");
        };
        let fields = (!left_out.is_empty()).then(|| fields(t.rooms(), &left_out));
        let alike = (!alike.is_empty()).then(|| {
            view! { <p>{(t.rooms().import_alike)(&list(t.rooms(), &alike))}</p> }
        });
        let mistakes: Vec<_> =
            mistakes.into_iter().map(|mistake| mistake_line(studio, mistake)).collect();
        Some(view! {
            <div class="notice" data-kind="warning" role="status" id="import-report">
                {icon_with("icon notice__icon", "warning")}
                <div class="notice__text import-report">{fields} {alike} {mistakes}</div>
                <div class="notice__actions">
                    <button class="icon-button" type="button" aria-label=t.close title=t.close on:click=close>{icon("close")}</button>
                </div>
            </div>
        })
    })
}

fn fields(t: &'static Rooms, left_out: &[LeftOut]) -> AnyView {
    let line = |left: &LeftOut| {
        let why = match left.why {
            Why::Unknown => t.import_unknown,
            Why::NotText => t.import_not_text,
            Why::NotNumber => t.import_not_number,
            Why::OutOfRange => t.import_out_of_range,
            Why::NotKind => t.import_not_kind,
            Why::OtherKind => t.import_other_kind,
            Why::SecondModel => t.import_second_model,
            Why::HalfCharacter => t.import_half,
            Why::NotAvatar => t.import_not_avatar,
            Why::Unreadable => t.import_unreadable,
            Why::Twice => t.import_twice,
        };
        let rest = match list(t, &left.avatars).as_str() {
            "" => [": ", why].concat(),
            names => [": ", why, " (", names, ")"].concat(),
        };
        view! { <li><code>{left.key.clone()}</code>{rest}</li> }
    };
    let more = left_out.len().saturating_sub(MOST_FIELDS);
    let more = (more > 0).then(|| view! { <li>{(t.import_more)(more)}</li> });
    let lines = left_out.iter().take(MOST_FIELDS).map(line).collect_view();
    view! { <p>{t.import_left_out}</p> <ul>{lines} {more}</ul> }.into_any()
}

fn mistakes<'a>(t: Words, avatars: impl Iterator<Item = &'a Avatar>) -> Vec<Mistake> {
    let mut found: Vec<Mistake> = Vec::new();
    for avatar in avatars {
        for issue in reference::issues(avatar, clock::now()) {
            let is_same = |known: &Mistake| {
                known.issue.reason == issue.reason && known.fixes.is_empty() == issue.fix.is_empty()
            };
            let at = match found.iter().position(is_same) {
                Some(at) => at,
                None => {
                    let issue = issue.clone();
                    found.push(Mistake { issue, names: Vec::new(), fixes: Vec::new() });
                    found.len() - 1
                }
            };
            found[at].names.push(shown_name(t, avatar));
            if !issue.fix.is_empty() {
                found[at].fixes.push((avatar.id.clone(), issue.fix));
            }
        }
    }
    found
}

fn mistake_line(studio: Studio, mistake: Mistake) -> AnyView {
    let Mistake { issue, names, fixes } = mistake;
    let text = [&list(studio.t().rooms(), &names), ": ", &entry::sentence(studio.tongue(), &issue)]
        .concat();
    let fix = (!fixes.is_empty()).then(|| {
        let label = (studio.t().rooms().noticed)(issue.reason).1;
        let follow = move |_| {
            for (id, fixes) in &fixes {
                studio.fix_avatar_of(id, fixes);
            }
            focus("import");
        };
        view! { " " <button class="fix" type="button" on:click=follow>{label}</button> }
    });
    view! { <p>{text} {fix}</p> }.into_any()
}

/// The first names, and how many more there are.
pub fn list(t: &Rooms, names: &[String]) -> String {
    let mut said: Vec<_> = names.iter().take(MOST_NAMES).cloned().collect();
    let more = names.len() - said.len();
    if more > 0 {
        said.push((t.import_more)(more));
    }
    said.join(", ")
}
