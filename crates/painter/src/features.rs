//! Nose and mouth, and the order in which all features are drawn.

use super::bust::Bust;
use super::canvas::{Canvas, Outline, fade, slope};
use super::random::Random;
use super::{extras, eyes};

/// All features of the face.
pub(super) fn draw(bust: &Bust, canvas: &mut Canvas, random: &mut Random) {
    nose(bust, canvas);
    if bust.identity.beard > 0.0 {
        extras::beard(bust, canvas, random);
    }
    mouth(bust, canvas);
    eyes::draw(bust, canvas, random);
    if bust.identity.freckles && bust.detail > 0.35 {
        extras::freckles(bust, canvas, random);
    }
    if bust.outfit.glasses {
        extras::glasses(bust, canvas);
    }
}

fn nose(bust: &Bust, canvas: &mut Canvas) {
    let (id, light, turn) = (&bust.identity, bust.pose.light, bust.pose.turn);
    let (y, w, x) = (id.nose, id.nose_width, turn * 1.45);
    let (dark, bright) = (id.skin.shade(0.55), id.skin.lighter(0.12).vivid(0.85));
    // The shaded flank, from the inner brow down to the wing.
    let flank = Outline::soft(&[
        (turn - light * 0.07, -0.12),
        (turn * 1.2 - light * 0.035, 0.10),
        (x - light * 0.045, y - 0.08),
        (x - light * w * 1.02, y + 0.03),
        (x - light * w * 0.95, y - 0.10),
        (turn - light * 0.115, 0.02),
    ]);
    canvas.fill(&flank, fade((x - light * 0.02, 0.0), (x - light * w * 1.3, 0.0), dark, 0.42));
    canvas.glow((x - light * w * 0.75, y - 0.02), w * 0.8, 0.14, dark.at(0.40), None);
    canvas.glow((x, y + 0.085), w * 1.5, 0.075, dark.at(0.55), None);
    let bridge = Outline::thread(&[
        (turn + light * 0.012, -0.10),
        (turn * 1.25 + light * 0.016, 0.12),
        (x + light * 0.018, y - 0.07),
    ]);
    canvas.line(&bridge, 0.030, bright.at(0.22), None);
    canvas.glow((x + light * 0.02, y - 0.035), w * 0.55, 0.07, bright.at(0.75), None);
    for side in [-1.0, 1.0] {
        let wing = Outline::thread(&[
            (x + side * w * 0.86, y - 0.055),
            (x + side * w * 1.06, y + 0.012),
            (x + side * w * 0.80, y + 0.048),
        ]);
        canvas.line(&wing, 0.014, dark.at(0.55), None);
        let hole = (x + side * w * 0.48, y + 0.043);
        canvas.mark(
            (hole.0 - w * 0.27, hole.1 + 0.008),
            (hole.0, hole.1 - 0.028),
            (hole.0 + w * 0.27, hole.1 + 0.008),
            0.022,
            dark.shade(0.5).at(0.72),
            None,
        );
    }
    canvas.line(
        &Outline::thread(&[(x - 0.022, y + 0.10), (turn * 1.2 - 0.026, y + 0.155)]),
        0.016,
        dark.at(0.14),
        None,
    );
}

fn mouth(bust: &Bust, canvas: &mut Canvas) {
    let (id, turn, smile) = (&bust.identity, bust.pose.turn, bust.pose.smile);
    let (x, y) = (turn * 1.15, 0.595 - 0.012 * smile);
    let w = id.mouth * (1.0 + 0.20 * smile);
    let (up, low, rise) = (0.062 * id.lips, 0.092 * id.lips, 0.045 * smile);
    let corner = |side: f32| (x + side * w, y - rise);
    let upper = Outline::pen(|pen| {
        pen.move_to(corner(-1.0).0, corner(-1.0).1);
        pen.cubic_to(x - w * 0.55, y - up * 0.8, x - w * 0.28, y - up * 1.15, x, y - up * 0.72);
        pen.cubic_to(
            x + w * 0.28,
            y - up * 1.15,
            x + w * 0.55,
            y - up * 0.8,
            corner(1.0).0,
            corner(1.0).1,
        );
        pen.cubic_to(
            x + w * 0.45,
            y + 0.022,
            x - w * 0.45,
            y + 0.022,
            corner(-1.0).0,
            corner(-1.0).1,
        );
        pen.close();
    });
    let lower = Outline::pen(|pen| {
        pen.move_to(corner(-1.0).0 + 0.012, corner(-1.0).1 + 0.004);
        pen.cubic_to(
            x - w * 0.45,
            y + 0.018,
            x + w * 0.45,
            y + 0.018,
            corner(1.0).0 - 0.012,
            corner(1.0).1 + 0.004,
        );
        pen.cubic_to(
            x + w * 0.5,
            y + low * 1.22,
            x - w * 0.5,
            y + low * 1.22,
            corner(-1.0).0 + 0.012,
            corner(-1.0).1 + 0.004,
        );
        pen.close();
    });
    let dark = id.skin.shade(0.55);
    canvas.glow((x, y + low + 0.055), w * 0.75, 0.05, dark.at(0.45), None);
    canvas.fill(&lower, slope((x, y), (x, y + low), id.lip.shade(0.10), id.lip.lighter(0.045)));
    canvas.fill(&upper, slope((x, y - up), (x, y), id.lip.shade(0.12), id.lip.shade(0.36)));
    canvas.glow(
        (x + bust.pose.light * w * 0.2, y + low * 0.55),
        w * 0.36,
        low * 0.34,
        id.lip.lighter(0.22).at(0.55),
        None,
    );
    let seam = Outline::pen(|pen| {
        pen.move_to(corner(-1.0).0 - 0.01, corner(-1.0).1);
        pen.cubic_to(
            x - w * 0.45,
            y + 0.024,
            x + w * 0.45,
            y + 0.024,
            corner(1.0).0 + 0.01,
            corner(1.0).1,
        );
    });
    canvas.line(&seam, 0.014, id.lip.shade(0.78).at(0.85), None);
    for side in [-1.0, 1.0] {
        let c = corner(side);
        canvas.glow((c.0 + side * 0.02, c.1 + 0.005), 0.05, 0.05, dark.at(0.45), None);
        let fold = Outline::thread(&[
            (x + side * (w + 0.03), y - 0.17),
            (x + side * (w + 0.11), y - 0.06),
            (x + side * (w + 0.115), y + 0.03),
        ]);
        canvas.line(&fold, 0.016, dark.at(0.10 + 0.25 * smile), None);
    }
}
