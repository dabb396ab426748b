//! Draws the pictures of the demo: busts for portrait avatars, painted scenes for artistic ones.
//!
//! A picture follows from its [`Scene`] alone: the same scene gives the same bytes. What the avatar
//! was trained on decides who is shown; seed and prompt decide everything else; steps, guidance
//! and strength show as they would in a real run (finer work, harder contrast, more of the avatar).

mod armor;
mod brush;
mod bust;
mod canvas;
mod colour;
mod compose;
mod develop;
mod encode;
mod extras;
mod eyes;
mod face;
mod features;
mod garment;
mod hair;
mod identity;
mod knitwear;
mod landmark;
mod landscape;
mod palette;
mod random;
mod stamp;
mod studio;
mod tailoring;
mod words;

#[cfg(test)]
mod tests;

pub use encode::Format;

use canvas::Canvas;

/// What kind of avatar the picture is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A person: drawn as a studio portrait.
    Portrait,
    /// A manner of painting: drawn in brush strokes.
    Artistic,
}

/// Everything a picture follows from.
#[derive(Debug, Clone)]
pub struct Scene {
    /// Portrait or painting.
    pub style: Style,
    /// Width in pixels, at least 1.
    pub width: u32,
    /// Height in pixels, at least 1.
    pub height: u32,
    /// Inference steps, 1 to 50: how fine the drawing is.
    pub steps: u32,
    /// Guidance: 3.5 is neutral; more gives harder contrast and louder colour.
    pub guidance: f32,
    /// LoRA scale or finetune strength: how much of the avatar shows, 1 is fully.
    pub strength: f32,
    /// The seed of the run.
    pub seed: u64,
    /// The prompt as sent.
    pub prompt: String,
    /// The weights' address or the finetune's id: who is shown, or in which manner.
    pub avatar: String,
    /// The file format.
    pub format: Format,
    /// Which picture of the run, from 0.
    pub index: u32,
}

impl Scene {
    /// The picture as the bytes of a file. Takes about 0.1 s of a processor for a megapixel.
    pub fn draw(&self) -> Vec<u8> {
        let mut canvas = match self.style {
            Style::Portrait => compose::portrait(self),
            Style::Artistic => compose::painting(self),
        };
        stamp::demo(&mut canvas);
        encode::encode(&canvas, self.format)
    }

    /// What the safety checker leaves of a picture: its size and nothing else.
    pub fn blank(&self) -> Vec<u8> {
        encode::encode(&Canvas::new(self.width, self.height), self.format)
    }

    /// The number that everything left open by the prompt follows from.
    fn chance(&self) -> u64 {
        let own = self.seed.wrapping_add(u64::from(self.index).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        own ^ random::hash(self.prompt.as_bytes())
    }

    /// 0-1: how much fine work the steps allow.
    fn detail(&self) -> f32 {
        (self.steps as f32 / 40.0).clamp(0.05, 1.25)
    }
}
