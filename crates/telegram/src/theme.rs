//! Telegram's colours as ours. People make themes that nobody can read, so every pair of text and
//! ground is measured, and what fails is replaced.

use core::fmt;
use serde_json::Value;

/// A colour of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

impl Colour {
    const BLACK: Self = Self::rgb(0x00_0000);
    const WHITE: Self = Self::rgb(0xff_ffff);

    const fn rgb(rgb: u32) -> Self {
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
    fn is_dark(self) -> bool {
        let square = |part: u8| f64::from(part) * f64::from(part);
        0.299 * square(self.red) + 0.587 * square(self.green) + 0.114 * square(self.blue)
            < 120.0 * 120.0
    }

    /// This colour with so many percent of another in it.
    fn with(self, percent: u32, other: Self) -> Self {
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

/// What text needs on its ground.
pub const READABLE: f64 = 4.5;
/// What the edge of a control needs.
const VISIBLE: f64 = 3.0;

/// Dark or light.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Light on dark.
    Dark,
    /// Dark on light.
    Light,
}

impl Scheme {
    /// As `data-theme` says it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }
}

/// The colours of the interface, by the names of the custom properties in `style/tokens.css`
/// without their dashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// What they are called together.
    pub scheme: Scheme,
    /// The ground of the page.
    pub paper: Colour,
    /// The ground of what lies on it.
    pub surface: Colour,
    /// The ground of what stands out.
    pub raised: Colour,
    /// The text.
    pub ink: Colour,
    /// Text of less weight.
    pub ink_2: Colour,
    /// Hints.
    pub ink_3: Colour,
    /// What is to be pressed.
    pub safelight: Colour,
    /// The text on it.
    pub safelight_ink: Colour,
    /// Telegram's own button at the foot. It is the client's, so it keeps the colour of the theme.
    pub button: Colour,
    /// The text on it.
    pub button_ink: Colour,
    /// Good.
    pub ok: Colour,
    /// To be minded.
    pub warn: Colour,
    /// Wrong.
    pub bad: Colour,
}

impl Palette {
    /// Our own colours: those of `style/tokens.css`.
    pub const fn own(scheme: Scheme) -> Self {
        let colour = Colour::rgb;
        match scheme {
            Scheme::Dark => Self {
                scheme,
                paper: colour(0x14_1311),
                surface: colour(0x1c_1a18),
                raised: colour(0x26_2321),
                ink: colour(0xec_e7df),
                ink_2: colour(0xbd_b6ac),
                ink_3: colour(0xa4_9c91),
                safelight: colour(0xff_6a45),
                safelight_ink: colour(0x1d_0b05),
                button: colour(0xff_6a45),
                button_ink: colour(0x1d_0b05),
                ok: colour(0x7f_c8a0),
                warn: colour(0xe8_b75c),
                bad: colour(0xf7_9db0),
            },
            Scheme::Light => Self {
                scheme,
                paper: colour(0xf6_f3ee),
                surface: colour(0xff_fdfa),
                raised: colour(0xff_ffff),
                ink: colour(0x1b_1a18),
                ink_2: colour(0x4f_4a43),
                ink_3: colour(0x66_5f56),
                safelight: colour(0xb8_361b),
                safelight_ink: colour(0xff_ffff),
                button: colour(0xb8_361b),
                button_ink: colour(0xff_ffff),
                ok: colour(0x22_613f),
                warn: colour(0x7a_5000),
                bad: colour(0xa3_163f),
            },
        }
    }

    /// The palette of Telegram's colours, an object of `#rrggbb` by their names. Missing ones are
    /// normal; where none tells whether it is dark, `device` does.
    pub fn of_telegram(params: &Value, device: Scheme) -> Self {
        let told = |name: &str| params[name].as_str().and_then(Colour::parse);
        let palette = Self::of_page(told, device);
        let button = told("button_color").unwrap_or(palette.safelight);
        let inks = [told("button_text_color"), Some(palette.safelight_ink)];
        Self { button, button_ink: ink_on(button, inks), ..palette }
    }

    fn of_page(told: impl Fn(&str) -> Option<Colour>, device: Scheme) -> Self {
        let ground = told("bg_color");
        let text = told("text_color");
        let is_dark = match (ground, text) {
            (Some(ground), _) => ground.is_dark(),
            (None, Some(text)) => !text.is_dark(),
            (None, None) => device == Scheme::Dark,
        };
        let own = Self::own(if is_dark { Scheme::Dark } else { Scheme::Light });
        let Some(ground) = ground else { return own };
        let paper = told("secondary_bg_color").unwrap_or(ground);
        let surface = told("section_bg_color").unwrap_or(ground);
        // Text lies on all of these: the grounds, and the grounds tinted.
        let Some((grounds, ink)) =
            readable_grounds(paper, surface, &[text, Some(own.ink)], own.scheme)
        else {
            return own;
        };
        let on_grounds =
            |wanted: &[Option<Colour>]| first_readable(wanted, &grounds).unwrap_or(ink);
        let accent = on_grounds(&[
            told("accent_text_color"),
            told("button_color"),
            told("link_color"),
            Some(own.safelight),
        ]);
        Self {
            scheme: own.scheme,
            paper,
            surface,
            raised: grounds[2],
            ink,
            ink_2: on_grounds(&[told("subtitle_text_color"), told("hint_color"), Some(own.ink_2)]),
            ink_3: on_grounds(&[told("hint_color"), told("subtitle_text_color"), Some(own.ink_3)]),
            safelight: accent,
            safelight_ink: ink_on(accent, [told("button_text_color"), None]),
            button: accent,
            button_ink: ink_on(accent, [None, None]),
            ok: on_grounds(&[Some(own.ok)]),
            warn: on_grounds(&[Some(own.warn)]),
            bad: on_grounds(&[told("destructive_text_color"), Some(own.bad)]),
        }
    }

    /// Every custom property that it sets, by name.
    pub fn properties(&self) -> [(&'static str, Colour); 22] {
        let soft = |colour| self.surface.with(TINT, colour);
        let edge = |least: f64| {
            let steps = (0..=100).step_by(4).map(|percent| self.surface.with(percent, self.ink));
            steps
                .into_iter()
                .find(|edge| {
                    edge.contrast(self.surface) >= least && edge.contrast(self.paper) >= least
                })
                .unwrap_or(self.ink)
        };
        [
            ("paper", self.paper),
            ("surface", self.surface),
            ("raised", self.raised),
            ("mat", soft(self.ink)),
            ("line", edge(1.2)),
            ("line-strong", edge(1.7)),
            ("control", edge(VISIBLE)),
            ("ink", self.ink),
            ("ink-2", self.ink_2),
            ("ink-3", self.ink_3),
            ("safelight", self.safelight),
            ("safelight-2", self.safelight),
            ("safelight-ink", self.safelight_ink),
            ("safelight-soft", soft(self.safelight)),
            ("ok", self.ok),
            ("ok-soft", soft(self.ok)),
            ("warn", self.warn),
            ("warn-soft", soft(self.warn)),
            ("bad", self.bad),
            ("bad-soft", soft(self.bad)),
            ("bad-ink", ink_on(self.bad, [Some(self.paper), None])),
            ("focus", self.safelight),
        ]
    }
}

/// How much of a colour its soft ground has, in percent.
const TINT: u32 = 10;

/// The grounds that text lies on (page, surface, raised, and the surface tinted by the text), with
/// the first of the wanted inks that can be read on each.
fn readable_grounds(
    paper: Colour,
    surface: Colour,
    inks: &[Option<Colour>],
    scheme: Scheme,
) -> Option<([Colour; 4], Colour)> {
    let raised = match scheme {
        Scheme::Dark => surface.with(6, Colour::WHITE),
        Scheme::Light => surface,
    };
    inks.iter().flatten().find_map(|ink| {
        let grounds = [paper, surface, raised, surface.with(TINT, *ink)];
        first_readable(&[Some(*ink)], &grounds).map(|ink| (grounds, ink))
    })
}

/// The first colour that can be read on all grounds, and on the surface tinted by itself.
fn first_readable(wanted: &[Option<Colour>], grounds: &[Colour]) -> Option<Colour> {
    let is_readable = |colour: &Colour| {
        let tinted = grounds.get(1).map(|surface| surface.with(TINT, *colour));
        grounds.iter().chain(&tinted).all(|ground| colour.contrast(*ground) >= READABLE)
    };
    wanted.iter().flatten().copied().find(is_readable)
}

/// The first of the wanted inks that can be read on a ground, or black or white: one of them always
/// can.
fn ink_on(ground: Colour, wanted: [Option<Colour>; 2]) -> Colour {
    let [first, second] = wanted;
    let inks = [first, second, Some(Colour::WHITE), Some(Colour::BLACK)];
    first_readable(&inks, &[ground]).unwrap_or(Colour::BLACK)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    /// What text of ours is written on.
    fn pairs(palette: &Palette) -> Vec<(Colour, Colour)> {
        let of =
            |name: &str| palette.properties().iter().find(|(other, _)| *other == name).unwrap().1;
        let mut pairs = vec![(of("safelight-ink"), of("safelight")), (of("bad-ink"), of("bad"))];
        for ink in ["ink", "ink-2", "ink-3", "safelight", "ok", "warn", "bad"] {
            for ground in ["paper", "surface", "raised"] {
                pairs.push((of(ink), of(ground)));
            }
        }
        for name in ["safelight", "ok", "warn", "bad"] {
            pairs.push((of(name), of(&format!("{name}-soft"))));
        }
        pairs.push((of("ink"), of("mat")));
        pairs
    }

    #[test]
    fn our_own_colours_are_those_of_the_style() {
        let css = include_str!("../../../style/tokens.css");
        let (dark, light) = css.split_once("[data-theme=light] {").unwrap();
        for (scheme, css) in [(Scheme::Dark, dark), (Scheme::Light, light)] {
            let own = Palette::own(scheme);
            for (name, colour) in [
                ("paper", own.paper),
                ("surface", own.surface),
                ("raised", own.raised),
                ("ink", own.ink),
                ("ink-2", own.ink_2),
                ("ink-3", own.ink_3),
                ("safelight", own.safelight),
                ("safelight-ink", own.safelight_ink),
                ("safelight", own.button),
                ("safelight-ink", own.button_ink),
                ("ok", own.ok),
                ("warn", own.warn),
                ("bad", own.bad),
            ] {
                let value = css.split(&format!("--{name}: ")).nth(1).unwrap().split(';').next();
                assert_eq!(value, Some(colour.to_string().as_str()), "--{name}");
            }
        }
    }

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        let ratio = |a, b| Colour::parse(a).unwrap().contrast(Colour::parse(b).unwrap());
        assert!((ratio("#000000", "#ffffff") - 21.0).abs() < 1e-6);
        // Two pairs whose ratios are commonly quoted.
        assert!((ratio("#767676", "#ffffff") - 4.54).abs() < 0.01);
        assert!((ratio("#0000ff", "#ffffff") - 8.59).abs() < 0.01);
    }

    #[test]
    fn a_readable_theme_is_taken_as_it_is() {
        let palette = Palette::of_telegram(
            &json!({
                "bg_color": "#17212b", "text_color": "#f5f5f5", "hint_color": "#a8b5c0", "link_color": "#6ab3f3", "button_color": "#5288c1",
                "button_text_color": "#ffffff", "secondary_bg_color": "#232e3c", "section_bg_color": "#17212b", "accent_text_color": "#8cc8ff",
                "destructive_text_color": "#ff9a9a",
            }),
            Scheme::Light,
        );
        let text = |colour: Colour| colour.to_string();
        assert_eq!(palette.scheme, Scheme::Dark);
        assert_eq!(
            (text(palette.paper), text(palette.surface), text(palette.ink)),
            ("#232e3c".into(), "#17212b".into(), "#f5f5f5".into())
        );
        assert_eq!(
            (text(palette.ink_3), text(palette.safelight), text(palette.bad)),
            ("#a8b5c0".into(), "#8cc8ff".into(), "#ff9a9a".into())
        );
    }

    #[test]
    fn telegrams_own_button_keeps_its_colour_and_gets_an_ink_that_can_be_read() {
        let of = |params: &Value| {
            let palette = Palette::of_telegram(params, Scheme::Dark);
            (palette.button.to_string(), palette.button_ink.to_string())
        };
        let pair = |button: &str, ink: &str| (button.to_owned(), ink.to_owned());
        let mut theme = json!({"bg_color": "#17212b", "text_color": "#f5f5f5", "accent_text_color": "#8cc8ff",
            "button_color": "#1f4e79", "button_text_color": "#ffffff"});
        assert_eq!(
            of(&theme),
            pair("#1f4e79", "#ffffff"),
            "as it is, although no text of ours could have it"
        );
        theme["button_text_color"] = json!("#2f5e89");
        assert_eq!(of(&theme), pair("#1f4e79", "#ffffff"), "the ink alone is another");
        theme["button_color"] = json!("#ffe08a");
        theme["button_text_color"] = json!("#ffffff");
        assert_eq!(of(&theme), pair("#ffe08a", "#000000"));
        let unreadable = json!({"bg_color": "#777777", "text_color": "#7a7a7a", "button_color": "#123456", "button_text_color": "#eeeeee"});
        assert_eq!(of(&unreadable), pair("#123456", "#eeeeee"), "of a theme whose page is ours");
        let own = Palette::own(Scheme::Dark);
        assert_eq!(
            of(&json!({})),
            pair(&own.safelight.to_string(), &own.safelight_ink.to_string())
        );
    }

    #[test]
    fn an_unreadable_theme_is_replaced_by_ours() {
        let grey = json!({"bg_color": "#777777", "text_color": "#7a7a7a", "secondary_bg_color": "#808080"});
        let of = |params: &Value| Palette::of_telegram(params, Scheme::Dark);
        assert_eq!(of(&grey), Palette::own(Scheme::Dark));
        for device in [Scheme::Dark, Scheme::Light] {
            assert_eq!(Palette::of_telegram(&json!({}), device), Palette::own(device));
        }
        assert_eq!(of(&json!({"text_color": "#000000"})), Palette::own(Scheme::Light));
        assert_eq!(of(&json!({"bg_color": "url(x)", "text_color": 7})), Palette::own(Scheme::Dark));
    }

    #[test]
    fn what_is_no_colour_is_none() {
        for text in ["", "#", "#fff", "#+12345", "#gggggg", "123456", "#1234567", "#é234"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_the_theme_all_text_can_be_read(colours in proptest::collection::vec(0_u32..0x100_0000, 12), missing in any::<u16>()) {
            let names = ["bg_color", "text_color", "hint_color", "link_color", "button_color", "button_text_color", "secondary_bg_color",
                "section_bg_color", "accent_text_color", "subtitle_text_color", "destructive_text_color", "header_bg_color"];
            let told = names.iter().zip(colours).enumerate().filter(|(at, _)| missing >> at & 1 == 0);
            let params: serde_json::Map<_, _> = told.map(|(_, (name, colour))| ((*name).to_owned(), json!(format!("#{colour:06x}")))).collect();
            let palette = Palette::of_telegram(&params.into(), Scheme::Light);
            // Our own are measured by the tests of the style, and judged here where Telegram's take
            // their place.
            if palette != Palette::own(palette.scheme) {
                for (text, ground) in pairs(&palette).into_iter().chain([(palette.button_ink, palette.button)]) {
                    prop_assert!(text.contrast(ground) >= READABLE, "{text} on {ground} in {palette:?}");
                }
            }
        }
    }
}
