//! The nouns of the screen.

pub mod avatars;
pub mod details;
pub mod dialog;
pub mod frame;
pub mod go;
pub mod inspector;
pub mod job;
pub mod link;
pub mod presets;
pub mod prints;
pub mod prompt;
pub mod rows;
pub mod viewer;
pub mod wording;
