//! Shirts, suits and coats.

use tiny_skia::Mask;

use super::bust::Bust;
use super::canvas::{Canvas, Outline, slope};
use super::colour::Colour;
use super::garment::body;
use super::knitwear;
use super::random::Random;
use super::words::{Garment, Presence};

/// A shirt; under a suit its collar is closed by a tie.
pub(super) fn shirt(bust: &Bust, canvas: &mut Canvas, cloth: Colour, random: &mut Random) {
    let dip = if tied(bust) { 1.46 } else { 2.02 };
    body(bust, canvas, &[(0.46, 1.16), (0.25, 1.44), (0.0, dip)], cloth, random);
    canvas.line(
        &Outline::thread(&[(0.0, 2.04), (0.02, 3.0), (0.02, 5.0)]),
        0.014,
        cloth.shade(0.5).at(0.6),
        None,
    );
    for i in 0..4 {
        let at = (0.045, 2.16 + 0.36 * i as f32);
        canvas.fill(&Outline::oval(at, 0.024, 0.024), cloth.shade(0.35).at(1.0));
    }
    collar(bust, canvas, cloth, tied(bust));
}

/// Whether the collar is closed by a tie.
fn tied(bust: &Bust) -> bool {
    bust.outfit.garment == Garment::Suit && bust.identity.presence == Presence::Man
}

fn collar(bust: &Bust, canvas: &mut Canvas, cloth: Colour, tied: bool) {
    let (inner, low) = if tied { (0.03, 1.50) } else { (0.15, 1.66) };
    for side in [-1.0, 1.0] {
        let leaf = Outline::cut(&[
            (side * 0.36, 0.99),
            (side * 0.50, 1.14),
            (side * 0.60, 1.48),
            (side * 0.36, 1.72),
            (side * inner, low),
            (side * 0.29, 1.30),
        ]);
        let tone = if side == bust.pose.light { cloth.lighter(0.04) } else { cloth.shade(0.22) };
        canvas.glow((side * 0.36, 1.60), 0.34, 0.26, cloth.shade(0.75).at(0.5), None);
        canvas.fill(&leaf, slope((side * 0.4, 1.0), (side * 0.3, 1.75), tone.shade(0.16), tone));
        canvas.line(&leaf, 0.010, cloth.shade(0.55).at(0.5), None);
    }
}

/// A suit jacket or a coat: shirt or knit within, lapels of the given breadth over it.
pub(super) fn jacket(bust: &Bust, canvas: &mut Canvas, lapel: f32, random: &mut Random) {
    let (cloth, within) = (bust.outfit.cloth, bust.outfit.second);
    let coat = lapel > 0.8;
    if coat {
        let mut inner = bust.outfit.clone();
        inner.cloth = within;
        let knitted = Bust {
            outfit: inner,
            identity: bust.identity.clone(),
            pose: bust.pose.clone(),
            ..*bust
        };
        knitwear::turtleneck(&knitted, canvas, random);
    } else {
        shirt(bust, canvas, within, random);
        if tied(bust) {
            let tie = Outline::cut(&[
                (-0.10, 1.46),
                (0.10, 1.46),
                (0.065, 1.66),
                (0.16, 3.4),
                (0.0, 3.6),
                (-0.16, 3.4),
                (-0.065, 1.66),
            ]);
            canvas.fill(
                &tie,
                slope(
                    (-0.1, 0.0),
                    (0.12, 0.0),
                    cloth.mix(bust.rim, 0.2).shade(0.1),
                    cloth.shade(0.5),
                ),
            );
        }
    }
    let opening = [(0.52, 1.16), (0.40, 1.55), (0.05, 3.4)];
    let clip = body(bust, canvas, &opening, cloth, random);
    for side in [-1.0, 1.0] {
        let (w, tone) =
            (lapel, if side == bust.pose.light { cloth.lighter(0.05) } else { cloth.shade(0.20) });
        let leaf = Outline::cut(&[
            (side * 0.44, 1.06),
            (side * 0.56, 1.22),
            (side * (0.46 + 0.42 * w), 1.78),
            (side * (0.36 + 0.52 * w), 1.98),
            (side * (0.30 + 0.34 * w), 2.12),
            (side * 0.06, 3.5),
            (side * 0.34, 1.62),
        ]);
        canvas.glow((side * 0.5, 2.1), 0.5, 0.8, cloth.shade(0.8).at(0.45), clip.as_ref());
        canvas.fill(&leaf, slope((side * 0.2, 1.2), (side * 0.7, 2.8), tone, tone.shade(0.25)));
        canvas.line(&leaf, 0.012, cloth.shade(0.6).at(0.55), None);
        let notch =
            Outline::cut(&[(side * (0.46 + 0.42 * w), 1.78), (side * (0.38 + 0.20 * w), 1.86)]);
        canvas.line(&notch, 0.016, cloth.shade(0.7).at(0.8), None);
    }
    if coat && bust.detail > 0.2 {
        weave(canvas, cloth, clip.as_ref(), (220.0 * bust.detail) as usize, random);
    }
}

/// Short threads that make a wool of a flat colour.
fn weave(
    canvas: &mut Canvas,
    cloth: Colour,
    clip: Option<&Mask>,
    count: usize,
    random: &mut Random,
) {
    for _ in 0..count {
        let at = (random.around(2.0), random.range(1.3, 3.6));
        let to = (at.0 + random.around(0.05), at.1 + random.range(0.02, 0.08));
        let tone = cloth.lighter(random.range(-0.07, 0.08));
        canvas.mark(at, ((at.0 + to.0) / 2.0, (at.1 + to.1) / 2.0), to, 0.008, tone.at(0.5), clip);
    }
}
