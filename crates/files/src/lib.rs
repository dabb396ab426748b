//! What pictures carry beside their pixels.
//!
//! Pure: bytes in, bytes out. Pixels are never decoded and never written anew.

pub mod picture;

pub use picture::{Format, Picture, PictureError};
