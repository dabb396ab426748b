//! The nouns of the screen.

pub mod avatars;
pub mod blanked;
pub mod card;
pub mod choice;
pub mod details;
pub mod dialog;
pub mod entry;
pub mod focus;
pub mod frame;
pub mod go;
pub mod import;
pub mod inspector;
pub mod job;
pub mod link;
pub mod live;
pub mod piece;
pub mod presets;
pub mod prints;
pub mod prompt;
pub mod rows;
pub mod sending;
pub mod sign_in;
pub mod table;
pub mod toasts;
pub mod viewer;
pub mod wording;
