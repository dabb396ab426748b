//! Picture sizes: FAL's six names, own sides, and the aspect ratios of Ultra.

use core::fmt;
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

    /// The sides as FLUX makes them: rounded down to multiples of a step, none longer than `most`.
    pub(crate) const fn rounded(self, step: u32, most: u32) -> Self {
        const fn side(asked: u32, step: u32, most: u32) -> u32 {
            let side = if asked > most { most } else { asked };
            if side < step { step } else { side - side % step }
        }
        Self { width: side(self.width, step, most), height: side(self.height, step, most) }
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
            Self::Square | Self::SquareHd => AspectRatio::R1X1,
            Self::Portrait43 => AspectRatio { width: 3, height: 4 },
            Self::Portrait169 => AspectRatio { width: 9, height: 16 },
            Self::Landscape43 => AspectRatio { width: 4, height: 3 },
            Self::Landscape169 => AspectRatio::R16X9,
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

/// `aspect_ratio` of Ultra, as it is written: `4:6` and `2:3` are two texts for one shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct AspectRatio {
    width: u32,
    height: u32,
}

impl AspectRatio {
    /// The widest that Ultra takes.
    pub const R21X9: Self = Self { width: 21, height: 9 };
    /// Square.
    pub const R1X1: Self = Self { width: 1, height: 1 };
    /// The ratio of FAL where a body names none.
    pub const R16X9: Self = Self { width: 16, height: 9 };
    /// The tallest that Ultra takes.
    pub const R9X21: Self = Self { width: 9, height: 21 };
    /// The nine that FAL names, widest first.
    pub const NAMED: [Self; 9] = [
        Self::R21X9,
        Self::R16X9,
        Self { width: 4, height: 3 },
        Self { width: 3, height: 2 },
        Self::R1X1,
        Self { width: 2, height: 3 },
        Self { width: 3, height: 4 },
        Self { width: 9, height: 16 },
        Self::R9X21,
    ];
    /// The names as FAL writes them, in the order of [`AspectRatio::NAMED`].
    pub const NAMES: [&'static str; 9] =
        ["21:9", "16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16", "9:21"];

    /// The ratio `w:h` of a text, if Ultra takes it.
    pub fn parse(text: &str) -> Option<Self> {
        Self::read(text).filter(|ratio| !ratio.is_too_wide() && !ratio.is_too_tall())
    }

    /// The ratio `w:h` of a text: two whole numbers above zero in plain digits.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let side = |digits: &str| {
            let is_plain = digits.len() < 6
                && !digits.starts_with('0')
                && digits.bytes().all(|digit| digit.is_ascii_digit());
            digits.parse().ok().filter(|_| is_plain)
        };
        let (width, height) = text.split_once(':')?;
        Some(Self { width: side(width)?, height: side(height)? })
    }

    /// The ratio of two sides in its lowest terms, as near as Ultra takes it.
    pub fn of_sides(sides: Pixels) -> Self {
        let (mut a, mut b) = (sides.width.max(1), sides.height.max(1));
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let ratio = Self { width: sides.width.max(1) / a, height: sides.height.max(1) / a };
        match ratio {
            _ if ratio.is_too_wide() => Self::R21X9,
            _ if ratio.is_too_tall() => Self::R9X21,
            _ => ratio,
        }
    }

    /// Whether it is wider than 21:9.
    pub(crate) const fn is_too_wide(self) -> bool {
        self.width as u64 * 9 > self.height as u64 * 21
    }

    /// Whether it is taller than 9:21.
    pub(crate) const fn is_too_tall(self) -> bool {
        self.height as u64 * 9 > self.width as u64 * 21
    }

    /// Width and height of the ratio.
    pub const fn sides(self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// What Ultra is expected to deliver: sides as multiples of 32 nearest to 2048² at the ratio. FAL does not document it, so it is shown as "≈" and
    /// replaced by what was delivered.
    pub fn expected_pixels(self) -> Pixels {
        let (width, height) = self.sides();
        Pixels { width: nearest_side(width, height), height: nearest_side(height, width) }
    }
}

impl fmt::Display for AspectRatio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.width, self.height)
    }
}

impl From<AspectRatio> for String {
    fn from(ratio: AspectRatio) -> Self {
        ratio.to_string()
    }
}

impl TryFrom<String> for AspectRatio {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("an aspect ratio is w:h between 21:9 and 9:21")
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
        for (ratio, name) in AspectRatio::NAMED.into_iter().zip(AspectRatio::NAMES) {
            assert_eq!(serde_json::to_value(ratio).unwrap(), name);
            assert_eq!(AspectRatio::parse(name), Some(ratio));
        }
    }

    #[test]
    fn any_ratio_between_the_widest_and_the_tallest_is_one() {
        for text in ["5:4", "4:6", "100:233", "21:9", "7:3", "9:21", "99999:99999"] {
            assert_eq!(AspectRatio::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "22:9",
            "9:22",
            "0:1",
            "1:0",
            "01:1",
            "+1:1",
            "1.5:1",
            "1:",
            "1",
            "a:b",
            "1:1:1",
            " 1:1",
            "100000:99999",
        ] {
            assert_eq!(AspectRatio::parse(text), None, "{text}");
        }
        let of = |width, height| AspectRatio::of_sides(Pixels { width, height }).to_string();
        assert_eq!((of(512, 768), of(2048, 256)), ("2:3".to_owned(), "21:9".to_owned()));
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
        assert_eq!(AspectRatio::R1X1.expected_pixels(), Pixels { width: 2048, height: 2048 });
        assert_eq!(AspectRatio::R16X9.expected_pixels(), Pixels { width: 2720, height: 1536 });
        for ratio in AspectRatio::NAMED {
            let pixels = ratio.expected_pixels();
            assert_eq!((pixels.width % 32, pixels.height % 32), (0, 0));
            assert!(pixels.area().abs_diff(2048 * 2048) < 2048 * 64);
        }
    }
}
