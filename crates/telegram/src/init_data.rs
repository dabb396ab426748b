//! The data with which Telegram launches a Mini App: a query string that says who opened it, signed
//! by Telegram.
//!
//! [`InitData::read`] takes it apart and believes nothing. Only the server can tell whether it is
//! genuine; that part is not in wasm.

mod user;
#[cfg(not(target_arch = "wasm32"))]
mod verify;

pub use user::{User, UserId};
#[cfg(not(target_arch = "wasm32"))]
pub use verify::{BadBot, Bot, BotId, Bots, PRODUCTION_KEY, Verified};

use std::collections::BTreeMap;

/// The longest data that is read, in bytes. Telegram's own stay under a quarter of it.
pub const LONGEST: usize = 8 << 10;
/// How old a launch may be to sign somebody in, in seconds.
pub const MOST_AGE: u64 = 24 * 3600;
/// How far Telegram's clock may be ahead of ours, in seconds.
pub const MOST_SKEW: u64 = 60;

/// Why nobody is signed in by these data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InitDataError {
    /// Nothing: so it is when the app was opened from a keyboard button or from inline mode.
    #[error("the launch carried no data")]
    Empty,
    /// Not what Telegram writes: too long, not percent-encoded UTF-8, a key twice, or a part
    /// without a value.
    #[error("the data are not of the form that Telegram writes")]
    Malformed,
    /// Not signed for one of our bots.
    #[error("the data are not signed for a bot of this server")]
    Forged,
    /// Genuine, but older than [`MOST_AGE`].
    #[error("the launch is too long ago")]
    Old,
    /// Genuine, but from a time that our clock has yet to reach.
    #[error("the launch lies in the future")]
    Early,
    /// Genuine, but without a person: the app was opened in the name of a chat.
    #[error("the data name no user")]
    NoUser,
}

/// The parts of a launch, decoded. Whoever made them up could write anything into them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitData(BTreeMap<String, String>);

impl InitData {
    /// Takes the data apart, exactly as they were received: parts with `&` between, key and value
    /// parted by the first `=`, percent-encoded, `+` for a blank.
    ///
    /// # Errors
    /// [`InitDataError::Empty`] and [`InitDataError::Malformed`]. A key that stands twice is
    /// refused, because two readers could believe different values; so are ASCII's control
    /// characters, with which one part could pretend to be two in the text that is signed. Those of
    /// Latin-1 (U+007F to U+009F) stand in names.
    pub fn read(raw: &str) -> Result<Self, InitDataError> {
        if raw.is_empty() {
            return Err(InitDataError::Empty);
        }
        if raw.len() > LONGEST {
            return Err(InitDataError::Malformed);
        }
        let mut parts = BTreeMap::new();
        for part in raw.split('&') {
            let pair =
                part.split_once('=').and_then(|(key, value)| Some((decode(key)?, decode(value)?)));
            let (key, value) =
                pair.filter(|(key, _)| is_key(key)).ok_or(InitDataError::Malformed)?;
            if parts.insert(key, value).is_some() {
                return Err(InitDataError::Malformed);
            }
        }
        Ok(Self(parts))
    }

    /// One part, decoded.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// Who opened the app, as the data say.
    ///
    /// # Errors
    /// [`InitDataError::NoUser`] if there is none, or none that can be read.
    pub fn user(&self) -> Result<User, InitDataError> {
        self.get("user").and_then(User::read).ok_or(InitDataError::NoUser)
    }

    /// When Telegram launched the app, in seconds since 1970.
    ///
    /// # Errors
    /// [`InitDataError::Malformed`] if it does not say so in plain digits.
    pub fn launched_at(&self) -> Result<u64, InitDataError> {
        let digits =
            self.get("auth_date").filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        digits.and_then(|digits| digits.parse().ok()).ok_or(InitDataError::Malformed)
    }

    /// The text that is signed: `key=value` lines in the order of their keys, without the parts
    /// named.
    #[cfg(not(target_arch = "wasm32"))]
    fn signed_text(&self, without: &[&str]) -> String {
        let mut text = String::new();
        for (key, value) in self.0.iter().filter(|(key, _)| !without.contains(&key.as_str())) {
            if !text.is_empty() {
                text.push('\n');
            }
            text.extend([key, "=", value]);
        }
        text
    }
}

/// Telegram's keys are of this kind. Nothing else is one: an `=` in a key would read like another
/// part in the text that is signed.
fn is_key(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Percent-decodes; none if an escape is broken, or the result is not UTF-8 or holds a control
/// character below the blank.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => digit(rest.next()?)? << 4 | digit(rest.next()?)?,
            b'+' => b' ',
            other => other,
        });
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains(|c| c < ' '))
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_decoded_and_only_the_first_equals_sign_parts_them() {
        let data = InitData::read("start_param=a=b&x=%41+%2B%C3%A9&auth_date=12").unwrap();
        assert_eq!(data.get("start_param"), Some("a=b"));
        assert_eq!(data.get("x"), Some("A +é"));
        assert_eq!(data.launched_at(), Ok(12));
        assert_eq!(data.user(), Err(InitDataError::NoUser));
    }

    #[test]
    fn what_telegram_never_writes_is_refused() {
        assert_eq!(InitData::read(""), Err(InitDataError::Empty));
        let long = format!("a={}", "x".repeat(LONGEST));
        for raw in [
            "a",
            "&",
            "a=1&",
            "=1",
            "a=1&a=2",
            "a=1&%61=2",
            "a=%",
            "a=%4",
            "a=%zz",
            "a=%ff",
            "a=1%0Ab=2",
            "a=1%0Db=2",
            "a=1%1Fb=2",
            "a%3Db=1",
            "a b=1",
            "a=\u{0}",
            &long,
        ] {
            assert_eq!(InitData::read(raw), Err(InitDataError::Malformed), "{raw:.40}");
        }
    }

    #[test]
    fn a_name_may_hold_what_telegram_takes_for_a_letter() {
        let raw = "user=%7B%22id%22%3A7%2C%22first_name%22%3A%22A%7F%C2%80%C2%85%C2%9F%22%7D";
        let user = InitData::read(raw).unwrap().user().unwrap();
        assert_eq!(user.first_name, "A\u{7f}\u{80}\u{85}\u{9f}");
    }

    #[test]
    fn a_date_is_plain_digits() {
        for raw in [
            "x=1",
            "auth_date=",
            "auth_date=AAA",
            "auth_date=%2B1",
            "auth_date=-1",
            "auth_date=1.0",
            "auth_date=99999999999999999999",
        ] {
            assert_eq!(
                InitData::read(raw).unwrap().launched_at(),
                Err(InitDataError::Malformed),
                "{raw}"
            );
        }
    }
}
