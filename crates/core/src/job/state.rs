//! Where a run stands, and what each event makes of it.

use super::{Charge, Delivery, Event, Failure, FailureKind, Handle, Millis, Order, TRAVEL_TIME};
use serde::{Deserialize, Serialize};

/// How far the question has come what became of a submit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inquiry {
    /// Nobody has told yet.
    #[default]
    Open,
    /// The server said once that it knows no such key.
    Absent {
        /// When.
        since: Millis,
    },
    /// Nobody will ever tell.
    Closed,
}

/// Where a job stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// The intent is stored; nothing has left.
    Intended,
    /// There is no network. It is sent as soon as there is one; until then it can be taken back.
    Held,
    /// The submit has left; its reply is not here yet.
    Sent,
    /// The submit left and its reply was lost. Counted as paid, never sent again by itself.
    Unknown {
        /// How far asking about it has come.
        #[serde(default)]
        inquiry: Inquiry,
    },
    /// The submit provably reached nobody, or what it would come to has changed while it waited. A press sends it, under the same key.
    Unsent {
        /// What the request comes to now, if that is not what was ordered.
        #[serde(default)]
        offer: Option<Box<Order>>,
    },
    /// At FAL, waiting.
    Queued {
        /// FAL's handle.
        handle: Handle,
        /// Requests ahead, if FAL says so.
        position: Option<u32>,
    },
    /// At FAL, being made.
    Running {
        /// FAL's handle.
        handle: Handle,
        /// When it was first seen running.
        since: Millis,
    },
    /// The result is being asked for.
    Completed {
        /// FAL's handle.
        handle: Handle,
        /// When it was first seen completed.
        since: Millis,
    },
    /// The result is here; bytes are being stored.
    Delivered {
        /// FAL's handle.
        handle: Handle,
        /// The pictures.
        pictures: Vec<Delivery>,
        /// The seed that was used, as decimal digits.
        seed: Option<String>,
    },
    /// Every picture is stored.
    Done {
        /// When the last byte was stored.
        at: Millis,
    },
    /// Cancelled before it was made.
    Cancelled,
    /// No pictures.
    Failed {
        /// Why.
        failure: Failure,
    },
}

impl State {
    /// The name, as it is stored.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Sent => "sent",
            Self::Held => "held",
            Self::Unknown { .. } => "unknown",
            Self::Unsent { .. } => "unsent",
            Self::Queued { .. } => "queued",
            Self::Running { .. } => "running",
            Self::Completed { .. } => "completed",
            Self::Delivered { .. } => "delivered",
            Self::Done { .. } => "done",
            Self::Cancelled => "cancelled",
            Self::Failed { .. } => "failed",
        }
    }

    /// The state after an event; none if that cannot happen in this one.
    pub(super) fn after(self, event: Event, now: Millis) -> Option<Self> {
        Some(match (self, event) {
            (Self::Intended | Self::Held | Self::Unsent { .. }, Event::Sent) => Self::Sent,
            (Self::Intended | Self::Held | Self::Unsent { .. } | Self::Sent, Event::Held) => {
                Self::Held
            }
            (Self::Held | Self::Unsent { .. }, Event::Changed(order)) => {
                Self::Unsent { offer: Some(order) }
            }
            (Self::Sent | Self::Unknown { .. }, Event::Accepted { handle, position }) => {
                Self::Queued { handle, position }
            }
            (
                Self::Intended
                | Self::Held
                | Self::Unsent { .. }
                | Self::Sent
                | Self::Unknown { .. },
                Event::Refused(failure),
            ) => Self::Failed { failure },
            (Self::Sent, Event::ReplyLost | Event::Reopened)
            | (
                Self::Unknown { inquiry: Inquiry::Open | Inquiry::Absent { .. } },
                Event::ReplyLost | Event::InFlight | Event::Reopened,
            ) => Self::Unknown { inquiry: Inquiry::Open },
            (Self::Unknown { inquiry: Inquiry::Open }, Event::NotThere) => {
                Self::Unknown { inquiry: Inquiry::Absent { since: now } }
            }
            (Self::Unknown { inquiry: Inquiry::Absent { since } }, Event::NotThere) => {
                if now.saturating_sub(since) < TRAVEL_TIME {
                    Self::Unknown { inquiry: Inquiry::Absent { since } }
                } else {
                    Self::Unsent { offer: None }
                }
            }
            (Self::Unknown { .. }, Event::OutcomeLost) => {
                Self::Unknown { inquiry: Inquiry::Closed }
            }
            // Stored, but the page closed before anything left: the person did not see it go, so it is not sent behind their back.
            (Self::Intended, Event::Reopened) => Self::Cancelled,
            (Self::Queued { handle, .. }, Event::SeenQueued { position }) => {
                Self::Queued { handle, position }
            }
            (Self::Queued { handle, .. }, Event::SeenRunning) => {
                Self::Running { handle, since: now }
            }
            (
                Self::Queued { handle, .. } | Self::Running { handle, .. },
                Event::SeenCompleted | Event::CancelTooLate,
            ) => Self::Completed { handle, since: now },
            (
                Self::Queued { .. } | Self::Running { .. } | Self::Completed { .. },
                Event::Cancelled,
            ) => Self::Cancelled,
            (
                Self::Queued { .. } | Self::Running { .. } | Self::Completed { .. },
                Event::Failed(failure),
            ) => Self::Failed { failure },
            (Self::Completed { handle, .. }, Event::Delivered { pictures, seed }) => {
                Self::Delivered { handle, pictures, seed }.settled(now)
            }
            (Self::Delivered { handle, mut pictures, seed }, Event::PictureStored { index }) => {
                pictures.get_mut(index)?.is_stored = true;
                Self::Delivered { handle, pictures, seed }.settled(now)
            }
            (Self::Delivered { handle, mut pictures, seed }, Event::PictureGone { index }) => {
                pictures.get_mut(index)?.is_gone = true;
                Self::Delivered { handle, pictures, seed }.settled(now)
            }
            (Self::Delivered { handle, mut pictures, seed }, Event::PictureRefused { index }) => {
                pictures.get_mut(index)?.is_refused = true;
                Self::Delivered { handle, pictures, seed }.settled(now)
            }
            (
                state @ (Self::Running { .. } | Self::Completed { .. } | Self::Delivered { .. }),
                Event::SeenQueued { .. } | Event::SeenRunning,
            ) => state,
            (
                state @ (Self::Completed { .. } | Self::Delivered { .. }),
                Event::SeenCompleted | Event::CancelTooLate,
            ) => state,
            (
                state @ (Self::Unknown { .. }
                | Self::Queued { .. }
                | Self::Running { .. }
                | Self::Completed { .. }
                | Self::Delivered { .. }),
                Event::Troubled(_),
            ) => state,
            (state, Event::Reopened) => state,
            _ => return None,
        })
    }

    /// A delivery without anything left to store is done, or failed if none of its pictures could be had. An address that is refused is said, whatever became
    /// of the others: the person may still open it.
    fn settled(self, now: Millis) -> Self {
        let Self::Delivered { pictures, .. } = &self else { return self };
        if pictures.iter().any(Delivery::is_left) {
            return self;
        }
        let refused = pictures.iter().filter(|picture| picture.is_refused);
        let refused: Vec<_> = refused.map(|picture| picture.url.as_str()).collect();
        if !refused.is_empty() {
            let said = Some(refused.join("\n"));
            let failure =
                Failure { said, ..Failure::of(FailureKind::PictureRefused, Charge::Maybe) };
            return Self::Failed { failure };
        }
        if pictures.iter().all(|picture| picture.is_gone) && !pictures.is_empty() {
            let failure = Failure::of(FailureKind::PictureGone, Charge::Maybe);
            return Self::Failed { failure };
        }
        Self::Done { at: now }
    }
}
