//! The three ways to a picture, what each takes, and its defaults.

use crate::{
    AvatarKind,
    field::{Field, Rule},
    layer::{Acceleration, Layer, OutputFormat, SafetyTolerance},
    size::{AspectRatio, ImageSize, Pixels},
};

/// A route: one FAL endpoint with what Likeness knows of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// FLUX.1 \[dev\] with a LoRA: portrait avatars.
    FluxLora,
    /// FLUX.1 \[pro\] finetuned: artistic avatars. No longer in FAL's listing, so it may be retired.
    FluxProFinetuned,
    /// FLUX1.1 \[pro\] Ultra finetuned: artistic avatars in about four megapixels.
    UltraFinetuned,
}

impl Route {
    /// Every route.
    pub const ALL: [Self; 3] = [Self::FluxLora, Self::FluxProFinetuned, Self::UltraFinetuned];

    /// FAL's endpoint id.
    pub const fn endpoint(self) -> &'static str {
        match self {
            Self::FluxLora => "fal-ai/flux-lora",
            Self::FluxProFinetuned => "fal-ai/flux-pro/finetuned",
            Self::UltraFinetuned => "fal-ai/flux-pro/v1.1-ultra-finetuned",
        }
    }

    /// The route of an endpoint id.
    pub fn of_endpoint(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|route| route.endpoint() == id)
    }

    /// The engine as its maker calls it.
    pub const fn engine(self) -> &'static str {
        match self {
            Self::FluxLora => "FLUX.1 [dev]",
            Self::FluxProFinetuned => "FLUX.1 [pro]",
            Self::UltraFinetuned => "FLUX1.1 [pro] Ultra",
        }
    }

    /// Which avatars go this way.
    pub const fn kind(self) -> AvatarKind {
        match self {
            Self::FluxLora => AvatarKind::Portrait,
            Self::FluxProFinetuned | Self::UltraFinetuned => AvatarKind::Artistic,
        }
    }

    /// The sides of the picture that comes for sides that were asked for. FLUX.1 \[dev\] rounds down to multiples of 16, FLUX.1 \[pro\] of 32 and to 1440 at most;
    /// Ultra is asked for a ratio.
    pub const fn delivered(self, asked: Pixels) -> Pixels {
        match self {
            Self::FluxLora => asked.rounded(16, u32::MAX),
            Self::FluxProFinetuned => asked.rounded(32, 1440),
            Self::UltraFinetuned => asked,
        }
    }

    /// Whether FAL no longer lists the endpoint. It may answer 404; the same recipe then works on Ultra.
    pub const fn is_legacy(self) -> bool {
        matches!(self, Self::FluxProFinetuned)
    }

    /// The rule for a field on this route, none if the route does not take it.
    ///
    /// Ranges: FAL's OpenAPI of June 2026 for the listed endpoints; for `flux-pro/finetuned` fal-js' type and, where it has no range, the sibling's.
    pub const fn rule(self, field: Field) -> Option<Rule> {
        use Route::{FluxLora, FluxProFinetuned, UltraFinetuned};
        Some(match (field, self) {
            (Field::NumInferenceSteps, FluxLora | FluxProFinetuned) => {
                Rule::Whole { min: 1, max: 50 }
            }
            (Field::GuidanceScale, FluxLora) => Rule::Number { min: 0.0, max: 35.0 },
            (Field::GuidanceScale, FluxProFinetuned) => Rule::Number { min: 1.0, max: 20.0 },
            (Field::ImageSize, FluxLora | FluxProFinetuned) => Rule::Size,
            (Field::AspectRatio, UltraFinetuned) => Rule::Ratio,
            (Field::LoraScale, FluxLora) => Rule::Number { min: 0.0, max: 4.0 },
            (Field::FinetuneStrength, FluxProFinetuned | UltraFinetuned) => {
                Rule::Number { min: 0.0, max: 2.0 }
            }
            (Field::SafetyTolerance, FluxProFinetuned | UltraFinetuned) => {
                Rule::OneOf(&SafetyTolerance::NAMES)
            }
            (Field::EnableSafetyChecker, FluxLora) => Rule::Flag,
            (Field::Raw, UltraFinetuned) => Rule::Flag,
            (Field::NumImages, _) => Rule::Whole { min: 1, max: 4 },
            (Field::OutputFormat, _) => Rule::OneOf(&OutputFormat::NAMES),
            (Field::Seed, _) => Rule::Seed,
            (Field::Acceleration, FluxLora) => Rule::OneOf(&Acceleration::NAMES),
            (Field::EnhancePrompt, FluxProFinetuned | UltraFinetuned) => Rule::Flag,
            _ => return None,
        })
    }

    /// The rule by which a value is judged where the route is unknown or does not take the field: the widest of all routes.
    pub fn any_rule(field: Field) -> Rule {
        if field == Field::UseUltra {
            return Rule::Flag;
        }
        Self::ALL
            .into_iter()
            .find_map(|route| route.rule(field))
            .expect("every field but use_ultra is taken by at least one route")
    }

    /// What is sent when nothing else sets it.
    pub fn defaults(self) -> Layer {
        let common = Layer {
            num_images: Some(1),
            output_format: Some(OutputFormat::Jpeg),
            ..Layer::default()
        };
        let pixels = Layer {
            image_size: Some(ImageSize::SquareHd),
            num_inference_steps: Some(28),
            guidance_scale: Some(3.5),
            ..common.clone()
        };
        match self {
            Self::FluxLora => {
                Layer { lora_scale: Some(1.0), enable_safety_checker: Some(true), ..pixels }
            }
            Self::FluxProFinetuned => Layer {
                finetune_strength: Some(1.0),
                safety_tolerance: Some(SafetyTolerance::DEFAULT),
                ..pixels
            },
            Self::UltraFinetuned => Layer {
                finetune_strength: Some(1.1),
                safety_tolerance: Some(SafetyTolerance::DEFAULT),
                aspect_ratio: Some(AspectRatio::R1X1),
                raw: Some(false),
                ..common
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_rule_somewhere() {
        for field in Field::ALL {
            Route::any_rule(field);
        }
    }

    #[test]
    fn a_default_is_given_only_for_a_field_that_the_route_takes() {
        for route in Route::ALL {
            for field in Field::ALL {
                if route.defaults().value(field).is_some() {
                    assert!(route.rule(field).is_some(), "{route:?} {field:?}");
                }
            }
        }
    }
}
