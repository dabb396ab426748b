//! Where a picture can go from here, inside Telegram.

use super::{focus, link::icon, live::live};
use crate::{
    browser::{clock, telegram},
    i18n::Words,
    ui::context::{Server, Studio, button, use_studio},
};
use leptos::{prelude::*, task::spawn_local};
use likeness_api::telegram::Offer;
use likeness_studio::picture::PictureId;
use likeness_telegram::{
    bridge::Call,
    sending::{Delivery, Said, Trouble, Way, Work},
};

/// The element that holds all this.
const PANEL: &str = "sending";

/// What there is to press beside what is said.
#[derive(Clone, Copy, PartialEq)]
enum Help {
    /// Asks the server anew.
    Again,
    /// Asks Telegram whether the bot may write.
    Allow,
}

/// The ways that the server and the client have, and what became of the last one.
#[component]
pub fn Sending(
    /// Which picture.
    id: PictureId,
) -> impl IntoView {
    let studio = use_studio();
    let words = studio.t();
    let t = words.rooms();
    // What is known of a server stays when it is silent for a while.
    let server = Memo::new(move |known: Option<&Server>| match (known, studio.server.get()) {
        (Some(known @ Server::Here(_)), Server::Away) => known.clone(),
        (_, server) => server,
    });
    let (opened, asked, shown) = (id.clone(), id.clone(), id.clone());
    Effect::new(move || {
        if let Some(offer) = server.with(offer) {
            studio.open_delivery(&opened, offer);
        }
    });
    Effect::new(|| focus::see(PANEL));
    let delivery = Memo::new(move |_| studio.delivery(&shown).unwrap_or_default());
    let is_asking = RwSignal::new(false);
    let status = move || match is_asking.get() {
        true => t.chat_preparing.to_owned(),
        false => server.with(|server| delivery.with(|delivery| status(studio, server, delivery))),
    };
    let kind = move || delivery.with(|delivery| delivery.said().and_then(kind));
    let help =
        Memo::new(move |_| server.with(|server| delivery.with(|delivery| help(server, delivery))));
    let help = move || {
        let asked = asked.clone();
        let help = help.get()?;
        let (id, name) = match help {
            Help::Again => ("ask-again", words.try_again),
            Help::Allow => ("allow-writing", t.chat_allow),
        };
        let press = move |_| match help {
            Help::Again => {
                // The button may go.
                focus::focus(PANEL);
                is_asking.set(true);
                spawn_local(async move {
                    studio.ask_server().await;
                    // The panel may be closed by then.
                    let _ = is_asking.try_set(false);
                });
            }
            Help::Allow => studio.ask_access(&asked),
        };
        Some(view! { <button class="button" type="button" id=id on:click=press>{name}</button> })
    };
    let rows = move || {
        let ways = ways(server.with(offer)?);
        let rows: Vec<_> = ways.into_iter().map(|way| row(studio, &id, way, delivery)).collect();
        Some(view! { <ul class="sending__ways">{rows}</ul> })
    };
    view! {
        <section class="sending" id=PANEL tabindex="-1" aria-label=t.chat_open>
            <div class="sending__head">
                <p class="sending__note" role="status" data-kind=kind>{status}</p>
                {live(help)}
            </div>
            {live(rows)}
        </section>
    }
    .into_any()
}

/// One way, as a button.
fn row(studio: Studio, id: &PictureId, way: Way, delivery: Memo<Delivery>) -> AnyView {
    let t = studio.t().rooms();
    let (glyph, name, hint) = match way {
        Way::Photo => ("send", t.chat_photo, t.chat_photo_hint),
        Way::File => ("picture", t.chat_file, t.chat_file_hint),
        Way::Share => ("external", t.chat_share, t.chat_share_hint),
        Way::Save => ("download", t.chat_save, t.chat_save_hint),
        Way::Story => ("plus", t.chat_story, t.chat_story_hint),
    };
    let is_ready = move || delivery.with(|delivery| delivery.is_ready(way, clock::now()));
    // Of the others nobody need know that they were made ready.
    let is_next = move || way == Way::Share && is_ready();
    let is_at_work = move || delivery.with(|delivery| delivery.work() == Some(Work::Way(way)));
    let is_idle = move || {
        let is_busy = delivery.with(|delivery| matches!(delivery.work(), Some(Work::Way(_))));
        (is_busy || studio.pause() > 0 && way.needs_bot()) && !is_ready()
    };
    let is_hidden = move || {
        delivery.with(|delivery| {
            way == Way::Photo && !delivery.is_photo() || way.needs_bot() && !delivery.can_send()
        })
    };
    let label = move || if is_next() { t.chat_choose } else { name };
    let id = id.clone();
    view! {
        <li class="sending__item" hidden=is_hidden>
            <button class="sending__way" type="button" id=button(way) aria-disabled=move || is_idle().then_some("true")
                aria-busy=move || is_at_work().then_some("true") data-state=move || is_next().then_some("ready") on:click=move |_| studio.press_way(&id, way)>
                {icon(glyph)}
                <span class="sending__words"><b class="sending__name">{label}</b> " " <small class="sending__hint">{hint}</small></span>
            </button>
        </li>
    }
    .into_any()
}

/// What the server can do with pictures at Telegram; none while nobody knows, if there is nothing that this client can do too, or for nobody.
fn offer(server: &Server) -> Option<Offer> {
    let Server::Here(config) = server else { return None };
    Some(config.offer).filter(|offer| is_named() && !ways(*offer).is_empty())
}

/// Whether the launch says who this is, without which the server takes no picture.
fn is_named() -> bool {
    telegram::launch().is_some_and(|launch| !launch.init_data.is_empty())
}

/// The ways that are left for this picture, by what the server said when it was handed over.
fn ways_of(server: &Server, delivery: &Delivery) -> Vec<Way> {
    let ways = offer(server).map(ways).unwrap_or_default();
    ways.into_iter().filter(|way| delivery.can_send() || !way.needs_bot()).collect()
}

fn ways(offer: Offer) -> Vec<Way> {
    Way::open(offer, telegram::knows)
}

fn status(studio: Studio, server: &Server, delivery: &Delivery) -> String {
    let words = studio.t();
    let t = words.rooms();
    let text = match (server, delivery.said(), delivery.work()) {
        (Server::Unknown, ..) => t.chat_preparing,
        (Server::Away, ..) => words.no_server,
        _ if !is_named() => t.telegram_empty,
        (server, ..) if ways_of(server, delivery).is_empty() => t.chat_off,
        (_, Some(said), _) => return say(words, said),
        (_, None, Some(Work::Open)) => t.chat_preparing,
        (_, None, Some(Work::Way(_))) => t.chat_working,
        (..) if studio.pause() > 0 => return (t.chat_pause)(studio.pause().div_ceil(1000)),
        (..) if delivery.is_marked() => return format!("{} {}", t.chat_note, t.chat_mark),
        _ => t.chat_note,
    };
    text.to_owned()
}

fn help(server: &Server, delivery: &Delivery) -> Option<Help> {
    if !matches!(server, Server::Here(_)) {
        return Some(Help::Again);
    }
    let is_closed =
        matches!(delivery.said()?, Said::NoAccess | Said::AccessAsked | Said::AccessDenied);
    (is_closed && telegram::knows(Call::WriteAccess)).then_some(Help::Allow)
}

const fn kind(said: Said) -> Option<&'static str> {
    Some(match said {
        Said::Failed(_) => "error",
        Said::NoAccess | Said::AccessDenied | Said::Pause(_) => "warning",
        Said::Sent { .. } | Said::Shared | Said::Saving => "done",
        _ => return None,
    })
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
        Said::AccessAsked => t.chat_access_asked,
        Said::AccessDenied => t.chat_access_denied,
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
            Trouble::Gone => t.chat_gone,
            Trouble::Busy => t.chat_busy,
            Trouble::NoBytes => words.print_lost,
            Trouble::NotSignedIn => t.telegram_refused,
            Trouble::Other => t.chat_failed,
        },
    };
    text.to_owned()
}
