//! What a valid body asks for, with FAL's own defaults (not Likeness') for what it leaves out.

use likeness_core::cost::MicroUsd;
use likeness_core::{
    AspectRatio, AvatarKind, Field, ImageSize, Pixels, Route, cost::Unit, size::MAX_SIDE,
};
use likeness_fal::schema::{self, Detail, Extras};
use likeness_fal::wire;
use likeness_painter::{Format, Scene, Style};
use serde_json::{Value, json};

use crate::behaviour::Behaviour;
use crate::entropy;

/// The longest side, and the most pixels, that are drawn: a wide picture may be as large as a
/// square one.
const MOST_SIDE: u32 = 2 * MAX_SIDE;
const MOST_AREA: u64 = MAX_SIDE as u64 * MAX_SIDE as u64;

/// A run's work: enough to draw its pictures at any later time.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    route: Route,
    prompt: String,
    avatar: String,
    strength: f64,
    pixels: Pixels,
    steps: u32,
    guidance: f64,
    seed: u64,
    /// As it was sent, where it is a number below zero.
    told_seed: Option<i64>,
    images: u32,
    format: Format,
    blank: bool,
}

impl Order {
    /// Reads a body as the endpoint would.
    ///
    /// # Errors
    /// FAL's `detail` list.
    pub(crate) fn read(route: Route, body: &Value) -> Result<Self, Vec<Detail>> {
        schema::check(route, body, Extras::Pass)?;
        let pixels = pixels(route, body);
        let is_large = pixels.width.max(pixels.height) > MOST_SIDE || pixels.area() > MOST_AREA;
        if route.takes(Field::ImageSize) && is_large {
            return Err(vec![too_large()]);
        }
        let text = |key: &str| body[key].as_str().unwrap_or_default();
        let (avatar, strength) = model(route, body);
        let steps = if route.takes(Field::NumInferenceSteps) { 28 } else { 40 };
        Ok(Self {
            route,
            prompt: text("prompt").to_owned(),
            avatar,
            strength,
            pixels,
            steps: whole(body, "num_inference_steps").unwrap_or(steps),
            guidance: body["guidance_scale"].as_f64().unwrap_or(3.5),
            seed: seed(&body["seed"]),
            told_seed: told_seed(&body["seed"]),
            images: whole(body, "num_images").unwrap_or(1),
            format: if text("output_format") == "png" { Format::Png } else { Format::Jpeg },
            blank: Behaviour::of(text("prompt")).is_unsafe && is_checked(body),
        })
    }

    /// The prompt as it was sent.
    pub(crate) fn prompt(&self) -> &str {
        &self.prompt
    }

    /// The seed of the run.
    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// The seed as its caller gets to see it.
    pub(crate) fn told_seed(&self) -> Value {
        self.told_seed.map_or_else(|| self.seed.into(), Value::from)
    }

    /// How many pictures.
    pub(crate) fn images(&self) -> u32 {
        self.images
    }

    /// Inference steps.
    pub(crate) fn steps(&self) -> u32 {
        self.steps
    }

    /// The size of each picture.
    pub(crate) fn pixels(&self) -> Pixels {
        self.pixels
    }

    /// The endpoint.
    pub(crate) fn route(&self) -> Route {
        self.route
    }

    /// The file format.
    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// Whether the safety checker blanked the pictures.
    pub(crate) fn is_blank(&self) -> bool {
        self.blank
    }

    /// About how many bytes this takes in memory.
    pub(crate) fn weight(&self) -> usize {
        self.prompt.len() + self.avatar.len()
    }

    /// What FAL would bill: megapixels for a LoRA, pictures for a finetune.
    pub(crate) fn billable_units(&self) -> u64 {
        let each = match self.route.spec().price.unit {
            Unit::Megapixel => self.pixels.area().div_ceil(1 << 20),
            Unit::PictureOrMegapixel | Unit::Picture => 1,
        };
        each * u64::from(self.images)
    }

    /// What that costs, by the prices that are published.
    pub(crate) fn price(&self) -> MicroUsd {
        self.route.spec().price.micro_usd * self.billable_units()
    }

    /// The bytes of one picture.
    pub(crate) fn draw(&self, index: u32) -> Vec<u8> {
        let scene = self.scene(index);
        if self.blank { scene.blank() } else { scene.draw() }
    }

    fn scene(&self, index: u32) -> Scene {
        let style = match self.route.kind() {
            AvatarKind::Portrait => Style::Portrait,
            AvatarKind::Artistic => Style::Artistic,
        };
        Scene {
            style,
            width: self.pixels.width,
            height: self.pixels.height,
            steps: self.steps,
            guidance: self.guidance as f32,
            strength: self.strength as f32,
            seed: self.seed,
            prompt: self.prompt.clone(),
            avatar: self.avatar.clone(),
            format: self.format,
            index,
        }
    }
}

/// The avatar's weights and how strongly they act.
fn model(route: Route, body: &Value) -> (String, f64) {
    let (source, key, strength) = match route.kind() {
        AvatarKind::Portrait => (&body["loras"][0], "path", "scale"),
        AvatarKind::Artistic => (body, "finetune_id", "finetune_strength"),
    };
    let Some(name) = source[key].as_str() else { return (String::new(), 0.0) };
    (name.to_owned(), source[strength].as_f64().unwrap_or(1.0))
}

/// A seed below zero counts from the other end, as it does in the model. One that was not sent is
/// drawn.
fn seed(seed: &Value) -> u64 {
    let whole = wire::whole(seed).or_else(|| seed.as_i64().map(i64::cast_unsigned));
    whole.or_else(|| seed.as_f64().map(f64::to_bits)).unwrap_or_else(entropy::seed)
}

fn told_seed(seed: &Value) -> Option<i64> {
    seed.as_i64().filter(|seed| *seed < 0)
}

fn pixels(route: Route, body: &Value) -> Pixels {
    if !route.takes(Field::ImageSize) {
        let ratio = body["aspect_ratio"].as_str().and_then(AspectRatio::parse);
        return ratio.unwrap_or(AspectRatio::R16X9).expected_pixels();
    }
    let asked = match &body["image_size"] {
        Value::String(name) => ImageSize::parse(name).unwrap_or(ImageSize::Landscape43).pixels(),
        Value::Object(_) => {
            let side = |key| whole(&body["image_size"], key).unwrap_or(512);
            Pixels { width: side("width"), height: side("height") }
        }
        _ => ImageSize::Landscape43.pixels(),
    };
    route.delivered(asked)
}

/// A whole number that the schema check has found to be small.
fn whole(body: &Value, key: &str) -> Option<u32> {
    wire::whole(&body[key]).and_then(|number| u32::try_from(number).ok())
}

/// The LoRA endpoint has a switch, the finetuned ones a tolerance whose last two steps let all
/// pass.
fn is_checked(body: &Value) -> bool {
    let tolerant = matches!(body["safety_tolerance"].as_str(), Some("5" | "6"));
    body["enable_safety_checker"].as_bool().unwrap_or(!tolerant)
}

fn too_large() -> Detail {
    let mut detail = Detail::new("image_size", "image_too_large", "Image dimensions are too large");
    detail.ctx = Some(
        json!({ "max_width": MOST_SIDE, "max_height": MOST_SIDE, "max_resolution": MOST_AREA }),
    );
    detail
}

#[cfg(test)]
mod tests {
    use super::*;
    use likeness_core::cost::{self, Price};
    use likeness_core::parameters::Layers;
    use likeness_core::route::{Presence, RouteSpec, Takes, WireField};
    use likeness_core::{Avatar, Layer, Parameters, Preset, Rule, validate};
    use likeness_fal::billing::Billed;
    use likeness_fal::request;

    /// Another endpoint for LoRAs: no more than this constant.
    static KREA: RouteSpec = RouteSpec {
        name: "FluxKreaLora",
        endpoint: "fal-ai/flux-krea-lora",
        engine: "FLUX.1 Krea [dev]",
        kind: AvatarKind::Portrait,
        is_ultra: false,
        is_legacy: false,
        fields: &[
            wire("prompt", Takes::Text, Presence::Required, None),
            wire("image_size", Takes::Rule(Rule::Size), Presence::Optional, Some(Field::ImageSize)),
            wire(
                "num_inference_steps",
                Takes::Rule(Rule::Whole { min: 1, max: 40 }),
                Presence::Optional,
                Some(Field::NumInferenceSteps),
            ),
            wire(
                "loras",
                Takes::Loras(Rule::Number { min: 0.0, max: 2.0 }),
                Presence::Optional,
                Some(Field::LoraScale),
            ),
            wire("seed", Takes::Rule(Rule::Seed), Presence::Nullable, Some(Field::Seed)),
        ],
        defaults: Layer {
            lora_scale: Some(1.0),
            image_size: Some(ImageSize::Landscape43),
            num_inference_steps: Some(30),
            ..Layer::NONE
        },
        step: 16,
        most_side: 1280,
        price: Price { micro_usd: 40_000, unit: Unit::Megapixel, source: "a test" },
        seconds: None,
    };

    const fn wire(
        key: &'static str,
        takes: Takes,
        presence: Presence,
        field: Option<Field>,
    ) -> WireField {
        WireField { key, takes, presence, field }
    }

    #[test]
    fn a_route_is_one_constant_for_form_body_schema_price_and_drawing() {
        let route = Route::new(&KREA);
        let request = json!({
            "avatar": { "kind": "portrait", "trigger_word": "TOK", "lora_url": "https://weights.example/a.safetensors" },
            "prompt": "at dawn", "preset": "quality", "overrides": { "seed": "7" },
        });
        let checked = validate::check(&request, 0);
        let prepared = checked.into_recipe().unwrap().prepare();

        // The form offers what the route takes, and judges it by its rules.
        let offered: Vec<_> = Field::ALL.into_iter().filter(|field| route.takes(*field)).collect();
        let taken = [Field::NumInferenceSteps, Field::ImageSize, Field::LoraScale, Field::Seed];
        assert_eq!(offered, taken);
        let steps = route.rule(Field::NumInferenceSteps).unwrap();
        assert_eq!(validate::value(steps, &json!(41), "steps").len(), 1);

        // The body holds that and nothing else.
        let edits =
            Layer { seed: Some(likeness_core::Seed::new(7)), raw: Some(true), ..Layer::NONE };
        let avatar = Avatar::blank(AvatarKind::Portrait);
        let layers = Layers::new(route, Preset::Portrait, &avatar, edits);
        let parameters = Parameters::resolve(route, &layers);
        let body = request::body(&likeness_core::Prepared { parameters, ..prepared }).to_value();
        let sent = json!({
            "prompt": "TOK, at dawn", "image_size": "portrait_4_3", "num_inference_steps": 35, "seed": 7,
            "loras": [{ "path": "https://weights.example/a.safetensors", "scale": 1.1 }],
        });
        assert_eq!(body, sent);

        // The schema knows its ranges.
        assert_eq!(schema::check(route, &body, Extras::Refuse), Ok(()));
        let mut strong = body.clone();
        strong["loras"][0]["scale"] = json!(2.5);
        let details = schema::check(route, &strong, Extras::Refuse).unwrap_err();
        assert_eq!((details.len(), details[0].kind), (1, "less_than_equal"));

        // It is priced, billed and drawn.
        let parameters = Parameters::resolve(route, &layers);
        assert_eq!(cost::estimate(&parameters).micro_usd.unwrap().low, 40_000);
        assert_eq!(Billed::read(route, &body), Billed { area: 768 * 1024, pictures: 1 });
        let order = Order::read(route, &body).unwrap();
        assert_eq!((order.price(), order.pixels().width, order.strength), (40_000, 768, 1.1));
        let wide = json!({ "prompt": "x", "image_size": { "width": 2000, "height": 500 } });
        assert_eq!(
            Order::read(route, &wide).unwrap().pixels(),
            Pixels { width: 1280, height: 496 }
        );
        assert_eq!(route.app(), "fal-ai/flux-krea-lora");
    }
}
