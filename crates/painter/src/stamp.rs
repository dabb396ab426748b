//! The mark that says: drawn by the demo, not photographed and not generated.

use tiny_skia::Transform;

use super::canvas::{Canvas, Outline, Spot};
use super::colour::Colour;

/// The strokes of D, E, M, O on a grid 1 wide and 1 high.
const LETTERS: [&[&[Spot]]; 4] = [
    &[&[(0.0, 0.0), (0.0, 1.0), (0.5, 1.0), (0.85, 0.75), (0.85, 0.25), (0.5, 0.0), (0.0, 0.0)]],
    &[&[(0.8, 0.0), (0.0, 0.0), (0.0, 1.0), (0.8, 1.0)], &[(0.0, 0.5), (0.65, 0.5)]],
    &[&[(0.0, 1.0), (0.0, 0.0), (0.5, 0.6), (1.0, 0.0), (1.0, 1.0)]],
    &[&[
        (0.25, 0.0),
        (0.65, 0.0),
        (0.9, 0.25),
        (0.9, 0.75),
        (0.65, 1.0),
        (0.25, 1.0),
        (0.0, 0.75),
        (0.0, 0.25),
        (0.25, 0.0),
    ]],
];

/// Stamps DEMO into the lower left corner.
pub(super) fn demo(canvas: &mut Canvas) {
    let (width, height) = canvas.size();
    let tall = (width.min(height) as f32 * 0.026).max(8.0);
    let margin = tall * 1.1;
    let (left, top) = (margin, height as f32 - margin - tall * 2.1);
    canvas.stand(Transform::from_translate(left, top).pre_scale(tall, tall));
    let card = Outline::slab(0.0, 0.0, 6.35, 2.1);
    canvas.fill(&card, Colour::new(0.14, 0.008, 55.0).at(0.66));
    canvas.fill(&Outline::slab(0.0, 0.0, 0.16, 2.1), Colour::new(0.69, 0.19, 36.0).at(1.0));
    let ivory = Colour::new(0.95, 0.012, 85.0).at(0.96);
    for (i, letter) in LETTERS.iter().enumerate() {
        let place = Transform::from_translate(0.80 + 1.36 * i as f32, 0.55);
        for line in letter.iter() {
            canvas.line(&straight(line).moved(place), 0.155, ivory, None);
        }
    }
}

fn straight(points: &[Spot]) -> Outline {
    Outline::pen(|pen| {
        for (i, (x, y)) in points.iter().enumerate() {
            if i == 0 { pen.move_to(*x, *y) } else { pen.line_to(*x, *y) }
        }
    })
}
