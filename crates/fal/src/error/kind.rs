//! The kinds of failure.

use super::FieldProblem;
use likeness_api::ServerError;

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

/// Whether something was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charge {
    /// Provably nothing was started.
    No,
    /// FAL may count it: some models bill refused inputs, and whether FAL counts its own faults is for FAL to say.
    Maybe,
    /// A run may have been started that nobody knows the id of.
    Unknown,
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
    /// The machine key; the app has a text for each.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::ExhaustedBalance => "exhausted_balance",
            Self::ContentPolicy => "content_policy",
            Self::NoMedia => "no_media",
            Self::EndpointGone => "endpoint_gone",
            Self::UnknownRequest => "unknown_request",
            Self::DeadLora => "dead_lora",
            Self::FinetuneMissing => "finetune_missing",
            Self::Validation(_) => "validation",
            Self::RateLimited { .. } => "rate_limited",
            Self::QueueFull => "queue_full",
            Self::StartTimeout => "start_timeout",
            Self::Timeout => "timeout",
            Self::Cancelled => "cancelled",
            Self::Upstream => "upstream",
            Self::Garbled => "garbled",
            Self::Network => "network",
            Self::TooLarge => "too_large",
            Self::UnknownOutcome => "unknown_outcome",
            Self::Server(_) => "server",
            Self::Refused => "refused",
        }
    }

    /// Every key, for tables of texts.
    pub const KEYS: [&'static str; 22] = [
        "unauthorized",
        "forbidden",
        "exhausted_balance",
        "content_policy",
        "no_media",
        "endpoint_gone",
        "unknown_request",
        "dead_lora",
        "finetune_missing",
        "validation",
        "rate_limited",
        "queue_full",
        "start_timeout",
        "timeout",
        "cancelled",
        "upstream",
        "garbled",
        "network",
        "too_large",
        "unknown_outcome",
        "server",
        "refused",
    ];

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

    pub(super) const fn next_step(&self) -> NextStep {
        match self {
            Self::Unauthorized | Self::Forbidden => NextStep::CheckKey,
            Self::ExhaustedBalance => NextStep::TopUp,
            Self::ContentPolicy => NextStep::ChangePrompt,
            Self::EndpointGone => NextStep::UseUltra,
            Self::DeadLora | Self::FinetuneMissing => NextStep::FixAvatar,
            Self::Validation(_) | Self::TooLarge | Self::Refused => NextStep::FixFields,
            Self::RateLimited { .. } | Self::QueueFull | Self::StartTimeout => NextStep::Wait,
            Self::Network => NextStep::CheckConnection,
            Self::UnknownOutcome => NextStep::CheckFal,
            Self::NoMedia
            | Self::UnknownRequest
            | Self::Timeout
            | Self::Cancelled
            | Self::Upstream
            | Self::Garbled
            | Self::Server(_) => NextStep::TryAgain,
        }
    }
}

/// What a person can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NextStep {
    /// Look at the key, its rights, and where it is set.
    CheckKey,
    /// Add money to the FAL account.
    TopUp,
    /// Say it in other words.
    ChangePrompt,
    /// Run the same recipe on Ultra.
    UseUltra,
    /// Put another LoRA address or finetune id on the avatar.
    FixAvatar,
    /// Correct the values that are named.
    FixFields,
    /// Wait a little, then run again.
    Wait,
    /// Run again.
    TryAgain,
    /// See whether the network is there.
    CheckConnection,
    /// Look at FAL's own list of requests before running again.
    CheckFal,
    /// Ask whoever runs the server.
    AskTheOwner,
}

impl NextStep {
    /// The machine key; the app has a text for each.
    pub const fn key(self) -> &'static str {
        match self {
            Self::CheckKey => "check_key",
            Self::TopUp => "top_up",
            Self::ChangePrompt => "change_prompt",
            Self::UseUltra => "use_ultra",
            Self::FixAvatar => "fix_avatar",
            Self::FixFields => "fix_fields",
            Self::Wait => "wait",
            Self::TryAgain => "try_again",
            Self::CheckConnection => "check_connection",
            Self::CheckFal => "check_fal",
            Self::AskTheOwner => "ask_the_owner",
        }
    }
}
