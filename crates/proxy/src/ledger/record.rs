//! What is written down of a submit and of a run.

use super::{Millis, Ticket};
use likeness_core::MicroUsd;
use serde::{Deserialize, Serialize};

/// A submit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// A name of this claim alone; a key that is free again is claimed anew.
    #[serde(default)]
    pub(crate) claim: String,
    /// Tells bodies apart.
    pub(crate) digest: String,
    /// FAL's endpoint.
    pub(crate) endpoint: String,
    /// What was reserved.
    pub(crate) amount: MicroUsd,
    /// When it was claimed.
    pub(crate) at: Millis,
    /// When it must have an outcome, unless its server died.
    pub(crate) until: Millis,
    /// The windows that it counts in.
    pub(crate) windows: [String; 3],
    /// What became of it.
    pub(crate) outcome: Outcome,
}

/// What became of a submit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// It is on its way.
    Sending,
    /// It provably never left, or FAL provably started nothing and may be asked again.
    Unsent,
    /// It left, and its reply was lost. Its money is spent.
    Unknown,
    /// FAL answered.
    Answered {
        /// The answer.
        stored: Stored,
        /// Whether the money is spent: not if FAL provably started nothing.
        is_spent: bool,
    },
}

impl Outcome {
    /// Whether its money is given back.
    pub(super) fn is_free(&self) -> bool {
        matches!(self, Self::Unsent | Self::Answered { is_spent: false, .. })
    }
}

/// FAL's answer to a submit, as it was passed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stored {
    /// HTTP status.
    pub(crate) status: u16,
    /// The headers that were passed on.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: String,
}

/// A run that FAL accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Run {
    /// Whose it is.
    pub(crate) user: String,
    /// The submit that started it.
    pub(crate) name: String,
    /// FAL's endpoint.
    pub(crate) endpoint: String,
    /// What was reserved for it.
    pub(crate) amount: MicroUsd,
    /// When it was accepted.
    pub(crate) at: Millis,
    /// What FAL says that it counted (`x-fal-billable-units`).
    #[serde(default)]
    pub(crate) units: Option<String>,
}

impl Run {
    /// The run that a submit started.
    pub(super) fn of(ticket: &Ticket, at: Millis) -> Self {
        Self {
            user: user_of(&ticket.name).to_owned(),
            name: ticket.name.clone(),
            endpoint: ticket.endpoint.clone(),
            amount: ticket.amount,
            at,
            units: None,
        }
    }
}

/// What stands between user and key in the name of a submit. No user's name holds it.
const BETWEEN: char = '\u{1f}';

/// What a submit is called in a store.
pub(super) fn name_of(user: &str, key: &str) -> String {
    format!("{user}{BETWEEN}{key}")
}

/// Whose submit it is.
pub(super) fn user_of(name: &str) -> &str {
    name.split(BETWEEN).next().unwrap_or_default()
}
