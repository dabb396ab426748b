//! The rules of Likeness for JavaScript: what the studio and the server say, said to other pages and bots.
//!
//! Requests and answers cross the border as JSON text. No code of the caller (getters, proxies, `toJSON`) ever runs while the wasm is on the stack, so nothing
//! that it throws can leave the instance in disorder. `package/core.js` turns objects into text and back.

mod answer;
mod call;
pub mod types;

pub use answer::Answer;
pub use call::{MOST_REQUEST, build_request, compose, estimate, presets, routes, validate};

#[cfg(target_arch = "wasm32")]
pub mod border;
