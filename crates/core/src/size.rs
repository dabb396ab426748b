//! Picture sizes: FAL's six names, own sides, and the aspect ratios of Ultra.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pixels {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

impl Pixels {
    /// How many pixels that is.
    pub const fn area(self) -> u64 {
        self.width as u64 * self.height as u64
    }
}

/// The smallest own side we let through, in pixels. FAL's schema allows 1; pictures below this are noise.
pub const MIN_SIDE: u32 = 256;
/// The largest own side we let through, in pixels. FAL's schema allows 14142; the models do not.
pub const MAX_SIDE: u32 = 2048;

/// `image_size` of the routes that count in pixels.
///
/// Pixel sizes of the names: fal's open-source toolkit, `image.py`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageSize {
    /// 512 × 512.
    Square,
    /// 1024 × 1024.
    SquareHd,
    /// 768 × 1024.
    #[serde(rename = "portrait_4_3")]
    Portrait43,
    /// 576 × 1024.
    #[serde(rename = "portrait_16_9")]
    Portrait169,
    /// 1024 × 768.
    #[serde(rename = "landscape_4_3")]
    Landscape43,
    /// 1024 × 576.
    #[serde(rename = "landscape_16_9")]
    Landscape169,
    /// The person's own sides.
    #[serde(untagged)]
    Custom(Pixels),
}

impl ImageSize {
    /// The six names, in the order people meet them.
    pub const NAMED: [Self; 6] = [
        Self::SquareHd,
        Self::Square,
        Self::Portrait43,
        Self::Portrait169,
        Self::Landscape43,
        Self::Landscape169,
    ];
    /// The names as FAL writes them, in the order of [`ImageSize::NAMED`].
    pub const NAMES: [&'static str; 6] =
        ["square_hd", "square", "portrait_4_3", "portrait_16_9", "landscape_4_3", "landscape_16_9"];

    /// The size with this name; none for any other text.
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|known| *known == name).map(|index| Self::NAMED[index])
    }

    /// The size of a request: a name, or both sides.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let side = |key: &str| value.get(key)?.as_u64()?.try_into().ok();
        match value.as_str() {
            Some(name) => Self::parse(name),
            None => Some(Self::Custom(Pixels { width: side("width")?, height: side("height")? })),
        }
    }

    /// FAL's name, none for own sides.
    pub fn name(self) -> Option<&'static str> {
        Self::NAMED.iter().position(|known| *known == self).map(|index| Self::NAMES[index])
    }

    /// Exact pixels of the picture.
    pub const fn pixels(self) -> Pixels {
        let (width, height) = match self {
            Self::Square => (512, 512),
            Self::SquareHd => (1024, 1024),
            Self::Portrait43 => (768, 1024),
            Self::Portrait169 => (576, 1024),
            Self::Landscape43 => (1024, 768),
            Self::Landscape169 => (1024, 576),
            Self::Custom(own) => (own.width, own.height),
        };
        Pixels { width, height }
    }

    /// The ratio that Ultra gets in place of this name; own sides have none.
    pub const fn ratio(self) -> Option<AspectRatio> {
        Some(match self {
            Self::Square | Self::SquareHd => AspectRatio::R1x1,
            Self::Portrait43 => AspectRatio::R3x4,
            Self::Portrait169 => AspectRatio::R9x16,
            Self::Landscape43 => AspectRatio::R4x3,
            Self::Landscape169 => AspectRatio::R16x9,
            Self::Custom(_) => return None,
        })
    }
}

impl From<ImageSize> for Value {
    fn from(size: ImageSize) -> Self {
        if let Some(name) = size.name() {
            return name.into();
        }
        let Pixels { width, height } = size.pixels();
        let mut sides = Map::new();
        sides.insert("width".to_owned(), width.into());
        sides.insert("height".to_owned(), height.into());
        sides.into()
    }
}

/// `aspect_ratio` of Ultra.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AspectRatio {
    /// 21:9.
    #[serde(rename = "21:9")]
    R21x9,
    /// 16:9.
    #[serde(rename = "16:9")]
    R16x9,
    /// 4:3.
    #[serde(rename = "4:3")]
    R4x3,
    /// 3:2.
    #[serde(rename = "3:2")]
    R3x2,
    /// 1:1.
    #[serde(rename = "1:1")]
    R1x1,
    /// 2:3.
    #[serde(rename = "2:3")]
    R2x3,
    /// 3:4.
    #[serde(rename = "3:4")]
    R3x4,
    /// 9:16.
    #[serde(rename = "9:16")]
    R9x16,
    /// 9:21.
    #[serde(rename = "9:21")]
    R9x21,
}

impl AspectRatio {
    /// All nine, widest first.
    pub const ALL: [Self; 9] = [
        Self::R21x9,
        Self::R16x9,
        Self::R4x3,
        Self::R3x2,
        Self::R1x1,
        Self::R2x3,
        Self::R3x4,
        Self::R9x16,
        Self::R9x21,
    ];
    /// The names as FAL writes them, in the order of [`AspectRatio::ALL`].
    pub const NAMES: [&'static str; 9] =
        ["21:9", "16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16", "9:21"];

    /// The ratio with this name; none for any other text.
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|known| *known == name).map(|index| Self::ALL[index])
    }

    /// FAL's name, such as `16:9`.
    pub const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// Width and height of the ratio.
    pub const fn sides(self) -> (u32, u32) {
        match self {
            Self::R21x9 => (21, 9),
            Self::R16x9 => (16, 9),
            Self::R4x3 => (4, 3),
            Self::R3x2 => (3, 2),
            Self::R1x1 => (1, 1),
            Self::R2x3 => (2, 3),
            Self::R3x4 => (3, 4),
            Self::R9x16 => (9, 16),
            Self::R9x21 => (9, 21),
        }
    }

    /// What Ultra is expected to deliver: sides as multiples of 32 nearest to 2048² at the ratio. FAL does not document it, so it is shown as "≈" and
    /// replaced by what was delivered.
    pub fn expected_pixels(self) -> Pixels {
        let (width, height) = self.sides();
        Pixels { width: nearest_side(width, height), height: nearest_side(height, width) }
    }
}

/// The multiple of 32 nearest to `2048 * sqrt(long / across)`.
fn nearest_side(long: u32, across: u32) -> u32 {
    let side = (2048.0 * 2048.0 * f64::from(long) / f64::from(across)).sqrt();
    ((side / 32.0).round() * 32.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_stand_in_the_same_order() {
        for (size, name) in ImageSize::NAMED.into_iter().zip(ImageSize::NAMES) {
            assert_eq!(serde_json::to_value(size).unwrap(), name);
            assert_eq!(ImageSize::parse(name), Some(size));
        }
        for (ratio, name) in AspectRatio::ALL.into_iter().zip(AspectRatio::NAMES) {
            assert_eq!(serde_json::to_value(ratio).unwrap(), name);
            let (width, height) = ratio.sides();
            assert_eq!(format!("{width}:{height}"), name);
        }
    }

    #[test]
    fn own_sides_are_written_as_an_object() {
        let own = ImageSize::Custom(Pixels { width: 640, height: 480 });
        assert_eq!(serde_json::to_string(&own).unwrap(), r#"{"width":640,"height":480}"#);
        assert_eq!(
            serde_json::from_str::<ImageSize>(r#"{"width":640,"height":480}"#).unwrap(),
            own
        );
    }

    #[test]
    fn ultra_sides_are_multiples_of_32_near_four_megapixels() {
        assert_eq!(AspectRatio::R1x1.expected_pixels(), Pixels { width: 2048, height: 2048 });
        assert_eq!(AspectRatio::R16x9.expected_pixels(), Pixels { width: 2720, height: 1536 });
        for ratio in AspectRatio::ALL {
            let pixels = ratio.expected_pixels();
            assert_eq!((pixels.width % 32, pixels.height % 32), (0, 0));
            assert!(pixels.area().abs_diff(2048 * 2048) < 2048 * 64);
        }
    }
}
