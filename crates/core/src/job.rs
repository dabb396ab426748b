//! The life of one run: [`Job::apply`] is the whole truth about its states, and [`Job::next`] about what to do in each.
//!
//! A job is stored after every step. The intent is stored before the submit leaves, so a reload can tell a run that was never sent from one whose reply was lost.
//! The latter is [`State::Unknown`]: it may have been paid for, so it is never sent again by itself.

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970, as the browser's clock tells them.
pub type Millis = u64;

/// Identifies a job in this browser.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub String);

/// What was ordered. Fixed from the moment the person pressed the button.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// The person's own request as JSON text (`avatar`, `prompt`, `preset`, `overrides`), from which the form can be filled again.
    pub request: String,
    /// FAL's endpoint id.
    pub endpoint: String,
    /// The body as it is sent, as JSON text: a seed in it may be too large for a JavaScript number.
    pub body: String,
    /// The name of the preset.
    pub preset: String,
    /// The avatar's id.
    pub avatar_id: String,
    /// The avatar's name when it was ordered.
    pub avatar_name: String,
    /// The prompt as it was composed.
    pub prompt: String,
    /// Pictures ordered, 1-4.
    pub count: u8,
    /// Expected width and height in pixels.
    pub pixels: (u32, u32),
    /// The usual range, in seconds.
    pub seconds: (u16, u16),
    /// Estimated cost in millionths of a dollar, low and high; both 0 for a drawn demo, none where no price is known.
    pub cost: Option<(u64, u64)>,
}

impl Order {
    /// Whether it costs nothing, because its pictures are drawn.
    pub fn is_free(&self) -> bool {
        self.cost == Some((0, 0))
    }
}

/// FAL's handle on a run that it accepted. The addresses are those of its reply; they are not built by us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handle {
    /// FAL's request id.
    pub request_id: String,
    /// Where to ask how it goes.
    pub status_url: String,
    /// Where the result is.
    pub response_url: String,
    /// Where to cancel it.
    pub cancel_url: String,
}

/// Whether a failed run was paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Charge {
    /// Provably not.
    No,
    /// FAL may count it.
    Maybe,
    /// A run may have been started that nobody knows the id of.
    Unknown,
}

/// Why a run gave no pictures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Machine key of the kind of failure; the interface has a text for each.
    pub kind: String,
    /// What the other side said, if it said something readable.
    pub said: Option<String>,
    /// The field of the request that it is about, such as `avatar.lora_url`.
    pub field: Option<String>,
    /// Whether it cost anything.
    pub charge: Charge,
}

/// One picture that FAL delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Where the bytes are.
    pub url: String,
    /// What FAL says of its width in pixels.
    pub width: Option<u32>,
    /// What FAL says of its height in pixels.
    pub height: Option<u32>,
    /// What FAL says of its type.
    pub content_type: Option<String>,
    /// Whether the safety checker blanked it.
    pub is_blocked: bool,
    /// Whether its bytes lie in this browser.
    pub is_stored: bool,
}

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

/// Where a job stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// The intent is stored; nothing has left.
    Intended,
    /// The submit has left; its reply is not here yet.
    Sent,
    /// The submit left and its reply was lost. Counted as paid, never sent again by itself.
    Unknown,
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

/// A run with its history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Identifies it in this browser.
    pub id: JobId,
    /// When it was ordered.
    pub created_at: Millis,
    /// What was ordered.
    pub order: Order,
    /// How far a cancel has come.
    #[serde(default)]
    pub cancel: Cancel,
    /// Why the last attempt to reach FAL failed, while the job goes on.
    #[serde(default)]
    pub trouble: Option<String>,
    /// Where it stands.
    #[serde(flatten)]
    pub state: State,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The submit is about to leave.
    Sent,
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
    Troubled(String),
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
        Self { id, created_at, order, cancel: Cancel::None, trouble: None, state: State::Intended }
    }

    /// Whether it still needs something done.
    pub fn is_active(&self) -> bool {
        !matches!(
            self.state,
            State::Unknown | State::Done { .. } | State::Cancelled | State::Failed { .. }
        )
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
            State::Intended => Effect::Submit,
            State::Queued { .. } | State::Running { .. } if self.cancel == Cancel::Asked => {
                Effect::Cancel
            }
            State::Queued { .. } | State::Running { .. } => Effect::Poll,
            State::Completed { .. } => Effect::FetchResult,
            State::Delivered { pictures, .. } => pictures
                .iter()
                .position(|picture| !picture.is_stored)
                .map_or(Effect::Rest, |index| Effect::FetchPicture { index }),
            State::Sent
            | State::Unknown
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
                if matches!(self.state, State::Intended) {
                    self.state = State::Cancelled;
                }
                return Ok(self);
            }
            Event::CancelSent if self.cancel == Cancel::Asked => {
                self.cancel = Cancel::Sent;
                return Ok(self);
            }
            _ => {}
        }
        let name = self.state.name();
        self.state = self.state.after(event, now).ok_or(Illegal { state: name })?;
        self.trouble = trouble;
        if matches!(self.state, State::Delivered { .. } | State::Done { .. }) {
            // Too late to cancel: the picture is paid for and kept.
            self.cancel = Cancel::None;
        }
        Ok(self)
    }
}

impl State {
    /// The name, as it is stored.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Sent => "sent",
            Self::Unknown => "unknown",
            Self::Queued { .. } => "queued",
            Self::Running { .. } => "running",
            Self::Completed { .. } => "completed",
            Self::Delivered { .. } => "delivered",
            Self::Done { .. } => "done",
            Self::Cancelled => "cancelled",
            Self::Failed { .. } => "failed",
        }
    }

    fn after(self, event: Event, now: Millis) -> Option<Self> {
        Some(match (self, event) {
            (Self::Intended, Event::Sent) => Self::Sent,
            (Self::Sent | Self::Unknown, Event::Accepted { handle, position }) => {
                Self::Queued { handle, position }
            }
            (Self::Intended | Self::Sent, Event::Refused(failure)) => Self::Failed { failure },
            (Self::Sent, Event::ReplyLost | Event::Reopened) => Self::Unknown,
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
            (
                state @ (Self::Running { .. } | Self::Completed { .. } | Self::Delivered { .. }),
                Event::SeenQueued { .. } | Event::SeenRunning,
            ) => state,
            (
                state @ (Self::Completed { .. } | Self::Delivered { .. }),
                Event::SeenCompleted | Event::CancelTooLate,
            ) => state,
            (
                state @ (Self::Queued { .. }
                | Self::Running { .. }
                | Self::Completed { .. }
                | Self::Delivered { .. }),
                Event::Troubled(_),
            ) => state,
            (state, Event::Reopened) => state,
            _ => return None,
        })
    }

    /// A delivery without anything left to store is done.
    fn settled(self, now: Millis) -> Self {
        match self {
            Self::Delivered { ref pictures, .. }
                if pictures.iter().all(|picture| picture.is_stored) =>
            {
                Self::Done { at: now }
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn order() -> Order {
        Order {
            request: "{}".into(),
            endpoint: "fal-ai/flux-lora".into(),
            body: "{}".into(),
            preset: "balanced".into(),
            avatar_id: "a".into(),
            avatar_name: "Vera".into(),
            prompt: "at dawn".into(),
            count: 1,
            pixels: (1024, 1024),
            seconds: (25, 35),
            cost: Some((35_000, 70_000)),
        }
    }

    fn handle() -> Handle {
        let url =
            |tail: &str| format!("https://queue.fal.run/fal-ai/flux-lora/requests/abcdefgh{tail}");
        Handle {
            request_id: "abcdefgh".into(),
            status_url: url("/status"),
            response_url: url(""),
            cancel_url: url("/cancel"),
        }
    }

    fn picture(is_stored: bool) -> Delivery {
        Delivery {
            url: "https://v3.fal.media/files/a.jpg".into(),
            width: None,
            height: None,
            content_type: None,
            is_blocked: false,
            is_stored,
        }
    }

    fn job(events: impl IntoIterator<Item = Event>) -> Job {
        events.into_iter().fold(Job::new(JobId("1".into()), 0, order()), |job, event| {
            job.apply(event, 1).unwrap()
        })
    }

    fn accepted() -> [Event; 2] {
        [Event::Sent, Event::Accepted { handle: handle(), position: Some(2) }]
    }

    #[test]
    fn a_run_goes_from_intent_to_done() {
        let done = job(accepted().into_iter().chain([
            Event::SeenQueued { position: Some(0) },
            Event::SeenRunning,
            Event::SeenCompleted,
            Event::Delivered {
                pictures: vec![picture(false), picture(false)],
                seed: Some("7".into()),
            },
            Event::PictureStored { index: 1 },
            Event::PictureStored { index: 0 },
        ]));
        assert_eq!(done.state, State::Done { at: 1 });
    }

    #[test]
    fn a_reload_between_submit_and_reply_is_unknown_and_rests() {
        let job = job([Event::Sent, Event::Reopened]);
        assert_eq!((job.next(), job.state), (Effect::Rest, State::Unknown));
    }

    #[test]
    fn a_reload_before_the_submit_sends_nothing() {
        assert_eq!(job([Event::Reopened]).state, State::Cancelled);
    }

    #[test]
    fn a_status_that_goes_backwards_is_ignored() {
        let running = job(accepted().into_iter().chain([Event::SeenRunning]));
        let still = running.clone().apply(Event::SeenQueued { position: Some(4) }, 9).unwrap();
        assert_eq!(running, still);
    }

    #[test]
    fn a_cancel_that_comes_too_late_keeps_the_picture() {
        let job = job(accepted().into_iter().chain([Event::CancelAsked, Event::CancelTooLate]));
        assert_eq!(job.next(), Effect::FetchResult);
    }

    #[test]
    fn an_illegal_event_says_so() {
        let done = job([Event::Reopened]);
        assert_eq!(done.apply(Event::SeenRunning, 1), Err(Illegal { state: "cancelled" }));
    }

    fn any_event() -> impl Strategy<Value = Event> {
        let failure = Failure { kind: "x".into(), said: None, field: None, charge: Charge::No };
        prop_oneof![
            Just(Event::Sent),
            Just(Event::Accepted { handle: handle(), position: None }),
            Just(Event::Refused(failure.clone())),
            Just(Event::ReplyLost),
            Just(Event::SeenQueued { position: Some(1) }),
            Just(Event::SeenRunning),
            Just(Event::SeenCompleted),
            Just(Event::Troubled("x".into())),
            (0..3usize).prop_map(|count| Event::Delivered {
                pictures: vec![picture(false); count],
                seed: None
            }),
            (0..3usize).prop_map(|index| Event::PictureStored { index }),
            Just(Event::Failed(failure)),
            Just(Event::CancelAsked),
            Just(Event::CancelSent),
            Just(Event::Cancelled),
            Just(Event::CancelTooLate),
            Just(Event::Reopened),
        ]
    }

    proptest! {
        #[test]
        fn whatever_happens_at_most_one_submit_leaves_and_no_handle_is_lost(events in proptest::collection::vec(any_event(), 0..40)) {
            let mut job = Job::new(JobId("1".into()), 0, order());
            let mut submits = 0;
            let mut had_handle = false;
            for event in events {
                let is_submit = event == Event::Sent;
                let Ok(after) = job.clone().apply(event, 1) else { continue };
                if is_submit {
                    prop_assert_eq!(job.next(), Effect::Submit);
                    submits += 1;
                }
                had_handle |= after.handle().is_some();
                if had_handle {
                    let is_over = matches!(after.state, State::Done { .. } | State::Cancelled | State::Failed { .. });
                    prop_assert!(after.handle().is_some() || is_over);
                }
                let stored = serde_json::to_string(&after).unwrap();
                prop_assert_eq!(&serde_json::from_str::<Job>(&stored).unwrap(), &after);
                job = after;
            }
            prop_assert!(submits <= 1);
        }
    }
}
