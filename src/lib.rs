//! Likeness, the browser app.
//!
//! The way of one prompt: [`ui`](self) holds the person's words in a [`likeness_studio::draft::Draft`]; [`likeness_core::validate`] says what is wrong with it;
//! [`likeness_fal::request`] makes the body; [`likeness_studio::runner`] stores the intent, sends it through the server and follows it; the adapters
//! in `browser` carry out what the engine asks of the platform. Pages never fetch or store.
//!
//! [`i18n`], [`later`], [`page`] and [`place`] know no browser and are tested on any machine; `browser` and `ui` exist on wasm only.

#![allow(
    clippy::redundant_closure,
    reason = "a closure written in place in a view is drawn through one shared type; a named one is compiled anew"
)]

pub mod i18n;
pub mod later;
pub mod page;
pub mod place;

#[cfg(target_arch = "wasm32")]
pub mod browser;
#[cfg(target_arch = "wasm32")]
pub mod ui;
