//! The app's own parts in a real browser: the store, the pictures, mounted components, and the rules of triggers as wasm runs them.
//!
//! `cargo xtask test web` runs it. On any other target it is empty.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

pub mod components;
pub mod images;
pub mod json;
pub mod prompt;
pub mod store;
pub mod stored;
pub mod support;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
