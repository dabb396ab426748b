//! Resolves the layers of settings into the typed values of one route.

use crate::{
    avatar::Avatar,
    field::Field,
    layer::{Acceleration, Layer, OutputFormat, SafetyTolerance},
    preset::Preset,
    route::Route,
    seed::Seed,
    size::{AspectRatio, ImageSize, Pixels},
};
use serde_json::Value;

/// Which layer a value came from; a later one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The route's default.
    Route,
    /// The preset.
    Preset,
    /// Pinned on the avatar.
    Avatar,
    /// The person's own edit.
    You,
}

/// The four layers of one request, the weakest first.
#[derive(Clone, Debug)]
pub struct Layers([Layer; 4]);

impl Layers {
    /// Route defaults < preset < pinned on the avatar < own edits.
    pub fn new(route: Route, preset: Preset, avatar: &Avatar, edits: Layer) -> Self {
        Self([route.defaults(), preset.layer(), avatar.pinned(), edits])
    }

    /// The value of a field on a route and the layer that decides it; none if no layer sets it. On Ultra a size name decides the ratio.
    pub fn value(&self, route: Route, field: Field) -> Option<(Value, Source)> {
        const SOURCES: [Source; 4] = [Source::Route, Source::Preset, Source::Avatar, Source::You];
        let value = |layer: &Layer| match (route, field) {
            (Route::UltraFinetuned, Field::AspectRatio) => {
                ratio(layer).map(|ratio| ratio.to_string().into())
            }
            _ => layer.value(field),
        };
        SOURCES
            .into_iter()
            .zip(&self.0)
            .rev()
            .find_map(|(source, layer)| Some((value(layer)?, source)))
    }

    /// Fields that the preset sets and the route does not take.
    pub fn omitted(&self, route: Route) -> Vec<Field> {
        let is_left_out = |field: &Field| {
            let becomes_ratio = route == Route::UltraFinetuned && *field == Field::ImageSize;
            *field != Field::UseUltra
                && !becomes_ratio
                && self.0[1].value(*field).is_some()
                && route.rule(*field).is_none()
        };
        Field::ALL.into_iter().filter(is_left_out).collect()
    }

    fn pick<T>(&self, get: impl Fn(&Layer) -> Option<T>) -> Option<T> {
        self.0.iter().rev().find_map(get)
    }

    /// A value that the route's defaults set, so that some layer has it.
    fn given<T>(&self, get: impl Fn(&Layer) -> Option<T>) -> T {
        self.pick(get).expect("a route's defaults set every value that it always sends")
    }
}

/// The ratio that a layer asks of Ultra.
fn ratio(layer: &Layer) -> Option<AspectRatio> {
    layer.aspect_ratio.or_else(|| layer.image_size.and_then(ImageSize::ratio))
}

/// The values of `fal-ai/flux-lora`, the model reference and the prompt apart.
#[derive(Clone, Debug, PartialEq)]
pub struct FluxLora {
    /// 0-4.
    pub lora_scale: f64,
    /// Size of the picture.
    pub image_size: ImageSize,
    /// 1-50.
    pub num_inference_steps: u8,
    /// 0-35.
    pub guidance_scale: f64,
    /// 1-4.
    pub num_images: u8,
    /// Whether FAL blanks unsafe pictures.
    pub enable_safety_checker: bool,
    /// File format.
    pub output_format: OutputFormat,
    /// Fixed randomness.
    pub seed: Option<Seed>,
    /// Sent only when set.
    pub acceleration: Option<Acceleration>,
}

/// The values of `fal-ai/flux-pro/finetuned`.
#[derive(Clone, Debug, PartialEq)]
pub struct FluxProFinetuned {
    /// 0-2.
    pub finetune_strength: f64,
    /// Size of the picture.
    pub image_size: ImageSize,
    /// 1-50.
    pub num_inference_steps: u8,
    /// 1-20.
    pub guidance_scale: f64,
    /// 1-4.
    pub num_images: u8,
    /// "1"-"6".
    pub safety_tolerance: SafetyTolerance,
    /// File format.
    pub output_format: OutputFormat,
    /// Fixed randomness.
    pub seed: Option<Seed>,
    /// Sent only when set.
    pub enhance_prompt: Option<bool>,
}

/// The values of `fal-ai/flux-pro/v1.1-ultra-finetuned`.
#[derive(Clone, Debug, PartialEq)]
pub struct UltraFinetuned {
    /// 0-2.
    pub finetune_strength: f64,
    /// Ratio of the picture.
    pub aspect_ratio: AspectRatio,
    /// 1-4.
    pub num_images: u8,
    /// "1"-"6".
    pub safety_tolerance: SafetyTolerance,
    /// File format.
    pub output_format: OutputFormat,
    /// Less processed look.
    pub raw: bool,
    /// Fixed randomness.
    pub seed: Option<Seed>,
    /// Sent only when set.
    pub enhance_prompt: Option<bool>,
}

/// The typed values of one route. What a route does not take cannot be said here.
#[derive(Clone, Debug, PartialEq)]
pub enum Parameters {
    /// Of `fal-ai/flux-lora`.
    FluxLora(FluxLora),
    /// Of `fal-ai/flux-pro/finetuned`.
    FluxProFinetuned(FluxProFinetuned),
    /// Of `fal-ai/flux-pro/v1.1-ultra-finetuned`.
    UltraFinetuned(UltraFinetuned),
}

impl Parameters {
    /// Takes each value from the strongest layer that sets it.
    pub fn resolve(route: Route, layers: &Layers) -> Self {
        match route {
            Route::FluxLora => Self::FluxLora(FluxLora {
                lora_scale: layers.given(|layer| layer.lora_scale),
                image_size: layers.given(|layer| layer.image_size),
                num_inference_steps: layers.given(|layer| layer.num_inference_steps),
                guidance_scale: layers.given(|layer| layer.guidance_scale),
                num_images: layers.given(|layer| layer.num_images),
                enable_safety_checker: layers.given(|layer| layer.enable_safety_checker),
                output_format: layers.given(|layer| layer.output_format),
                seed: layers.pick(|layer| layer.seed),
                acceleration: layers.pick(|layer| layer.acceleration),
            }),
            Route::FluxProFinetuned => Self::FluxProFinetuned(FluxProFinetuned {
                finetune_strength: layers.given(|layer| layer.finetune_strength),
                image_size: layers.given(|layer| layer.image_size),
                num_inference_steps: layers.given(|layer| layer.num_inference_steps),
                guidance_scale: layers.given(|layer| layer.guidance_scale),
                num_images: layers.given(|layer| layer.num_images),
                safety_tolerance: layers.given(|layer| layer.safety_tolerance),
                output_format: layers.given(|layer| layer.output_format),
                seed: layers.pick(|layer| layer.seed),
                enhance_prompt: layers.pick(|layer| layer.enhance_prompt),
            }),
            Route::UltraFinetuned => Self::UltraFinetuned(UltraFinetuned {
                finetune_strength: layers.given(|layer| layer.finetune_strength),
                aspect_ratio: layers.given(ratio),
                num_images: layers.given(|layer| layer.num_images),
                safety_tolerance: layers.given(|layer| layer.safety_tolerance),
                output_format: layers.given(|layer| layer.output_format),
                raw: layers.given(|layer| layer.raw),
                seed: layers.pick(|layer| layer.seed),
                enhance_prompt: layers.pick(|layer| layer.enhance_prompt),
            }),
        }
    }

    /// The route that these values belong to.
    pub const fn route(&self) -> Route {
        match self {
            Self::FluxLora(_) => Route::FluxLora,
            Self::FluxProFinetuned(_) => Route::FluxProFinetuned,
            Self::UltraFinetuned(_) => Route::UltraFinetuned,
        }
    }

    /// Pixels of the picture that will come: exact on the routes that take a size, expected on Ultra.
    pub fn pixels(&self) -> Pixels {
        self.route().delivered(self.asked())
    }

    /// Pixels of the picture that is asked for.
    pub fn asked(&self) -> Pixels {
        match self {
            Self::FluxLora(values) => values.image_size.pixels(),
            Self::FluxProFinetuned(values) => values.image_size.pixels(),
            Self::UltraFinetuned(values) => values.aspect_ratio.expected_pixels(),
        }
    }

    /// Pictures of the run, 1-4.
    pub const fn num_images(&self) -> u8 {
        match self {
            Self::FluxLora(values) => values.num_images,
            Self::FluxProFinetuned(values) => values.num_images,
            Self::UltraFinetuned(values) => values.num_images,
        }
    }

    /// The seed, if one is fixed.
    pub const fn seed(&self) -> Option<Seed> {
        match self {
            Self::FluxLora(values) => values.seed,
            Self::FluxProFinetuned(values) => values.seed,
            Self::UltraFinetuned(values) => values.seed,
        }
    }
}
