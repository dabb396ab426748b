//! What a delivery makes of the answers of the server and of the client.

use super::{Delivery, PAUSE, Work, good, lent, paused};
use crate::bridge::Event;
use crate::sending::{Answer, Ask, Said, Trouble, Way};
use likeness_api::{
    ServerCode, ServerError,
    telegram::{HandedOver, Link, Prepared, SendAs, Sent},
};
use serde_json::Value;

impl Delivery {
    /// The answer to [`Delivery::ask`] came. Gives how long the server wants a pause, in
    /// milliseconds.
    pub(in crate::sending) fn hear_server(
        &mut self,
        ask: &Ask,
        answer: &Answer,
        now: u64,
    ) -> Option<u64> {
        let work = self.work?;
        match answer {
            Answer::Reply(status, body) if !(200..300).contains(status) => {
                return self.hear_refusal(ask, *status, body);
            }
            Answer::Reply(_, body) => self.hear_reply(ask, work, body, now),
            Answer::Lost if matches!(ask, Ask::Send(..)) => self.fail(Trouble::Unknown),
            Answer::Lost | Answer::Unsent => self.miss(ask, Trouble::NoNetwork),
        }
        None
    }

    fn hear_reply(&mut self, ask: &Ask, work: Work, body: &Value, now: u64) {
        match ask {
            Ask::HandOver => {
                let Some(handed) = HandedOver::read(body) else {
                    return self.fail(Trouble::Other);
                };
                self.handed = Some(lent(handed.picture_id.to_owned(), handed.expires_in, now));
                self.is_fresh = true;
                self.is_file_only = !handed.photo;
                self.is_mute = !handed.send;
                self.is_marked = handed.mark.is_some();
                self.prepared = None;
                self.link = None;
                if good(&self.handed, now).is_none() {
                    self.fail(Trouble::Other);
                } else if work == Work::Open && !self.offer.save {
                    self.work = None;
                }
            }
            Ask::Send(_, send_as) => {
                self.is_sent = true;
                let is_file_instead = *send_as == SendAs::Photo && Sent::is_document(body);
                self.end(Said::Sent { is_file_instead });
            }
            Ask::Share(_) => match Prepared::id(body) {
                Some(id) => {
                    self.prepared = Some(id.to_owned());
                    self.end(Said::Ready(Way::Share));
                }
                None => self.fail(Trouble::Other),
            },
            Ask::Link(_) => {
                self.link = Link::read(body).map(|link| {
                    let value = (link.url.to_owned(), link.file_name.to_owned());
                    lent(value, link.expires_in, now)
                });
                match work {
                    _ if good(&self.link, now).is_none() => self.fail(Trouble::Other),
                    Work::Open => self.work = None,
                    Work::Way(way @ (Way::Save | Way::Story)) => self.end(Said::Ready(way)),
                    // Pressed while it was made ready; it comes next.
                    Work::Way(_) => {}
                }
            }
        }
    }

    fn hear_refusal(&mut self, ask: &Ask, status: u16, body: &Value) -> Option<u64> {
        let error = ServerError::read(body);
        let code = error.as_ref().and_then(|error| ServerCode::of_name(&error.code));
        let trouble = match code {
            // The server was restarted, or needed the room: once more from the start.
            Some(ServerCode::PictureGone) if !self.is_fresh && *ask != Ask::HandOver => {
                self.handed = None;
                return None;
            }
            Some(ServerCode::WriteAccessRequired) => {
                if let Some(Work::Way(way)) = self.work {
                    self.wanted = Some(way);
                }
                self.end(Said::NoAccess);
                return None;
            }
            Some(ServerCode::TelegramBusy) => {
                let wait = error.and_then(|error| error.retry_after_ms).unwrap_or(PAUSE);
                self.end(paused(wait));
                return Some(wait);
            }
            Some(ServerCode::TelegramAway) => Trouble::Away,
            Some(ServerCode::TelegramUnknown) => Trouble::Unknown,
            Some(ServerCode::TelegramRefused) => Trouble::Refused,
            Some(ServerCode::BodyTooLarge) => Trouble::TooLarge,
            Some(ServerCode::BadPicture) => Trouble::BadPicture,
            _ if status == 401 => Trouble::NotSignedIn,
            _ if status == 429 => Trouble::Busy,
            _ => Trouble::Other,
        };
        self.miss(ask, trouble);
        None
    }

    /// The client answered what was asked of it for this picture. Gives the way that can be gone
    /// now that the bot may write.
    pub(in crate::sending) fn hear_client(&mut self, event: &Event) -> Option<Way> {
        self.said = Some(match event {
            Event::PreparedMessage(Ok(())) => {
                // It can be sent once.
                self.prepared = None;
                self.is_sent = true;
                Said::Shared
            }
            Event::PreparedMessage(Err(why)) => match why.as_str() {
                "USER_DECLINED" => Said::Declined,
                "UNSUPPORTED" => Said::Failed(Trouble::Unsupported),
                _ => {
                    self.prepared = None;
                    Said::Failed(Trouble::Other)
                }
            },
            Event::Download(true) => {
                self.is_saved = true;
                Said::Saving
            }
            Event::Download(false) => Said::Declined,
            Event::WriteAccess(false) if self.waits_for_access() => Said::AccessDenied,
            Event::WriteAccess(true) if self.waits_for_access() => {
                self.said = None;
                return self.wanted.take();
            }
            _ => return None,
        });
        None
    }
}
