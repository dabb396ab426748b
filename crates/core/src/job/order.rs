//! What goes into a run and what comes out of it: the order, FAL's handle on it, and the pictures.

use serde::{Deserialize, Serialize};

/// Identifies a job in this browser.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub String);

/// What was ordered. Fixed from the moment the person pressed the button.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// The person's own request as JSON text (`avatar`, `prompt`, `preset`, `overrides`), from which the form can be filled again.
    pub request: String,
    /// FAL's endpoint id.
    pub endpoint: String,
    /// The body as it is sent, as JSON text: a seed in it may be too large for a JavaScript number.
    pub body: String,
    /// The name of the preset.
    pub preset: String,
    /// The avatar's id.
    pub avatar_id: String,
    /// The avatar's name when it was ordered.
    pub avatar_name: String,
    /// The prompt as it was composed.
    pub prompt: String,
    /// Pictures ordered, 1-4.
    pub count: u8,
    /// Expected width and height in pixels.
    pub pixels: (u32, u32),
    /// The usual range, in seconds.
    pub seconds: (u16, u16),
    /// Estimated cost in millionths of a dollar, low and high; both 0 for a drawn demo, none where no price is known.
    pub cost: Option<(u64, u64)>,
}

impl Order {
    /// Whether it costs nothing, because its pictures are drawn.
    pub fn is_free(&self) -> bool {
        self.cost == Some((0, 0))
    }
}

/// FAL's handle on a run that it accepted. The addresses are those of its reply; they are not built by us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handle {
    /// FAL's request id.
    pub request_id: String,
    /// Where to ask how it goes.
    pub status_url: String,
    /// Where the result is.
    pub response_url: String,
    /// Where to cancel it.
    pub cancel_url: String,
}

/// One picture that FAL delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Where the bytes are.
    pub url: String,
    /// What FAL says of its width in pixels.
    pub width: Option<u32>,
    /// What FAL says of its height in pixels.
    pub height: Option<u32>,
    /// What FAL says of its type.
    pub content_type: Option<String>,
    /// Whether the safety checker blanked it.
    pub is_blocked: bool,
    /// Whether its bytes lie in this browser.
    pub is_stored: bool,
    /// Whether its bytes were gone at FAL before they could be stored.
    #[serde(default)]
    pub is_gone: bool,
    /// Whether its address is one that our server does not fetch from, so that its bytes will never come.
    #[serde(default)]
    pub is_refused: bool,
}

impl Delivery {
    /// Whether its bytes are still to be fetched or stored.
    pub const fn is_left(&self) -> bool {
        !self.is_stored && !self.is_gone && !self.is_refused
    }
}
