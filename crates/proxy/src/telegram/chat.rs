//! Getting a picture out of the app: into one's own chat with the bot, into any other chat, onto
//! the device, into a story.
//!
//! Telegram's clients save nothing that a page offers, so the browser hands the picture over once
//! (`POST …/pictures`) and then says where it is to go. It is kept for a quarter of an hour without
//! what made it. Chats come from the session alone: a caller cannot name one.

use super::bot_api::{Failure, Message};
use super::kept::{KEPT, Kept};
use super::{Session, SignedIn, Telegram};
use crate::body;
use crate::memory::Memory;
use crate::named::Named;
use crate::refusal::Refusal;
use crate::shutdown::Shutdown;
use axum::Json;
use axum::extract::{Extension, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use likeness_api::telegram::{HandedOver, Link, SendAs, SendRequest, Sent, Unfit};
use likeness_api::{ServerCode, address};
use likeness_files::Picture;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// The largest file that bots may send, in bytes, and the largest photo.
const MOST_DOCUMENT: usize = 50_000_000;
const MOST_PHOTO: usize = 10_000_000;
/// Width and height of a photo together, and how much longer than the other one side may be.
const MOST_SIDES: u64 = 10_000;
const MOST_RATIO: u64 = 20;
/// How long a picture may take to arrive.
const PATIENCE: Duration = Duration::from_secs(90);
/// Pauses between attempts to take a message back, and the longest that Telegram may want of them.
const PAUSES: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(10),
    Duration::from_secs(30),
];
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// The largest request about a picture, in bytes.
const MOST_REQUEST: usize = 1024;

/// `POST /api/v1/telegram/pictures`: the bytes of a picture.
pub(crate) async fn hand_over(
    Extension(SignedIn { telegram, session }): Extension<SignedIn>,
    request: Request,
) -> Result<Response, Refusal> {
    let _permit = telegram.uploads.admit(session.user)?;
    let mut arrival = telegram.pictures.arrive(session.user);
    let takes = |size| arrival.takes(size);
    let mut bytes = body::bytes(request.into_body(), MOST_DOCUMENT, PATIENCE, takes).await?;
    if bytes.capacity() - bytes.len() < Picture::OWN {
        // While it moves it is there twice.
        arrival.takes(2 * bytes.len())?;
        bytes.reserve_exact(Picture::OWN);
    }
    // What stays of it is put together where it lies.
    let picture = Picture::without_recipe(bytes).map_err(|_| ServerCode::BadPicture)?;
    let reason = unfit(&picture);
    let (id, kept) = arrival.keep(picture)?;
    let Picture { format, width, height, mark, bytes } = kept.picture();
    let handed_over = HandedOver {
        bytes: bytes.len() as u64,
        content_type: format.mime(),
        expires_in: KEPT.as_secs(),
        height: *height,
        mark: mark.map(likeness_files::picture::Mark::name),
        photo: reason.is_none(),
        picture_id: &id,
        send: telegram.api.can_send_as(session.bot),
        width: *width,
    };
    Ok((StatusCode::CREATED, Json(handed_over)).into_response())
}

/// `POST /api/v1/telegram/pictures/{id}/send`: into one's own chat with the bot.
pub(crate) async fn send(
    State(memory): State<Memory>,
    Extension(SignedIn { telegram, session }): Extension<SignedIn>,
    Named(id): Named,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let wish = body::request(&parts.headers, body, MOST_REQUEST, &mut memory.room()).await?;
    let wish = SendRequest::deserialize(wish).map_err(|_| ServerCode::BadWay)?;
    let kept = telegram.pictures.of(session.user, &id)?;
    let _permit = telegram.sends.admit(session.user)?;
    let (sent, _) = deliver(&telegram, &session, &kept, wish.send_as, Sound::On).await?;
    Ok(Json(sent).into_response())
}

/// `POST /api/v1/telegram/pictures/{id}/share`: prepares a message for any chat, which the app then
/// lets its owner choose.
pub(crate) async fn share(
    State(shutdown): State<Arc<Shutdown>>,
    Extension(SignedIn { telegram, session }): Extension<SignedIn>,
    Named(id): Named,
) -> Result<Response, Refusal> {
    let kept = telegram.pictures.of(session.user, &id)?;
    let permit = telegram.sends.admit(session.user)?;
    let begun = shutdown.order_begins().await;
    let (send, receive) = oneshot::channel();
    // It runs on even if the caller hangs up: else a message that nobody asked for would stay
    // in their chat.
    tokio::spawn(async move {
        let sent = deliver(&telegram, &session, &kept, SendAs::Photo, Sound::Off).await;
        let (answer, message) = match sent {
            Ok((Sent { sent, .. }, message)) => {
                (prepare(&telegram, &session, sent, &message.file).await, Some(message.id))
            }
            Err(refusal) => (Err(refusal), None),
        };
        // The caller may have hung up.
        let _ = send.send(answer);
        drop((kept, permit));
        if let Some(message) = message {
            take_back(&telegram, &session, message).await;
        }
        drop(begun);
    });
    receive.await.unwrap_or_else(|_| Err(ServerCode::Internal.into()))
}

/// `POST /api/v1/telegram/pictures/{id}/link`: an address for Telegram's own download and story,
/// which carry no sign-in.
pub(crate) async fn link(
    Extension(SignedIn { telegram, session }): Extension<SignedIn>,
    Named(id): Named,
) -> Result<Response, Refusal> {
    let (kept, public) = (telegram.pictures.of(session.user, &id)?, &telegram.public);
    if !public.is_https() {
        return Err(ServerCode::NoHttps.into());
    }
    let path = address::filled(address::TELEGRAM_FILE, &kept.name);
    let url = format!("{public}{path}?key={}", kept.key);
    let expires_in = kept.left().as_secs();
    Ok(Json(Link { expires_in, file_name: &kept.name, url: &url }).into_response())
}

/// Whether the person is to hear of a message.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sound {
    On,
    Off,
}

/// Prepares a message for any chat. Telegram takes a file for it from a public address or from a
/// chat: the owner's own, for a moment, without a sound.
async fn prepare(
    telegram: &Telegram,
    session: &Session,
    sent: SendAs,
    file: &str,
) -> Result<Response, Refusal> {
    Ok(Json(telegram.api.prepare(session.bot, session.user, sent, file).await?).into_response())
}

/// Takes a message back, also from a Telegram that is busy or away for a while.
async fn take_back(telegram: &Telegram, session: &Session, message: u64) {
    let mut pauses = PAUSES.into_iter();
    while let Err(failure) = telegram.api.delete(session.bot, session.user, message).await {
        let refusal = Refusal::from(failure);
        let may_pass = refusal.code() != ServerCode::TelegramRefused;
        let Some(pause) = pauses.next().filter(|_| may_pass) else {
            tracing::warn!("a message that was sent for sharing stays in its owner's chat");
            return;
        };
        let wanted = refusal.wait().unwrap_or_default();
        tokio::time::sleep(wanted.clamp(pause, LONGEST_PAUSE)).await;
    }
}

/// Sends a picture to its owner: as they wish, or as a document where Telegram would not take it as
/// a photo. Says why.
async fn deliver(
    telegram: &Telegram,
    session: &Session,
    kept: &Kept,
    wanted: SendAs,
    sound: Sound,
) -> Result<(Sent, Message), Refusal> {
    let (bot, to) = (session.bot, session.user);
    let by = async |send_as| telegram.api.send(bot, to, send_as, kept, sound == Sound::Off).await;
    let reason = match (wanted, unfit(kept.picture())) {
        (SendAs::Document, _) => None,
        (SendAs::Photo, Some(reason)) => Some(reason),
        (SendAs::Photo, None) => match by(SendAs::Photo).await {
            Ok(message) => return Ok((Sent { reason: None, sent: SendAs::Photo }, message)),
            Err(Failure::NotAPhoto) => Some(Unfit::Refused),
            Err(failure) => return Err(failure.into()),
        },
    };
    Ok((Sent { reason, sent: SendAs::Document }, by(SendAs::Document).await?))
}

/// Why Telegram would not take it as a photo.
fn unfit(picture: &Picture) -> Option<Unfit> {
    let (width, height) = (u64::from(picture.width), u64::from(picture.height));
    if picture.bytes.len() > MOST_PHOTO {
        Some(Unfit::TooLarge)
    } else if width + height > MOST_SIDES {
        Some(Unfit::TooManyPixels)
    } else if width.max(height) > MOST_RATIO * width.min(height) {
        Some(Unfit::TooNarrow)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use likeness_files::Format;

    #[test]
    fn what_telegram_takes_as_a_photo_is_known_before() {
        let of = |width, height, size| {
            unfit(&Picture {
                format: Format::Jpeg,
                width,
                height,
                mark: None,
                bytes: vec![0; size],
            })
        };
        assert_eq!(of(2048, 2048, MOST_PHOTO), None);
        assert_eq!(of(2048, 2048, MOST_PHOTO + 1), Some(Unfit::TooLarge));
        assert_eq!((of(5000, 5000, 1), of(5000, 5001, 1)), (None, Some(Unfit::TooManyPixels)));
        assert_eq!((of(2000, 100, 1), of(100, 2001, 1)), (None, Some(Unfit::TooNarrow)));
    }
}
