//! What a valid body asks for, with FAL's own defaults (not Likeness') for what it leaves out.

use likeness_core::cost::MicroUsd;
use likeness_core::{AspectRatio, ImageSize, Pixels, Route, size::MAX_SIDE};
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
        if route != Route::UltraFinetuned && is_large {
            return Err(vec![too_large()]);
        }
        let text = |key: &str| body[key].as_str().unwrap_or_default();
        let (avatar, strength) = model(route, body);
        let ultra = route == Route::UltraFinetuned;
        Ok(Self {
            route,
            prompt: text("prompt").to_owned(),
            avatar,
            strength,
            pixels,
            steps: whole(body, "num_inference_steps").unwrap_or(if ultra { 40 } else { 28 }),
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
        let each = match self.route {
            Route::FluxLora => self.pixels.area().div_ceil(1 << 20),
            Route::FluxProFinetuned | Route::UltraFinetuned => 1,
        };
        each * u64::from(self.images)
    }

    /// What that costs, by the prices that are published.
    pub(crate) fn price(&self) -> MicroUsd {
        let unit = match self.route {
            Route::FluxLora => 35_000,
            Route::FluxProFinetuned => 60_000,
            Route::UltraFinetuned => 70_000,
        };
        unit * self.billable_units()
    }

    /// The bytes of one picture.
    pub(crate) fn draw(&self, index: u32) -> Vec<u8> {
        let scene = self.scene(index);
        if self.blank { scene.blank() } else { scene.draw() }
    }

    fn scene(&self, index: u32) -> Scene {
        let style = match self.route {
            Route::FluxLora => Style::Portrait,
            Route::FluxProFinetuned | Route::UltraFinetuned => Style::Artistic,
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
    let (source, key, strength) = match route {
        Route::FluxLora => (&body["loras"][0], "path", "scale"),
        Route::FluxProFinetuned | Route::UltraFinetuned => {
            (body, "finetune_id", "finetune_strength")
        }
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
    if route == Route::UltraFinetuned {
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
