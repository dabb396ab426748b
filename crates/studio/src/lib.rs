//! The studio without a screen: what the person is composing, and the runs that came of it.
//!
//! It is generic over [`ports`], knows no browser and decides nothing about pixels, so a whole run with its faults can be played in a plain test.

pub mod archive;
pub mod demo;
pub mod draft;
pub mod form;
pub mod image_type;
pub mod library;
pub mod order;
pub mod phase;
pub mod picture;
pub mod ports;
pub mod press;
pub mod remedy;
pub mod runner;
pub mod runs;
pub mod selfcheck;
pub mod sequence;
pub mod tombstones;
pub mod training;
pub mod unsaved;
