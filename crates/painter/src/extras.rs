//! What not every face has: beard, freckles, glasses.

use super::bust::Bust;
use super::canvas::{Canvas, Ink, Outline};
use super::colour::Colour;
use super::face;
use super::random::Random;

/// Stubble or a full beard.
pub(super) fn beard(bust: &Bust, canvas: &mut Canvas, random: &mut Random) {
    let (id, turn) = (&bust.identity, bust.pose.turn);
    let clip = canvas.clip(&face::outline(bust));
    let tone = id.hair_colour.mix(Colour::new(0.2, 0.03, 45.0), 0.3);
    let x = turn * 1.1;
    let shape = Outline::soft(&[
        (-0.70, 0.02),
        (-0.56, 0.20),
        (-0.42, 0.44),
        (x - 0.27, 0.50),
        (x - 0.16, 0.475),
        (x, 0.49),
        (x + 0.16, 0.475),
        (x + 0.27, 0.50),
        (0.42, 0.44),
        (0.56, 0.20),
        (0.70, 0.02),
        (0.74, 0.6),
        (0.4, 1.1),
        (0.0, 1.2),
        (-0.4, 1.1),
        (-0.74, 0.6),
    ]);
    let full = id.beard >= 1.0;
    let ink = Ink::Slope(
        (0.0, 0.15),
        (0.0, 0.6),
        vec![(0.0, tone.at(0.0)), (1.0, tone.at(if full { 0.86 } else { id.beard * 0.8 }))],
    );
    canvas.fill_in(&shape, ink, clip.as_ref());
    let inside = clip.map(|face| canvas.narrow(face, &shape));
    let hairs = if full { 420.0 } else { 260.0 };
    for _ in 0..(hairs * bust.detail) as usize {
        let at = (random.around(0.66), random.range(0.18, 1.0));
        let (dx, dy) = (at.0 * 0.06 + random.around(0.012), random.range(0.02, 0.055));
        let hue = tone.lighter(random.range(-0.08, 0.08));
        canvas.mark(
            at,
            (at.0 + dx * 0.3, at.1 + dy * 0.6),
            (at.0 + dx, at.1 + dy),
            0.006,
            hue.at(0.5 * id.beard + 0.1),
            inside.as_ref(),
        );
    }
}

/// Freckles over nose and cheeks.
pub(super) fn freckles(bust: &Bust, canvas: &mut Canvas, random: &mut Random) {
    let id = &bust.identity;
    for _ in 0..70 {
        let at = (
            bust.pose.turn * 1.2 + random.around(0.26) + random.around(0.2),
            0.24 + random.around(0.15),
        );
        let size = random.range(0.004, 0.009);
        canvas.fill(&Outline::oval(at, size, size * 0.8), id.skin.shade(0.30).at(0.35));
    }
}

/// Glasses.
pub(super) fn glasses(bust: &Bust, canvas: &mut Canvas) {
    let (id, turn) = (&bust.identity, bust.pose.turn);
    let frame = Colour::new(0.16, 0.02, 50.0);
    let (w, h) = (id.eye_size * 1.42, 0.165);
    for side in [-1.0, 1.0] {
        let x = turn + side * id.eye_gap * 1.04;
        let lens = Outline::soft(&[
            (x - w, -0.03),
            (x - w * 0.8, 0.12),
            (x, h + 0.01),
            (x + w * 0.8, 0.12),
            (x + w, -0.03),
            (x + w * 0.82, -0.125),
            (x, -0.145),
            (x - w * 0.82, -0.125),
        ]);
        let clip = canvas.clip(&lens);
        let glint =
            Outline::cut(&[(x - 0.02, -0.3), (x + 0.09, -0.3), (x - 0.07, 0.3), (x - 0.18, 0.3)]);
        canvas.fill_in(&glint, Colour::new(0.98, 0.01, 230.0).at(0.13), clip.as_ref());
        canvas.line(&lens, 0.026, frame.at(0.95), None);
        let arm = Outline::thread(&[(x + side * w, -0.05), (side * (id.width + 0.03), -0.08)]);
        canvas.line(&arm, 0.026, frame.at(0.95), None);
    }
    let bridge = Outline::thread(&[
        (turn - id.eye_gap * 1.04 + w, -0.05),
        (turn, -0.09),
        (turn + id.eye_gap * 1.04 - w, -0.05),
    ]);
    canvas.line(&bridge, 0.024, frame.at(0.95), None);
}
