//! What our server says became of a submit: the reply of `GET /api/v1/submissions/{key}`.

use crate::ports::Reply;
use serde_json::Value;

/// What became of it.
#[derive(Debug)]
pub(super) enum Submission {
    /// On its way.
    InFlight,
    /// FAL's answer, to be read as if it had come now.
    Answered(Reply),
    /// It left, and FAL's answer was lost.
    Unknown,
    /// It provably never left, or FAL said "not now" and started nothing.
    Unsent,
}

impl Submission {
    /// None if it is nothing of this.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let reply: Value = serde_json::from_slice(body).ok()?;
        Some(match reply.get("state")?.as_str()? {
            "in_flight" => Self::InFlight,
            "answered" => Self::Answered(answer(&reply)?),
            "unknown" => Self::Unknown,
            "unsent" => Self::Unsent,
            _ => return None,
        })
    }
}

fn answer(reply: &Value) -> Option<Reply> {
    let headers = reply.get("headers").and_then(Value::as_object);
    let header = |(name, value): (&String, &Value)| {
        Some((name.to_ascii_lowercase(), value.as_str()?.to_owned()))
    };
    Some(Reply {
        status: u16::try_from(reply.get("status")?.as_u64()?).ok()?,
        headers: headers.into_iter().flatten().filter_map(header).collect(),
        body: reply.get("reply")?.to_string().into_bytes(),
    })
}
