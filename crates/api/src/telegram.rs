//! `/api/v1/telegram/…`: signing in by Telegram, and pictures on their way there.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The server's bots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bots {
    /// Their numbers.
    pub bots: Vec<u64>,
    /// What can be done with pictures.
    #[serde(flatten)]
    pub offer: Offer,
}

/// What the server can do with pictures: send through a bot, and give out addresses that Telegram reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// Whether it has an https address.
    pub save: bool,
    /// Whether it can send.
    pub send: bool,
}

impl Offer {
    /// What `telegram` in a configuration says; nothing can be done where it is null.
    pub fn read(told: &Value) -> Self {
        let can = |key: &str| told.get(key).and_then(Value::as_bool).unwrap_or_default();
        Self { save: can("save"), send: can("send") }
    }
}

/// `POST /api/v1/telegram/session`: a session that began. `User` is what Telegram says of the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Session<User> {
    /// In how many seconds the token is no longer good.
    pub expires_in: u64,
    /// To be sent as `Authorization: Bearer`.
    pub token: String,
    /// The person.
    pub user: User,
}

impl Session<()> {
    /// The token in a reply; none if there is none.
    pub fn token(reply: &Value) -> Option<&str> {
        text(reply, "token")
    }
}

/// `POST …/pictures`: what the server has of a picture now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct HandedOver<'a> {
    /// Size of the file.
    pub bytes: u64,
    /// Such as `image/jpeg`.
    pub content_type: &'a str,
    /// In how many seconds it is gone.
    pub expires_in: u64,
    /// Pixels.
    pub height: u32,
    /// IPTC's word for who made it, if the file says so.
    pub mark: Option<&'a str>,
    /// Whether Telegram takes it as a photo.
    pub photo: bool,
    /// The server's name for it.
    pub picture_id: &'a str,
    /// Whether the caller's bot can send it.
    pub send: bool,
    /// Pixels.
    pub width: u32,
}

impl<'a> HandedOver<'a> {
    /// None if the picture has no name. What is not said counts as possible.
    pub fn read(reply: &'a Value) -> Option<Self> {
        let may = |key: &str| reply.get(key).and_then(Value::as_bool).unwrap_or(true);
        let pixels = |key: &str| u32::try_from(whole(reply, key)).unwrap_or_default();
        Some(Self {
            bytes: whole(reply, "bytes"),
            content_type: text(reply, "content_type").unwrap_or_default(),
            expires_in: whole(reply, "expires_in"),
            height: pixels("height"),
            mark: text(reply, "mark"),
            photo: may("photo"),
            picture_id: text(reply, "picture_id")?,
            send: may("send"),
            width: pixels("width"),
        })
    }
}

/// How a picture is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendAs {
    /// To look at: Telegram compresses it.
    Photo,
    /// As a file, byte for byte.
    Document,
}

impl SendAs {
    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Document => "document",
        }
    }
}

/// `POST …/pictures/{id}/send`: how it is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendRequest {
    /// As what.
    #[serde(rename = "as")]
    pub send_as: SendAs,
}

/// Why a picture went as a document although a photo was wished for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unfit {
    /// Telegram would not take it.
    Refused,
    /// More bytes than a photo may have.
    TooLarge,
    /// More pixels.
    TooManyPixels,
    /// One side is too long for the other.
    TooNarrow,
}

/// The picture is in the chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// Why it went as a document, if it should not have.
    pub reason: Option<Unfit>,
    /// How it went.
    pub sent: SendAs,
}

impl Sent {
    /// Whether a reply says that it went as a document.
    pub fn is_document(reply: &Value) -> bool {
        text(reply, "sent") == Some(SendAs::Document.name())
    }
}

/// `POST …/pictures/{id}/share`: a message for any chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Prepared {
    /// When Telegram forgets it, in seconds since 1970.
    pub expires_at: u64,
    /// Telegram's name for it.
    pub prepared_message_id: String,
}

impl Prepared {
    /// Telegram's name in a reply; none if there is none.
    pub fn id(reply: &Value) -> Option<&str> {
        text(reply, "prepared_message_id")
    }
}

/// `POST …/pictures/{id}/link`: an address that needs no sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Link<'a> {
    /// In how many seconds it leads nowhere.
    pub expires_in: u64,
    /// What the file is called.
    pub file_name: &'a str,
    /// The address.
    pub url: &'a str,
}

impl<'a> Link<'a> {
    /// None if there is no address, or no name.
    pub fn read(reply: &'a Value) -> Option<Self> {
        Some(Self {
            expires_in: whole(reply, "expires_in"),
            file_name: text(reply, "file_name")?,
            url: text(reply, "url")?,
        })
    }
}

fn text<'a>(reply: &'a Value, key: &str) -> Option<&'a str> {
    reply.get(key)?.as_str()
}

fn whole(reply: &Value, key: &str) -> u64 {
    reply.get(key).and_then(Value::as_u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn replies_are_read_as_they_were_written() {
        let handed = HandedOver {
            bytes: 5,
            content_type: "image/png",
            expires_in: 870,
            height: 7,
            mark: Some("trainedAlgorithmicMedia"),
            photo: false,
            picture_id: "p",
            send: false,
            width: 9,
        };
        assert_eq!(HandedOver::read(&json!(handed)), Some(handed));
        let handed = HandedOver { mark: None, photo: true, send: true, ..handed };
        assert_eq!(HandedOver::read(&json!(handed)), Some(handed));
        let link = Link { expires_in: 3, file_name: "l.png", url: "https://s.example/f?key=k" };
        assert_eq!(Link::read(&json!(link)), Some(link));
        let prepared = Prepared { expires_at: 1, prepared_message_id: "m".to_owned() };
        assert_eq!(Prepared::id(&json!(prepared)), Some("m"));
        let session = Session { expires_in: 3600, token: "tg1.a".to_owned(), user: () };
        assert_eq!(Session::token(&json!(session)), Some("tg1.a"));
        for sent in [SendAs::Photo, SendAs::Document] {
            let is_document = sent == SendAs::Document;
            assert_eq!(Sent::is_document(&json!(Sent { reason: None, sent })), is_document);
            assert_eq!(json!(sent), sent.name());
        }
        for (save, send) in [(true, false), (false, true)] {
            let bots = Bots { bots: vec![7], offer: Offer { save, send } };
            assert_eq!(Offer::read(&json!(bots)), bots.offer);
        }
        assert_eq!(Offer::read(&Value::Null), Offer::default());
    }

    #[test]
    fn a_picture_is_sent_in_one_of_two_ways_and_nothing_else_is_wished() {
        let read = |request: Value| SendRequest::deserialize(request).ok();
        for send_as in [SendAs::Photo, SendAs::Document] {
            let request = SendRequest { send_as };
            assert_eq!(read(json!(request)), Some(request));
        }
        assert_eq!(read(json!({ "as": "voice" })), None);
        assert_eq!(read(json!({ "as": "photo", "to": 1 })), None);
    }
}
