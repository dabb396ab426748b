//! Neck, ears and the planes of the face, modelled by light from one side.

use tiny_skia::Mask;

use super::bust::Bust;
use super::canvas::{Canvas, Outline, Spot, fade, slope};
use super::words::Presence;

/// The neck down to the shoulders; clothes come over it.
pub(super) fn neck(bust: &Bust, canvas: &mut Canvas) {
    let skin = bust.identity.skin;
    let half = if bust.identity.presence == Presence::Man { 0.40 } else { 0.325 };
    let right = [
        (half * 1.02, 0.45),
        (half, 0.95),
        (half * 1.12, 1.22),
        (0.66, 1.40),
        (1.02, 1.52),
        (1.15, 2.4),
    ];
    let mut points: Vec<Spot> = right.to_vec();
    points.extend(right.iter().rev().map(|(x, y)| (-x, *y)));
    let outline = Outline::soft(&points);
    let light = bust.pose.light;
    let (lit, dark) = (skin.shade(0.10), skin.shade(0.34));
    canvas.fill(&outline, slope((half * 1.2 * light, 0.0), (-half * 1.3 * light, 0.0), lit, dark));
    let clip = canvas.clip(&outline);
    // The head's shadow, cast down and away from the light.
    canvas.glow((-0.14 * light, 0.88), 0.62, 0.44, skin.shade(0.62).at(0.85), clip.as_ref());
    for side in [-1.0, 1.0] {
        let tendon =
            Outline::thread(&[(side * half * 0.72, 1.0), (side * 0.2, 1.34), (side * 0.09, 1.5)]);
        canvas.line(&tendon, 0.035, skin.shade(0.42).at(0.22), clip.as_ref());
        let bone = Outline::thread(&[(side * 0.10, 1.55), (side * 0.5, 1.58), (side * 1.0, 1.5)]);
        canvas.line(&bone, 0.03, skin.shade(0.4).at(0.25), clip.as_ref());
        canvas.line(&bone, 0.012, skin.lighter(0.05).at(0.35), clip.as_ref());
    }
    canvas.glow((0.0, 1.56), 0.12, 0.10, skin.shade(0.4).at(0.4), clip.as_ref());
}

/// Ears and the face without its features.
pub(super) fn head(bust: &Bust, canvas: &mut Canvas) {
    for side in [-1.0, 1.0] {
        ear(bust, canvas, side);
    }
    let outline = outline(bust);
    let (skin, light) = (bust.identity.skin, bust.pose.light);
    canvas.fill(
        &outline,
        slope((0.8 * light, -0.6), (-0.7 * light, 0.9), skin.lighter(0.035), skin.shade(0.13)),
    );
    let clip = canvas.clip(&outline);
    shadow_side(bust, canvas, clip.as_ref());
    planes(bust, canvas, clip.as_ref());
}

fn ear(bust: &Bust, canvas: &mut Canvas, side: f32) {
    let id = &bust.identity;
    let x = side * (id.width + 0.03) + bust.pose.turn * 0.25;
    let turned_away = (side * bust.pose.turn).max(0.0) * 0.6;
    let shape = [
        (x - side * 0.06, -0.13),
        (x + side * (0.055 - turned_away), -0.18),
        (x + side * (0.10 - turned_away), -0.04),
        (x + side * (0.055 - turned_away), 0.16),
        (x - side * 0.02, 0.25),
        (x - side * 0.07, 0.12),
    ];
    let tone = if side == bust.pose.light { id.skin.shade(0.08) } else { id.skin.shade(0.30) };
    canvas.fill(&Outline::soft(&shape), tone.at(1.0));
    canvas.glow((x + side * 0.02, 0.02), 0.05, 0.13, id.skin.shade(0.5).at(0.55), None);
}

/// The outline of the face from crown to chin.
pub(super) fn outline(bust: &Bust) -> Outline {
    let (id, turn) = (&bust.identity, bust.pose.turn);
    let side = |s: f32| {
        let near = 1.0 - s * turn * 0.35;
        [
            (s * 0.40, -0.95),
            (s * id.width * 0.95, -0.52),
            (s * id.width * near, -0.06),
            (s * id.width * 0.955 * near + turn * 0.15, 0.30),
            (s * id.jaw * near + turn * 0.35, 0.68),
            (s * id.chin + turn * 0.55, 0.925),
        ]
    };
    let mut points = vec![(0.0, -1.04)];
    points.extend(side(1.0));
    points.push((turn * 0.6, 0.985));
    points.extend(side(-1.0).into_iter().rev());
    Outline::soft(&points)
}

/// The half that the light does not reach, and the thin edge of light behind it.
fn shadow_side(bust: &Bust, canvas: &mut Canvas, clip: Option<&Mask>) {
    let (id, light, turn) = (&bust.identity, bust.pose.light, bust.pose.turn);
    let dark = id.skin.shade(0.55);
    let whole = Outline::slab(-1.2, -1.2, 1.2, 1.2);
    let (edge, middle) = (-light * id.width * 1.02, turn * 0.5 + light * 0.04);
    canvas.fill_in(&whole, fade((edge, 0.2), (middle, 0.0), dark, 0.72), clip);
    let cheek = (-light * id.width * 0.94 + turn * 0.2, 0.42);
    canvas.glow(cheek, 0.36, 0.62, dark.at(0.55), clip);
    canvas.glow((turn * 0.6 - light * 0.1, 1.06), 0.62, 0.26, dark.at(0.6), clip);
    let rim = Outline::thread(&[
        (-light * id.width * 0.99, -0.3),
        (-light * id.width * 0.985, 0.05),
        (-light * id.width * 0.94, 0.34),
        (-light * id.jaw * 1.02 + turn * 0.3, 0.66),
    ]);
    for (width, alpha) in [(0.10, 0.05), (0.06, 0.07), (0.03, 0.10), (0.012, 0.22)] {
        canvas.line(&rim, width, bust.rim.at(alpha), clip);
    }
}

/// Forehead, cheekbones, sockets: the hills and valleys that catch or lose light.
fn planes(bust: &Bust, canvas: &mut Canvas, clip: Option<&Mask>) {
    let (id, light, turn) = (&bust.identity, bust.pose.light, bust.pose.turn);
    let (bright, dark) = (id.skin.lighter(0.10).vivid(0.85), id.skin.shade(0.42));
    let flush = id.skin.mix(id.lip, 0.65);
    canvas.glow((turn + light * 0.16, -0.56), 0.42, 0.34, bright.at(0.50), clip);
    canvas.glow((turn + light * 0.38, 0.20), 0.24, 0.17, bright.at(0.60), clip);
    canvas.glow((turn * 0.8 + light * 0.06, 0.83), 0.15, 0.11, bright.at(0.45), clip);
    for side in [-1.0, 1.0] {
        let x = turn + side * id.eye_gap;
        canvas.glow((x - side * 0.05, -0.06), 0.24, 0.17, dark.at(0.34), clip);
        canvas.glow((turn + side * 0.40, 0.34), 0.24, 0.17, flush.at(0.42), clip);
        canvas.glow((turn * 0.8 + side * 0.45, 0.56), 0.20, 0.24, dark.at(0.20), clip);
    }
    canvas.glow((0.0, -1.0), 0.85, 0.36, dark.at(0.55), clip);
}
