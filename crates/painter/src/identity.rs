//! Who is in the picture: the part that follows from the avatar, not from the prompt or the seed.
//!
//! The same weights give the same face. The strength says how much of it: near zero the face is
//! anybody's, from about 0.9 on it is the avatar's own.

use super::colour::Colour;
use super::random::{Random, hash};
use super::words::Presence;

/// How the hair is worn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hair {
    Long,
    Wavy,
    Bob,
    Bun,
    Curls,
    Swept,
    Crop,
    Slick,
}

/// A face in numbers. Lengths are in half heads.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    pub(super) presence: Presence,
    pub(super) skin: Colour,
    pub(super) hair_colour: Colour,
    pub(super) eye_colour: Colour,
    pub(super) lip: Colour,
    pub(super) hair: Hair,
    /// The side of the parting: -1 to 1.
    pub(super) part: f32,
    pub(super) width: f32,
    pub(super) jaw: f32,
    pub(super) chin: f32,
    pub(super) eye_gap: f32,
    pub(super) eye_size: f32,
    pub(super) eye_tilt: f32,
    pub(super) brow: f32,
    pub(super) brow_arch: f32,
    pub(super) nose: f32,
    pub(super) nose_width: f32,
    pub(super) mouth: f32,
    pub(super) lips: f32,
    /// 0 none, up to 0.5 stubble, 1 full.
    pub(super) beard: f32,
    pub(super) freckles: bool,
    pub(super) glasses: bool,
}

/// Lightness, chroma and hue of skins, from deep to fair.
const SKINS: [(f32, f32, f32); 8] = [
    (0.43, 0.060, 48.0),
    (0.52, 0.070, 52.0),
    (0.60, 0.076, 56.0),
    (0.68, 0.076, 58.0),
    (0.745, 0.068, 57.0),
    (0.785, 0.060, 54.0),
    (0.815, 0.052, 52.0),
    (0.84, 0.042, 50.0),
];

/// Lightness, chroma and hue of hair: black, browns, auburn, copper, blond, ash, silver.
const HAIRS: [(f32, f32, f32); 9] = [
    (0.17, 0.012, 50.0),
    (0.20, 0.020, 45.0),
    (0.28, 0.038, 50.0),
    (0.36, 0.055, 55.0),
    (0.36, 0.085, 42.0),
    (0.52, 0.115, 50.0),
    (0.70, 0.080, 80.0),
    (0.56, 0.045, 75.0),
    (0.72, 0.010, 80.0),
];

const EYES: [(f32, f32, f32); 6] = [
    (0.30, 0.05, 55.0),
    (0.38, 0.07, 60.0),
    (0.50, 0.07, 90.0),
    (0.52, 0.06, 150.0),
    (0.55, 0.07, 235.0),
    (0.50, 0.03, 245.0),
];

impl Identity {
    /// The face that `avatar` (a weights address or a finetune id) was trained on, as far as
    /// `strength` lets it through; the rest is a stranger of `seed`.
    pub(super) fn new(avatar: &str, strength: f32, seed: u64, said: Option<Presence>) -> Self {
        let own = Self::of(hash(avatar.as_bytes()), said);
        let share = ((strength - 0.15) / 0.7).clamp(0.0, 1.0);
        if share >= 1.0 {
            return own;
        }
        let stranger = Self::of(seed, Some(own.presence));
        own.towards(&stranger, 1.0 - share)
    }

    fn of(number: u64, said: Option<Presence>) -> Self {
        let mut random = Random::new(number, "identity");
        let colour = |(l, c, h)| Colour::new(l, c, h);
        let presence = if random.chance(0.5) { Presence::Woman } else { Presence::Man };
        let presence = said.unwrap_or(presence);
        let skin_at = random.pick([0usize, 1, 2, 3, 4, 4, 5, 5, 6, 6, 7]);
        let hair_at = if skin_at < 3 {
            random.pick([0usize, 0, 1, 2])
        } else {
            random.pick([0usize, 1, 2, 3, 3, 4, 5, 6, 7, 8])
        };
        let eye_at = if skin_at < 3 {
            random.pick([0usize, 1])
        } else {
            random.pick([0usize, 1, 2, 3, 4, 5])
        };
        let skin = colour(SKINS[skin_at]);
        let man = presence == Presence::Man;
        let long =
            random.pick([Hair::Long, Hair::Wavy, Hair::Bob, Hair::Bun, Hair::Curls, Hair::Long]);
        let short = random.pick([Hair::Swept, Hair::Crop, Hair::Slick, Hair::Curls, Hair::Swept]);
        let red = if man { 0.25 } else { 0.55 };
        Self {
            presence,
            skin,
            hair_colour: colour(HAIRS[hair_at]),
            eye_colour: colour(EYES[eye_at]),
            lip: skin.shade(0.16).mix(Colour::new(skin.lightness() - 0.16, 0.13, 22.0), red),
            hair: if man { short } else { long },
            part: random.pick([-0.6, -0.35, 0.0, 0.35, 0.6]),
            width: random.range(0.60, 0.67) + if man { 0.015 } else { 0.0 },
            jaw: random.range(0.40, 0.46) + if man { 0.07 } else { 0.0 },
            chin: random.range(0.14, 0.19) + if man { 0.05 } else { 0.0 },
            eye_gap: random.range(0.265, 0.295),
            eye_size: random.range(0.138, 0.160) - if man { 0.012 } else { 0.0 },
            eye_tilt: random.range(-0.01, 0.028),
            brow: random.range(0.026, 0.036) + if man { 0.014 } else { 0.0 },
            brow_arch: random.range(0.02, 0.06) - if man { 0.015 } else { 0.0 },
            nose: random.range(0.34, 0.40),
            nose_width: random.range(0.105, 0.14) + if man { 0.012 } else { 0.0 },
            mouth: random.range(0.19, 0.235),
            lips: random.range(0.8, 1.2) * if man { 0.8 } else { 1.08 },
            beard: if man { random.pick([0.0, 0.0, 0.35, 0.45, 1.0]) } else { 0.0 },
            freckles: skin_at >= 5 && random.chance(0.35),
            glasses: random.chance(0.14),
        }
    }

    /// `share` of the way to another face. Features that cannot be mixed change over half way.
    fn towards(self, other: &Self, share: f32) -> Self {
        let at = |from: f32, to: f32| from + (to - from) * share;
        let base = if share < 0.5 { self.clone() } else { other.clone() };
        Self {
            skin: self.skin.mix(other.skin, share),
            hair_colour: self.hair_colour.mix(other.hair_colour, share),
            eye_colour: self.eye_colour.mix(other.eye_colour, share),
            lip: self.lip.mix(other.lip, share),
            width: at(self.width, other.width),
            jaw: at(self.jaw, other.jaw),
            chin: at(self.chin, other.chin),
            eye_gap: at(self.eye_gap, other.eye_gap),
            nose: at(self.nose, other.nose),
            mouth: at(self.mouth, other.mouth),
            ..base
        }
    }

    /// Whether hair falls below the chin.
    pub(super) fn hair_is_long(&self) -> bool {
        matches!(self.hair, Hair::Long | Hair::Wavy)
    }
}
