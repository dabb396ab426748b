//! Adapters to the platform. Each carries out one thing and decides nothing.

pub mod bytes;
pub mod clock;
pub mod code;
pub mod database;
pub mod fetch;
pub mod files;
pub mod history;
pub mod ids;
pub mod images;
pub mod json;
pub mod local;
pub mod platform;
pub mod quota;
pub mod scroll;
pub mod store;
pub mod style;
pub mod tabs;
pub mod telegram;
pub mod tombstones;
pub mod trial;
pub mod typed;
pub mod typing;
pub mod visit;
