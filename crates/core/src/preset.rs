//! The eight presets, exactly, and how long they usually take.

use crate::{
    layer::{Layer, OutputFormat, SafetyTolerance},
    route::Route,
    size::{AspectRatio, ImageSize},
};
use serde::{Deserialize, Serialize};

/// A named set of settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// A quick try, a quarter of the pixels of the others.
    Fast,
    /// Everyday work.
    Balanced,
    /// Pictures to keep.
    Quality,
    /// The Ultra route; artistic avatars only.
    Ultra,
    /// Upright, head and shoulders.
    Portrait,
    /// Lying, room around the subject.
    Landscape,
    /// The avatar's style at its strongest.
    Artistic,
    /// A lighter touch of the avatar, more of a photograph.
    Photorealistic,
}

/// A range of seconds that a run usually takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seconds {
    /// Shortest usual time.
    pub low: u16,
    /// Longest usual time.
    pub high: u16,
    /// Whether the range is Likeness' own estimate, because the original system gave none.
    pub is_our_estimate: bool,
}

impl Preset {
    /// All eight, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::Fast,
        Self::Balanced,
        Self::Quality,
        Self::Ultra,
        Self::Portrait,
        Self::Landscape,
        Self::Artistic,
        Self::Photorealistic,
    ];
    /// Their names in JSON, in the order of [`Preset::ALL`].
    pub const NAMES: [&'static str; 8] = [
        "fast",
        "balanced",
        "quality",
        "ultra",
        "portrait",
        "landscape",
        "artistic",
        "photorealistic",
    ];

    /// The preset with this name; none for any other text.
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|known| *known == name).map(|index| Self::ALL[index])
    }

    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// What the preset sets. One LoRA scale and one finetune strength each, so that a preset means the same for both kinds of avatar.
    pub fn layer(self) -> Layer {
        let (steps, guidance, size, strength) = match self {
            Self::Fast => (20, 3.0, ImageSize::Square, 0.8),
            Self::Balanced => (28, 3.5, ImageSize::SquareHd, 1.0),
            Self::Quality => (50, 4.0, ImageSize::SquareHd, 1.2),
            Self::Portrait => (35, 3.5, ImageSize::Portrait43, 1.1),
            Self::Landscape => (30, 3.5, ImageSize::Landscape43, 1.0),
            Self::Artistic => (35, 4.0, ImageSize::SquareHd, 1.3),
            Self::Photorealistic => (40, 3.5, ImageSize::SquareHd, 0.9),
            Self::Ultra => return ultra(),
        };
        let tolerance =
            if self == Self::Artistic { SafetyTolerance::T3 } else { SafetyTolerance::T2 };
        Layer {
            num_inference_steps: Some(steps),
            guidance_scale: Some(guidance),
            image_size: Some(size),
            lora_scale: Some(strength),
            finetune_strength: Some(strength),
            safety_tolerance: Some(tolerance),
            ..Layer::default()
        }
    }

    /// How long one run usually takes on a route.
    pub const fn seconds(self, route: Route) -> Seconds {
        let (low, high, is_our_estimate) = match (self, route.spec().seconds) {
            (_, Some((low, high))) => (low, high, false),
            (Self::Ultra, _) => (60, 90, false),
            (Self::Fast, _) => (15, 25, false),
            (Self::Balanced, _) => (25, 35, false),
            (Self::Quality, _) => (40, 60, false),
            (Self::Portrait | Self::Artistic, _) => (30, 45, true),
            (Self::Landscape, _) => (25, 40, true),
            (Self::Photorealistic, _) => (35, 50, true),
        };
        Seconds { low, high, is_our_estimate }
    }
}

fn ultra() -> Layer {
    Layer {
        finetune_strength: Some(1.1),
        safety_tolerance: Some(SafetyTolerance::T2),
        use_ultra: Some(true),
        aspect_ratio: Some(AspectRatio::R1X1),
        num_images: Some(1),
        output_format: Some(OutputFormat::Jpeg),
        enable_safety_checker: Some(true),
        raw: Some(false),
        ..Layer::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_and_values_stand_in_the_same_order() {
        for (preset, name) in Preset::ALL.into_iter().zip(Preset::NAMES) {
            assert_eq!(serde_json::to_value(preset).unwrap(), name);
            assert_eq!(Preset::parse(name), Some(preset));
        }
    }

    #[test]
    fn the_eight_presets_have_exactly_their_published_values() {
        let values = |preset: Preset| serde_json::to_value(preset.layer()).unwrap();
        let pixels = |steps: u8, guidance: f64, size: &str, strength: f64, tolerance: &str| {
            json!({
                "num_inference_steps": steps, "guidance_scale": guidance, "image_size": size,
                "lora_scale": strength, "finetune_strength": strength, "safety_tolerance": tolerance,
            })
        };
        assert_eq!(values(Preset::Fast), pixels(20, 3.0, "square", 0.8, "2"));
        assert_eq!(values(Preset::Balanced), pixels(28, 3.5, "square_hd", 1.0, "2"));
        assert_eq!(values(Preset::Quality), pixels(50, 4.0, "square_hd", 1.2, "2"));
        assert_eq!(values(Preset::Portrait), pixels(35, 3.5, "portrait_4_3", 1.1, "2"));
        assert_eq!(values(Preset::Landscape), pixels(30, 3.5, "landscape_4_3", 1.0, "2"));
        assert_eq!(values(Preset::Artistic), pixels(35, 4.0, "square_hd", 1.3, "3"));
        assert_eq!(values(Preset::Photorealistic), pixels(40, 3.5, "square_hd", 0.9, "2"));
        assert_eq!(
            values(Preset::Ultra),
            json!({
                "finetune_strength": 1.1, "safety_tolerance": "2", "use_ultra": true, "aspect_ratio": "1:1",
                "num_images": 1, "output_format": "jpeg", "enable_safety_checker": true, "raw": false,
            })
        );
    }
}
