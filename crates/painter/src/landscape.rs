//! A place under a sky: behind a person (then out of focus) or as the picture itself.
//!
//! Units: the picture is 1 high and `aspect` wide, y points down.

use tiny_skia::Transform;

use super::canvas::{Canvas, Outline, Spot, fade, slope};
use super::colour::Colour;
use super::landmark;
use super::palette::Palette;
use super::random::Random;
use super::words::{Hour, Place, Weather};

/// Everything that is decided about a landscape before it is drawn.
#[derive(Debug)]
pub(super) struct Landscape {
    pub(super) place: Place,
    pub(super) hour: Hour,
    pub(super) weather: Weather,
    pub(super) palette: Palette,
    /// Where the sun or moon stands, in widths from the left.
    pub(super) sun_at: f32,
}

impl Landscape {
    /// Draws the place over the whole canvas.
    pub(super) fn draw(&self, canvas: &mut Canvas, random: &mut Random) {
        let (width, height) = canvas.size();
        let aspect = width as f32 / height as f32;
        canvas.stand(Transform::from_scale(height as f32, height as f32));
        let horizon = random.range(0.52, 0.64);
        self.sky(canvas, aspect, horizon, random);
        self.clouds(canvas, aspect, random);
        match self.place {
            Place::Sea => self.sea(canvas, aspect, horizon, random),
            Place::City => self.city(canvas, aspect, horizon, random),
            _ => self.land(canvas, aspect, horizon, random),
        }
    }

    fn sky(&self, canvas: &mut Canvas, aspect: f32, horizon: f32, random: &mut Random) {
        let p = &self.palette;
        let whole = Outline::slab(0.0, 0.0, aspect, 1.0);
        canvas.fill(&whole, slope((0.0, 0.0), (0.0, horizon * 1.05), p.sky_high, p.sky_low));
        if self.hour == Hour::Night {
            for _ in 0..130 {
                let at = (random.range(0.0, aspect), random.unit() * random.unit() * horizon);
                let (size, light) = (random.range(0.0008, 0.0024), random.range(0.3, 0.95));
                canvas.fill(&Outline::oval(at, size, size), p.sun.at(light));
            }
        }
        let high = if self.hour == Hour::Golden { 0.78 } else { 0.42 };
        let at = (self.sun_at * aspect, horizon * (high + random.around(0.1)));
        let size = random.range(0.045, 0.075) * if self.hour == Hour::Golden { 1.25 } else { 1.0 };
        canvas.glow(at, size * 7.0, size * 7.0, p.sun.at(0.55), None);
        canvas.glow(at, size * 2.6, size * 2.6, p.sun.at(0.6), None);
        let veiled = matches!(self.weather, Weather::Fog | Weather::Snow | Weather::Rain);
        canvas.fill(&Outline::oval(at, size, size), p.sun.at(if veiled { 0.55 } else { 1.0 }));
    }

    fn clouds(&self, canvas: &mut Canvas, aspect: f32, random: &mut Random) {
        let p = &self.palette;
        let light = p.sky_low.lighter(0.07).mix(p.sun, 0.25);
        for _ in 0..5 {
            let (x, y) = (random.range(-0.1, aspect + 0.1), random.range(0.05, 0.42));
            let reach = random.range(0.10, 0.30);
            for _ in 0..9 {
                let at = (x + random.around(reach), y + random.around(0.022));
                let (rx, ry) = (random.range(0.05, 0.16), random.range(0.010, 0.030));
                let tone = if random.chance(0.3) { p.sky_high.mix(light, 0.3) } else { light };
                canvas.glow(at, rx, ry, tone.at(0.38), None);
            }
        }
    }

    fn land(&self, canvas: &mut Canvas, aspect: f32, horizon: f32, random: &mut Random) {
        let layers = 5;
        let landmark_layer = random.pick([2, 3]);
        for layer in 0..layers {
            let depth = layer as f32 / (layers - 1) as f32;
            let top = horizon - 0.10 + 0.42 * depth * depth.sqrt();
            let rough = if self.place == Place::Desert { 0.25 } else { 1.0 - 0.55 * depth };
            let tone = self.tone(depth);
            let ridge = ridge(aspect, top, 0.13 * rough, random);
            if self.place == Place::Castle && layer == landmark_layer {
                let at = (aspect * (1.0 - self.sun_at).clamp(0.34, 0.66), top + 0.05);
                let size = random.range(0.34, 0.46);
                landmark::castle(
                    canvas,
                    at,
                    size,
                    tone.lighter(-0.02),
                    self.palette.accent,
                    random,
                );
            }
            let crest = tone.mix(self.palette.sun, 0.18 * (1.0 - depth));
            canvas.fill(
                &filled(&ridge, aspect),
                slope((0.0, top - 0.08), (0.0, top + 0.3), crest, tone),
            );
            if self.place == Place::Forest || (self.place != Place::Desert && layer >= 3) {
                self.trees(canvas, &ridge, depth, random);
            }
            self.haze(canvas, aspect, top + 0.02, 1.0 - depth);
        }
        self.foreground(canvas, aspect, random);
    }

    /// The colour of a ridge: hazy far away, its own nearby.
    fn tone(&self, depth: f32) -> Colour {
        let p = &self.palette;
        let air = p.far.mix(p.sky_low, 0.45);
        if depth < 0.7 {
            air.mix(p.near, depth * 0.85)
        } else {
            p.near.mix(p.ground, (depth - 0.7) * 2.2)
        }
    }

    fn trees(&self, canvas: &mut Canvas, ridge: &[Spot], depth: f32, random: &mut Random) {
        let tone = self.tone(depth).lighter(-0.03 - 0.04 * depth);
        let snowy = (self.weather == Weather::Snow).then_some(self.palette.ground);
        let forest = self.place == Place::Forest;
        let wanted = if forest { 0.85 } else { 0.35 };
        for pair in ridge.windows(2) {
            if random.chance(wanted) {
                let at = (pair[0].0 + random.unit() * (pair[1].0 - pair[0].0), pair[0].1 + 0.02);
                let size = (0.05 + 0.16 * depth)
                    * random.range(0.6, 1.25)
                    * if forest { 1.25 } else { 0.7 };
                landmark::pine(canvas, at, size, tone.lighter(random.around(0.02)), snowy);
            }
        }
    }

    fn haze(&self, canvas: &mut Canvas, aspect: f32, at: f32, share: f32) {
        let thick = if self.weather == Weather::Fog { 0.75 } else { 0.34 };
        let veil = self.palette.sky_low;
        let band = Outline::slab(0.0, at - 0.02, aspect, at + 0.26);
        canvas.fill(&band, fade((0.0, at + 0.24), (0.0, at - 0.02), veil, thick * share));
    }

    fn foreground(&self, canvas: &mut Canvas, aspect: f32, random: &mut Random) {
        let ground = self.palette.ground;
        for _ in 0..90 {
            let at = (random.range(0.0, aspect), random.range(0.9, 1.0));
            let tall = random.range(0.012, 0.05);
            let lean = random.around(0.02);
            let tone =
                ground.lighter(random.around(0.12)).mix(self.palette.accent, random.unit() * 0.2);
            canvas.mark(
                at,
                (at.0 + lean * 0.3, at.1 - tall * 0.6),
                (at.0 + lean, at.1 - tall),
                0.003,
                tone.at(0.8),
                None,
            );
        }
    }

    fn sea(&self, canvas: &mut Canvas, aspect: f32, horizon: f32, random: &mut Random) {
        let p = &self.palette;
        let shore = ridge(aspect, horizon - 0.015, 0.06, random);
        canvas.fill(&filled(&shore, aspect), p.far.mix(p.near, 0.25).at(1.0));
        let water = Outline::slab(0.0, horizon, aspect, 1.0);
        let far = p.sky_low.mix(p.ground, 0.35);
        canvas.fill(&water, slope((0.0, horizon), (0.0, 1.0), far, p.ground.mix(p.near, 0.45)));
        for _ in 0..220 {
            let near = random.unit();
            let y = horizon + (1.0 - horizon) * near * near;
            let lit = random.chance(0.45);
            let spread = if lit { 0.03 + 0.14 * near } else { aspect };
            let x = if lit {
                self.sun_at * aspect + random.around(spread)
            } else {
                random.range(0.0, aspect)
            };
            let (reach, thick) = (random.range(0.01, 0.05) * (0.4 + near), 0.0012 + 0.004 * near);
            let tone = if lit { p.sun } else { p.sky_high.mix(p.sky_low, 0.5) };
            canvas.mark(
                (x - reach, y),
                (x, y - thick),
                (x + reach, y),
                thick,
                tone.at(if lit { 0.75 } else { 0.35 }),
                None,
            );
        }
        let at = (aspect * (1.0 - self.sun_at).clamp(0.2, 0.8), horizon + 0.035);
        if random.chance(0.5) {
            landmark::boat(
                canvas,
                at,
                random.range(0.14, 0.22),
                p.near,
                p.sky_low.lighter(0.06),
                p.accent,
            );
        } else {
            landmark::lighthouse(canvas, at, random.range(0.26, 0.36), p.near, p.accent, p.sun);
        }
    }

    fn city(&self, canvas: &mut Canvas, aspect: f32, horizon: f32, random: &mut Random) {
        for layer in 0..3 {
            let depth = (layer + 1) as f32 / 3.0;
            let tone = self.tone(depth * 0.68);
            let mut x = -0.05;
            while x < aspect + 0.05 {
                let wide = random.range(0.05, 0.13) * (0.7 + 0.5 * depth);
                let top = horizon - random.range(0.02, 0.34) * (1.15 - 0.55 * depth) + 0.16 * depth;
                landmark::house(
                    canvas,
                    (x, top),
                    wide,
                    tone.lighter(random.around(0.025)),
                    self.window(),
                    random,
                );
                x += wide + random.range(0.0, 0.012);
            }
            self.haze(canvas, aspect, horizon + 0.16 * depth, 1.0 - 0.8 * depth);
        }
        let street = Outline::slab(0.0, 0.86, aspect, 1.0);
        let wet = self.palette.near.mix(self.palette.sky_low, 0.25);
        canvas.fill(&street, slope((0.0, 0.86), (0.0, 1.0), wet, self.palette.near));
    }

    /// The colour of a lit window; none by day.
    fn window(&self) -> Option<Colour> {
        (self.hour != Hour::Day).then(|| self.palette.accent.mix(self.palette.sun, 0.4))
    }
}

/// The crest of a ridge, from left to right, by midpoint displacement in three octaves.
fn ridge(aspect: f32, top: f32, rough: f32, random: &mut Random) -> Vec<Spot> {
    let (a, b, c) = (random.range(0.0, 6.3), random.range(0.0, 6.3), random.range(0.0, 6.3));
    let steps = 26;
    (0..=steps)
        .map(|i| {
            let x = -0.05 + (aspect + 0.1) * i as f32 / steps as f32;
            let wave = 0.55 * (x * 3.1 + a).sin()
                + 0.30 * (x * 7.3 + b).sin()
                + 0.15 * (x * 17.0 + c).sin();
            (x, top + rough * (wave + random.around(0.12)))
        })
        .collect()
}

/// The land below a crest.
fn filled(crest: &[Spot], aspect: f32) -> Outline {
    let mut points = crest.to_vec();
    points.extend([(aspect + 0.05, 1.1), (-0.05, 1.1)]);
    Outline::cut(&points)
}
