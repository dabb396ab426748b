//! What Unicode says of single characters, for finding triggers.
//!
//! Its tables weigh more than all rules of prompts together, and a JavaScript engine brings its own. So in wasm the engine is asked, once per character that
//! is met, and elsewhere a crate. Both read the same standard; [`super::find`] keeps ASCII away from here.

#[cfg(not(target_arch = "wasm32"))]
mod tables;
#[cfg(not(target_arch = "wasm32"))]
pub(super) use tables::{fold_into, is_capital_or_number, is_joined};
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use tables::{is_letter, is_word};

#[cfg(target_arch = "wasm32")]
mod engine;
#[cfg(target_arch = "wasm32")]
pub(super) use engine::{fold_into, is_capital_or_number, is_joined};
#[cfg(target_arch = "wasm32")]
pub(crate) use engine::{is_letter, is_word};

/// The dotless i keeps its own letter, or Turkish words would match Latin triggers.
const DOTLESS_I: char = 'ı';
