//! A person as Telegram describes them. Names are what the person chose, and so untrusted text.

use core::fmt;
use likeness_core::json::parse_strict;
use serde::{Deserialize, Serialize};

/// A user's number at Telegram: positive, at most 52 bits, so every language reads it exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u64")]
pub struct UserId(u64);

/// Not the number of a user.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("expected a user's number of at most 52 bits")]
pub struct BadUserId;

impl TryFrom<u64> for UserId {
    type Error = BadUserId;

    fn try_from(id: u64) -> Result<Self, BadUserId> {
        if (1..1 << 52).contains(&id) { Ok(Self(id)) } else { Err(BadUserId) }
    }
}

impl From<UserId> for u64 {
    fn from(id: UserId) -> Self {
        id.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Who opened the app. Fields that Telegram may add are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The number, which never changes.
    pub id: UserId,
    /// The first name.
    #[serde(default)]
    pub first_name: String,
    /// The last name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// The public name without its `@`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The language of the client, such as `en` or `pt-br`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language_code: Option<String>,
    /// The address of a small picture, often an SVG.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo_url: Option<String>,
    /// Whether the bot may write to the person.
    #[serde(default)]
    pub allows_write_to_pm: bool,
}

impl User {
    /// Reads the part `user` of a launch; none if it is not JSON with a number of a user, all of it
    /// good: fields that are left out are read as well.
    pub fn read(json: &str) -> Option<Self> {
        Self::deserialize(parse_strict(json.as_bytes()).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_needs_a_number_and_nothing_else() {
        let user = User::read(
            r#"{"id":279058397,"first_name":"A","is_premium":true,"allows_write_to_pm":true}"#,
        )
        .unwrap();
        assert_eq!(
            (u64::from(user.id), user.first_name.as_str(), user.allows_write_to_pm),
            (279_058_397, "A", true)
        );
        assert!(
            User::read(r#"{"id":1}"#).is_some()
                && User::read(r#"{"id":4503599627370495}"#).is_some()
        );
        for json in [
            "",
            "{}",
            "[]",
            "null",
            r#"{"id":0}"#,
            r#"{"id":-1}"#,
            r#"{"id":1.0}"#,
            r#"{"id":"1"}"#,
            r#"{"id":4503599627370496}"#,
            r#"{"id":1,"id":2}"#,
            r#"{"id":1,"unread":"\ud800"}"#,
            r#"{"id":1,"unread":1,"unread":2}"#,
        ] {
            assert_eq!(User::read(json), None, "{json}");
        }
    }
}
