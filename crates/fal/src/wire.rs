//! What goes over the wire between FAL's queue and its clients.
//!
//! Readers take every variant that FAL's documents, descriptions and clients show: fields that may be absent or null, lists where an object is promised,
//! states nobody has heard of. They look into a [`serde_json::Value`] by hand instead of deriving, so that one odd field never costs the whole reply.
//! The same types serialise as FAL would write them.

mod credentials;
mod output;
mod queue;
mod read;
mod upload;

#[cfg(test)]
mod tests;

pub use credentials::credentials;
pub use output::{Image, Output};
pub use queue::{CancelOutcome, Links, LogEntry, Metrics, QueueStatus, State, SubmitReply};
pub use read::whole;
pub use upload::{TokenReply, UploadReply, UploadRequest};

/// A reply that lacks what makes it useful, or is not JSON at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected} from FAL")]
pub struct Unreadable {
    /// What was expected, such as "a status".
    pub expected: &'static str,
}
