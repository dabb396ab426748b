//! A picture in the person's own library.

use likeness_core::job::{JobId, Millis, Order};
use serde::{Deserialize, Serialize};

/// Identifies a picture in this browser: the job's id and the place in its run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PictureId(pub String);

impl PictureId {
    /// The id of the picture at a place of a run.
    pub fn of(job: &JobId, index: usize) -> Self {
        Self(format!("{}-{index}", job.0))
    }
}

impl PictureId {
    /// Whether the picture came of this job.
    pub fn is_of(&self, job: &JobId) -> bool {
        self.run() == job.0
    }

    /// The id of the job that it came of.
    pub fn run(&self) -> &str {
        self.0.rsplit_once('-').map_or(&self.0, |(run, _)| run)
    }
}

/// What is known of a picture, apart from its bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// Identifies it in this browser.
    pub id: PictureId,
    /// When its run was ordered.
    pub created_at: Millis,
    /// How long the run took, in milliseconds.
    pub took: Millis,
    /// Width as delivered, in pixels; 0 if it is blocked.
    pub width: u32,
    /// Height as delivered, in pixels; 0 if it is blocked.
    pub height: u32,
    /// Such as `image/jpeg`.
    pub content_type: String,
    /// Size of the file.
    pub bytes: u64,
    /// The seed that was used, as decimal digits.
    pub seed: Option<String>,
    /// Whether the safety checker blanked it; then there are no bytes.
    pub is_blocked: bool,
    /// What was ordered.
    pub order: Order,
}

/// How many of these can be seen. What the safety checker blanked is kept as a record, but is no picture.
pub fn count(pictures: &[Picture]) -> usize {
    pictures.iter().filter(|picture| !picture.is_blocked).count()
}
