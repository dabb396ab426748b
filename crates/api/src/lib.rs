//! The wire of our own server: its addresses and headers, its errors, what it replies and how the app reads that.
//!
//! The server writes a reply from a type here, whoever calls it reads the same type: by `read`, a function written by hand, because a derived reader would weigh
//! kilobytes in the app. A test beside each holds it to what is written. `crates/proxy/src/openapi.json` describes the same, and is held to it by a test of the server.
//! Fields stand in the order in which they have always been written.
//!
//! What FAL says has another shape and lies in `likeness-fal`.

pub mod address;
mod avatar_test;
mod composed;
mod config;
mod error;
pub mod header;
mod health;
mod run;
mod spending;
mod submission;
pub mod telegram;

pub use avatar_test::{AvatarTest, Finding, FindingState};
pub use composed::{Composed, Issues, Prompt};
pub use config::{Access, Budgets, Config, ConfigReply, Mode, RouteInfo};
pub use error::{ServerCode, ServerError};
pub use health::{Health, Ready};
pub use run::{Failed, Run, RunImage, Standing};
pub use spending::{Spending, Window};
pub use submission::{Answered, Submission};
