//! Submit, status and cancel.

use super::{Unreadable, read};
use crate::target::{Delivery, Ending, Place, RequestId, Target};
use likeness_core::Route;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// Where a run stands. FAL has no state for failure: a failed run is `COMPLETED`, and its error comes with the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Waiting for a machine.
    InQueue,
    /// Being made.
    InProgress,
    /// Over, well or badly.
    Completed,
    /// A state that this version does not know, kept as it was written. Treat it as "not over yet".
    Other(String),
}

impl State {
    /// Reads FAL's text; unknown ones are kept.
    pub fn parse(text: &str) -> Self {
        match text {
            "IN_QUEUE" => Self::InQueue,
            "IN_PROGRESS" => Self::InProgress,
            "COMPLETED" => Self::Completed,
            other => Self::Other(other.to_owned()),
        }
    }

    /// FAL's text.
    pub fn name(&self) -> &str {
        match self {
            Self::InQueue => "IN_QUEUE",
            Self::InProgress => "IN_PROGRESS",
            Self::Completed => "COMPLETED",
            Self::Other(text) => text,
        }
    }
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The addresses by which a run is followed. FAL asks its callers to use those of the submit reply rather than to build them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Links {
    /// GET: how it stands.
    pub status_url: String,
    /// GET: output or error.
    pub response_url: String,
    /// PUT: take it back.
    pub cancel_url: String,
}

impl Links {
    /// The addresses by FAL's documented rule, for a run whose reply did not bring usable ones.
    pub fn rebuilt(route: Route, id: &RequestId) -> Self {
        let place = Place::App(route.app());
        let status = Target::Status { place, id: id.clone(), logs: None, delivery: Delivery::Once };
        let result = Target::Result { place, id: id.clone(), ending: Ending::Id };
        let cancel = Target::Cancel { place, id: id.clone() };
        Self {
            status_url: status.to_string(),
            response_url: result.to_string(),
            cancel_url: cancel.to_string(),
        }
    }
}

/// The reply to a submit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SubmitReply {
    /// Usually `IN_QUEUE`.
    pub status: State,
    /// FAL's name of the run: with it the run can always be found again.
    pub request_id: RequestId,
    /// Where the result will be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_url: Option<String>,
    /// Where to ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_url: Option<String>,
    /// Where to cancel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancel_url: Option<String>,
    /// Runs ahead in the queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_position: Option<u64>,
}

impl SubmitReply {
    /// Reads the body of a 2xx reply.
    ///
    /// # Errors
    /// Not a JSON object, or no usable `request_id`: the run may exist, but nobody can follow it.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let expected = "a request id";
        let reply = read::object(bytes, expected)?;
        let id = read::text(&reply, "request_id").ok_or(Unreadable { expected })?;
        Ok(Self {
            status: read::text(&reply, "status").map_or(State::InQueue, |text| State::parse(&text)),
            request_id: RequestId::parse(&id).map_err(|_| Unreadable { expected })?,
            response_url: read::text(&reply, "response_url"),
            status_url: read::text(&reply, "status_url"),
            cancel_url: read::text(&reply, "cancel_url"),
            queue_position: reply.get("queue_position").and_then(read::whole),
        })
    }

    /// The addresses to use: those of the reply where they are what they should be, else rebuilt ones.
    pub fn links(&self, route: Route) -> Links {
        let rebuilt = Links::rebuilt(route, &self.request_id);
        let usable = |url: &Option<String>, fits: fn(&Target) -> Option<&RequestId>| {
            let url = url.as_deref()?;
            let target = Target::parse(url).ok()?;
            (fits(&target) == Some(&self.request_id)).then(|| url.to_owned())
        };
        Links {
            status_url: usable(&self.status_url, |target| match target {
                Target::Status { id, delivery: Delivery::Once, .. } => Some(id),
                _ => None,
            })
            .unwrap_or(rebuilt.status_url),
            response_url: usable(&self.response_url, |target| match target {
                Target::Result { id, .. } => Some(id),
                _ => None,
            })
            .unwrap_or(rebuilt.response_url),
            cancel_url: usable(&self.cancel_url, |target| match target {
                Target::Cancel { id, .. } => Some(id),
                _ => None,
            })
            .unwrap_or(rebuilt.cancel_url),
        }
    }
}

/// A line that the model wrote while it worked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogEntry {
    /// The line.
    pub message: String,
    /// `INFO`, `STDERR`, ….
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Usually `USER`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// When, as text. Polls repeat earlier lines: time, level and message together tell them apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
}

impl LogEntry {
    fn read(value: &Value) -> Option<Self> {
        let message = value.as_str().map(str::to_owned).or_else(|| read::text(value, "message"))?;
        let part = |key| read::text(value, key);
        Some(Self {
            message,
            level: part("level"),
            source: part("source"),
            timestamp: part("timestamp"),
        })
    }
}

/// What FAL measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Metrics {
    /// Seconds that the model worked.
    pub inference_time: Option<f64>,
}

/// The reply to a status request: 202 while the run is going, 200 when it is over.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QueueStatus {
    /// Where the run stands.
    pub status: State,
    /// The run, where the reply names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<RequestId>,
    /// Where the result will be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_url: Option<String>,
    /// Where to ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_url: Option<String>,
    /// Where to cancel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancel_url: Option<String>,
    /// Runs ahead, counted from 0; only while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_position: Option<u64>,
    /// Lines so far; none where they were not asked for or are null. FAL's Python client wants the key in every status.
    pub logs: Option<Vec<LogEntry>>,
    /// Only when it is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics: Option<Metrics>,
    /// An early hint that the run failed; the result is the truth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The machine-readable kind of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_type: Option<String>,
}

impl QueueStatus {
    /// Reads the body of a 2xx reply, or one event of the stream.
    ///
    /// # Errors
    /// Not a JSON object, or no `status`.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let expected = "a status";
        let reply = read::object(bytes, expected)?;
        let status = read::text(&reply, "status").ok_or(Unreadable { expected })?;
        let logs = reply.get("logs").and_then(Value::as_array);
        let metrics = reply.get("metrics").filter(|metrics| metrics.is_object());
        Ok(Self {
            status: State::parse(&status),
            request_id: read::text(&reply, "request_id").and_then(|id| RequestId::parse(&id).ok()),
            response_url: read::text(&reply, "response_url"),
            status_url: read::text(&reply, "status_url"),
            cancel_url: read::text(&reply, "cancel_url"),
            queue_position: reply.get("queue_position").and_then(read::whole),
            logs: logs.map(|entries| entries.iter().filter_map(LogEntry::read).collect()),
            metrics: metrics.map(|metrics| Metrics {
                inference_time: metrics.get("inference_time").and_then(Value::as_f64),
            }),
            error: read::text(&reply, "error"),
            error_type: read::text(&reply, "error_type"),
        })
    }
}

/// What became of a wish to cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelOutcome {
    /// Noted. A run that was waiting is dropped; one that was being made may still finish and be billed.
    Requested,
    /// It was over already: fetch the result.
    AlreadyCompleted,
    /// FAL knows no such run.
    NotFound,
}

impl CancelOutcome {
    /// Reads the reply to a cancel. Any 2xx is a yes, with `{"status"}` or `{"success"}` or nothing in it, unless it says `false`.
    ///
    /// # Errors
    /// Another status: read it as a [`crate::FalError`].
    pub fn read(status: u16, bytes: &[u8]) -> Result<Self, Unreadable> {
        let expected = "an answer to a cancel";
        let reply = read::object(bytes, expected).unwrap_or(Value::Null);
        let word = read::text(&reply, "status").unwrap_or_default();
        match (status, word.as_str()) {
            (_, "ALREADY_COMPLETED") => Ok(Self::AlreadyCompleted),
            (404, _) | (_, "NOT_FOUND") => Ok(Self::NotFound),
            (200..=299, _) if reply.get("success") == Some(&Value::Bool(false)) => {
                Ok(Self::AlreadyCompleted)
            }
            (200..=299, _) => Ok(Self::Requested),
            _ => Err(Unreadable { expected }),
        }
    }
}
