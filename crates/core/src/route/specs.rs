//! The facts of each route.
//!
//! Fields and ranges: FAL's OpenAPI of June 2026 for the listed endpoints; for `flux-pro/finetuned` the types of fal-js 1.10 and, where they have no range, the
//! sibling's. FAL changes fields without notice (one was added to flux-lora in 2025, one left Ultra the same year), so they are a list to be read in one look.
//! A new route is one more constant here, and its place in [`Route::ALL`](super::Route::ALL).

use super::{Presence, RouteSpec, Takes, WireField};
use crate::{
    AvatarKind,
    cost::{Price, Unit},
    field::{Field, Rule},
    layer::{Acceleration, Layer, OutputFormat, SafetyTolerance},
    size::{AspectRatio, ImageSize},
};

pub(super) static FLUX_LORA: RouteSpec = RouteSpec {
    name: "FluxLora",
    endpoint: "fal-ai/flux-lora",
    engine: "FLUX.1 [dev]",
    kind: AvatarKind::Portrait,
    is_ultra: false,
    is_legacy: false,
    fields: &[
        PROMPT,
        SIZE,
        STEPS,
        SEED,
        WireField {
            takes: Takes::Loras(Rule::Number { min: 0.0, max: 4.0 }),
            field: Some(Field::LoraScale),
            ..other("loras", Takes::Text)
        },
        setting(Field::GuidanceScale, Rule::Number { min: 0.0, max: 35.0 }),
        SYNC_MODE,
        COUNT,
        setting(Field::EnableSafetyChecker, Rule::Flag),
        FORMAT,
        setting(Field::Acceleration, Rule::OneOf(&Acceleration::NAMES)),
    ],
    defaults: Layer { lora_scale: Some(1.0), enable_safety_checker: Some(true), ..PIXELS },
    step: 16,
    most_side: u32::MAX,
    price: Price { micro_usd: 35_000, unit: Unit::Megapixel, source: "fal.ai model page" },
    seconds: None,
};

pub(super) static FLUX_PRO_FINETUNED: RouteSpec = RouteSpec {
    name: "FluxProFinetuned",
    endpoint: "fal-ai/flux-pro/finetuned",
    engine: "FLUX.1 [pro]",
    kind: AvatarKind::Artistic,
    is_ultra: false,
    is_legacy: true,
    fields: &[
        PROMPT,
        FINETUNE_ID,
        STRENGTH,
        SIZE,
        STEPS,
        setting(Field::GuidanceScale, Rule::Number { min: 1.0, max: 20.0 }),
        SEED,
        SYNC_MODE,
        COUNT,
        FORMAT,
        TOLERANCE,
        ENHANCE,
    ],
    defaults: Layer {
        finetune_strength: Some(1.0),
        safety_tolerance: Some(SafetyTolerance::DEFAULT),
        ..PIXELS
    },
    step: 32,
    most_side: 1440,
    price: Price {
        micro_usd: 60_000,
        unit: Unit::PictureOrMegapixel,
        source: "third-party price list",
    },
    seconds: None,
};

pub(super) static ULTRA_FINETUNED: RouteSpec = RouteSpec {
    name: "UltraFinetuned",
    endpoint: "fal-ai/flux-pro/v1.1-ultra-finetuned",
    engine: "FLUX1.1 [pro] Ultra",
    kind: AvatarKind::Artistic,
    is_ultra: true,
    is_legacy: false,
    fields: &[
        PROMPT,
        FINETUNE_ID,
        STRENGTH,
        SEED,
        SYNC_MODE,
        COUNT,
        FORMAT,
        TOLERANCE,
        ENHANCE,
        WireField { presence: Presence::Nullable, ..other("image_url", Takes::Text) },
        other("image_prompt_strength", Takes::Rule(Rule::Number { min: 0.0, max: 1.0 })),
        // Nine ratios are listed, but the schema takes any text beside them.
        setting(Field::AspectRatio, Rule::Ratio),
        setting(Field::Raw, Rule::Flag),
    ],
    defaults: Layer {
        finetune_strength: Some(1.1),
        safety_tolerance: Some(SafetyTolerance::DEFAULT),
        aspect_ratio: Some(AspectRatio::R1X1),
        raw: Some(false),
        ..COMMON
    },
    step: 1,
    most_side: u32::MAX,
    price: Price { micro_usd: 70_000, unit: Unit::Picture, source: "third-party price list" },
    seconds: Some((60, 90)),
};

const PROMPT: WireField = required(other("prompt", Takes::Text));
const FINETUNE_ID: WireField = required(other("finetune_id", Takes::Text));
const SYNC_MODE: WireField = other("sync_mode", Takes::Rule(Rule::Flag));
const SIZE: WireField = setting(Field::ImageSize, Rule::Size);
const STEPS: WireField = setting(Field::NumInferenceSteps, Rule::Whole { min: 1, max: 50 });
const SEED: WireField =
    WireField { presence: Presence::Nullable, ..setting(Field::Seed, Rule::Seed) };
const STRENGTH: WireField =
    required(setting(Field::FinetuneStrength, Rule::Number { min: 0.0, max: 2.0 }));
const COUNT: WireField = setting(Field::NumImages, Rule::Whole { min: 1, max: 4 });
const FORMAT: WireField = setting(Field::OutputFormat, Rule::OneOf(&OutputFormat::NAMES));
const TOLERANCE: WireField = setting(Field::SafetyTolerance, Rule::OneOf(&SafetyTolerance::NAMES));
const ENHANCE: WireField = setting(Field::EnhancePrompt, Rule::Flag);

const COMMON: Layer =
    Layer { num_images: Some(1), output_format: Some(OutputFormat::Jpeg), ..Layer::NONE };
const PIXELS: Layer = Layer {
    image_size: Some(ImageSize::SquareHd),
    num_inference_steps: Some(28),
    guidance_scale: Some(3.5),
    ..COMMON
};

/// A field that no setting fills.
const fn other(key: &'static str, takes: Takes) -> WireField {
    WireField { key, takes, presence: Presence::Optional, field: None }
}

const fn setting(field: Field, rule: Rule) -> WireField {
    WireField { field: Some(field), ..other(field.key(), Takes::Rule(rule)) }
}

const fn required(field: WireField) -> WireField {
    WireField { presence: Presence::Required, ..field }
}
