//! Where a picture can go from here, inside Telegram.

use super::{link::icon, live::live};
use crate::{
    browser::{clock, telegram},
    i18n::Words,
    ui::context::{button, use_studio},
};
use leptos::prelude::*;
use likeness_engine::picture::PictureId;
use likeness_telegram::{
    bridge::Call,
    sending::{Said, Trouble, Way, Work},
};

/// The ways that the server and the client have, and what became of the last one.
#[component]
pub fn Sending(
    /// Which picture.
    id: PictureId,
) -> impl IntoView {
    let studio = use_studio();
    let words = studio.t();
    let t = words.rooms();
    let ways = Way::open(studio.offer(), telegram::knows);
    if ways.is_empty() {
        return view! { <div class="sending" id="sending"><p class="sending__note">{t.chat_off}</p></div> }.into_any();
    }
    let desk = studio.open_desk(id.clone());
    on_cleanup(move || studio.close_desk());
    let row = |way: Way| {
        let id = id.clone();
        let (glyph, name, hint) = match way {
            Way::Photo => ("send", t.chat_photo, t.chat_photo_hint),
            Way::File => ("picture", t.chat_file, t.chat_file_hint),
            Way::Share => ("external", t.chat_share, t.chat_share_hint),
            Way::Save => ("download", t.chat_save, t.chat_save_hint),
            Way::Story => ("plus", t.chat_story, t.chat_story_hint),
        };
        // Of the others nobody need know that they were made ready.
        let is_ready =
            move || way == Way::Share && desk.with(|desk| desk.is_ready(way, clock::now()));
        let label = move || if is_ready() { t.chat_choose } else { name };
        let is_idle =
            move || desk.with(|desk| desk.work().is_some() || desk.is_paused(way, clock::now()));
        let is_hidden = move || way == Way::Photo && desk.with(|desk| !desk.is_photo());
        let is_at_work = move || desk.with(|desk| desk.work() == Some(Work::Way(way)));
        view! {
            <li class="sending__item" hidden=is_hidden>
                <button class="sending__way" type="button" id=button(way) aria-disabled=move || is_idle().then_some("true")
                    aria-busy=move || is_at_work().then_some("true") data-state=move || is_ready().then_some("ready") on:click=move |_| studio.press_way(desk, &id, way)>
                    {icon(glyph)}
                    <span class="sending__words"><b class="sending__name">{label}</b> " " <small class="sending__hint">{hint}</small></span>
                </button>
            </li>
        }
        .into_any()
    };
    let rows: Vec<_> = ways.into_iter().map(row).collect();
    let status = move || {
        desk.with(|desk| match (desk.work(), desk.said()) {
            (Some(Work::Open), _) => t.chat_preparing.to_owned(),
            (Some(Work::Way(_)), _) => t.chat_working.to_owned(),
            (None, Some(said)) => say(words, said),
            (None, None) => t.chat_note.to_owned(),
        })
    };
    let kind = move || match desk.with(|desk| desk.said().filter(|_| desk.work().is_none())) {
        Some(Said::Failed(_)) => Some("error"),
        Some(Said::NoAccess | Said::Pause(_)) => Some("warning"),
        Some(Said::Sent { .. } | Said::Shared | Said::Saving) => Some("done"),
        _ => None,
    };
    let allow = move || {
        let is_asked =
            desk.with(|desk| desk.said() == Some(Said::NoAccess) && desk.work().is_none());
        (is_asked && telegram::knows(Call::WriteAccess)).then(|| {
            view! { <button class="button" type="button" id="allow-writing" on:click=move |_| studio.ask_access()>{t.chat_allow}</button> }
        })
    };
    view! {
        <section class="sending" id="sending" aria-label=t.chat_open>
            <ul class="sending__ways">{rows}</ul>
            <div class="sending__foot">
                <p class="sending__note" role="status" data-kind=kind>{status}</p>
                {live(allow)}
            </div>
        </section>
    }
    .into_any()
}

fn say(words: Words, said: Said) -> String {
    let t = words.rooms();
    let text = match said {
        Said::Sent { is_file_instead: false } => t.chat_sent,
        Said::Sent { is_file_instead: true } => t.chat_sent_file,
        Said::Ready(Way::Share) => t.chat_ready_share,
        Said::Ready(_) => t.chat_ready,
        Said::Asked(_) => t.chat_asked,
        Said::Shared => t.chat_shared,
        Said::Saving => t.chat_saving,
        Said::Declined => t.chat_declined,
        Said::NoAccess if telegram::knows(Call::WriteAccess) => t.chat_no_access,
        Said::NoAccess => t.chat_no_access_old,
        Said::Pause(seconds) => return (t.chat_pause)(seconds),
        Said::PauseOver => t.chat_pause_over,
        Said::Failed(trouble) => match trouble {
            Trouble::NoNetwork => t.chat_no_network,
            Trouble::Unknown => t.chat_unknown,
            Trouble::Away => t.chat_away,
            Trouble::Refused => t.chat_refused,
            Trouble::Unsupported => t.chat_unsupported,
            Trouble::TooLarge => t.chat_too_large,
            Trouble::BadPicture => t.chat_bad,
            Trouble::NoBytes => words.print_lost,
            Trouble::NotSignedIn => {
                let is_named =
                    telegram::launch().is_some_and(|launch| !launch.init_data.is_empty());
                if is_named { t.telegram_refused } else { t.telegram_empty }
            }
            Trouble::Other => t.chat_failed,
        },
    };
    text.to_owned()
}
