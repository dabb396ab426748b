//! Resolves the layers of settings into the typed values of one route.

use crate::{
    avatar::Avatar,
    field::Field,
    layer::Layer,
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

    /// The value of a field on a route and the layer that decides it; none if no layer sets it. Where a ratio is taken in place of a size, a size name decides it.
    pub fn value(&self, route: Route, field: Field) -> Option<(Value, Source)> {
        const SOURCES: [Source; 4] = [Source::Route, Source::Preset, Source::Avatar, Source::You];
        let value = |layer: &Layer| match field {
            Field::AspectRatio if takes_ratio(route) => {
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
            let becomes_ratio = takes_ratio(route) && *field == Field::ImageSize;
            *field != Field::UseUltra
                && !becomes_ratio
                && self.0[1].value(*field).is_some()
                && !route.takes(*field)
        };
        Field::ALL.into_iter().filter(is_left_out).collect()
    }
}

/// Whether a route takes a ratio in place of a size.
fn takes_ratio(route: Route) -> bool {
    route.takes(Field::AspectRatio) && !route.takes(Field::ImageSize)
}

/// The ratio that a layer asks for.
fn ratio(layer: &Layer) -> Option<AspectRatio> {
    layer.aspect_ratio.or_else(|| layer.image_size.and_then(ImageSize::ratio))
}

/// The values of one run. [`Parameters::resolve`] alone makes them, so that each is one that the route takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    route: Route,
    values: Layer,
}

impl Parameters {
    /// Takes each value that the route takes from the strongest layer that sets it.
    pub fn resolve(route: Route, layers: &Layers) -> Self {
        let mut values = Layer::NONE;
        for layer in &layers.0 {
            let mut layer = layer.clone();
            if takes_ratio(route) {
                layer.aspect_ratio = ratio(&layer);
            }
            values = layer.over(&values);
        }
        for field in Field::ALL.into_iter().filter(|field| !route.takes(*field)) {
            values.set(field, &Value::Null);
        }
        Self { route, values }
    }

    /// The route that these values belong to.
    pub const fn route(&self) -> Route {
        self.route
    }

    /// The values that are sent.
    pub const fn values(&self) -> &Layer {
        &self.values
    }

    /// Pixels of the picture that will come: exact on the routes that take a size, expected for a ratio.
    pub fn pixels(&self) -> Pixels {
        self.route.delivered(self.asked())
    }

    /// Pixels of the picture that is asked for.
    pub fn asked(&self) -> Pixels {
        match (self.values.image_size, self.values.aspect_ratio) {
            (Some(size), _) => size.pixels(),
            (None, ratio) => ratio.unwrap_or(AspectRatio::R1X1).expected_pixels(),
        }
    }

    /// Pictures of the run, 1-4.
    pub fn num_images(&self) -> u8 {
        self.values.num_images.unwrap_or(1)
    }

    /// The seed, if one is fixed.
    pub const fn seed(&self) -> Option<Seed> {
        self.values.seed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AvatarKind;
    use serde_json::json;

    fn layers(route: Route, preset: Preset, edits: &[(Field, Value)]) -> Layers {
        let mut avatar = Avatar::blank(route.kind());
        avatar.follow("lora_scale", &json!(0.7));
        let mut layer = Layer::default();
        for (field, value) in edits {
            layer.set(*field, value);
        }
        Layers::new(route, preset, &avatar, layer)
    }

    #[test]
    fn the_strongest_layer_decides_and_is_named() {
        let route = Route::FLUX_LORA;
        let layers = layers(route, Preset::Quality, &[(Field::GuidanceScale, json!(2.0))]);
        for (field, value, source) in [
            (Field::OutputFormat, json!("jpeg"), Source::Route),
            (Field::NumInferenceSteps, json!(50), Source::Preset),
            (Field::LoraScale, json!(0.7), Source::Avatar),
            (Field::GuidanceScale, json!(2.0), Source::You),
        ] {
            assert_eq!(layers.value(route, field), Some((value, source)));
        }
        assert_eq!(layers.value(route, Field::Seed), None);
        assert_eq!(layers.value(route, Field::AspectRatio), None, "it takes a size");
    }

    #[test]
    fn where_a_ratio_is_taken_the_size_of_a_preset_decides_it() {
        let route = Route::of(AvatarKind::Artistic, true);
        let layers = layers(route, Preset::Portrait, &[]);
        let decided = layers.value(route, Field::AspectRatio);
        assert_eq!(decided, Some((json!("3:4"), Source::Preset)));
        let parameters = Parameters::resolve(route, &layers);
        assert_eq!(parameters.values().aspect_ratio.unwrap().to_string(), "3:4");
        assert_eq!(parameters.values().image_size, None);
    }

    #[test]
    fn what_a_preset_sets_and_the_route_does_not_take_is_left_out() {
        let omitted = |route, preset| layers(route, preset, &[]).omitted(route);
        let strength_and_tolerance = [Field::FinetuneStrength, Field::SafetyTolerance];
        assert_eq!(omitted(Route::FLUX_LORA, Preset::Quality), strength_and_tolerance);
        assert_eq!(omitted(Route::FLUX_PRO_FINETUNED, Preset::Quality), [Field::LoraScale]);
        // The size becomes a ratio, and the switch is none of the body's fields anywhere.
        let of_ultra = [Field::NumInferenceSteps, Field::GuidanceScale, Field::LoraScale];
        assert_eq!(omitted(Route::ULTRA_FINETUNED, Preset::Quality), of_ultra);
        assert_eq!(omitted(Route::ULTRA_FINETUNED, Preset::Ultra), [Field::EnableSafetyChecker]);
    }

    #[test]
    fn one_picture_with_any_seed_unless_somebody_says_otherwise() {
        let route = Route::FLUX_LORA;
        let resolved =
            |edits: &[_]| Parameters::resolve(route, &layers(route, Preset::Fast, edits));
        let plain = resolved(&[]);
        assert_eq!((plain.route(), plain.num_images(), plain.seed()), (route, 1, None));
        let edited = resolved(&[(Field::NumImages, json!(3)), (Field::Seed, json!(7))]);
        assert_eq!((edited.num_images(), edited.seed()), (3, Some(Seed::new(7))));
    }
}
