//! What is to go wrong, as data: rules that choose requests, and the fault that each puts on them.
//!
//! A script is JSON over HTTP and plain values in Rust. It does nothing by itself: `player` draws
//! from it, `fault` rewrites replies, `wire` breaks connections.

use serde::{Deserialize, Serialize};

/// Rules, and the seed of their dice. The first rule that fits a request wins.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// The same seed and the same requests give the same faults.
    #[serde(default)]
    pub seed: u64,
    /// In order of precedence.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

/// Which requests, how often, and what happens to them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What is asked for; missing means any request, but never a bare connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
    /// A pattern for the request id (or the file name of a picture), with `*` for anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Only the nth request that fits so far, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nth: Option<u64>,
    /// How likely it applies to a request that fits, from 0 to 1.
    #[serde(default = "always")]
    pub chance: f64,
    /// How often it applies at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// Whether the request is carried out all the same; missing means as the fault would have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// What happens.
    pub fault: Fault,
}

fn always() -> f64 {
    1.0
}

impl Rule {
    /// A fault for every request of a kind.
    pub fn on(call: Call, fault: Fault) -> Self {
        Self {
            call: Some(call),
            id: None,
            nth: None,
            chance: 1.0,
            times: None,
            effect: None,
            fault,
        }
    }

    /// The same, at most so often.
    #[must_use]
    pub fn times(self, times: u64) -> Self {
        Self { times: Some(times), ..self }
    }

    /// The same, with this chance.
    #[must_use]
    pub fn chance(self, chance: f64) -> Self {
        Self { chance, ..self }
    }

    /// The same, with the request carried out or not.
    #[must_use]
    pub fn effect(self, effect: Effect) -> Self {
        Self { effect: Some(effect), ..self }
    }
}

/// What a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// A connection, before a byte is read. Takes only faults of the wire.
    Connect,
    /// A run is put into the queue, or started directly.
    Submit,
    /// How does it stand?
    Status,
    /// The same, as a stream of events.
    Stream,
    /// What came of it?
    Result,
    /// It is taken back.
    Cancel,
    /// A picture or file is fetched.
    Media,
    /// A file is announced or uploaded.
    Upload,
}

/// Whether a request under a fault is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It is: a submit is counted and billed, only its reply suffers.
    Done,
    /// It never reaches the model.
    Dropped,
}

/// How an error of FAL is worded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// The gateway's: `detail` is a sentence.
    #[default]
    Text,
    /// The model's: `detail` is a list.
    List,
    /// The infrastructure's: a sentence and an `error_type`, also as a header.
    Infra,
    /// As `infra`, caused by the caller's own time limit: nothing was started.
    UserLimit,
    /// A page of some box in between.
    Html,
}

/// Where in a reply the wire breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Before its first byte: the reply is lost.
    Start,
    /// Within the head.
    Head,
    /// Within the body.
    Body,
}

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Closed in good order, though something is missing (FIN).
    Close,
    /// Reset (RST).
    Reset,
}

/// Something that goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// The true reply, late.
    Slow {
        /// By so many milliseconds.
        ms: u64,
    },
    /// An error instead of the reply.
    Refused {
        /// The HTTP status.
        status: u16,
        /// How it is worded.
        #[serde(default)]
        form: Form,
        /// `Retry-After`, as it stands: seconds, a date, or nonsense.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<String>,
    },
    /// 200 where FAL says 202, and the other way round.
    OtherSuccess,
    /// The first half of the body, as if it were all: JSON without its end, half a picture.
    Half,
    /// JSON of a shape that nobody expects.
    WrongShape,
    /// A body of no bytes.
    Empty,
    /// JSON with so many bytes of padding.
    Huge {
        /// The size of the padding.
        bytes: usize,
    },
    /// The first key of the object twice, with another value.
    DoubleKey,
    /// A byte order mark in front.
    ByteOrderMark,
    /// The true bytes, called something else.
    WrongType {
        /// The content type.
        content_type: String,
    },
    /// `null`.
    Null,
    /// A status that FAL has never had.
    UnknownStatus,
    /// A run that was over is in progress again.
    Backwards,
    /// A redirect.
    Redirect {
        /// The status, 301 to 308.
        status: u16,
        /// Where to.
        location: String,
    },
    /// A cancel that is promised and not done: the result comes all the same.
    IgnoredCancel,
    /// A stream of events that is not as it should be.
    Events {
        /// In what way.
        flaw: Flaw,
    },
    /// Bytes one by one.
    Drip {
        /// Milliseconds between two bytes.
        ms: u64,
        /// From here on; `start` and `head` drip the whole reply.
        from: Place,
    },
    /// The connection ends.
    Cut {
        /// After this.
        at: Place,
        /// In this way.
        how: Ending,
    },
    /// Nothing more comes, and the connection stays.
    Hang {
        /// After this.
        at: Place,
    },
    /// A TLS alert and noise where a reply should be.
    Garbage,
}

/// A flaw of a stream of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// A character is cut by the border of two chunks. A reader has to cope.
    SplitUtf8,
    /// The blank line after the last event is missing.
    NoBlankLine,
    /// One event of more than a mebibyte.
    Huge,
    /// Comments for ever, and never an event.
    HeartbeatsOnly,
    /// The stream ends before the run does.
    SilentEnd,
}

impl Fault {
    /// Whether the request is carried out unless a rule says otherwise: it is, but for refusals.
    pub(crate) fn usual_effect(&self) -> Effect {
        match self {
            Self::Refused { .. } | Self::Redirect { .. } | Self::IgnoredCancel => Effect::Dropped,
            _ => Effect::Done,
        }
    }
}
