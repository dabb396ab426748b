//! What the rules must come to, as texts.

use likeness_core::{AvatarKind, Preset, Reason};
use serde_json::Value;

pub(super) const LORA: &str = "https://v3.fal.media/files/check/self.safetensors";
pub(super) const FINETUNE: &str = "self-check";
pub(super) const WORDS: &str = "castle in the fog";

/// The published values of a preset, as they stand in a body.
struct Published {
    steps: &'static str,
    guidance: &'static str,
    size: &'static str,
    likeness: &'static str,
    tolerance: &'static str,
}

/// The published values of the presets that count in pixels; none of Ultra.
const fn published(preset: Preset) -> Option<Published> {
    let (steps, guidance, size, likeness, tolerance) = match preset {
        Preset::Fast => ("20", "3.0", "square", "0.8", "2"),
        Preset::Balanced => ("28", "3.5", "square_hd", "1.0", "2"),
        Preset::Quality => ("50", "4.0", "square_hd", "1.2", "2"),
        Preset::Portrait => ("35", "3.5", "portrait_4_3", "1.1", "2"),
        Preset::Landscape => ("30", "3.5", "landscape_4_3", "1.0", "2"),
        Preset::Artistic => ("35", "4.0", "square_hd", "1.3", "3"),
        Preset::Photorealistic => ("40", "3.5", "square_hd", "0.9", "2"),
        Preset::Ultra => return None,
    };
    Some(Published { steps, guidance, size, likeness, tolerance })
}

/// Where an avatar of this kind is sent, with and without Ultra.
pub(super) const fn endpoint(kind: AvatarKind, is_ultra: bool) -> &'static str {
    match (kind, is_ultra) {
        (AvatarKind::Portrait, _) => "fal-ai/flux-lora",
        (AvatarKind::Artistic, false) => "fal-ai/flux-pro/finetuned",
        (AvatarKind::Artistic, true) => "fal-ai/flux-pro/v1.1-ultra-finetuned",
    }
}

/// Endpoint and body of a preset; none for Ultra with a portrait, which cannot be.
pub(super) fn sent(kind: AvatarKind, preset: Preset) -> Option<String> {
    match (kind, published(preset)) {
        (AvatarKind::Portrait, None) => None,
        (AvatarKind::Portrait, Some(Published { steps, guidance, size, likeness, .. })) => {
            Some(format!(
                r#"fal-ai/flux-lora {{"prompt":"a photo of TOK person, {WORDS}","loras":[{{"path":"{LORA}","scale":{likeness}}}],"image_size":"{size}","num_inference_steps":{steps},"guidance_scale":{guidance},"num_images":1,"enable_safety_checker":true,"output_format":"jpeg"}}"#
            ))
        }
        (AvatarKind::Artistic, Some(Published { steps, guidance, size, likeness, tolerance })) => {
            Some(format!(
                r#"fal-ai/flux-pro/finetuned {{"prompt":"ARTST, {WORDS}","finetune_id":"{FINETUNE}","finetune_strength":{likeness},"image_size":"{size}","num_inference_steps":{steps},"guidance_scale":{guidance},"num_images":1,"safety_tolerance":"{tolerance}","output_format":"jpeg"}}"#
            ))
        }
        (AvatarKind::Artistic, None) => Some(format!(
            r#"fal-ai/flux-pro/v1.1-ultra-finetuned {{"prompt":"ARTST, {WORDS}","finetune_id":"{FINETUNE}","finetune_strength":1.1,"aspect_ratio":"1:1","num_images":1,"safety_tolerance":"2","output_format":"jpeg","raw":false}}"#
        )),
    }
}

/// An input that must be refused at its field for its reason, with nothing else found wrong.
pub(super) struct Refusal {
    pub(super) input: &'static str,
    pub(super) field: &'static str,
    pub(super) value: fn() -> Value,
    pub(super) reason: Reason,
}

/// One for each way of being wrong.
pub(super) const REFUSALS: [Refusal; 8] = [
    Refusal {
        input: r#"prompt: " ""#,
        field: "prompt",
        value: || " ".into(),
        reason: Reason::BlankPrompt,
    },
    Refusal {
        input: "prompt: 16001 × \"a\"",
        field: "prompt",
        value: || "a".repeat(16_001).into(),
        reason: Reason::LongPrompt,
    },
    Refusal {
        input: r#"preset: "best""#,
        field: "preset",
        value: || "best".into(),
        reason: Reason::UnknownValue,
    },
    Refusal {
        input: r#"preset: "ultra""#,
        field: "preset",
        value: || "ultra".into(),
        reason: Reason::UltraPreset,
    },
    Refusal {
        input: "num_inference_steps: 51",
        field: "overrides.num_inference_steps",
        value: || 51.into(),
        reason: Reason::OutOfRange,
    },
    Refusal {
        input: "num_images: 1.5",
        field: "overrides.num_images",
        value: || 1.5.into(),
        reason: Reason::Fraction,
    },
    Refusal {
        input: r#"guidance_scale: "NaN""#,
        field: "overrides.guidance_scale",
        value: || "NaN".into(),
        reason: Reason::NotNumber,
    },
    Refusal {
        input: r#"lora_url: "javascript:alert(1)""#,
        field: "avatar.lora_url",
        value: || "javascript:alert(1)".into(),
        reason: Reason::NotHttps,
    },
];

/// A published trigger case.
pub(super) struct Trigger {
    pub(super) name: &'static str,
    pub(super) kind: AvatarKind,
    pub(super) word: &'static str,
    pub(super) phrase: &'static str,
    pub(super) typed: &'static str,
    pub(super) sent: &'static str,
}

const PHRASE: &str = "a photo of TOK person";

pub(super) const TRIGGERS: [Trigger; 6] = [
    Trigger {
        name: "A1",
        kind: AvatarKind::Artistic,
        word: "ARTST",
        phrase: "",
        typed: "castle in the fog",
        sent: "ARTST, castle in the fog",
    },
    Trigger {
        name: "A2",
        kind: AvatarKind::Artistic,
        word: "ARTST",
        phrase: "",
        typed: "ARTST castle in the fog",
        sent: "ARTST castle in the fog",
    },
    Trigger {
        name: "A3",
        kind: AvatarKind::Artistic,
        word: "",
        phrase: "",
        typed: "castle in the fog",
        sent: "castle in the fog",
    },
    Trigger {
        name: "P1",
        kind: AvatarKind::Portrait,
        word: "TOK",
        phrase: PHRASE,
        typed: "in medieval armor",
        sent: "a photo of TOK person in medieval armor",
    },
    Trigger {
        name: "P2",
        kind: AvatarKind::Portrait,
        word: "TOK",
        phrase: PHRASE,
        typed: "a photo of TOK person in medieval armor",
        sent: "a photo of TOK person in medieval armor",
    },
    Trigger {
        name: "P3",
        kind: AvatarKind::Portrait,
        word: "TOK",
        phrase: "",
        typed: "business portrait",
        sent: "TOK, business portrait",
    },
];
