//! Turns a prepared run into endpoint and JSON body. The only place where a body is built: inspector, app, module, bot API and golden files all come through here.

use likeness_core::{
    AspectRatio, ImageSize, OutputFormat, Parameters, Prepared, SafetyTolerance,
    layer::Acceleration, recipe::Model,
};
use serde::Serialize;
use serde_json::Value;

/// A LoRA in the body of `fal-ai/flux-lora`.
#[derive(Clone, Debug, Serialize)]
pub struct LoraWeight {
    path: String,
    scale: f64,
}

/// The body of one submit, with the fields in the order of FAL's schema. Only [`body`] makes one.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Body {
    /// Of `fal-ai/flux-lora`.
    FluxLora {
        /// The composed prompt.
        prompt: String,
        /// The avatar's LoRA.
        loras: [LoraWeight; 1],
        /// Size name or sides.
        image_size: ImageSize,
        /// 1-50.
        num_inference_steps: u8,
        /// 0-35.
        guidance_scale: f64,
        /// 1-4.
        num_images: u8,
        /// Whether FAL blanks unsafe pictures.
        enable_safety_checker: bool,
        /// File format.
        output_format: OutputFormat,
        /// Any `u64`, only when set.
        #[serde(skip_serializing_if = "Option::is_none")]
        seed: Option<u64>,
        /// Only when set.
        #[serde(skip_serializing_if = "Option::is_none")]
        acceleration: Option<Acceleration>,
    },
    /// Of `fal-ai/flux-pro/finetuned`.
    FluxProFinetuned {
        /// The composed prompt.
        prompt: String,
        /// The avatar's finetune.
        finetune_id: String,
        /// 0-2.
        finetune_strength: f64,
        /// Size name or sides.
        image_size: ImageSize,
        /// 1-50.
        num_inference_steps: u8,
        /// 1-20.
        guidance_scale: f64,
        /// 1-4.
        num_images: u8,
        /// "1"-"6".
        safety_tolerance: SafetyTolerance,
        /// File format.
        output_format: OutputFormat,
        /// Any `u64`, only when set.
        #[serde(skip_serializing_if = "Option::is_none")]
        seed: Option<u64>,
        /// Only when set.
        #[serde(skip_serializing_if = "Option::is_none")]
        enhance_prompt: Option<bool>,
    },
    /// Of `fal-ai/flux-pro/v1.1-ultra-finetuned`.
    UltraFinetuned {
        /// The composed prompt.
        prompt: String,
        /// The avatar's finetune.
        finetune_id: String,
        /// 0-2.
        finetune_strength: f64,
        /// Ratio of the picture.
        aspect_ratio: AspectRatio,
        /// 1-4.
        num_images: u8,
        /// "1"-"6".
        safety_tolerance: SafetyTolerance,
        /// File format.
        output_format: OutputFormat,
        /// Less processed look.
        raw: bool,
        /// Any `u64`, only when set.
        #[serde(skip_serializing_if = "Option::is_none")]
        seed: Option<u64>,
        /// Only when set.
        #[serde(skip_serializing_if = "Option::is_none")]
        enhance_prompt: Option<bool>,
    },
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
    let prompt = prepared.composition.text.clone();
    let (Model::Lora(reference) | Model::Finetune(reference)) = prepared.model.clone();
    match &prepared.parameters {
        Parameters::FluxLora(values) => Body::FluxLora {
            prompt,
            loras: [LoraWeight { path: reference, scale: values.lora_scale }],
            image_size: values.image_size,
            num_inference_steps: values.num_inference_steps,
            guidance_scale: values.guidance_scale,
            num_images: values.num_images,
            enable_safety_checker: values.enable_safety_checker,
            output_format: values.output_format,
            seed: values.seed.map(|seed| seed.get()),
            acceleration: values.acceleration,
        },
        Parameters::FluxProFinetuned(values) => Body::FluxProFinetuned {
            prompt,
            finetune_id: reference,
            finetune_strength: values.finetune_strength,
            image_size: values.image_size,
            num_inference_steps: values.num_inference_steps,
            guidance_scale: values.guidance_scale,
            num_images: values.num_images,
            safety_tolerance: values.safety_tolerance,
            output_format: values.output_format,
            seed: values.seed.map(|seed| seed.get()),
            enhance_prompt: values.enhance_prompt,
        },
        Parameters::UltraFinetuned(values) => Body::UltraFinetuned {
            prompt,
            finetune_id: reference,
            finetune_strength: values.finetune_strength,
            aspect_ratio: values.aspect_ratio,
            num_images: values.num_images,
            safety_tolerance: values.safety_tolerance,
            output_format: values.output_format,
            raw: values.raw,
            seed: values.seed.map(|seed| seed.get()),
            enhance_prompt: values.enhance_prompt,
        },
    }
}
