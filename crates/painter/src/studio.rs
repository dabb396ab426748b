//! A photographer's backdrop: paper or painted canvas, and what light does on it.
//!
//! Units: the picture is 1 high and its aspect wide.

use tiny_skia::Transform;

use super::canvas::{Canvas, Outline, slope};
use super::colour::Colour;
use super::random::Random;

/// Backdrop tones that flatter: deep greens, slate, oxblood, sand, plum, ink, warm grey.
const PAPERS: [(f32, f32, f32); 9] = [
    (0.34, 0.045, 165.0),
    (0.40, 0.035, 235.0),
    (0.33, 0.075, 28.0),
    (0.66, 0.045, 75.0),
    (0.34, 0.050, 330.0),
    (0.25, 0.030, 265.0),
    (0.52, 0.020, 70.0),
    (0.47, 0.060, 200.0),
    (0.58, 0.075, 48.0),
];

/// Draws a backdrop over the whole canvas and returns its tone, which also lights the edges.
pub(super) fn draw(canvas: &mut Canvas, light: f32, random: &mut Random) -> Colour {
    let (width, height) = canvas.size();
    let aspect = width as f32 / height as f32;
    canvas.stand(Transform::from_scale(height as f32, height as f32));
    let (l, c, h) = random.pick(PAPERS);
    let paper = Colour::new(l, c, h + random.around(10.0));
    let whole = Outline::slab(0.0, 0.0, aspect, 1.0);
    canvas.fill(&whole, slope((0.0, 0.0), (0.0, 1.0), paper, paper.shade(0.40)));
    mottle(canvas, aspect, paper, random);
    match random.pick([0, 1, 2, 3]) {
        0 => window(canvas, aspect, paper, light, random),
        1 => disc(canvas, aspect, paper, random),
        2 => roll(canvas, aspect, paper, random),
        _ => {}
    }
    let pool = (aspect * 0.5 - light * aspect * 0.20, 0.40);
    canvas.glow(pool, 0.62, 0.56, paper.lighter(0.20).vivid(1.1).at(0.75), None);
    canvas.glow(
        (aspect * 0.5 + light * aspect * 0.55, 0.75),
        0.5,
        0.7,
        paper.shade(0.7).at(0.55),
        None,
    );
    paper
}

/// The clouds of a hand-painted canvas.
fn mottle(canvas: &mut Canvas, aspect: f32, paper: Colour, random: &mut Random) {
    for _ in 0..60 {
        let at = (random.range(0.0, aspect), random.unit());
        let (rx, ry) = (random.range(0.06, 0.22), random.range(0.05, 0.20));
        let tone = paper.lighter(random.around(0.09));
        canvas.glow(at, rx, ry, tone.at(0.30), None);
    }
}

/// Light that falls through a window with bars.
fn window(canvas: &mut Canvas, aspect: f32, paper: Colour, light: f32, random: &mut Random) {
    let bright = paper.lighter(0.22).mix(Colour::new(0.9, 0.07, 80.0), 0.25);
    let (x, lean) = (aspect * (0.5 - light * 0.22), light * random.range(0.10, 0.2));
    for column in 0..2 {
        for row in 0..3 {
            let left = x + (column as f32 - 1.0) * 0.17;
            let top = 0.06 + row as f32 * 0.19 + column as f32 * lean * 0.4;
            let pane = [
                (left, top),
                (left + 0.15, top + lean * 0.4),
                (left + 0.15, top + 0.17 + lean * 0.4),
                (left, top + 0.17),
            ];
            canvas.fill(&Outline::cut(&pane), bright.at(0.55));
        }
    }
}

/// A painted disc behind the head, like a hung paper moon.
fn disc(canvas: &mut Canvas, aspect: f32, paper: Colour, random: &mut Random) {
    let at = (aspect * 0.5 + random.around(0.08), random.range(0.34, 0.42));
    let size = random.range(0.26, 0.36);
    let tone = paper.mix(Colour::new(0.72, 0.10, random.range(30.0, 80.0)), 0.5);
    canvas.fill(&Outline::oval(at, size, size), tone.at(0.85));
}

/// A roll of paper in another tone, hung edge to edge with the wall.
fn roll(canvas: &mut Canvas, aspect: f32, paper: Colour, random: &mut Random) {
    let edge = aspect * random.range(0.16, 0.30);
    let tone = paper.mix(Colour::new(0.62, 0.05, random.range(20.0, 260.0)), 0.35);
    canvas.fill(&Outline::slab(edge, 0.0, aspect - edge * 0.8, 1.0), tone.at(0.9));
    canvas.fill(&Outline::slab(edge - 0.012, 0.0, edge, 1.0), paper.shade(0.6).at(0.6));
}
