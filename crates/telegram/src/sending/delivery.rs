//! One picture: what the server has of it, what is ready, what is being done and what there is to
//! say.

mod hear;

use super::{Ask, Said, Trouble, Way};
use crate::bridge::Call;
use likeness_api::telegram::{Offer, SendAs};
use serde_json::{Value, json};

/// So much earlier than the server an address or a picture counts as gone, for the time that a
/// client takes to fetch it.
const MARGIN: u64 = 30_000;
/// The pause where the server names none.
const PAUSE: u64 = 3_000;

/// What a press leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Press {
    /// Nothing new: something is being done, or there is a pause.
    Nothing,
    /// The client is to be asked for this in the same turn.
    Finish(Call, Value),
    /// Something is to be done: see [`super::Deliveries::ask`].
    Work,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// The picture is made ready for whatever is pressed first.
    Open,
    /// What was pressed.
    Way(Way),
}

/// Something that is good until a time.
#[derive(Clone, Debug, PartialEq)]
struct Lent<T> {
    value: T,
    until: u64,
}

/// Everything about one picture on its way out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Delivery {
    offer: Offer,
    /// What the server calls the picture.
    handed: Option<Lent<String>>,
    is_file_only: bool,
    is_mute: bool,
    is_marked: bool,
    /// Address and name for the client.
    link: Option<Lent<(String, String)>>,
    /// The message for any chat. The client says when it is too old.
    prepared: Option<String>,
    work: Option<Work>,
    /// Whether the picture was handed over for this work.
    is_fresh: bool,
    /// What is to be sent once the bot may write.
    wanted: Option<Way>,
    /// Whether a chat has it.
    is_sent: bool,
    /// Whether Telegram saves it, as far as is known.
    is_saved: bool,
    pub(super) said: Option<Said>,
}

impl Delivery {
    /// A picture of which nothing is known yet. It is made ready at once.
    pub(super) fn new(offer: Offer) -> Self {
        Self { offer, work: Some(Work::Open), ..Self::default() }
    }

    /// What is being done.
    pub const fn work(&self) -> Option<Work> {
        self.work
    }

    /// What there is to say.
    pub const fn said(&self) -> Option<Said> {
        self.said
    }

    /// Whether this person's bot can send, as far as is known: of several bots the server may have
    /// the tokens of some.
    pub const fn can_send(&self) -> bool {
        !self.is_mute
    }

    /// Whether Telegram takes it as a photo, as far as is known.
    pub const fn is_photo(&self) -> bool {
        !self.is_file_only
    }

    /// Whether the file says that a machine made the picture.
    pub const fn is_marked(&self) -> bool {
        self.is_marked
    }

    /// Whether a copy of it is somewhere else than in the app. Of a story nobody hears whether it
    /// was told.
    pub const fn is_out(&self) -> bool {
        self.is_sent || self.is_saved
    }

    /// Whether the next press finishes this way.
    pub fn is_ready(&self, way: Way, now: u64) -> bool {
        self.finish(way, now).is_some()
    }

    /// A way was pressed, while a pause of so many milliseconds is left. What is ready needs no
    /// server, so neither work nor a pause is in its way.
    pub(super) fn press(&mut self, way: Way, now: u64, pause: u64) -> Press {
        if let Some((call, data)) = self.finish(way, now) {
            self.said = Some(Said::Asked(way));
            return Press::Finish(call, data);
        }
        match self.work {
            // It is made ready for this, then.
            Some(Work::Open) => self.work = Some(Work::Way(way)),
            Some(Work::Way(_)) => {}
            None if pause > 0 && way.needs_bot() => self.said = Some(paused(pause)),
            None => {
                self.work = Some(Work::Way(way));
                self.is_fresh = false;
                self.said = None;
                self.wanted = None;
                return Press::Work;
            }
        }
        Press::Nothing
    }

    /// What the client is to be asked for, if all is ready.
    fn finish(&self, way: Way, now: u64) -> Option<(Call, Value)> {
        let data = match way {
            Way::Photo | Way::File => return None,
            Way::Share => json!({ "id": self.prepared.as_ref()? }),
            Way::Save => {
                let (url, name) = good(&self.link, now)?;
                json!({ "url": url, "file_name": name })
            }
            Way::Story => json!({ "media_url": good(&self.link, now)?.0 }),
        };
        Some((way.call()?, data))
    }

    /// The next request of what is being done; none if nothing is.
    pub(super) fn ask(&self, now: u64) -> Option<Ask> {
        let work = self.work?;
        let Some(id) = good(&self.handed, now).cloned() else { return Some(Ask::HandOver) };
        Some(match work {
            Work::Way(Way::Photo) => Ask::Send(id, SendAs::Photo),
            Work::Way(Way::File) => Ask::Send(id, SendAs::Document),
            Work::Way(Way::Share) => Ask::Share(id),
            Work::Way(Way::Save | Way::Story) | Work::Open => Ask::Link(id),
        })
    }

    /// Whether the last that there is to say is that the bot may not write, asked or not.
    pub(super) const fn waits_for_access(&self) -> bool {
        matches!(self.said, Some(Said::NoAccess | Said::AccessAsked | Said::AccessDenied))
    }

    /// The server does not have the picture any more, or does not answer, so what Telegram was
    /// given leads nowhere.
    pub(super) fn lose_link(&mut self, trouble: Trouble) {
        self.is_saved = false;
        if trouble == Trouble::Gone {
            self.handed = None;
            self.link = None;
            self.prepared = None;
        }
        self.said = Some(Said::Failed(trouble));
    }

    /// Makes the picture ready once more if that did not work the last time. Whether there is
    /// something to be done.
    pub(super) fn open_again(&mut self) -> bool {
        let is_stuck = self.work.is_none() && self.handed.is_none();
        if is_stuck {
            self.work = Some(Work::Open);
            self.said = None;
        }
        is_stuck
    }

    /// A request did not work. Without an address for the client a picture can still be sent, and
    /// nobody asked for one on opening.
    fn miss(&mut self, ask: &Ask, trouble: Trouble) {
        match (ask, self.work) {
            (Ask::Link(_), Some(Work::Open)) => self.work = None,
            (Ask::Link(_), Some(Work::Way(way))) if way.needs_bot() => {}
            _ => self.fail(trouble),
        }
    }

    /// What is being done cannot be.
    pub(super) fn fail(&mut self, trouble: Trouble) {
        self.end(Said::Failed(trouble));
    }

    fn end(&mut self, said: Said) {
        self.work = None;
        self.said = Some(said);
    }
}

const fn paused(wait: u64) -> Said {
    Said::Pause(wait.div_ceil(1000))
}

/// Something for so many seconds from now on.
fn lent<T>(value: T, seconds: u64, now: u64) -> Lent<T> {
    Lent { value, until: now.saturating_add(seconds.saturating_mul(1000)) }
}

fn good<T>(lent: &Option<Lent<T>>, now: u64) -> Option<&T> {
    lent.as_ref().filter(|lent| now + MARGIN < lent.until).map(|lent| &lent.value)
}
