//! The output of a run.

use super::{Unreadable, read};
use likeness_core::Seed;
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::collections::BTreeMap;

/// A picture that FAL keeps for a while: at least a week by its FAQ, so the bytes should be fetched at once.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Image {
    /// Where it lies; a `data:` address where `sync_mode` was asked for.
    pub url: String,
    /// Pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Such as `image/jpeg`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
}

/// What a model gives back. Some models give only `images`, so nothing else may be relied on.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Output {
    /// The pictures, at least one.
    pub images: Vec<Image>,
    /// Seconds by step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timings: Option<BTreeMap<String, f64>>,
    /// The seed that was used; often above 2^53.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "seed_as_number")]
    pub seed: Option<Seed>,
    /// One flag a picture: true means that it was replaced by a black one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_nsfw_concepts: Option<Vec<bool>>,
    /// The prompt that was used; differs from the one sent where FAL rewrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
}

fn seed_as_number<S: Serializer>(seed: &Option<Seed>, serializer: S) -> Result<S::Ok, S::Error> {
    seed.map(Seed::get).serialize(serializer)
}

impl Output {
    /// Reads the body of a result.
    ///
    /// # Errors
    /// Not a JSON object, or no picture with an address in it.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let expected = "pictures";
        let reply = read::object(bytes, expected)?;
        let images: Vec<Image> = read::list(&reply, "images").iter().filter_map(image).collect();
        if images.is_empty() {
            return Err(Unreadable { expected });
        }
        Ok(Self {
            images,
            timings: reply.get("timings").and_then(Value::as_object).map(|timings| {
                timings
                    .iter()
                    .filter_map(|(key, value)| Some((key.clone(), value.as_f64()?)))
                    .collect()
            }),
            seed: reply.get("seed").and_then(seed),
            has_nsfw_concepts: flags(&reply),
            prompt: read::text(&reply, "prompt"),
        })
    }

    /// Whether FAL's safety checker blanked the picture at this place.
    pub fn is_blocked(&self, index: usize) -> bool {
        self.has_nsfw_concepts.as_ref().is_some_and(|flags| flags.get(index) == Some(&true))
    }
}

fn image(value: &Value) -> Option<Image> {
    let side = |key| value.get(key).and_then(read::whole).and_then(|side| u32::try_from(side).ok());
    Some(Image {
        url: read::text(value, "url")?,
        width: side("width"),
        height: side("height"),
        content_type: read::text(value, "content_type"),
    })
}

/// A seed as a number or as digits; anything else is no seed rather than a wrong one.
fn seed(value: &Value) -> Option<Seed> {
    value.as_u64().map(Seed::new).or_else(|| Seed::parse(value.as_str()?))
}

/// One flag a picture. An entry that is no flag counts as "not blocked", so that the others keep their places.
fn flags(reply: &Value) -> Option<Vec<bool>> {
    let flags = reply.get("has_nsfw_concepts")?.as_array()?;
    Some(flags.iter().map(|flag| flag.as_bool().unwrap_or(false)).collect())
}
