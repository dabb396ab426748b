//! `GET /api/v1/submissions/{key}`: what became of a submit whose reply did not arrive.

use serde::{Serialize, Serializer};
use serde_json::Value;

/// What became of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Submission {
    /// On its way.
    InFlight,
    /// It provably never left, or FAL said "not now" and started nothing.
    Unsent,
    /// It left, and FAL's answer was lost.
    Unknown,
    /// FAL's answer, to be read as if it had come now.
    Answered(Answered),
}

/// FAL's answer to a submit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answered {
    /// The headers that were passed on, by their names in lower case.
    #[serde(serialize_with = "as_object")]
    pub headers: Vec<(String, String)>,
    /// The body: a text where it is no JSON.
    pub reply: Value,
    /// HTTP status.
    pub status: u16,
}

fn as_object<S: Serializer>(
    headers: &[(String, String)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(headers.iter().map(|(name, value)| (name, value)))
}

impl Submission {
    /// None if it is nothing of this.
    pub fn read(reply: &Value) -> Option<Self> {
        Some(match reply.get("state")?.as_str()? {
            "in_flight" => Self::InFlight,
            "unsent" => Self::Unsent,
            "unknown" => Self::Unknown,
            "answered" => Self::Answered(Answered::read(reply)?),
            _ => return None,
        })
    }
}

impl Answered {
    fn read(reply: &Value) -> Option<Self> {
        let headers = reply.get("headers").and_then(Value::as_object);
        let header = |(name, value): (&String, &Value)| {
            Some((name.to_ascii_lowercase(), value.as_str()?.to_owned()))
        };
        Some(Self {
            headers: headers.into_iter().flatten().filter_map(header).collect(),
            reply: reply.get("reply")?.clone(),
            status: u16::try_from(reply.get("status")?.as_u64()?).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_became_of_a_submit_is_read_as_it_was_written() {
        let headers = vec![("x-fal-request-id".to_owned(), "a".to_owned())];
        let answered = Answered { headers, reply: json!({ "request_id": "a" }), status: 200 };
        let all = [Submission::InFlight, Submission::Unsent, Submission::Unknown];
        for known in all.into_iter().chain([Submission::Answered(answered)]) {
            assert_eq!(Submission::read(&json!(known)), Some(known));
        }
        assert_eq!(Submission::read(&json!({ "state": "lost" })), None);
        assert_eq!(Submission::read(&json!({ "state": "answered", "status": 200 })), None);
    }
}
