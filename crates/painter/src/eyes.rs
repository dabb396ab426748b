//! Eyes and brows.

use tiny_skia::{Mask, PathBuilder, Transform};

use super::bust::Bust;
use super::canvas::{Canvas, Outline, slope};
use super::colour::Colour;
use super::random::Random;

/// Both eyes with their brows.
pub(super) fn draw(bust: &Bust, canvas: &mut Canvas, random: &mut Random) {
    let place = |side: f32| {
        let far = 1.0 - (side * bust.pose.turn).max(0.0) * 1.2;
        let x = bust.pose.turn + side * bust.identity.eye_gap * far;
        // Drawn once, for the side where the outer corner is at positive x.
        Transform::from_row(side * far, 0.0, 0.0, 1.0, x, -0.02)
    };
    for side in [-1.0, 1.0] {
        eye(bust, canvas, place(side), side);
        brow(bust, canvas, place(side), random);
    }
}

fn eye(bust: &Bust, canvas: &mut Canvas, place: Transform, side: f32) {
    let id = &bust.identity;
    let (w, tilt) = (id.eye_size, id.eye_tilt);
    let h = w * (0.52 - 0.12 * bust.pose.smile);
    let lid = |pen: &mut PathBuilder, lift: f32| {
        pen.cubic_to(
            -w * 0.55,
            -h * (1.12 + lift),
            w * 0.35,
            -h * (1.36 + lift),
            w,
            -tilt - h * lift * 0.4,
        );
    };
    let almond = Outline::pen(|pen| {
        pen.move_to(-w, 0.015);
        lid(pen, 0.0);
        pen.cubic_to(w * 0.55, h * 0.80, -w * 0.35, h * 0.95, -w, 0.015);
        pen.close();
    })
    .moved(place);
    let white = Colour::new(0.90, 0.010, 60.0).mix(id.skin, 0.26);
    let at = |x: f32, y: f32| (place.tx + place.sx * x, place.ty + y);
    canvas.fill(&almond, slope(at(0.0, -h), at(0.0, h * 0.7), white.shade(0.42), white));
    let clip = canvas.clip(&almond);
    iris(bust, canvas, at(side * bust.pose.gaze * w, -h * 0.24), w * 0.50, clip.as_ref());
    let lash = Outline::pen(|pen| {
        pen.move_to(-w * 1.02, 0.02);
        lid(pen, 0.02);
        pen.line_to(w * 1.12, -tilt - h * 0.26);
        pen.cubic_to(w * 0.45, -h * 1.78, -w * 0.6, -h * 1.36, -w * 1.02, 0.02);
        pen.close();
    })
    .moved(place);
    let ink = id.hair_colour.mix(Colour::new(0.12, 0.02, 40.0), 0.75);
    canvas.fill(&lash, ink.at(0.94));
    let dark = id.skin.shade(0.55);
    let crease = Outline::thread(&[
        (-w * 0.85, -h * 0.95),
        (-w * 0.1, -h * 1.95),
        (w * 0.65, -h * 1.65),
        (w * 1.15, -h * 0.7),
    ])
    .moved(place);
    canvas.line(&crease, 0.013, dark.at(0.55), None);
    let under =
        Outline::thread(&[(-w * 0.7, h * 0.65), (0.0, h * 0.92), (w * 0.8, h * 0.42)]).moved(place);
    canvas.line(&under, 0.010, dark.at(0.50), None);
    let bag =
        Outline::thread(&[(-w * 0.75, h * 1.3), (0.0, h * 1.75), (w * 0.7, h * 1.4)]).moved(place);
    canvas.line(&bag, 0.014, dark.at(0.12 + 0.16 * bust.pose.smile), None);
}

fn iris(bust: &Bust, canvas: &mut Canvas, at: (f32, f32), r: f32, clip: Option<&Mask>) {
    let colour = bust.identity.eye_colour;
    let ring = colour.shade(0.7);
    canvas.fill_in(&Outline::oval(at, r, r), ring.at(1.0), clip);
    let inner = Outline::oval(at, r * 0.86, r * 0.86);
    canvas.fill_in(
        &inner,
        slope((at.0, at.1 - r), (at.0, at.1 + r), colour.shade(0.35), colour.lighter(0.12)),
        clip,
    );
    canvas.fill_in(
        &Outline::oval(at, r * 0.42, r * 0.42),
        Colour::new(0.08, 0.01, 40.0).at(1.0),
        clip,
    );
    let spark = (at.0 + bust.pose.light * r * 0.34, at.1 - r * 0.36);
    canvas.fill_in(
        &Outline::oval(spark, r * 0.19, r * 0.19),
        Colour::new(0.98, 0.01, 90.0).at(0.95),
        clip,
    );
    let soft = (at.0 - bust.pose.light * r * 0.36, at.1 + r * 0.40);
    canvas.glow(soft, r * 0.3, r * 0.24, Colour::new(0.95, 0.01, 90.0).at(0.4), clip);
}

fn brow(bust: &Bust, canvas: &mut Canvas, place: Transform, random: &mut Random) {
    let id = &bust.identity;
    let (w, t) = (id.eye_size, id.brow);
    let lift = -0.185 - 0.02 * bust.pose.smile;
    let tone = id.hair_colour.mix(Colour::new(0.2, 0.03, 45.0), 0.45);
    let shape = Outline::soft(&[
        (-w * 1.12, lift + 0.028),
        (-w * 0.95, lift - t * 0.35),
        (w * 0.25, lift - id.brow_arch - t * 0.55),
        (w * 0.95, lift - id.brow_arch * 0.9),
        (w * 1.45, lift + 0.030),
        (w * 0.85, lift - id.brow_arch * 0.45 + t * 0.35),
        (w * 0.1, lift - id.brow_arch * 0.5 + t * 0.62),
        (-w * 1.0, lift + t * 0.85),
    ])
    .moved(place);
    canvas.fill(&shape, tone.at(0.78));
    for i in 0..(34.0 * bust.detail) as usize {
        let along = (i as f32 + random.unit()) / (34.0 * bust.detail);
        let x = -w * 1.1 + along * w * 2.35;
        let arch = id.brow_arch * (along * 3.1).sin().max(0.0);
        let from = (x, lift - arch * 0.5 + t * random.range(0.1, 0.7));
        let to = (
            x + w * (0.10 + 0.16 * along),
            from.1 - t * random.range(0.5, 1.1) * (1.0 - 0.75 * along),
        );
        let hair = Outline::cut(&[from, to]).moved(place);
        canvas.line(&hair, 0.007, tone.shade(0.35).at(0.55), None);
    }
}
