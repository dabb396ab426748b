//! A head and shoulders, put together back to front.
//!
//! Units are half heads: the middle of the face is (0, 0), the chin at (0, 0.97), shoulders at
//! about x = ±1.8; y points down.

use tiny_skia::Transform;

use super::canvas::Canvas;
use super::colour::Colour;
use super::identity::Identity;
use super::random::Random;
use super::words::Garment;
use super::{face, features, garment, hair, knitwear};

/// How the person sits for this one exposure.
#[derive(Debug, Clone)]
pub(super) struct Pose {
    /// Head tilt in degrees.
    pub(super) tilt: f32,
    /// How far the face is turned: features move this far sideways.
    pub(super) turn: f32,
    /// The side the light comes from: 1 right, -1 left.
    pub(super) light: f32,
    /// 0 calm, 1 a broad smile.
    pub(super) smile: f32,
    /// Where the eyes look, sideways.
    pub(super) gaze: f32,
}

/// What the person wears for this one exposure.
#[derive(Debug, Clone)]
pub(super) struct Outfit {
    pub(super) garment: Garment,
    pub(super) cloth: Colour,
    pub(super) second: Colour,
    pub(super) hat: bool,
    pub(super) glasses: bool,
}

/// A sitter, ready to be drawn.
#[derive(Debug)]
pub(super) struct Bust {
    pub(super) identity: Identity,
    pub(super) pose: Pose,
    pub(super) outfit: Outfit,
    /// What the light of the place adds to the edges.
    pub(super) rim: Colour,
    /// 0-1: how much fine work (strands, weave, freckles) the steps allow.
    pub(super) detail: f32,
}

impl Bust {
    /// Draws the sitter so that the face is at `at` and half a head is `size` pixels.
    pub(super) fn draw(&self, canvas: &mut Canvas, at: (f32, f32), size: f32, random: &mut Random) {
        let face = Transform::from_translate(at.0, at.1).pre_scale(size, size);
        let body = face.pre_translate(0.0, -0.14).pre_scale(0.96, 0.96);
        // The head turns about the base of the neck.
        let head = face
            .pre_translate(0.0, 1.1)
            .pre_concat(Transform::from_rotate(self.pose.tilt))
            .pre_translate(0.0, -1.1);
        canvas.stand(head);
        hair::behind(self, canvas, random);
        canvas.stand(body);
        face::neck(self, canvas);
        garment::draw(self, canvas, random);
        canvas.stand(head);
        face::head(self, canvas);
        features::draw(self, canvas, random);
        hair::before(self, canvas, random);
        knitwear::headwear(self, canvas, random);
    }
}
