//! A suit of plate.

use super::bust::Bust;
use super::canvas::{Canvas, Outline, Spot, slope};
use super::colour::Colour;
use super::garment::body;
use super::random::Random;

/// Breastplate, shoulders and gorget.
pub(super) fn armor(bust: &Bust, canvas: &mut Canvas, random: &mut Random) {
    let steel = Colour::new(0.60, 0.014, 245.0).mix(bust.outfit.cloth, 0.10);
    body(bust, canvas, &[(0.50, 1.10), (0.38, 1.30), (0.0, 1.40)], steel.shade(0.35), random);
    let light = bust.pose.light;
    let breast = Outline::soft(&[
        (-0.62, 1.48),
        (0.0, 1.62),
        (0.62, 1.48),
        (1.12, 1.80),
        (1.20, 3.2),
        (0.0, 4.6),
        (-1.20, 3.2),
        (-1.12, 1.80),
    ]);
    plate(canvas, &breast, steel, light, (0.0, 2.1));
    canvas.line(
        &Outline::thread(&[(0.0, 1.64), (0.02 * light, 2.4), (0.0, 4.5)]),
        0.022,
        steel.lighter(0.25).at(0.6),
        None,
    );
    for side in [-1.0, 1.0] {
        for i in (0..3).rev() {
            let (x, y) = (side * (1.30 + 0.12 * i as f32), 1.66 + 0.34 * i as f32);
            let shape = Outline::soft(&[
                (x - side * 0.55, y - 0.02),
                (x - side * 0.1, y - 0.30),
                (x + side * 0.42, y - 0.05),
                (x + side * 0.60, y + 0.50),
                (x, y + 0.36),
                (x - side * 0.45, y + 0.30),
            ]);
            plate(
                canvas,
                &shape,
                if side == light { steel } else { steel.shade(0.3) },
                light,
                (x, y),
            );
            canvas.fill(
                &Outline::oval((x - side * 0.3, y + 0.18), 0.03, 0.03),
                Colour::new(0.76, 0.09, 85.0).at(1.0),
            );
        }
    }
    let gorget = Outline::soft(&[
        (-0.52, 1.36),
        (-0.47, 0.98),
        (-0.2, 1.08),
        (0.0, 1.12),
        (0.2, 1.08),
        (0.47, 0.98),
        (0.52, 1.36),
        (0.3, 1.60),
        (0.0, 1.70),
        (-0.3, 1.60),
    ]);
    plate(canvas, &gorget, steel, light, (0.0, 1.3));
    canvas.line(
        &Outline::thread(&[(-0.47, 1.0), (-0.2, 1.09), (0.0, 1.13), (0.2, 1.09), (0.47, 1.0)]),
        0.035,
        Colour::new(0.74, 0.09, 85.0).at(0.95),
        None,
    );
}

fn plate(canvas: &mut Canvas, outline: &Outline, steel: Colour, light: f32, at: Spot) {
    canvas.fill(
        outline,
        slope(
            (at.0 + 0.7 * light, at.1 - 0.4),
            (at.0 - 0.7 * light, at.1 + 0.6),
            steel.lighter(0.14),
            steel.shade(0.62),
        ),
    );
    let clip = canvas.clip(outline);
    canvas.glow(
        (at.0 + 0.28 * light, at.1 - 0.02),
        0.30,
        0.26,
        steel.lighter(0.36).at(0.8),
        clip.as_ref(),
    );
    canvas.glow(
        (at.0 - 0.45 * light, at.1 + 0.3),
        0.22,
        0.5,
        steel.lighter(0.16).at(0.35),
        clip.as_ref(),
    );
    canvas.line(outline, 0.020, steel.shade(0.8).at(0.8), None);
    canvas.line(outline, 0.008, steel.lighter(0.2).at(0.5), None);
}
