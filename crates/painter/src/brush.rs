//! Paints a picture over again with brush strokes: broad ones first, finer ones where there is
//! something to see.

use super::canvas::Canvas;
use super::colour::Colour;
use super::random::Random;

/// How a style handles the brush.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hand {
    /// Length of a stroke in its own widths.
    pub(super) length: f32,
    /// Width of the broadest stroke, in heights of the picture.
    pub(super) width: f32,
    /// How far the direction wanders.
    pub(super) wander: f32,
    /// How far colours stray from what is painted.
    pub(super) stray: f32,
    /// 0-1: how much fine work the steps allow.
    pub(super) detail: f32,
}

/// The colours of the motif, read from a small drawing of it.
struct Motif<'a> {
    sketch: &'a Canvas,
    scale: f32,
}

impl Motif<'_> {
    fn at(&self, x: f32, y: f32) -> (f32, f32, f32) {
        let (width, height) = self.sketch.size();
        let place = |v: f32, max: u32| ((v * self.scale).max(0.0) as u32).min(max - 1) as usize;
        let at = (place(y, height) * width as usize + place(x, width)) * 4;
        let pixel = &self.sketch.pixels().data()[at..at + 3];
        (f32::from(pixel[0]), f32::from(pixel[1]), f32::from(pixel[2]))
    }

    fn light(&self, x: f32, y: f32) -> f32 {
        let (r, g, b) = self.at(x, y);
        0.3 * r + 0.59 * g + 0.11 * b
    }

    /// How brightness changes across a spot: to the right and downwards.
    fn slant(&self, x: f32, y: f32, reach: f32) -> (f32, f32) {
        let across = self.light(x + reach, y) - self.light(x - reach, y);
        (across, self.light(x, y + reach) - self.light(x, y - reach))
    }
}

/// Paints the sketch over the whole canvas.
pub(super) fn paint(canvas: &mut Canvas, sketch: &Canvas, hand: &Hand, random: &mut Random) {
    let (width, height) = canvas.size();
    let motif = Motif { sketch, scale: sketch.size().1 as f32 / height as f32 };
    canvas.stand(tiny_skia::Transform::identity());
    let broad = hand.width * width.min(height) as f32;
    // Width of the strokes, the share of spots that get one, and the contrast they need.
    let passes = [
        (1.0, 1.0, 0.0),
        (0.45, 0.9, 9.0),
        (0.20, 0.95 * hand.detail, 15.0),
        (0.10, 0.8 * hand.detail, 26.0),
    ];
    for (share, density, contrast) in passes {
        let brush = (broad * share).max(1.2);
        pass(canvas, &motif, hand, brush, density, contrast, random);
    }
}

fn pass(
    canvas: &mut Canvas,
    motif: &Motif,
    hand: &Hand,
    brush: f32,
    density: f32,
    contrast: f32,
    random: &mut Random,
) {
    let (width, height) = canvas.size();
    let pitch = brush * 1.15;
    let (columns, rows) = ((width as f32 / pitch) as u64 + 2, (height as f32 / pitch) as u64 + 2);
    // One stroke a cell, cells in no order: everything gets covered and no grid shows.
    let cells = columns * rows;
    for cell in (0..cells).map(|i| i * 7_368_787 % cells) {
        let (column, row) = ((cell % columns) as f32, (cell / columns) as f32);
        let at = ((column + random.unit() - 0.5) * pitch, (row + random.unit() - 0.5) * pitch);
        let slant = motif.slant(at.0, at.1, brush * 0.7);
        let steep = slant.0.hypot(slant.1);
        if steep < contrast || !random.chance(density) {
            continue;
        }
        stroke(canvas, motif, hand, at, brush, slant, random);
    }
}

fn stroke(
    canvas: &mut Canvas,
    motif: &Motif,
    hand: &Hand,
    at: (f32, f32),
    brush: f32,
    slant: (f32, f32),
    random: &mut Random,
) {
    let height = canvas.size().1 as f32;
    let (u, v) = (at.0 / height, at.1 / height);
    let drift = 0.25 * (u * 5.0 + v * 3.0).sin() + 0.2 * (v * 9.0 - u * 4.0).cos();
    // Along an edge where there is one, along a slow drift elsewhere.
    let steep = slant.0.hypot(slant.1);
    let along = if steep > 12.0 { slant.0.atan2(-slant.1) } else { drift };
    // A hand is careful at hard edges.
    let care = if steep > 40.0 { 0.5 } else { 1.0 };
    let angle = along + random.around(hand.wander) * care;
    let half = brush * hand.length * random.range(0.35, 0.65) * care.max(0.6);
    let (cos, sin) = (angle.cos() * half, angle.sin() * half);
    let (from, to) = ((at.0 - cos, at.1 - sin), (at.0 + cos, at.1 + sin));
    let bow = random.around(0.35);
    let bend = (at.0 - sin * bow, at.1 + cos * bow);
    let (r, g, b) = motif.at(at.0, at.1);
    let stray = hand.stray;
    let tone = Colour::from_pixel(r as u8, g as u8, b as u8)
        .lighter(random.around(stray))
        .vivid(1.0 + random.around(stray * 5.0));
    canvas.mark(from, bend, to, brush * 1.05, tone.at(0.92), None);
    if brush > height * 0.006 {
        let side = brush * random.around(0.35);
        let (nx, ny) = (-sin / half * side, cos / half * side);
        let ridge = tone.lighter(random.range(-0.035, 0.045));
        canvas.mark(
            (from.0 + nx, from.1 + ny),
            (bend.0 + nx, bend.1 + ny),
            (to.0 + nx, to.1 + ny),
            brush * 0.22,
            ridge.at(0.6),
            None,
        );
    }
}
