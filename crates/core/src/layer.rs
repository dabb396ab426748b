//! One layer of settings: route defaults, a preset, what is pinned on an avatar, or the person's own edits.

use crate::{
    field::Field,
    seed::Seed,
    size::{AspectRatio, ImageSize},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Settings that one layer gives; `None` leaves the field to the layer below.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Layer {
    /// Denoising steps, 1-50.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub num_inference_steps: Option<u8>,
    /// Guidance, 0-35 on flux-lora, 1-20 on flux-pro/finetuned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guidance_scale: Option<f64>,
    /// Size name or own sides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_size: Option<ImageSize>,
    /// Ratio on Ultra.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<AspectRatio>,
    /// LoRA scale, 0-4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lora_scale: Option<f64>,
    /// Finetune strength, 0-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finetune_strength: Option<f64>,
    /// Safety tolerance, "1"-"6".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub safety_tolerance: Option<SafetyTolerance>,
    /// FAL's safety checker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_safety_checker: Option<bool>,
    /// Raw look.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<bool>,
    /// Pictures of one run, 1-4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub num_images: Option<u8>,
    /// File format.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_format: Option<OutputFormat>,
    /// Fixed randomness.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<Seed>,
    /// Ultra whatever the preset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_ultra: Option<bool>,
    /// LoRA speed-up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acceleration: Option<Acceleration>,
    /// FAL's own prompt rewriting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enhance_prompt: Option<bool>,
}

impl Layer {
    /// The value of a field as JSON, none if this layer leaves it alone.
    pub fn value(&self, field: Field) -> Option<Value> {
        fn json<T: Serialize>(value: &Option<T>) -> Option<Value> {
            value.as_ref().and_then(|value| serde_json::to_value(value).ok())
        }
        match field {
            Field::NumInferenceSteps => json(&self.num_inference_steps),
            Field::GuidanceScale => json(&self.guidance_scale),
            Field::ImageSize => json(&self.image_size),
            Field::AspectRatio => json(&self.aspect_ratio),
            Field::LoraScale => json(&self.lora_scale),
            Field::FinetuneStrength => json(&self.finetune_strength),
            Field::SafetyTolerance => json(&self.safety_tolerance),
            Field::EnableSafetyChecker => json(&self.enable_safety_checker),
            Field::Raw => json(&self.raw),
            Field::NumImages => json(&self.num_images),
            Field::OutputFormat => json(&self.output_format),
            Field::Seed => json(&self.seed),
            Field::UseUltra => json(&self.use_ultra),
            Field::Acceleration => json(&self.acceleration),
            Field::EnhancePrompt => json(&self.enhance_prompt),
        }
    }
}

/// A text that FAL takes from a fixed list.
macro_rules! names {
    ($(#[$doc:meta])* $type:ident { $($(#[$variant_doc:meta])* $variant:ident = $name:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $type { $($(#[$variant_doc])* #[serde(rename = $name)] $variant),+ }

        impl $type {
            /// Every value, in FAL's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The texts of [`Self::ALL`], as FAL writes them.
            pub const NAMES: [&'static str; Self::ALL.len()] = [$($name),+];

            /// The value with this text; none for any other.
            pub fn parse(name: &str) -> Option<Self> {
                Self::NAMES.iter().position(|known| *known == name).map(|index| Self::ALL[index])
            }

            /// The text as FAL writes it.
            pub const fn name(self) -> &'static str {
                Self::NAMES[self as usize]
            }
        }
    };
}

names! {
    /// FAL's `safety_tolerance`: a string, not a number.
    SafetyTolerance {
        /// Strictest.
        T1 = "1",
        /// FAL's default.
        T2 = "2",
        /// A little looser.
        T3 = "3",
        /// Looser.
        T4 = "4",
        /// Named by FAL as the most permissive.
        T5 = "5",
        /// In the schema all the same.
        T6 = "6",
    }
}

impl SafetyTolerance {
    /// What is sent when nothing sets it.
    pub const DEFAULT: Self = Self::T2;
}

names! {
    /// The format of the picture file.
    OutputFormat {
        /// Smaller, lossy.
        Jpeg = "jpeg",
        /// Larger, lossless.
        Png = "png",
    }
}

names! {
    /// FAL's speed-up of LoRA runs.
    Acceleration {
        /// FAL's default.
        None = "none",
        /// Faster.
        Regular = "regular",
    }
}
