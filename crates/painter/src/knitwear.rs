//! What is knitted or soft: turtlenecks, hoodies, hats.

use super::bust::Bust;
use super::canvas::{Canvas, Outline, slope};
use super::colour::Colour;
use super::garment::body;
use super::random::Random;

/// A sweater with a rolled collar.
pub(super) fn turtleneck(bust: &Bust, canvas: &mut Canvas, random: &mut Random) {
    let wool = bust.outfit.cloth;
    body(bust, canvas, &[(0.44, 1.12), (0.30, 1.2), (0.0, 1.24)], wool, random);
    let roll = Outline::soft(&[
        (-0.46, 1.36),
        (-0.43, 0.98),
        (-0.2, 1.02),
        (0.0, 1.04),
        (0.2, 1.02),
        (0.43, 0.98),
        (0.46, 1.36),
        (0.2, 1.46),
        (-0.2, 1.46),
    ]);
    canvas.glow((0.0, 1.42), 0.62, 0.2, wool.shade(0.7).at(0.7), None);
    knit(bust, canvas, &roll, wool.lighter(0.02), random);
    canvas.glow(
        (-0.1 * bust.pose.light, 1.0),
        0.5,
        0.16,
        wool.shade(0.8).at(0.55),
        canvas.clip(&roll).as_ref(),
    );
}

/// A hoodie, hood down.
pub(super) fn hoodie(bust: &Bust, canvas: &mut Canvas, random: &mut Random) {
    let cloth = bust.outfit.cloth;
    body(bust, canvas, &[(0.50, 1.14), (0.36, 1.40), (0.0, 1.62)], cloth, random);
    for side in [-1.0, 1.0] {
        let tone = if side == bust.pose.light { cloth.lighter(0.025) } else { cloth.shade(0.30) };
        let hood = Outline::soft(&[
            (side * 0.34, 1.02),
            (side * 0.62, 0.88),
            (side * 0.98, 1.26),
            (side * 0.82, 1.62),
            (side * 0.26, 1.90),
            (side * 0.02, 1.72),
            (side * 0.30, 1.42),
        ]);
        canvas.fill(&hood, tone.at(1.0));
        let seam =
            Outline::thread(&[(side * 0.40, 1.05), (side * 0.44, 1.42), (side * 0.08, 1.76)]);
        canvas.line(&seam, 0.02, tone.shade(0.5).at(0.6), None);
        let cord = Outline::thread(&[(side * 0.15, 1.76), (side * 0.19, 2.1), (side * 0.16, 2.5)]);
        canvas.line(&cord, 0.032, Colour::new(0.88, 0.012, 85.0).shade(0.12).at(1.0), None);
    }
}

/// What is worn on the head.
pub(super) fn headwear(bust: &Bust, canvas: &mut Canvas, random: &mut Random) {
    if !bust.outfit.hat {
        return;
    }
    let wool = bust.outfit.second;
    let dome = Outline::soft(&[
        (-0.80, -0.50),
        (-0.77, -0.95),
        (-0.42, -1.38),
        (0.0, -1.48),
        (0.42, -1.38),
        (0.77, -0.95),
        (0.80, -0.50),
        (0.4, -0.62),
        (-0.4, -0.62),
    ]);
    knit(bust, canvas, &dome, wool, random);
    let band = Outline::soft(&[
        (-0.83, -0.36),
        (-0.84, -0.66),
        (0.0, -0.80),
        (0.84, -0.66),
        (0.83, -0.36),
        (0.4, -0.44),
        (0.0, -0.47),
        (-0.4, -0.44),
    ]);
    canvas.glow((0.0, -0.42), 0.75, 0.14, bust.identity.skin.shade(0.65).at(0.6), None);
    knit(bust, canvas, &band, wool.lighter(0.035), random);
}

/// A knitted surface: ribs that follow its height.
fn knit(bust: &Bust, canvas: &mut Canvas, outline: &Outline, wool: Colour, random: &mut Random) {
    let light = bust.pose.light;
    canvas.fill(
        outline,
        slope((0.8 * light, 0.0), (-0.8 * light, 0.0), wool.lighter(0.03), wool.shade(0.42)),
    );
    let clip = canvas.clip(outline);
    let ribs = (16.0 + 18.0 * bust.detail) as usize;
    for i in 0..=ribs {
        let x = -0.9 + 1.8 * i as f32 / ribs as f32;
        let lean = x * 0.10;
        let rib =
            Outline::thread(&[(x - lean, -1.6), (x + random.around(0.006), 0.3), (x + lean, 2.2)]);
        canvas.line(&rib, 0.016, wool.shade(0.55).at(0.38), clip.as_ref());
    }
}
