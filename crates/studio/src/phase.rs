//! How far a run has come, as its card shows it.

use likeness_core::job::{Cancel, Job, Millis, State};

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It leaves.
    Sending,
    /// It waits for the network.
    Waiting,
    /// Nobody knows whether it arrived.
    Unknown,
    /// It provably did not leave.
    Unsent,
    /// It waits at FAL.
    Queued,
    /// It is being made.
    Running,
    /// It is being made for longer than usual.
    Slow,
    /// It is being taken back.
    Cancelling,
    /// Its pictures are fetched and stored.
    Saving,
    /// All of them are stored.
    Done,
    /// It was taken back.
    Cancelled,
    /// It gave no pictures.
    Failed,
}

impl Phase {
    /// The phase of a job at this time.
    pub fn of(job: &Job, now: Millis) -> Self {
        match &job.state {
            State::Queued { .. } | State::Running { .. } if job.cancel != Cancel::None => {
                Self::Cancelling
            }
            State::Intended | State::Sent => Self::Sending,
            State::Held => Self::Waiting,
            State::Unknown { .. } => Self::Unknown,
            State::Unsent { .. } => Self::Unsent,
            State::Queued { .. } => Self::Queued,
            State::Running { since, .. }
                if now.saturating_sub(*since) > u64::from(job.order.seconds.1) * 1000 =>
            {
                Self::Slow
            }
            State::Running { .. } => Self::Running,
            State::Completed { .. } | State::Delivered { .. } => Self::Saving,
            State::Done { .. } => Self::Done,
            State::Cancelled => Self::Cancelled,
            State::Failed { .. } => Self::Failed,
        }
    }

    /// As `data-state` names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Waiting => "waiting",
            Self::Unknown => "unknown",
            Self::Unsent => "unsent",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Slow => "slow",
            Self::Cancelling => "cancelling",
            Self::Saving => "saving",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::tests::ordered;
    use likeness_core::job::{Handle, JobId};

    fn running(cancel: Cancel) -> Job {
        let text = String::new;
        let (status_url, response_url, cancel_url) = (text(), text(), text());
        let handle = Handle { request_id: text(), status_url, response_url, cancel_url };
        let state = State::Running { handle, since: 1_000 };
        Job { state, cancel, ..Job::new(JobId("a".into()), 0, ordered()) }
    }

    #[test]
    fn a_run_is_slow_once_the_usual_time_is_over() {
        let job = running(Cancel::None);
        let usual = 1_000 + u64::from(job.order.seconds.1) * 1000;
        assert_eq!(Phase::of(&job, usual), Phase::Running);
        assert_eq!(Phase::of(&job, usual + 1), Phase::Slow);
    }

    #[test]
    fn a_run_that_is_being_taken_back_is_that_however_long_it_takes() {
        for cancel in [Cancel::Asked, Cancel::Sent] {
            assert_eq!(Phase::of(&running(cancel), u64::MAX), Phase::Cancelling);
        }
    }
}
