//! Hair: the mass behind the head, the mass over the forehead, and the strands that make it hair.

use tiny_skia::Mask;

use super::bust::Bust;
use super::canvas::{Canvas, Outline, Spot, slope};
use super::colour::Colour;
use super::identity::Hair;
use super::random::Random;
use super::words::Presence;

/// What is seen behind head and neck.
pub(super) fn behind(bust: &Bust, canvas: &mut Canvas, random: &mut Random) {
    let tone = bust.identity.hair_colour;
    let back = tone.shade(0.38);
    match bust.identity.hair {
        Hair::Long => mass(bust, canvas, &curtain(1.92, 0.95, 0.0), back, random),
        Hair::Wavy => mass(bust, canvas, &curtain(1.85, 1.04, 0.10), back, random),
        Hair::Bob => mass(bust, canvas, &curtain(0.92, 0.92, 0.0), back, random),
        Hair::Bun => {
            let knot = Outline::oval((bust.identity.part * 0.2, -1.42), 0.34, 0.30);
            mass(bust, canvas, &knot, tone.shade(0.12), random);
        }
        Hair::Curls => {
            let low = if bust.identity.presence == Presence::Man { 0.15 } else { 1.05 };
            canvas.fill(&curtain(low, 0.92, 0.0), back.at(1.0));
            for i in 0..54 {
                let down = i as f32 / 53.0;
                let (side, y) = (if i % 2 == 0 { 1.0 } else { -1.0 }, -1.1 + (low + 0.95) * down);
                let wide = 0.55 + 0.42 * (down * 2.6).sin().abs().sqrt();
                let at = (side * (wide + random.around(0.10)), y + random.around(0.05));
                curl(
                    canvas,
                    at,
                    random.range(0.17, 0.25),
                    back.lighter(random.range(0.0, 0.05)),
                    random,
                );
            }
        }
        Hair::Swept | Hair::Crop | Hair::Slick => {}
    }
}

/// What falls over forehead and temples.
pub(super) fn before(bust: &Bust, canvas: &mut Canvas, random: &mut Random) {
    if bust.identity.hair != Hair::Curls {
        let shadow = bust.identity.skin.shade(0.6);
        canvas.glow((-bust.pose.light * 0.08, -0.74), 0.55, 0.20, shadow.at(0.40), None);
    }
    let tone = bust.identity.hair_colour;
    match bust.identity.hair {
        Hair::Long | Hair::Wavy => {
            let wave = if bust.identity.hair == Hair::Wavy { 0.09 } else { 0.0 };
            for side in [-1.0, 1.0] {
                let fall = lock(bust, side, 2.0, wave);
                mass(
                    bust,
                    canvas,
                    &fall,
                    if side == bust.pose.light { tone } else { tone.shade(0.22) },
                    random,
                );
            }
        }
        Hair::Bob => {
            for side in [-1.0, 1.0] {
                mass(bust, canvas, &lock(bust, side, 0.86, 0.0), tone, random);
            }
            mass(bust, canvas, &fringe(), tone.lighter(0.01), random);
        }
        Hair::Curls => curls(bust, canvas, random),
        Hair::Bun => mass(bust, canvas, &cap(-0.61, -1.20, 0.70, 0.10), tone, random),
        Hair::Slick => mass(bust, canvas, &cap(-0.64, -1.25, 0.69, 0.0), tone, random),
        Hair::Crop => mass(bust, canvas, &cap(-0.56, -1.20, 0.705, 0.06), tone, random),
        Hair::Swept => {
            mass(bust, canvas, &cap(-0.58, -1.20, 0.70, 0.10), tone.shade(0.18), random);
            mass(bust, canvas, &quiff(bust.identity.part), tone, random);
        }
    }
}

/// A body of hair: its tone, sheen and strands.
fn mass(bust: &Bust, canvas: &mut Canvas, outline: &Outline, tone: Colour, random: &mut Random) {
    let light = bust.pose.light;
    canvas.fill(
        outline,
        slope((0.9 * light, -0.9), (-0.9 * light, 0.5), tone.lighter(0.045), tone.shade(0.28)),
    );
    let clip = canvas.clip(outline);
    strands(bust, canvas, tone, clip.as_ref(), random);
    let sheen = tone.lighter(0.20).vivid(1.1);
    canvas.glow((light * 0.34, -0.98), 0.46, 0.20, sheen.at(0.42), clip.as_ref());
    canvas.glow((light * 0.78, 0.25), 0.22, 0.75, sheen.at(0.20), clip.as_ref());
    canvas.glow((-light * 0.88, 0.0), 0.24, 1.3, bust.rim.at(0.28), clip.as_ref());
}

/// Strands from the parting over the crown and down both sides.
fn strands(
    bust: &Bust,
    canvas: &mut Canvas,
    tone: Colour,
    clip: Option<&Mask>,
    random: &mut Random,
) {
    let part = bust.identity.part * 0.5;
    let wavy = if bust.identity.hair == Hair::Wavy { 0.09 } else { 0.012 };
    let swept = matches!(bust.identity.hair, Hair::Slick | Hair::Bun);
    for _ in 0..(40.0 + 150.0 * bust.detail) as usize {
        let (side, u) = (random.side(), random.unit());
        let phase = random.range(0.0, 6.3);
        let shift = |y: f32| wavy * (y * 5.0 + phase * 0.15).sin();
        let points: [Spot; 5] = if swept {
            let x = side * u * 0.72;
            [
                (x, -0.45 - 0.1 * u),
                (x * 0.96, -0.78),
                (x * 0.80 + part * 0.1, -1.0),
                (x * 0.5 + part * 0.2, -1.2),
                (part * 0.3, -1.5),
            ]
        } else {
            let out = 0.56 + 0.40 * u;
            [
                (part + side * 0.03, -0.84 - 0.38 * u),
                (part * 0.5 + side * (0.22 + 0.22 * u), -0.86 - 0.32 * u),
                (side * (out - 0.02), -0.42),
                (side * (out + 0.04) + shift(0.5), 0.55),
                (side * (out - 0.02) + shift(1.9), 2.30),
            ]
        };
        let bright = random.range(-0.09, 0.10);
        let hue = if bright > 0.0 { tone.lighter(bright) } else { tone.shade(-bright * 5.0) };
        canvas.line(&Outline::thread(&points), random.range(0.006, 0.022), hue.at(0.34), clip);
    }
}

/// The back of long hair, down to `low`, `wide` at its widest.
fn curtain(low: f32, wide: f32, wave: f32) -> Outline {
    let right = [
        (0.0, -1.24),
        (0.48, -1.13),
        (0.80, -0.66),
        (wide * 0.90, 0.0),
        (wide + wave, low * 0.42),
        (wide * 0.96 - wave, low * 0.72),
        (wide * 0.86, low * 0.94),
        (wide * 0.45, low),
    ];
    let mut points = right.to_vec();
    points.extend(right.iter().skip(1).rev().map(|(x, y)| (-x, *y)));
    Outline::soft(&points)
}

/// One side of parted hair, from the parting down to `low`.
fn lock(bust: &Bust, side: f32, low: f32, wave: f32) -> Outline {
    let part = bust.identity.part * 0.5;
    let w = bust.identity.width;
    let (s, over) = (side, bust.pose.turn * 0.4);
    let long = low > 1.0;
    let inner = if long { 0.22 } else { 0.0 };
    Outline::soft(&[
        (part, -0.74),
        (part - s * 0.01, -1.20),
        (s * 0.50, -1.12),
        (s * 0.79, -0.66),
        (s * 0.86, 0.0),
        (s * (0.90 + wave), low * 0.45),
        (s * (0.92 - wave), low * 0.75),
        (s * 0.84, low),
        (s * (0.72 - inner * 0.6), low * 1.01),
        (s * (0.70 - inner - wave * 0.6), low * 0.80),
        (s * (0.68 - inner * 0.4 + wave), low * 0.5),
        (s * (w + 0.02) + over * 0.2, 0.22),
        (s * (w - 0.045) + over, -0.22),
        (s * 0.45 + over + part * 0.15, -0.52),
    ])
}

/// A straight fringe over the forehead.
fn fringe() -> Outline {
    Outline::soft(&[
        (-0.67, -0.22),
        (-0.74, -0.70),
        (-0.42, -1.12),
        (0.0, -1.21),
        (0.42, -1.12),
        (0.74, -0.70),
        (0.67, -0.22),
        (0.60, -0.34),
        (0.36, -0.385),
        (0.0, -0.40),
        (-0.36, -0.385),
        (-0.60, -0.34),
    ])
}

/// Close hair: hairline at `line`, crown at `crown`, sides at ±`wide` down to `sides` (the ear is
/// at 0).
fn cap(line: f32, crown: f32, wide: f32, sides: f32) -> Outline {
    let right = [
        (0.30, line - 0.02),
        (0.47, line + 0.10),
        (0.555, line + 0.26),
        (0.605, -0.12),
        (0.615, sides),
        (0.665, sides - 0.02),
        (wide, -0.38),
        (wide * 0.97, -0.72),
        (wide * 0.66, crown + 0.14),
        (wide * 0.3, crown + 0.01),
    ];
    let mut points = vec![(0.0, line - 0.06)];
    points.extend(right);
    points.push((0.0, crown));
    points.extend(right.iter().rev().map(|(x, y)| (-x, *y)));
    Outline::soft(&points)
}

/// Volume on top, swept away from the parting.
fn quiff(part: f32) -> Outline {
    let s = if part > 0.0 { -1.0 } else { 1.0 };
    Outline::soft(&[
        (-s * 0.52, -0.60),
        (-s * 0.62, -0.96),
        (-s * 0.30, -1.27),
        (s * 0.20, -1.36),
        (s * 0.62, -1.14),
        (s * 0.735, -0.72),
        (s * 0.66, -0.36),
        (s * 0.56, -0.50),
        (s * 0.40, -0.57),
        (s * 0.08, -0.59),
        (-s * 0.25, -0.66),
    ])
}

fn curls(bust: &Bust, canvas: &mut Canvas, random: &mut Random) {
    let tone = bust.identity.hair_colour;
    for row in 0..4 {
        let (rx, ry) = (0.50 + 0.09 * row as f32, 0.42 + 0.12 * row as f32);
        for i in 0..17 {
            let angle = -3.42 + 3.70 * (i as f32 + random.around(0.3)) / 16.0;
            let at = (
                angle.cos() * rx + random.around(0.03),
                -0.50 + angle.sin() * ry - 0.03 * row as f32,
            );
            let lit = 0.035 * (angle.cos() * bust.pose.light) + 0.012 * row as f32;
            curl(
                canvas,
                at,
                random.range(0.13, 0.19),
                tone.lighter(lit + random.around(0.025)),
                random,
            );
        }
    }
}

/// One curl: a round of hair with two turns drawn into it.
fn curl(canvas: &mut Canvas, at: Spot, size: f32, tone: Colour, random: &mut Random) {
    let begin = random.range(0.0, 6.3);
    let around =
        |turn: f32, r: f32| (at.0 + (begin + turn).cos() * r, at.1 + (begin + turn).sin() * r);
    let round: Vec<Spot> =
        (0..7).map(|i| around(i as f32 * 0.9, size * random.range(0.85, 1.1))).collect();
    canvas.fill(&Outline::soft(&round), tone.at(1.0));
    for (r, hue, wide) in [
        (0.78, tone.lighter(0.09), 0.020),
        (0.55, tone.shade(0.45), 0.026),
        (0.34, tone.lighter(0.06), 0.018),
    ] {
        let turns: Vec<Spot> = (0..5)
            .map(|i| around(i as f32 * 0.8 + r * 4.0, size * (r - 0.05 * i as f32)))
            .collect();
        canvas.line(&Outline::thread(&turns), wide, hue.at(0.55), None);
    }
}
