//! The colours of a landscape: as nature has them, or as a trained style would have them.

use super::colour::Colour;
use super::random::Random;
use super::words::{Hour, Place, Weather};

/// Seven colours are enough for a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Palette {
    pub(super) sky_high: Colour,
    pub(super) sky_low: Colour,
    pub(super) sun: Colour,
    pub(super) far: Colour,
    pub(super) near: Colour,
    pub(super) ground: Colour,
    pub(super) accent: Colour,
}

type Lch = (f32, f32, f32);

fn palette([high, low, sun, far, near, ground, accent]: [Lch; 7]) -> Palette {
    let colour = |(l, c, h)| Colour::new(l, c, h);
    Palette {
        sky_high: colour(high),
        sky_low: colour(low),
        sun: colour(sun),
        far: colour(far),
        near: colour(near),
        ground: colour(ground),
        accent: colour(accent),
    }
}

/// The looks a finetune may have been trained on. The first is nearly ink on paper.
const STYLES: [[Lch; 7]; 7] = [
    // Ink and ash
    [
        (0.80, 0.012, 80.0),
        (0.90, 0.015, 85.0),
        (0.66, 0.17, 35.0),
        (0.70, 0.010, 70.0),
        (0.20, 0.010, 50.0),
        (0.36, 0.012, 60.0),
        (0.60, 0.18, 33.0),
    ],
    // Gouache at dusk
    [
        (0.42, 0.075, 265.0),
        (0.80, 0.105, 55.0),
        (0.90, 0.09, 85.0),
        (0.58, 0.07, 320.0),
        (0.24, 0.055, 275.0),
        (0.36, 0.06, 300.0),
        (0.74, 0.15, 50.0),
    ],
    // Meadow
    [
        (0.78, 0.06, 225.0),
        (0.93, 0.04, 100.0),
        (0.95, 0.09, 100.0),
        (0.70, 0.055, 190.0),
        (0.36, 0.075, 150.0),
        (0.60, 0.12, 120.0),
        (0.72, 0.14, 75.0),
    ],
    // Nocturne
    [
        (0.22, 0.075, 275.0),
        (0.46, 0.085, 250.0),
        (0.92, 0.06, 95.0),
        (0.36, 0.075, 262.0),
        (0.15, 0.045, 275.0),
        (0.25, 0.06, 255.0),
        (0.80, 0.13, 78.0),
    ],
    // Clay
    [
        (0.76, 0.055, 60.0),
        (0.90, 0.05, 75.0),
        (0.72, 0.15, 42.0),
        (0.66, 0.085, 45.0),
        (0.34, 0.075, 35.0),
        (0.55, 0.10, 48.0),
        (0.50, 0.06, 200.0),
    ],
    // Riviera
    [
        (0.66, 0.11, 235.0),
        (0.90, 0.05, 200.0),
        (0.96, 0.08, 95.0),
        (0.68, 0.085, 225.0),
        (0.40, 0.08, 185.0),
        (0.74, 0.09, 85.0),
        (0.68, 0.16, 38.0),
    ],
    // Rose garden
    [
        (0.70, 0.07, 330.0),
        (0.93, 0.045, 60.0),
        (0.93, 0.08, 70.0),
        (0.66, 0.075, 345.0),
        (0.32, 0.07, 165.0),
        (0.55, 0.08, 150.0),
        (0.66, 0.15, 10.0),
    ],
];

impl Palette {
    /// The look of the finetune that `identity` stands for.
    pub(super) fn of_style(identity: u64) -> Self {
        palette(STYLES[(identity % STYLES.len() as u64) as usize])
    }

    /// Nature's own colours.
    pub(super) fn of_nature(
        place: Place,
        hour: Hour,
        weather: Weather,
        random: &mut Random,
    ) -> Self {
        let turn = random.around(8.0);
        let base = match hour {
            Hour::Day => [
                (0.66, 0.075, 240.0),
                (0.90, 0.03, 220.0),
                (0.98, 0.03, 100.0),
                (0.70, 0.04, 230.0),
                (0.33, 0.045, 200.0),
                (0.52, 0.06, 130.0),
                (0.62, 0.13, 45.0),
            ],
            Hour::Golden => [
                (0.52, 0.06, 265.0),
                (0.83, 0.10, 62.0),
                (0.95, 0.09, 85.0),
                (0.64, 0.065, 40.0),
                (0.25, 0.04, 30.0),
                (0.42, 0.06, 70.0),
                (0.70, 0.15, 45.0),
            ],
            Hour::Night => [
                (0.15, 0.045, 270.0),
                (0.34, 0.06, 260.0),
                (0.93, 0.025, 95.0),
                (0.26, 0.05, 262.0),
                (0.10, 0.02, 270.0),
                (0.18, 0.03, 250.0),
                (0.80, 0.13, 75.0),
            ],
        };
        let mut found = palette(base.map(|(l, c, h)| (l, c, h + turn)));
        let night = hour == Hour::Night;
        let lit = |l: f32| if night { l * 0.42 } else { l };
        match place {
            Place::Forest => found.near = Colour::new(lit(0.28), 0.05, 150.0),
            Place::Sea => found.ground = Colour::new(lit(0.50), 0.06, 225.0),
            Place::Desert => {
                found.ground = Colour::new(lit(0.70), 0.09, 68.0);
                found.near = Colour::new(lit(0.48), 0.09, 50.0);
            }
            _ => {}
        }
        if weather == Weather::Snow {
            found.ground = Colour::new(if night { 0.50 } else { 0.93 }, 0.015, 240.0);
            found.far = found.far.mix(Colour::new(lit(0.88), 0.02, 240.0), 0.5);
        }
        if matches!(weather, Weather::Fog | Weather::Rain) {
            let veil = found.sky_low.mix(found.sky_high, 0.4).vivid(0.5);
            found.sky_high = found.sky_high.mix(veil, 0.6);
            found.sky_low = found.sky_low.mix(veil, 0.5);
            found.far = found.far.mix(veil, 0.5);
        }
        found
    }

    /// `share` of the way to another palette.
    pub(super) fn mix(self, other: Self, share: f32) -> Self {
        let at = |from: Colour, to: Colour| from.mix(to, share);
        Self {
            sky_high: at(self.sky_high, other.sky_high),
            sky_low: at(self.sky_low, other.sky_low),
            sun: at(self.sun, other.sun),
            far: at(self.far, other.far),
            near: at(self.near, other.near),
            ground: at(self.ground, other.ground),
            accent: at(self.accent, other.accent),
        }
    }
}
