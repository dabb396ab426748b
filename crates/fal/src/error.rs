//! What can go wrong between a person and a picture, sorted by what they can do about it.
//!
//! FAL answers errors in three shapes (a list of problems from the model, a text with a type from the queue, a bare text from the gateway), some of them
//! under varying statuses, and a server or network in between adds its own. [`FalError::read`] takes any of them. The sentences that people read live in
//! the app; here are machine keys.

mod kind;
mod problem;
mod read;

#[cfg(test)]
mod tests;

pub use kind::{Call, Kind};
pub use problem::FieldProblem;

use likeness_api::ServerError;
use likeness_core::job::Charge;

/// Why a call gave nothing.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{} ({})", .kind.failure().name(), .status.map_or_else(|| "no reply".to_owned(), |status| status.to_string()))]
pub struct FalError {
    call: Call,
    kind: Kind,
    status: Option<u16>,
    is_verdict: bool,
    was_held_back: bool,
    said: Option<String>,
    request_id: Option<String>,
}

impl FalError {
    /// Reads a reply that is not what was hoped for: any status but the 2xx ones, or a 2xx whose body could not be read. A result that is JSON and no
    /// output is that of a run which made nothing.
    ///
    /// `header` looks a header up by its lower-case name.
    pub fn read(
        call: Call,
        status: u16,
        header: &dyn Fn(&str) -> Option<String>,
        body: &[u8],
    ) -> Self {
        read::error(call, status, header, body)
    }

    /// No reply at all: no connection, or it broke.
    pub fn network(call: Call) -> Self {
        Self::of(call, Kind::Network)
    }

    fn of(call: Call, kind: Kind) -> Self {
        Self {
            call,
            kind,
            status: None,
            is_verdict: false,
            was_held_back: false,
            said: None,
            request_id: None,
        }
    }

    /// What it is.
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The HTTP status, if there was a reply.
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// What the other side said, in its own words, shortened. For the details below a message of ours, never instead of it.
    pub fn said(&self) -> Option<&str> {
        self.said.as_deref()
    }

    /// FAL's or the server's id of the failed request, for support.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Whether this is how the run ended, not a failed attempt to ask about it. Only a result can say so.
    pub fn is_verdict(&self) -> bool {
        self.is_verdict
    }

    /// Whether the run is over by this: a verdict, or FAL no longer knows it.
    pub fn ends_run(&self) -> bool {
        self.is_verdict || matches!(self.kind, Kind::UnknownRequest | Kind::EndpointGone)
    }

    /// Whether a submit that ended so may be sent again under its key: FAL said "not now", and started nothing.
    pub fn may_be_sent_again(&self) -> bool {
        let is_not_now =
            matches!(self.kind, Kind::RateLimited { .. } | Kind::QueueFull | Kind::StartTimeout);
        is_not_now && self.call.is_paid() && self.costs() == Charge::No
    }

    /// Whether it cost anything.
    pub fn costs(&self) -> Charge {
        if self.was_held_back {
            return Charge::No;
        }
        match &self.kind {
            Kind::ExhaustedBalance | Kind::EndpointGone | Kind::StartTimeout => Charge::No,
            Kind::UnknownOutcome => Charge::Unknown,
            Kind::Server(_) if self.call.is_paid() => Charge::No,
            Kind::Network | Kind::Upstream | Kind::Timeout if self.call.is_paid() => {
                Charge::Unknown
            }
            Kind::Garbled if self.call.is_paid() => match self.status {
                // Somebody on the way lost patience.
                Some(408 | 499) => Charge::Unknown,
                Some(300..=499) => Charge::No,
                _ => Charge::Unknown,
            },
            kind if self.call.is_paid() && !kind.is_refused_content() => Charge::No,
            _ => Charge::Maybe,
        }
    }

    /// How long to wait before the next attempt, where the other side says so, in milliseconds: at most an hour if it is FAL, at most a month if it is
    /// our own server, whose budgets last that long.
    pub fn retry_after_ms(&self) -> Option<u64> {
        match &self.kind {
            Kind::RateLimited { retry_after_ms } => *retry_after_ms,
            Kind::Server(ServerError { retry_after_ms, .. }) => {
                retry_after_ms.map(|wait| wait.min(read::A_MONTH_MS))
            }
            _ => None,
        }
    }

    /// The path in a request to compose that this is about, such as `prompt` or `avatar.lora_url`.
    pub fn field(&self) -> Option<String> {
        match &self.kind {
            Kind::ContentPolicy => Some("prompt".to_owned()),
            Kind::DeadLora => Some("avatar.lora_url".to_owned()),
            Kind::FinetuneMissing => Some("avatar.finetune_id".to_owned()),
            Kind::Validation(problems) => problems.iter().find_map(FieldProblem::request_field),
            _ => None,
        }
    }
}
