//! A colour, and how far two can be told apart.

use core::fmt;

/// A colour of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

impl Colour {
    pub(super) const BLACK: Self = Self::rgb(0x00_0000);
    pub(super) const WHITE: Self = Self::rgb(0xff_ffff);

    pub(super) const fn rgb(rgb: u32) -> Self {
        Self { red: (rgb >> 16) as u8, green: (rgb >> 8) as u8, blue: rgb as u8 }
    }

    /// Reads `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        // The parser alone would take a sign.
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten().map(Self::rgb)
    }

    /// How far two colours can be told apart, 1 to 21 (WCAG 2.2, contrast ratio).
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { power((part + 0.055) / 1.055) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// As Telegram's own clients judge it.
    pub(super) fn is_dark(self) -> bool {
        let square = |part: u8| f64::from(part) * f64::from(part);
        0.299 * square(self.red) + 0.587 * square(self.green) + 0.114 * square(self.blue)
            < 120.0 * 120.0
    }

    /// This colour with so many percent of another in it.
    pub(super) fn with(self, percent: u32, other: Self) -> Self {
        let part = |own: u8, other: u8| {
            ((u32::from(own) * (100 - percent) + u32::from(other) * percent + 50) / 100) as u8
        };
        Self {
            red: part(self.red, other.red),
            green: part(self.green, other.green),
            blue: part(self.blue, other.blue),
        }
    }
}

/// `x` to the power of 2.4, for 0 < x ≤ 1: x² times the fifth root of x². The library's own power
/// function would weigh more than all of this.
fn power(x: f64) -> f64 {
    let square = x * x;
    let mut root = 1.0;
    for _ in 0..12 {
        let fourth = root * root * root * root;
        root -= (root * fourth - square) / (5.0 * fourth);
    }
    square * root
}

impl fmt::Display for Colour {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        let ratio = |a, b| Colour::parse(a).unwrap().contrast(Colour::parse(b).unwrap());
        assert!((ratio("#000000", "#ffffff") - 21.0).abs() < 1e-6);
        // Two pairs whose ratios are commonly quoted.
        assert!((ratio("#767676", "#ffffff") - 4.54).abs() < 0.01);
        assert!((ratio("#0000ff", "#ffffff") - 8.59).abs() < 0.01);
    }

    #[test]
    fn what_is_no_colour_is_none() {
        for text in ["", "#", "#fff", "#+12345", "#gggggg", "123456", "#1234567", "#é234"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }
}
