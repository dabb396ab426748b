//! `POST /api/v1/avatars/test`: whether a LoRA lies at an address.

use serde::Serialize;
use serde_json::{Value, json};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AvatarTest<'a> {
    /// The address.
    pub lora_url: &'a str,
}

impl AvatarTest<'_> {
    /// The only key.
    pub const KEY: &'static str = "lora_url";

    /// As it is sent.
    pub fn to_value(self) -> Value {
        json!({ Self::KEY: self.lora_url })
    }
}

/// What lies at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingState {
    /// A file that may be a LoRA.
    Found,
    /// Nothing, or nothing that everybody may fetch.
    NotFound,
    /// A page, a picture, an archive, settings.
    NoFile,
    /// No answer, or none that may be asked for.
    Unreachable,
    /// Nobody looked.
    Untested,
}

/// The verdict, with what was announced of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The verdict.
    pub state: FindingState,
    /// How large it is said to be.
    pub bytes: Option<u64>,
    /// What it is said to be.
    pub content_type: Option<String>,
}

impl Finding {
    /// A verdict on something of which nothing more is known.
    pub fn of(state: FindingState) -> Self {
        Self { bytes: None, content_type: None, state }
    }

    /// None if it is no verdict that this version knows.
    pub fn read(reply: &Value) -> Option<Self> {
        let text = |key: &str| reply.get(key)?.as_str();
        Some(Self {
            bytes: reply.get("bytes").and_then(Value::as_u64),
            content_type: text("content_type").map(str::to_owned),
            state: match text("state")? {
                "found" => FindingState::Found,
                "not_found" => FindingState::NotFound,
                "no_file" => FindingState::NoFile,
                "unreachable" => FindingState::Unreachable,
                "untested" => FindingState::Untested,
                _ => return None,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_is_read_as_it_was_written() {
        use FindingState::{Found, NoFile, NotFound, Unreachable, Untested};
        for state in [Found, NotFound, NoFile, Unreachable, Untested] {
            let known =
                Finding { bytes: Some(7), content_type: Some("text/html".to_owned()), state };
            for finding in [Finding::of(state), known] {
                assert_eq!(Finding::read(&json!(finding)), Some(finding));
            }
        }
        assert_eq!(Finding::read(&json!({ "state": "lost" })), None);
    }
}
