//! The pure rules of Likeness: avatars, presets, parameters, prompts, validation, cost, jobs.
//!
//! Nothing here knows a browser, a socket, a file, a clock or a source of randomness, so every rule can be tested in a plain process and runs alike in the
//! app, the server and the JavaScript module.
//!
//! The way of one request: [`validate::check`] reads untyped JSON into a [`Recipe`] and reports every [`Issue`]; [`Recipe::prepare`] composes the prompt
//! ([`prompt::compose`]) and resolves the layers into the [`Parameters`] of one [`Route`]. What is sent is made from the [`Prepared`] result alone.

pub mod avatar;
pub mod cost;
pub mod field;
pub mod issue;
pub mod job;
pub mod json;
pub mod layer;
pub mod parameters;
pub mod preset;
pub mod prompt;
pub mod recipe;
pub mod reference;
pub mod route;
pub mod seed;
pub mod size;
pub mod validate;

pub use avatar::{Avatar, AvatarKind, Trigger};
pub use cost::{Cost, MicroUsd};
pub use field::{Field, Rule};
pub use issue::{Code, Fix, Issue, Reason, Severity};
pub use layer::{Acceleration, Layer, OutputFormat, SafetyTolerance};
pub use parameters::{Parameters, Source};
pub use preset::{Preset, Seconds};
pub use prompt::{Composition, Origin, Span};
pub use recipe::{Prepared, Recipe};
pub use route::{Route, RouteSpec};
pub use seed::Seed;
pub use size::{AspectRatio, ImageSize, Pixels};
