//! The life of one run: [`Job::apply`] is the whole truth about its states, and [`Job::next`] about what to do in each.
//!
//! A job is stored after every step. The intent is stored before the submit leaves, so a reload can tell a run that was never sent from one whose reply was lost.
//! The latter is [`State::Unknown`]: it may have been paid for, so it is never sent again by itself. Our server is asked what became of it, by the job's id, which
//! travels with the submit as its key. Only if the server provably sent nothing does the job become [`State::Unsent`], which a press may send again under the same key.

mod failure;
mod order;
mod state;

pub use failure::{Charge, Failure, FailureKind};
pub use order::{Delivery, Handle, JobId, Order, OrderedPreset};
pub use state::{Inquiry, State};

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970, as the browser's clock tells them.
pub type Millis = u64;

/// How long our server is trusted to remember a key, in milliseconds: an hour less than the day it promises, for clocks that go differently.
pub const KEY_MEMORY: Millis = 23 * 3_600_000;
/// Between two answers of the server that nothing was sent under a key, before they count: the submit may still be travelling.
pub const TRAVEL_TIME: Millis = 10_000;

/// How far a cancel has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cancel {
    /// Nobody asked.
    #[default]
    None,
    /// The person asked.
    Asked,
    /// FAL took the request; a run that was already being made may still finish.
    Sent,
}

/// A run with its history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Identifies it in this browser.
    pub id: JobId,
    /// When it was ordered.
    pub created_at: Millis,
    /// What was ordered.
    pub order: Order,
    /// Its place among those that wait for the network, the lowest first, once somebody has moved it.
    #[serde(default)]
    pub place: Option<Millis>,
    /// How far a cancel has come.
    #[serde(default)]
    pub cancel: Cancel,
    /// Why the last attempt to reach FAL failed, while the job goes on.
    #[serde(default)]
    pub trouble: Option<FailureKind>,
    /// Where it stands.
    #[serde(flatten)]
    pub state: State,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The submit is about to leave.
    Sent,
    /// There is no network, and nothing left.
    Held,
    /// The person gave it another place among those that wait for the network.
    Moved {
        /// Where.
        place: Millis,
    },
    /// What was ordered comes to something else by now.
    Changed(Box<Order>),
    /// FAL accepted it.
    Accepted {
        /// FAL's handle.
        handle: Handle,
        /// Requests ahead.
        position: Option<u32>,
    },
    /// The submit was refused, or provably did not leave.
    Refused(Failure),
    /// The submit left and its outcome is not known.
    ReplyLost,
    /// The server says that the submit is still on its way.
    InFlight,
    /// The server knows no such key, or that nothing left under it. It counts only when it is said again after [`TRAVEL_TIME`].
    NotThere,
    /// The server says that FAL's answer was lost for good.
    OutcomeLost,
    /// FAL says it waits.
    SeenQueued {
        /// Requests ahead.
        position: Option<u32>,
    },
    /// FAL says it is being made.
    SeenRunning,
    /// FAL says it is completed, which may also mean failed.
    SeenCompleted,
    /// A poll, a result or a picture could not be had this time; it will be tried again.
    Troubled(FailureKind),
    /// The result came.
    Delivered {
        /// The pictures.
        pictures: Vec<Delivery>,
        /// The seed that was used.
        seed: Option<String>,
    },
    /// The bytes of one picture are stored.
    PictureStored {
        /// Which.
        index: usize,
    },
    /// The bytes of one picture do not lie at FAL any more.
    PictureGone {
        /// Which.
        index: usize,
    },
    /// Our server does not fetch from the address of one picture, and never will.
    PictureRefused {
        /// Which.
        index: usize,
    },
    /// The run failed at FAL.
    Failed(Failure),
    /// The person asks to cancel.
    CancelAsked,
    /// FAL took the cancel.
    CancelSent,
    /// FAL will not make it.
    Cancelled,
    /// FAL had already finished when the cancel came.
    CancelTooLate,
    /// The page was opened again with this job in the store.
    Reopened,
}

/// What to do next for a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Send the order.
    Submit,
    /// Ask our server what became of the submit.
    Inquire,
    /// Ask how it goes.
    Poll,
    /// Ask for the result.
    FetchResult,
    /// Fetch the bytes of one picture and store them.
    FetchPicture {
        /// Which.
        index: usize,
    },
    /// Ask FAL to cancel.
    Cancel,
    /// Nothing; the job rests.
    Rest,
}

/// An event that cannot happen in the state the job is in. The job stays as it was.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("a job that is {state} cannot take this event")]
pub struct Illegal {
    /// The state's name.
    pub state: &'static str,
}

impl Job {
    /// A job whose intent is about to be stored.
    pub fn new(id: JobId, created_at: Millis, order: Order) -> Self {
        let (place, cancel, trouble, state) = (None, Cancel::None, None, State::Intended);
        Self { id, created_at, order, place, cancel, trouble, state }
    }

    /// Whether it still needs something done to bring its pictures.
    pub fn is_active(&self) -> bool {
        !matches!(
            self.state,
            State::Unknown { .. }
                | State::Unsent { .. }
                | State::Done { .. }
                | State::Cancelled
                | State::Failed { .. }
        )
    }

    /// Whether nothing will happen to it by itself any more.
    pub fn is_at_rest(&self) -> bool {
        !self.is_active() && self.next() == Effect::Rest
    }

    /// Its place among those that wait for the network: the lowest goes first.
    pub fn place(&self) -> Millis {
        self.place.unwrap_or(self.created_at)
    }

    /// Whether it stands before another among those that wait for the network. Two that share a place stand by their ids, in every tab alike.
    pub fn is_before(&self, other: &Self) -> bool {
        (self.place(), &self.id) < (other.place(), &other.id)
    }

    /// From when on another attempt may succeed, if it failed and the other side said so.
    pub fn retry_at(&self) -> Option<Millis> {
        if let State::Failed { failure } = &self.state { failure.retry_at } else { None }
    }

    /// FAL's handle, once there is one.
    pub fn handle(&self) -> Option<&Handle> {
        match &self.state {
            State::Queued { handle, .. }
            | State::Running { handle, .. }
            | State::Completed { handle, .. }
            | State::Delivered { handle, .. } => Some(handle),
            _ => None,
        }
    }

    /// What to do next. Pure: asking twice gives the same answer.
    pub fn next(&self) -> Effect {
        match &self.state {
            State::Intended | State::Held => Effect::Submit,
            State::Unknown { inquiry: Inquiry::Open | Inquiry::Absent { .. } } => Effect::Inquire,
            State::Queued { .. } | State::Running { .. } if self.cancel == Cancel::Asked => {
                Effect::Cancel
            }
            State::Queued { .. } | State::Running { .. } => Effect::Poll,
            State::Completed { .. } => Effect::FetchResult,
            State::Delivered { pictures, .. } => pictures
                .iter()
                .position(Delivery::is_left)
                .map_or(Effect::Rest, |index| Effect::FetchPicture { index }),
            State::Sent
            | State::Unknown { inquiry: Inquiry::Closed }
            | State::Unsent { .. }
            | State::Done { .. }
            | State::Cancelled
            | State::Failed { .. } => Effect::Rest,
        }
    }

    /// The job after an event.
    ///
    /// # Errors
    /// [`Illegal`] if the event cannot happen in this state; a status that goes backwards is not illegal, it is ignored.
    pub fn apply(mut self, event: Event, now: Millis) -> Result<Self, Illegal> {
        let trouble = if let Event::Troubled(said) = &event { Some(said.clone()) } else { None };
        match event {
            Event::CancelAsked if self.is_active() => {
                self.cancel = Cancel::Asked;
                if matches!(self.state, State::Intended | State::Held) {
                    self.state = State::Cancelled;
                }
                return Ok(self);
            }
            Event::CancelSent if self.cancel == Cancel::Asked => {
                self.cancel = Cancel::Sent;
                return Ok(self);
            }
            Event::Moved { place } if matches!(self.state, State::Held) => {
                self.place = Some(place);
                return Ok(self);
            }
            Event::Sent => {
                if let State::Unsent { offer: Some(order) } = &self.state {
                    // The press was on what it comes to now.
                    self.order = (**order).clone();
                }
            }
            _ => {}
        }
        let name = self.state.name();
        let is_forgotten = now.saturating_sub(self.created_at) > KEY_MEMORY;
        let event = match event {
            // After a day the server does not know the key, whatever it did with it.
            Event::NotThere if is_forgotten => Event::OutcomeLost,
            // Nobody who ordered it a day ago waits for it to be sent now.
            Event::Reopened if is_forgotten && matches!(self.state, State::Held) => {
                self.state = State::Unsent { offer: None };
                return Ok(self);
            }
            event => event,
        };
        self.state = self.state.after(event, now).ok_or(Illegal { state: name })?;
        self.trouble = trouble;
        Ok(self)
    }
}

#[cfg(test)]
mod tests;
