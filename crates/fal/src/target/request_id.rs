//! FAL's name of a run.

use core::fmt;
use serde::{Deserialize, Serialize};

/// The id of a run: 8 to 64 letters, digits and hyphens (FAL hands out UUIDs). Safe to stand in a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RequestId(String);

/// The text is not a [`RequestId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a request id has 8 to 64 letters, digits and hyphens")]
pub struct NotARequestId;

impl RequestId {
    /// Reads an id.
    ///
    /// # Errors
    /// Too short, too long, or another character in it.
    pub fn parse(text: &str) -> Result<Self, NotARequestId> {
        let fits = (8..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if fits { Ok(Self(text.to_owned())) } else { Err(NotARequestId) }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for RequestId {
    type Error = NotARequestId;
    fn try_from(text: String) -> Result<Self, NotARequestId> {
        Self::parse(&text)
    }
}

impl From<RequestId> for String {
    fn from(id: RequestId) -> Self {
        id.0
    }
}
