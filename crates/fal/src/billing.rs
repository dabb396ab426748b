//! What a body will be billed for: how many pictures of which area.

use crate::wire::whole;
use likeness_core::{AspectRatio, Field, ImageSize, Pixels, Route};
use serde_json::Value;

/// What FAL counts of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Billed {
    /// Pixels of each picture.
    pub area: u64,
    /// Pictures.
    pub pictures: u64,
}

impl Billed {
    /// Reads a body that [`check`](crate::schema::check) has let pass. Where the body leaves a field out and FAL's defaults are not certain, the larger is taken.
    pub fn read(route: Route, body: &Value) -> Self {
        let pixels = if route.takes(Field::ImageSize) {
            sides(body.get("image_size"))
        } else {
            body.get("aspect_ratio")
                .and_then(Value::as_str)
                .and_then(AspectRatio::parse)
                .unwrap_or(AspectRatio::R1X1)
                .expected_pixels()
        };
        let pictures = body.get("num_images").and_then(whole).unwrap_or(1);
        Self { area: pixels.area(), pictures }
    }
}

/// A side that a body leaves out.
const SIDE: u32 = 1024;

fn sides(size: Option<&Value>) -> Pixels {
    let square = ImageSize::SquareHd.pixels();
    let Some(size) = size else { return square };
    if let Some(name) = size.as_str() {
        return ImageSize::parse(name).map_or(square, ImageSize::pixels);
    }
    let side = |key| size.get(key).and_then(whole).and_then(|side| side.try_into().ok());
    Pixels { width: side("width").unwrap_or(SIDE), height: side("height").unwrap_or(SIDE) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_body_is_billed_for_what_it_orders() {
        let rows = [
            (Route::FLUX_LORA, json!({}), 1024 * 1024, 1),
            (Route::FLUX_LORA, json!({ "image_size": "square", "num_images": 3 }), 512 * 512, 3),
            (
                Route::FLUX_LORA,
                json!({ "image_size": { "width": 640, "height": 320 } }),
                204_800,
                1,
            ),
            (Route::FLUX_PRO_FINETUNED, json!({ "num_images": 4 }), 1024 * 1024, 4),
            (
                Route::FLUX_LORA,
                json!({ "image_size": { "width": 640.0, "height": 3.2e2 }, "num_images": 4.0 }),
                204_800,
                4,
            ),
        ];
        for (route, body, area, pictures) in rows {
            assert_eq!(Billed::read(route, &body), Billed { area, pictures }, "{body}");
        }
        let wide = Billed::read(Route::ULTRA_FINETUNED, &json!({ "aspect_ratio": "21:9" }));
        assert!(wide.area > 3_000_000 && wide.pictures == 1, "{wide:?}");
    }
}
