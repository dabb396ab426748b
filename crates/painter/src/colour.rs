//! Colour as the eye sees it (OKLab), so that mixing and shading keep their hue.

use tiny_skia::Color;

/// A colour by lightness and two hue axes; alpha is given where it is used.
#[derive(Debug, Clone, Copy)]
pub(super) struct Colour {
    l: f32,
    a: f32,
    b: f32,
}

impl Colour {
    /// Lightness 0-1, chroma (0 grey, 0.1 clear, 0.2 loud), hue in degrees (30 red, 70 orange, 110
    /// yellow, 145 green, 230 blue, 300 violet).
    pub(super) fn new(lightness: f32, chroma: f32, hue: f32) -> Self {
        let (sin, cos) = hue.to_radians().sin_cos();
        Self { l: lightness, a: chroma * cos, b: chroma * sin }
    }

    /// The colour of an sRGB pixel.
    pub(super) fn from_pixel(r: u8, g: u8, b: u8) -> Self {
        let linear = |v: u8| (f32::from(v) / 255.0).powf(2.2);
        let (r, g, b) = (linear(r), linear(g), linear(b));
        let l = (0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b).cbrt();
        let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
        let s = (0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b).cbrt();
        Self {
            l: 0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
            a: 1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
            b: 0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
        }
    }

    /// Lightness, 0-1.
    pub(super) fn lightness(self) -> f32 {
        self.l
    }

    /// Lighter (or, below zero, darker) by `amount`.
    pub(super) fn lighter(self, amount: f32) -> Self {
        Self { l: (self.l + amount).clamp(0.0, 1.0), ..self }
    }

    /// `share` of the way to `other`.
    pub(super) fn mix(self, other: Self, share: f32) -> Self {
        let at = |from: f32, to: f32| from + (to - from) * share;
        Self { l: at(self.l, other.l), a: at(self.a, other.a), b: at(self.b, other.b) }
    }

    /// More (above 1) or less colourful.
    pub(super) fn vivid(self, factor: f32) -> Self {
        Self { a: self.a * factor, b: self.b * factor, ..self }
    }

    /// What of this surface is seen out of the light: darker, warmer, a little more colourful.
    pub(super) fn shade(self, depth: f32) -> Self {
        let dark = Self { l: self.l * 0.35, a: self.a * 0.9 + 0.02, b: self.b * 0.55 };
        self.mix(dark, depth)
    }

    /// For the rasteriser, with the given opacity.
    pub(super) fn at(self, alpha: f32) -> Color {
        let l = (self.l + 0.396_337_78 * self.a + 0.215_803_76 * self.b).powi(3);
        let m = (self.l - 0.105_561_346 * self.a - 0.063_854_17 * self.b).powi(3);
        let s = (self.l - 0.089_484_18 * self.a - 1.291_485_5 * self.b).powi(3);
        let r = 4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s;
        let g = -1.268_438 * l + 2.609_757_4 * m - 0.341_319_38 * s;
        let b = -0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s;
        let byte = |v: f32| (v.clamp(0.0, 1.0).powf(1.0 / 2.2) * 255.0).round() as u8;
        let alpha = (alpha.clamp(0.0, 1.0) * 255.0).round() as u8;
        Color::from_rgba8(byte(r), byte(g), byte(b), alpha)
    }
}
