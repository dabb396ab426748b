//! `POST /api/v1/generate` and `GET /api/v1/jobs/{id}`: how a program's run stands.

use serde::Serialize;

/// A run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Run {
    /// FAL's id of it.
    pub job_id: String,
    /// Where to ask how it stands.
    pub poll_url: String,
    /// How it stands.
    #[serde(flatten)]
    pub standing: Standing,
}

/// How a run stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Standing {
    /// In FAL's queue.
    Queued {
        /// With so many ahead, if FAL says.
        queue_position: Option<u64>,
    },
    /// Being made, or in a state that this version does not know.
    Running,
    /// Made.
    Completed {
        /// The first picture that FAL's safety checker did not blank.
        image_url: Option<String>,
        /// All of them.
        images: Vec<RunImage>,
        /// The seed that was used.
        seed: Option<u64>,
    },
    /// Ended without a picture.
    Failed {
        /// Why.
        error: Failed,
    },
}

/// A picture of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunImage {
    /// Such as `image/jpeg`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Whether FAL's safety checker blanked it.
    pub is_blocked: bool,
    /// Where it lies.
    pub url: String,
    /// Pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
}

/// An error of FAL, in the shape of the server's own and a little more.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Failed {
    /// The kind of failure.
    pub code: String,
    /// A path in the request.
    pub field: Option<String>,
    /// A sentence in English.
    pub message: &'static str,
    /// FAL's id of the call that failed.
    pub request_id: Option<String>,
    /// How long to wait before.
    pub retry_after_ms: Option<u64>,
    /// Whether the same call under the same key may lead to a picture.
    pub retryable: bool,
    /// What FAL said.
    pub said: Option<String>,
}
