//! The settings of a run by name, and the rules that their values keep.

use crate::avatar::AvatarKind;
use serde::{Deserialize, Serialize};

/// A setting that a preset, an avatar or the person may give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Denoising steps.
    NumInferenceSteps,
    /// How closely the picture follows the words.
    GuidanceScale,
    /// A size name or own sides.
    ImageSize,
    /// The ratio that Ultra takes in place of a size.
    AspectRatio,
    /// How strongly a LoRA bites.
    LoraScale,
    /// How strongly a finetune bites.
    FinetuneStrength,
    /// FAL's own scale, a string from "1" (strictest) to "6".
    SafetyTolerance,
    /// Whether FAL blanks pictures it finds unsafe.
    EnableSafetyChecker,
    /// Less processed, more natural pictures.
    Raw,
    /// Pictures of one run.
    NumImages,
    /// JPEG or PNG.
    OutputFormat,
    /// Fixed randomness.
    Seed,
    /// Sends an artistic avatar to Ultra whatever the preset. Chooses the route; never on the wire itself.
    UseUltra,
    /// FAL's speed-up of LoRA runs. For callers of the API; the studio does not show it.
    Acceleration,
    /// FAL's own rewriting of the prompt. For callers of the API; the studio does not show it.
    EnhancePrompt,
}

impl Field {
    /// Every field, in the order in which they are reported.
    pub const ALL: [Self; 15] = [
        Self::NumInferenceSteps,
        Self::GuidanceScale,
        Self::ImageSize,
        Self::AspectRatio,
        Self::LoraScale,
        Self::FinetuneStrength,
        Self::SafetyTolerance,
        Self::EnableSafetyChecker,
        Self::Raw,
        Self::NumImages,
        Self::OutputFormat,
        Self::Seed,
        Self::UseUltra,
        Self::Acceleration,
        Self::EnhancePrompt,
    ];

    /// How strongly an avatar of this kind shows.
    pub const fn strength(kind: AvatarKind) -> Self {
        match kind {
            AvatarKind::Portrait => Self::LoraScale,
            AvatarKind::Artistic => Self::FinetuneStrength,
        }
    }

    /// The key in `overrides`, and in the body of a route that takes it (a LoRA scale travels inside `loras`).
    pub const fn key(self) -> &'static str {
        match self {
            Self::NumInferenceSteps => "num_inference_steps",
            Self::GuidanceScale => "guidance_scale",
            Self::ImageSize => "image_size",
            Self::AspectRatio => "aspect_ratio",
            Self::LoraScale => "lora_scale",
            Self::FinetuneStrength => "finetune_strength",
            Self::SafetyTolerance => "safety_tolerance",
            Self::EnableSafetyChecker => "enable_safety_checker",
            Self::Raw => "raw",
            Self::NumImages => "num_images",
            Self::OutputFormat => "output_format",
            Self::Seed => "seed",
            Self::UseUltra => "use_ultra",
            Self::Acceleration => "acceleration",
            Self::EnhancePrompt => "enhance_prompt",
        }
    }

    /// The field with this key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.key() == key)
    }
}

/// What values a field takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// A whole number, both ends allowed.
    Whole {
        /// Smallest value.
        min: u64,
        /// Largest value.
        max: u64,
    },
    /// Any finite number, both ends allowed.
    Number {
        /// Smallest value.
        min: f64,
        /// Largest value.
        max: f64,
    },
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// One of FAL's six size names, or `{width, height}`.
    Size,
    /// Any `u64`, as a number or as decimal digits.
    Seed,
    /// A text `w:h` between 21:9 and 9:21.
    Ratio,
}

/// A number as a person or a number field of a page writes it: 4 and not 4.0.
pub fn plain(value: f64) -> String {
    // By the printer that bodies need anyway: the one of the standard library weighs as much again.
    let text = serde_json::Number::from_f64(value).map(|number| number.to_string());
    let text = text.unwrap_or_default();
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_the_serialised_name() {
        for field in Field::ALL {
            assert_eq!(serde_json::to_value(field).unwrap(), field.key());
            assert_eq!(Field::parse(field.key()), Some(field));
        }
    }

    #[test]
    fn whole_numbers_are_written_without_a_fraction() {
        for (value, text) in [(4.0, "4"), (0.0, "0"), (-1.0, "-1"), (1.15, "1.15"), (0.05, "0.05")]
        {
            assert_eq!(plain(value), text);
        }
        assert_eq!(plain(f64::NAN), "");
    }
}
