//! What stands in a landscape: a castle, pines, houses, a boat, a lighthouse.
//!
//! Units are the landscape's; `at` is the middle of the foot, `size` the height.

use super::canvas::{Canvas, Outline, Spot, slope};
use super::colour::Colour;
use super::random::Random;

/// A castle of five to seven towers around a keep, with flags and a few lit windows.
pub(super) fn castle(
    canvas: &mut Canvas,
    at: Spot,
    size: f32,
    stone: Colour,
    accent: Colour,
    random: &mut Random,
) {
    let wall =
        Outline::slab(at.0 - size * 0.62, at.1 - size * 0.26, at.0 + size * 0.62, at.1 + 0.1);
    canvas.fill(&wall, slope((at.0, at.1 - size * 0.3), (at.0, at.1), stone, stone.lighter(0.06)));
    let towers = [
        (-0.58, 0.46, 0.085),
        (-0.36, 0.62, 0.10),
        (0.40, 0.58, 0.095),
        (0.60, 0.40, 0.08),
        (-0.14, 0.80, 0.10),
        (0.17, 0.72, 0.085),
        (0.02, 1.0, 0.13),
    ];
    for (x, tall, wide) in towers {
        let tall = tall * random.range(0.9, 1.08);
        let foot = (at.0 + x * size, at.1 + 0.05);
        let tone = stone.lighter(random.around(0.025));
        tower(canvas, foot, tall * size + 0.05, wide * size, tone, accent, random);
    }
    let gate = Outline::pen(|pen| {
        let (x, y, w) = (at.0 + size * 0.28, at.1 + 0.1, size * 0.07);
        pen.move_to(x - w, y);
        pen.line_to(x - w, at.1 - size * 0.06);
        pen.quad_to(x, at.1 - size * 0.20, x + w, at.1 - size * 0.06);
        pen.line_to(x + w, y);
        pen.close();
    });
    canvas.fill(&gate, stone.lighter(-0.12).at(1.0));
}

fn tower(
    canvas: &mut Canvas,
    foot: Spot,
    tall: f32,
    wide: f32,
    stone: Colour,
    accent: Colour,
    random: &mut Random,
) {
    let (left, right, top) = (foot.0 - wide / 2.0, foot.0 + wide / 2.0, foot.1 - tall);
    let light = stone.lighter(0.06);
    canvas.fill(
        &Outline::slab(left, top, right, foot.1),
        slope((left, 0.0), (right, 0.0), light, stone.lighter(-0.07)),
    );
    let brim = wide * 0.14;
    if random.chance(0.6) {
        let roof = [
            (left - brim, top),
            (foot.0, top - wide * random.range(1.2, 1.9)),
            (right + brim, top),
        ];
        canvas.fill(&Outline::cut(&roof), stone.lighter(-0.11).at(1.0));
        flag(canvas, roof[1], wide * 0.5, stone, accent);
    } else {
        canvas
            .fill(&Outline::slab(left - brim, top - brim, right + brim, top + brim), stone.at(1.0));
        for i in 0..4 {
            let x = left - brim + (right - left + 2.0 * brim) * i as f32 / 4.0;
            canvas.fill(
                &Outline::slab(x, top - brim * 2.4, x + wide * 0.17, top - brim),
                stone.at(1.0),
            );
        }
    }
    for _ in 0..2 {
        if random.chance(0.75) {
            let (x, y) = (foot.0 + random.around(wide * 0.2), top + tall * random.range(0.1, 0.5));
            let lit = if random.chance(0.6) { accent.lighter(0.12) } else { stone.lighter(-0.16) };
            canvas.fill(
                &Outline::slab(x - wide * 0.05, y, x + wide * 0.05, y + wide * 0.2),
                lit.at(0.95),
            );
        }
    }
}

fn flag(canvas: &mut Canvas, top: Spot, size: f32, pole: Colour, cloth: Colour) {
    let tip = (top.0, top.1 - size * 1.1);
    canvas.line(&Outline::cut(&[top, tip]), size * 0.08, pole.lighter(-0.1).at(1.0), None);
    let cloth_outline = [tip, (tip.0 + size, tip.1 + size * 0.22), (tip.0, tip.1 + size * 0.46)];
    canvas.fill(&Outline::cut(&cloth_outline), cloth.at(1.0));
}

/// A conifer of four tiers, with snow on its shoulders if wanted.
pub(super) fn pine(canvas: &mut Canvas, at: Spot, size: f32, tone: Colour, snow: Option<Colour>) {
    let (x, foot) = at;
    canvas.fill(
        &Outline::slab(x - size * 0.025, foot - size * 0.2, x + size * 0.025, foot),
        tone.lighter(-0.05).at(1.0),
    );
    for tier in 0..4 {
        let low = foot - size * (0.12 + 0.21 * tier as f32);
        let wide = size * (0.26 - 0.052 * tier as f32);
        let high = low - size * 0.36;
        let side = |sign: f32| (x + sign * wide, low);
        let shape = [
            side(-1.0),
            (x - wide * 0.34, low - size * 0.13),
            (x, high),
            (x + wide * 0.34, low - size * 0.13),
            side(1.0),
            (x, low - size * 0.035),
        ];
        canvas.fill(&Outline::cut(&shape), tone.lighter(0.012 * tier as f32).at(1.0));
        if let Some(snow) = snow {
            canvas.mark(
                (x - wide * 0.85, low - size * 0.02),
                (x - wide * 0.3, low - size * 0.12),
                (x, high),
                size * 0.018,
                snow.at(0.85),
                None,
            );
        }
    }
}

/// A house front with a grid of windows; `at` is its top left corner.
pub(super) fn house(
    canvas: &mut Canvas,
    at: Spot,
    wide: f32,
    tone: Colour,
    lit: Option<Colour>,
    random: &mut Random,
) {
    let ink = slope(at, (at.0, 1.0), tone, tone.lighter(0.04));
    canvas.fill(&Outline::slab(at.0, at.1, at.0 + wide, 1.1), ink);
    let (columns, pitch) = (4, wide / 4.6);
    for row in 0..14 {
        for column in 0..columns {
            let on = lit.filter(|_| random.chance(0.32));
            if on.is_none() && !random.chance(0.5) {
                continue;
            }
            let x = at.0 + pitch * (0.55 + column as f32);
            let y = at.1 + 0.018 + row as f32 * 0.026;
            let pane = Outline::slab(x, y, x + pitch * 0.5, y + 0.013);
            canvas.fill(&pane, on.map_or(tone.lighter(-0.05).at(0.7), |c| c.at(0.85)));
        }
    }
}

/// A sailing boat with two sails.
pub(super) fn boat(
    canvas: &mut Canvas,
    at: Spot,
    size: f32,
    hull: Colour,
    sail: Colour,
    accent: Colour,
) {
    let (x, y) = at;
    canvas.glow((x, y + size * 0.08), size * 0.5, size * 0.10, hull.at(0.5), None);
    canvas.line(&Outline::cut(&[(x, y), (x, y - size)]), size * 0.02, hull.at(1.0), None);
    let main = [
        (x + size * 0.02, y - size * 0.97),
        (x + size * 0.46, y - size * 0.14),
        (x + size * 0.02, y - size * 0.12),
    ];
    canvas.fill(&Outline::cut(&main), sail.at(1.0));
    let fore = [
        (x - size * 0.02, y - size * 0.9),
        (x - size * 0.34, y - size * 0.14),
        (x - size * 0.02, y - size * 0.12),
    ];
    canvas.fill(&Outline::cut(&fore), accent.at(1.0));
    let body = [
        (x - size * 0.42, y - size * 0.08),
        (x + size * 0.5, y - size * 0.09),
        (x + size * 0.34, y + size * 0.06),
        (x - size * 0.3, y + size * 0.06),
    ];
    canvas.fill(&Outline::cut(&body), hull.at(1.0));
}

/// A banded lighthouse on a rock, with its beam.
pub(super) fn lighthouse(
    canvas: &mut Canvas,
    at: Spot,
    size: f32,
    rock: Colour,
    accent: Colour,
    light: Colour,
) {
    let (x, y) = at;
    let lamp = (x, y - size * 0.9);
    let beam = [lamp, (x - size * 1.6, y - size * 1.15), (x - size * 1.6, y - size * 0.7)];
    canvas.fill(
        &Outline::cut(&beam),
        super::canvas::fade(lamp, (x - size * 1.6, lamp.1), light, 0.55),
    );
    for band in 0..6 {
        let (low, high) = (band as f32 / 6.0, (band + 1) as f32 / 6.0);
        let half = |share: f32| size * (0.115 - 0.045 * share);
        let height = |share: f32| y - size * 0.82 * share;
        let shape = [
            (x - half(low), height(low)),
            (x + half(low), height(low)),
            (x + half(high), height(high)),
            (x - half(high), height(high)),
        ];
        let tone = if band % 2 == 0 { accent } else { Colour::new(0.93, 0.012, 85.0) };
        canvas.fill(
            &Outline::cut(&shape),
            slope((x - half(0.0), 0.0), (x + half(0.0), 0.0), tone, tone.shade(0.45)),
        );
    }
    canvas.fill(
        &Outline::slab(x - size * 0.09, y - size * 0.84, x + size * 0.09, y - size * 0.815),
        rock.at(1.0),
    );
    canvas.fill(
        &Outline::slab(x - size * 0.05, y - size * 0.95, x + size * 0.05, y - size * 0.84),
        light.at(1.0),
    );
    canvas.fill(
        &Outline::cut(&[
            (x - size * 0.08, y - size * 0.95),
            (x, y - size * 1.06),
            (x + size * 0.08, y - size * 0.95),
        ]),
        accent.shade(0.3).at(1.0),
    );
    canvas.glow(lamp, size * 0.35, size * 0.35, light.at(0.8), None);
    let stone = [
        (x - size * 0.4, y + size * 0.1),
        (x - size * 0.24, y - size * 0.03),
        (x, y - size * 0.05),
        (x + size * 0.2, y - size * 0.02),
        (x + size * 0.45, y + size * 0.1),
        (x, y + size * 0.14),
    ];
    canvas.fill(&Outline::soft(&stone), rock.at(1.0));
}
