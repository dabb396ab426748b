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
    /// A layer that leaves every field alone.
    pub const NONE: Self = Self {
        num_inference_steps: None,
        guidance_scale: None,
        image_size: None,
        aspect_ratio: None,
        lora_scale: None,
        finetune_strength: None,
        safety_tolerance: None,
        enable_safety_checker: None,
        raw: None,
        num_images: None,
        output_format: None,
        seed: None,
        use_ultra: None,
        acceleration: None,
        enhance_prompt: None,
    };

    /// This layer over another: what it leaves alone is taken from there.
    #[must_use]
    pub fn over(&self, below: &Self) -> Self {
        Self {
            num_inference_steps: self.num_inference_steps.or(below.num_inference_steps),
            guidance_scale: self.guidance_scale.or(below.guidance_scale),
            image_size: self.image_size.or(below.image_size),
            aspect_ratio: self.aspect_ratio.or(below.aspect_ratio),
            lora_scale: self.lora_scale.or(below.lora_scale),
            finetune_strength: self.finetune_strength.or(below.finetune_strength),
            safety_tolerance: self.safety_tolerance.or(below.safety_tolerance),
            enable_safety_checker: self.enable_safety_checker.or(below.enable_safety_checker),
            raw: self.raw.or(below.raw),
            num_images: self.num_images.or(below.num_images),
            output_format: self.output_format.or(below.output_format),
            seed: self.seed.or(below.seed),
            use_ultra: self.use_ultra.or(below.use_ultra),
            acceleration: self.acceleration.or(below.acceleration),
            enhance_prompt: self.enhance_prompt.or(below.enhance_prompt),
        }
    }

    /// The value of a field as JSON, none if this layer leaves it alone.
    pub fn value(&self, field: Field) -> Option<Value> {
        Some(match field {
            Field::NumInferenceSteps => self.num_inference_steps?.into(),
            Field::GuidanceScale => self.guidance_scale?.into(),
            Field::ImageSize => self.image_size?.into(),
            Field::AspectRatio => self.aspect_ratio?.to_string().into(),
            Field::LoraScale => self.lora_scale?.into(),
            Field::FinetuneStrength => self.finetune_strength?.into(),
            Field::SafetyTolerance => self.safety_tolerance?.name().into(),
            Field::EnableSafetyChecker => self.enable_safety_checker?.into(),
            Field::Raw => self.raw?.into(),
            Field::NumImages => self.num_images?.into(),
            Field::OutputFormat => self.output_format?.name().into(),
            Field::Seed => self.seed?.to_string().into(),
            Field::UseUltra => self.use_ultra?.into(),
            Field::Acceleration => self.acceleration?.name().into(),
            Field::EnhancePrompt => self.enhance_prompt?.into(),
        })
    }

    /// Sets a field to a value that keeps its rule; any other leaves it unset.
    pub(crate) fn set(&mut self, field: Field, value: &Value) {
        let short = || value.as_u64().and_then(|number| u8::try_from(number).ok());
        let text = || value.as_str();
        match field {
            Field::NumInferenceSteps => self.num_inference_steps = short(),
            Field::GuidanceScale => self.guidance_scale = value.as_f64(),
            Field::ImageSize => self.image_size = ImageSize::read(value),
            Field::AspectRatio => self.aspect_ratio = text().and_then(AspectRatio::parse),
            Field::LoraScale => self.lora_scale = value.as_f64(),
            Field::FinetuneStrength => self.finetune_strength = value.as_f64(),
            Field::SafetyTolerance => {
                self.safety_tolerance = text().and_then(SafetyTolerance::parse);
            }
            Field::EnableSafetyChecker => self.enable_safety_checker = value.as_bool(),
            Field::Raw => self.raw = value.as_bool(),
            Field::NumImages => self.num_images = short(),
            Field::OutputFormat => self.output_format = text().and_then(OutputFormat::parse),
            Field::Seed => self.seed = Seed::read(value),
            Field::UseUltra => self.use_ultra = value.as_bool(),
            Field::Acceleration => self.acceleration = text().and_then(Acceleration::parse),
            Field::EnhancePrompt => self.enhance_prompt = value.as_bool(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::size::Pixels;

    fn full() -> Layer {
        Layer {
            num_inference_steps: Some(28),
            guidance_scale: Some(3.5),
            image_size: Some(ImageSize::Custom(Pixels { width: 640, height: 480 })),
            aspect_ratio: Some(AspectRatio::R16X9),
            lora_scale: Some(1.0),
            finetune_strength: Some(1.1),
            safety_tolerance: Some(SafetyTolerance::T5),
            enable_safety_checker: Some(true),
            raw: Some(false),
            num_images: Some(4),
            output_format: Some(OutputFormat::Png),
            seed: Some(Seed::new(u64::MAX)),
            use_ultra: Some(true),
            acceleration: Some(Acceleration::Regular),
            enhance_prompt: Some(false),
        }
    }

    #[test]
    fn values_are_written_as_serde_would() {
        let whole = serde_json::to_value(full()).unwrap();
        for field in Field::ALL {
            assert_eq!(full().value(field).as_ref(), whole.get(field.key()), "{field:?}");
            assert_eq!(Layer::default().value(field), None);
        }
    }

    #[test]
    fn what_was_written_is_read_back() {
        let mut layer = Layer::default();
        for field in Field::ALL {
            layer.set(field, &full().value(field).unwrap());
        }
        assert_eq!(layer, full());
        layer.set(Field::ImageSize, &"portrait_4_3".into());
        assert_eq!(layer.image_size, Some(ImageSize::Portrait43));
        layer.set(Field::NumImages, &300.into());
        assert_eq!(layer.num_images, None);
    }
}
