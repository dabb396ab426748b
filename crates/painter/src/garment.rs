//! Clothes: which is drawn by whom, and the trunk that all of them share.

use tiny_skia::Mask;

use super::bust::Bust;
use super::canvas::{Canvas, Outline, Spot, slope};
use super::colour::Colour;
use super::random::Random;
use super::words::{Garment, Presence};
use super::{armor, knitwear, tailoring};

/// What is worn on the body.
pub(super) fn draw(bust: &Bust, canvas: &mut Canvas, random: &mut Random) {
    let wear = &bust.outfit;
    match wear.garment {
        Garment::Tee => {
            let clip =
                body(bust, canvas, &[(0.46, 1.25), (0.38, 1.40), (0.0, 1.56)], wear.cloth, random);
            hem(canvas, &[(0.48, 1.24), (0.38, 1.41), (0.0, 1.57)], wear.cloth, clip.as_ref());
        }
        Garment::Dress => {
            body(bust, canvas, &[(0.68, 1.375), (0.54, 1.62), (0.0, 1.86)], wear.cloth, random);
            chain(bust, canvas);
        }
        Garment::Turtleneck => knitwear::turtleneck(bust, canvas, random),
        Garment::Hoodie => knitwear::hoodie(bust, canvas, random),
        Garment::Shirt => tailoring::shirt(bust, canvas, wear.cloth, random),
        Garment::Suit => tailoring::jacket(bust, canvas, 0.62, random),
        Garment::Coat => tailoring::jacket(bust, canvas, 0.92, random),
        Garment::Armor => armor::armor(bust, canvas, random),
    }
}

/// The trunk below a neckline given by its right half, from shoulder to middle.
pub(super) fn body(
    bust: &Bust,
    canvas: &mut Canvas,
    neckline: &[Spot],
    cloth: Colour,
    random: &mut Random,
) -> Option<Mask> {
    let outline = trunk(bust, neckline);
    let light = bust.pose.light;
    canvas.fill(
        &outline,
        slope((1.6 * light, 1.2), (-1.5 * light, 2.8), cloth.lighter(0.035), cloth.shade(0.42)),
    );
    let clip = canvas.clip(&outline);
    canvas.glow((-0.1 * light, 1.32), 0.85, 0.36, cloth.shade(0.75).at(0.55), clip.as_ref());
    canvas.glow((light * 1.1, 1.75), 0.6, 0.5, cloth.lighter(0.12).at(0.42), clip.as_ref());
    folds(bust, canvas, cloth, clip.as_ref(), random);
    let s = spread(bust);
    let edge = Outline::thread(&[
        (-light * 0.8 * s, 1.36),
        (-light * 1.35 * s, 1.56),
        (-light * 1.74 * s, 1.98),
        (-light * 1.96 * s, 2.8),
    ]);
    for (width, alpha) in [(0.07, 0.08), (0.035, 0.14), (0.012, 0.30)] {
        canvas.line(&edge, width, bust.rim.at(alpha), clip.as_ref());
    }
    clip
}

fn spread(bust: &Bust) -> f32 {
    if bust.identity.presence == Presence::Man { 1.0 } else { 0.86 }
}

fn trunk(bust: &Bust, neckline: &[Spot]) -> Outline {
    let s = spread(bust);
    let sleeve =
        [(0.86 * s, 1.37), (1.38 * s, 1.55), (1.76 * s, 1.95), (1.96 * s, 2.7), (2.1 * s, 5.5)];
    let mut right: Vec<Spot> = neckline.iter().rev().copied().collect();
    right.extend(sleeve);
    let mut points: Vec<Spot> = right.clone();
    points.extend(right.iter().rev().filter(|p| p.0 > 0.0).map(|(x, y)| (-x, *y)));
    Outline::soft(&points)
}

fn folds(
    bust: &Bust,
    canvas: &mut Canvas,
    cloth: Colour,
    clip: Option<&Mask>,
    random: &mut Random,
) {
    for i in 0..(4.0 + 8.0 * bust.detail) as usize {
        let side = if i % 2 == 0 { 1.0 } else { -1.0 };
        let from = (side * random.range(0.5, 1.6), random.range(1.5, 2.2));
        let to = (from.0 - side * random.range(0.0, 0.5), from.1 + random.range(0.5, 1.2));
        let bend = ((from.0 + to.0) / 2.0 + random.around(0.18), (from.1 + to.1) / 2.0);
        canvas.mark(from, bend, to, random.range(0.02, 0.07), cloth.shade(0.5).at(0.35), clip);
        let lit = random.range(0.02, 0.05);
        canvas.mark(
            (from.0 + lit, from.1),
            (bend.0 + lit * 1.5, bend.1),
            (to.0 + lit, to.1),
            0.022,
            cloth.lighter(0.09).at(0.35),
            clip,
        );
    }
}

fn hem(canvas: &mut Canvas, half: &[Spot], cloth: Colour, clip: Option<&Mask>) {
    let mut points: Vec<Spot> = half.to_vec();
    points.extend(half.iter().rev().skip(1).map(|(x, y)| (-x, *y)));
    let line = Outline::thread(&points);
    canvas.line(&line, 0.13, cloth.shade(0.28).at(0.55), clip);
    canvas.line(&line, 0.10, cloth.lighter(0.03).at(0.7), clip);
}

fn chain(bust: &Bust, canvas: &mut Canvas) {
    let gold = Colour::new(0.80, 0.10, 88.0);
    canvas.line(
        &Outline::thread(&[(-0.42, 1.30), (-0.28, 1.55), (0.0, 1.70), (0.28, 1.55), (0.42, 1.30)]),
        0.014,
        gold.shade(0.2).at(0.9),
        None,
    );
    canvas.fill(&Outline::oval((0.0, 1.74), 0.036, 0.042), gold.at(1.0));
    canvas.fill(
        &Outline::oval((bust.pose.light * 0.01, 1.73), 0.012, 0.012),
        Colour::new(0.97, 0.03, 90.0).at(1.0),
    );
}
