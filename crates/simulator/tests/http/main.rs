//! A simulator asked over HTTP, as a client of FAL would ask.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise, its helpers too")]

mod bot;
mod faults;
mod hosts;
mod queue;
mod support;
