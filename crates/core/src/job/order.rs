//! What goes into a run and what comes out of it: the order, FAL's handle on it, and the pictures.

use crate::{preset::Preset, route::Route};
use serde::{Deserialize, Serialize};

/// Identifies a job in this browser.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub String);

/// The preset of an order, which another version may have made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum OrderedPreset {
    /// One of ours.
    Known(Preset),
    /// One of another version, by its name.
    Other(String),
}

impl OrderedPreset {
    /// The preset, if this version has it.
    pub const fn known(&self) -> Option<Preset> {
        match self {
            Self::Known(preset) => Some(*preset),
            Self::Other(_) => None,
        }
    }

    /// As it is stored.
    pub fn name(&self) -> &str {
        match self {
            Self::Known(preset) => preset.name(),
            Self::Other(name) => name,
        }
    }
}

impl From<String> for OrderedPreset {
    fn from(name: String) -> Self {
        Preset::parse(&name).map_or(Self::Other(name), Self::Known)
    }
}

impl From<OrderedPreset> for String {
    fn from(preset: OrderedPreset) -> Self {
        preset.name().to_owned()
    }
}

/// What was ordered. Fixed from the moment the person pressed the button.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// The person's own request as JSON text (`avatar`, `prompt`, `preset`, `overrides`), from which the form can be filled again.
    pub request: String,
    /// FAL's endpoint id. [`Order::route`] is what this version knows of it.
    pub endpoint: String,
    /// The body as it is sent, as JSON text: a seed in it may be too large for a JavaScript number.
    pub body: String,
    /// The preset.
    pub preset: OrderedPreset,
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

    /// The route, if this version has it.
    pub fn route(&self) -> Option<Route> {
        Route::of_endpoint(&self.endpoint)
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_preset_is_stored_by_its_name_and_one_of_another_version_keeps_its_own() {
        let presets = Preset::NAMES.into_iter().zip(Preset::ALL.map(Some));
        for (name, known) in presets.chain([("never heard of", None)]) {
            let preset: OrderedPreset = serde_json::from_value(json!(name)).unwrap();
            assert_eq!((preset.name(), preset.known()), (name, known));
            assert_eq!(serde_json::to_value(preset).unwrap(), name);
        }
    }
}
