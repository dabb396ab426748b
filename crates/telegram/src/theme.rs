//! Telegram's colours as ours. People make themes that nobody can read, so every pair of text and
//! ground is measured, and what fails is replaced.

mod colour;
#[cfg(test)]
mod tests;

pub use colour::Colour;

use serde_json::Value;

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
