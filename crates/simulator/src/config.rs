//! How a simulator is set up.

use std::time::Duration;

/// Who may call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Everybody, as one account: for a caller that has asked for a key already.
    Open,
    /// Everybody with `Authorization: Key …`, whatever the key; each key is an account.
    AnyKey,
    /// Only this key.
    Key(String),
}

/// How a simulator is set up. The default suits a program of its own, but for the addresses.
#[derive(Debug, Clone)]
pub struct Config {
    /// How many times faster than FAL. 10 makes a usual run take about 3 s.
    pub speed: f64,
    /// What the addresses in queue replies begin with.
    pub queue_base: String,
    /// What the addresses of pictures begin with: where
    /// [`media_router`](crate::Simulator::media_router) is mounted.
    pub media_base: String,
    /// What the addresses to upload to begin with: the same place, perhaps by another name.
    pub upload_base: String,
    /// Who may call.
    pub access: Access,
    /// Runs of one account that are made at the same time; FAL gives new accounts 2.
    pub at_once: usize,
    /// How long a run and its pictures can be asked for.
    pub keep: Duration,
    /// How many runs are remembered; the oldest are forgotten first.
    pub most_runs: usize,
}

impl Config {
    /// A simulator whose pictures and uploads lie under `media_base`.
    pub fn at(media_base: impl Into<String>) -> Self {
        let media_base = media_base.into();
        Self { upload_base: media_base.clone(), media_base, ..Self::default() }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            speed: 10.0,
            queue_base: "https://queue.fal.run".to_owned(),
            media_base: "http://127.0.0.1:8788/media".to_owned(),
            upload_base: "http://127.0.0.1:8788/media".to_owned(),
            access: Access::AnyKey,
            at_once: 2,
            keep: Duration::from_secs(3600),
            most_runs: 10_000,
        }
    }
}
