//! One run, from submit to result.

use likeness_core::Route;
use likeness_core::cost::MicroUsd;
use likeness_fal::schema::Detail;
use likeness_fal::target::RequestId;
use likeness_fal::wire::LogEntry;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

use crate::caller::Lane;
use crate::order::Order;

/// Where a run stands.
#[derive(Debug, Clone)]
pub(crate) enum Phase {
    /// In line.
    Waiting,
    /// On a machine, which begins at `start` (shortly after it was given the run) and is done at
    /// `end`.
    Working { start: Instant, end: Instant },
    /// Over, after so much work.
    Over { worked: Duration, outcome: Outcome },
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// With pictures.
    Delivered,
    /// With FAL's `detail` list: the body was wrong.
    Refused,
    /// By its owner.
    Cancelled,
}

/// A run and all that is remembered of it.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) id: RequestId,
    pub(crate) route: Route,
    pub(crate) lane: Lane,
    /// Runs that were entered later have larger ones.
    pub(crate) number: u64,
    pub(crate) order: Result<Arc<Order>, Arc<[Detail]>>,
    pub(crate) submitted: Instant,
    pub(crate) wall: SystemTime,
    pub(crate) takes: Duration,
    pub(crate) phase: Phase,
}

impl Run {
    /// Whether nothing more will happen.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Over { .. })
    }

    /// The outcome that this run comes to by itself.
    pub(crate) fn natural_outcome(&self) -> Outcome {
        if self.order.is_ok() { Outcome::Delivered } else { Outcome::Refused }
    }

    /// The pictures' order, if there are pictures.
    pub(crate) fn delivered(&self) -> Option<&Arc<Order>> {
        match self.phase {
            Phase::Over { outcome: Outcome::Delivered, .. } => self.order.as_ref().ok(),
            _ => None,
        }
    }

    /// What it costs if it is made.
    pub(crate) fn price(&self) -> MicroUsd {
        self.order.as_ref().map_or(0, |order| order.price())
    }

    /// What the model wrote so far.
    pub(crate) fn logs(&self, now: Instant) -> Vec<LogEntry> {
        let (begun, worked) = match &self.phase {
            Phase::Waiting => return Vec::new(),
            Phase::Working { start, .. } if now < *start => return Vec::new(),
            Phase::Working { start, .. } => (*start, now - *start),
            Phase::Over { worked, .. } => (self.submitted, *worked),
        };
        let Ok(order) = &self.order else { return Vec::new() };
        let share = worked.as_secs_f64() / self.takes.as_secs_f64().max(f64::EPSILON);
        let offset = begun.saturating_duration_since(self.submitted);
        let at = |share: f64| self.wall + offset + self.takes.mul_f64(share);
        let loading = entry("Loading the avatar", "INFO", at(0.0));
        let marks = [0.25, 0.5, 0.75, 1.0].into_iter().filter(|mark| share + 1e-9 >= *mark);
        let steps = marks.map(|mark| {
            let done = (f64::from(order.steps()) * mark).round();
            entry(
                &format!("{:3.0}%| {done}/{} steps", mark * 100.0, order.steps()),
                "STDERR",
                at(mark),
            )
        });
        std::iter::once(loading).chain(steps).collect()
    }
}

fn entry(message: &str, level: &str, at: SystemTime) -> LogEntry {
    LogEntry {
        message: message.to_owned(),
        level: Some(level.to_owned()),
        source: Some("USER".to_owned()),
        timestamp: Some(humantime::format_rfc3339_micros(at).to_string()),
    }
}
