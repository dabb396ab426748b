//! A picture on its way out of the app: into the person's chat with the bot, to somebody else, onto
//! the device, into a story.
//!
//! Telegram's clients save nothing that a page offers, and Android's ignores without a word what is
//! asked of it more than ten seconds after the last touch. So everything is made ready first, and a
//! fresh press finishes it within the same turn; nothing waits for an answer that may never come. A
//! [`Deliveries`] has a [`Delivery`] for each picture. Times are milliseconds of one clock.

mod deliveries;
mod delivery;
#[cfg(test)]
mod tests;

pub use deliveries::{Deliveries, Heard};
pub use delivery::{Delivery, Press, Work};

use crate::bridge::Call;
use likeness_api::{
    address,
    telegram::{Offer, SendAs, SendRequest},
};
use serde_json::{Value, json};

/// Where a picture can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Into one's own chat with the bot, to look at.
    Photo,
    /// The same, byte for byte.
    File,
    /// Into any other chat.
    Share,
    /// Onto the device.
    Save,
    /// Into a story.
    Story,
}

impl Way {
    /// Every way.
    pub const ALL: [Self; 5] = [Self::Photo, Self::File, Self::Share, Self::Save, Self::Story];

    /// What the client is asked for in the end; nothing where the server does all.
    pub const fn call(self) -> Option<Call> {
        match self {
            Self::Photo | Self::File => None,
            Self::Share => Some(Call::PreparedMessage),
            Self::Save => Some(Call::Download),
            Self::Story => Some(Call::Story),
        }
    }

    /// Whether the bot speaks to Telegram for it.
    pub const fn needs_bot(self) -> bool {
        matches!(self, Self::Photo | Self::File | Self::Share)
    }

    /// The ways of a server and of a client that knows these calls.
    pub fn open(offer: Offer, knows: impl Fn(Call) -> bool) -> Vec<Self> {
        let is_offered = |way: &Self| if way.needs_bot() { offer.send } else { offer.save };
        let is_known = |way: &Self| way.call().is_none_or(&knows);
        Self::ALL.into_iter().filter(|way| is_offered(way) && is_known(way)).collect()
    }
}

/// A request to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// The picture's bytes.
    HandOver,
    /// To be sent into the own chat: the server's name for the picture, and how.
    Send(String, SendAs),
    /// To be prepared for any chat.
    Share(String),
    /// An address for the client.
    Link(String),
}

impl Ask {
    /// Where it goes.
    pub fn path(&self) -> String {
        match self {
            Self::HandOver => address::TELEGRAM_PICTURES.to_owned(),
            Self::Send(id, _) => address::filled(address::TELEGRAM_SEND, id),
            Self::Share(id) => address::filled(address::TELEGRAM_SHARE, id),
            Self::Link(id) => address::filled(address::TELEGRAM_LINK, id),
        }
    }

    /// What goes with it as JSON.
    pub fn body(&self) -> Option<Value> {
        match self {
            Self::Send(_, send_as) => Some(json!(SendRequest { send_as: *send_as })),
            _ => None,
        }
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A status and a body; null if that is no JSON.
    Reply(u16, Value),
    /// Nothing was sent.
    Unsent,
    /// It may have been sent; nothing came back.
    Lost,
}

/// What there is to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It is in the chat with the bot. As a file, although a photo was wanted, if that is so.
    Sent {
        /// Whether Telegram did not take it as a photo.
        is_file_instead: bool,
    },
    /// All is ready; the next press opens what Telegram has for this way.
    Ready(Way),
    /// Telegram was asked for this. If nothing opens, it may be pressed again.
    Asked(Way),
    /// It is in the chat that the person chose.
    Shared,
    /// Telegram saves it.
    Saving,
    /// The person thought better of it.
    Declined,
    /// The bot may not write to the person yet.
    NoAccess,
    /// The client was asked whether it may.
    AccessAsked,
    /// The person does not want it to.
    AccessDenied,
    /// Nothing may be sent for so many seconds.
    Pause(u64),
    /// The pause is over.
    PauseOver,
    /// It did not work.
    Failed(Trouble),
}

/// Why something did not work. Unless said otherwise nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No connection to the server.
    NoNetwork,
    /// It is not known whether it was sent.
    Unknown,
    /// The server has no connection to Telegram.
    Away,
    /// Telegram refused, for a reason that is in the server's log.
    Refused,
    /// This client cannot do it.
    Unsupported,
    /// More bytes than bots may send.
    TooLarge,
    /// The server takes it for no picture, or a damaged one.
    BadPicture,
    /// The server dropped the picture too early.
    Gone,
    /// The server has no room, or is asked too much.
    Busy,
    /// Its bytes are not on this device any more.
    NoBytes,
    /// The server does not know who this is.
    NotSignedIn,
    /// Anything else.
    Other,
}
