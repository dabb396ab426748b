//! The query of a target, taken by what it means.

use super::{TargetError, Unknown};

/// What FAL reports a run to where a submit names it.
const WEBHOOK: &str = "fal_webhook";

/// A query. One that is empty, or of empty parts only, is the same as none.
pub(super) struct Query<'a> {
    text: &'a str,
    unknown: Unknown,
}

impl<'a> Query<'a> {
    pub(super) const fn new(text: &'a str, unknown: Unknown) -> Self {
        Self { text, unknown }
    }

    /// The values of these keys.
    ///
    /// # Errors
    /// A key that stands twice, whose values two readers may take differently; an escape that is none; and where unknown keys are refused, those.
    pub(super) fn only<const N: usize>(
        &self,
        keys: [&str; N],
    ) -> Result<[Option<String>; N], TargetError> {
        let mut values = [const { None }; N];
        for part in self.text.split('&').filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let (key, value) = (decoded(key), decoded(value));
            let at = key.as_ref().and_then(|key| keys.iter().position(|known| known == key));
            let is_unknown = match (at, value) {
                (Some(at), Some(value)) => values[at].replace(value).is_some(),
                _ if key.as_deref() == Some(WEBHOOK) && self.unknown == Unknown::Refuse => {
                    return Err(TargetError::Webhook);
                }
                _ => true,
            };
            if is_unknown && self.unknown == Unknown::Refuse {
                return Err(TargetError::Malformed);
            }
        }
        Ok(values)
    }

    /// A value as what it has to be; none where it is left out.
    ///
    /// # Errors
    /// It is something else, and that is not ignored.
    pub(super) fn value<T>(
        &self,
        value: Option<String>,
        read: fn(&str) -> Option<T>,
    ) -> Result<Option<T>, TargetError> {
        match (value.map(|text| read(&text)), self.unknown) {
            (None, _) | (Some(None), Unknown::Ignore) => Ok(None),
            (Some(None), Unknown::Refuse) => Err(TargetError::Malformed),
            (Some(value), _) => Ok(value),
        }
    }
}

/// A part of a query without its escapes: `%41` for bytes and `+` for a blank.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}
