//! What Likeness knows about fal.ai: hosts, request bodies, queue wire types, errors.
//!
//! Pure: nothing here reaches a network. A run goes [`compose`] → [`request`] → [`target`] (where it is sent) → [`wire`] (what comes back) or
//! [`error`] (what comes back instead). The server judges every body by [`schema`] before it leaves, with the same [`likeness_core::RouteSpec`] that made it.

pub mod billing;
pub mod compose;
pub mod error;
pub mod host;
pub mod request;
pub mod schema;
pub mod target;
pub mod wire;

pub use error::FalError;
pub use target::{RequestId, Target};
