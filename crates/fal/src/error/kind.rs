//! The kinds of failure.

use super::FieldProblem;
use likeness_api::ServerError;
use likeness_core::job::FailureKind;

/// Which call failed. The same status means different things for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// Puts a run into the queue.
    Submit,
    /// Runs without the queue.
    Run,
    /// Asks how a run stands.
    Status,
    /// Fetches output or verdict.
    Result,
    /// Takes a run back.
    Cancel,
    /// Begins an upload.
    Upload,
}

impl Call {
    /// Whether it may start something that costs money.
    pub const fn is_paid(self) -> bool {
        matches!(self, Self::Submit | Self::Run)
    }
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// FAL does not take the key.
    Unauthorized,
    /// The key may not use this endpoint.
    Forbidden,
    /// FAL has locked the account until it is topped up. Comes as 403, sometimes as 401 or 402.
    ExhaustedBalance,
    /// The safety filter refused words or picture. The same words will be refused again.
    ContentPolicy,
    /// The model ran and produced nothing.
    NoMedia,
    /// FAL no longer has the endpoint.
    EndpointGone,
    /// FAL knows no such run, or no longer.
    UnknownRequest,
    /// FAL could not download the LoRA.
    DeadLora,
    /// FAL does not know the finetune.
    FinetuneMissing,
    /// FAL refused values of the body.
    Validation(Vec<FieldProblem>),
    /// Too many calls or too many runs at once.
    RateLimited {
        /// How long to wait, if FAL says so.
        retry_after_ms: Option<u64>,
    },
    /// More runs waiting than the caller allowed.
    QueueFull,
    /// The run did not start within the time that the caller gave it.
    StartTimeout,
    /// It took too long.
    Timeout,
    /// The run was cancelled.
    Cancelled,
    /// A fault on FAL's side.
    Upstream,
    /// Something that is not FAL's JSON: an HTML page, half an object, nothing.
    Garbled,
    /// No reply.
    Network,
    /// The body is larger than somebody on the way takes.
    TooLarge,
    /// A run left and its answer was lost: it may be running, and may be billed.
    UnknownOutcome,
    /// The Likeness server refused or failed by itself.
    Server(ServerError),
    /// Refused for a reason that has no kind of its own.
    Refused,
}

impl Kind {
    /// What a job keeps of it.
    pub const fn failure(&self) -> FailureKind {
        match self {
            Self::Unauthorized => FailureKind::Unauthorized,
            Self::Forbidden => FailureKind::Forbidden,
            Self::ExhaustedBalance => FailureKind::ExhaustedBalance,
            Self::ContentPolicy => FailureKind::ContentPolicy,
            Self::NoMedia => FailureKind::NoMedia,
            Self::EndpointGone => FailureKind::EndpointGone,
            Self::UnknownRequest => FailureKind::UnknownRequest,
            Self::DeadLora => FailureKind::DeadLora,
            Self::FinetuneMissing => FailureKind::FinetuneMissing,
            Self::Validation(_) => FailureKind::Validation,
            Self::RateLimited { .. } => FailureKind::RateLimited,
            Self::QueueFull => FailureKind::QueueFull,
            Self::StartTimeout => FailureKind::StartTimeout,
            Self::Timeout => FailureKind::Timeout,
            Self::Cancelled => FailureKind::Cancelled,
            Self::Upstream => FailureKind::Upstream,
            Self::Garbled => FailureKind::Garbled,
            Self::Network => FailureKind::Network,
            Self::TooLarge => FailureKind::TooLarge,
            Self::UnknownOutcome => FailureKind::UnknownOutcome,
            Self::Server(_) => FailureKind::Server,
            Self::Refused => FailureKind::Refused,
        }
    }

    /// Whether FAL looked at what was sent and refused it: some models bill that.
    pub(super) const fn is_refused_content(&self) -> bool {
        matches!(
            self,
            Self::ContentPolicy
                | Self::NoMedia
                | Self::DeadLora
                | Self::FinetuneMissing
                | Self::Validation(_)
                | Self::Cancelled
        )
    }
}
