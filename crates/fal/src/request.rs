//! Turns a prepared run into endpoint and JSON body. The only place where a body is built: inspector, app, module, bot API and golden files all come through here.

use likeness_core::{Field, Layer, Parameters, Prepared, recipe::Model};
use serde::{
    Serialize,
    ser::{SerializeMap, Serializer},
};
use serde_json::Value;

/// The settings of a body, in the order in which they are sent. A LoRA's scale travels beside its address.
const SENT: [Field; 13] = [
    Field::FinetuneStrength,
    Field::ImageSize,
    Field::AspectRatio,
    Field::NumInferenceSteps,
    Field::GuidanceScale,
    Field::NumImages,
    Field::EnableSafetyChecker,
    Field::SafetyTolerance,
    Field::OutputFormat,
    Field::Raw,
    Field::Seed,
    Field::Acceleration,
    Field::EnhancePrompt,
];

/// The body of one submit. Only [`body`] makes one.
#[derive(Clone, Debug)]
pub struct Body {
    prompt: String,
    model: Model,
    parameters: Parameters,
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values = self.parameters.values();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("prompt", &self.prompt)?;
        match &self.model {
            Model::Lora(path) => {
                let scale = values.lora_scale.unwrap_or(1.0);
                map.serialize_entry("loras", &[LoraWeight { path, scale }])?;
            }
            Model::Finetune(id) => map.serialize_entry("finetune_id", id)?,
        }
        for field in SENT {
            entry(&mut map, field, values)?;
        }
        map.end()
    }
}

/// A LoRA in the body.
#[derive(Serialize)]
struct LoraWeight<'a> {
    path: &'a str,
    scale: f64,
}

/// A setting, if it has a value.
fn entry<M: SerializeMap>(map: &mut M, field: Field, values: &Layer) -> Result<(), M::Error> {
    let key = field.key();
    match field {
        // As a number, which may be too large for JavaScript's.
        Field::Seed => values.seed.map_or(Ok(()), |seed| map.serialize_entry(key, &seed.get())),
        Field::ImageSize => {
            values.image_size.map_or(Ok(()), |size| map.serialize_entry(key, &size))
        }
        _ => values.value(field).map_or(Ok(()), |value| map.serialize_entry(key, &value)),
    }
}

impl Body {
    /// The body as a JSON value.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).expect("a body holds only finite numbers and texts")
    }

    /// The body as it is sent, on one line.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a body holds only finite numbers and texts")
    }

    /// The body for people to read.
    pub fn to_pretty_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a body holds only finite numbers and texts")
    }
}

/// The body of a prepared run.
pub fn body(prepared: &Prepared) -> Body {
    Body {
        prompt: prepared.composition.text.clone(),
        model: prepared.model.clone(),
        parameters: prepared.parameters.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_but_the_switch_has_its_place_in_a_body() {
        for field in Field::ALL {
            let is_elsewhere = matches!(field, Field::LoraScale | Field::UseUltra);
            assert_eq!(SENT.contains(&field), !is_elsewhere, "{field:?}");
        }
    }
}
