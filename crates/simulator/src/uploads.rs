//! Files that were uploaded to be used as inputs. A few, small, and not for long.

use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// All uploaded files together, in bytes.
const MOST_BYTES: usize = 16 << 20;
/// Files remembered, whether their bytes came or not.
const MOST_FILES: usize = 64;
/// How long an address to upload to is good; FAL's presigned ones live about as long.
const PATIENCE: Duration = Duration::from_secs(120);

/// One file, announced or there.
#[derive(Debug)]
struct Upload {
    name: String,
    content_type: String,
    announced: Instant,
    bytes: Option<Vec<u8>>,
}

/// Why bytes are not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Nobody announced this file, or long ago.
    Expired,
    /// More than fits.
    TooLarge,
}

/// The files.
#[derive(Debug, Default)]
pub(crate) struct Uploads(VecDeque<Upload>);

impl Uploads {
    /// Expects a file of this name.
    pub(crate) fn announce(&mut self, name: String, content_type: String, now: Instant) {
        self.0.push_back(Upload { name, content_type, announced: now, bytes: None });
        self.trim(0);
    }

    /// Takes the bytes of an announced file.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub(crate) fn store(
        &mut self,
        name: &str,
        bytes: Vec<u8>,
        now: Instant,
    ) -> Result<(), Refusal> {
        if bytes.len() > MOST_BYTES {
            return Err(Refusal::TooLarge);
        }
        let in_time = |upload: &Upload| now.saturating_duration_since(upload.announced) <= PATIENCE;
        if !self.0.iter().any(|upload| upload.name == name && in_time(upload)) {
            return Err(Refusal::Expired);
        }
        self.trim(bytes.len());
        let upload =
            self.0.iter_mut().find(|upload| upload.name == name).ok_or(Refusal::Expired)?;
        upload.bytes = Some(bytes);
        Ok(())
    }

    /// Type and bytes of a file.
    pub(crate) fn file(&self, name: &str) -> Option<(String, Vec<u8>)> {
        let upload = self.0.iter().find(|upload| upload.name == name)?;
        Some((upload.content_type.clone(), upload.bytes.clone()?))
    }

    /// Makes room, oldest first.
    fn trim(&mut self, coming: usize) {
        let held = |uploads: &VecDeque<Upload>| {
            uploads.iter().filter_map(|upload| upload.bytes.as_ref()).map(Vec::len).sum::<usize>()
        };
        while self.0.len() > MOST_FILES || held(&self.0) + coming > MOST_BYTES {
            if self.0.pop_front().is_none() {
                break;
            }
        }
    }
}
