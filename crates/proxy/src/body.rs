//! Reading a JSON body without trusting its length, its pace or its content.

use crate::refusal::Refusal;
use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, header};
use futures_util::StreamExt;
use likeness_core::json::parse_strict;
use likeness_fal::ServerCode;
use serde_json::Value;
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(15);
/// Within this time the rest of a body must arrive, or so many bytes of it; a body that drips is not worth a connection.
const PACE: (Duration, usize) = (Duration::from_secs(5), 1 << 10);
/// How much of a body that is too large is read to its end, in bytes, so that its sender gets to see the reply.
const DRAIN: usize = 16 << 20;

/// Reads a body as it is. `takes` hears how much memory it has come to need, in bytes, and may refuse it.
///
/// # Errors
/// Over `limit` bytes, not here within `patience`, or refused.
pub(crate) async fn bytes(
    body: Body,
    limit: usize,
    patience: Duration,
    takes: impl FnMut(usize) -> Result<(), Refusal>,
) -> Result<Vec<u8>, Refusal> {
    let slow = |_| Refusal::from(ServerCode::SlowBody);
    timeout(patience, read(body, limit, takes)).await.map_err(slow)?
}

/// Reads a body as JSON.
///
/// # Errors
/// Not declared as JSON, over `limit` bytes, too slow, malformed, or with a key that stands twice in one object.
pub(crate) async fn json(headers: &HeaderMap, body: Body, limit: usize) -> Result<Value, Refusal> {
    if !is_json(headers) {
        return Err(ServerCode::NotJson.into());
    }
    let bytes = bytes(body, limit, PATIENCE, |_| Ok(())).await?;
    parse_strict(&bytes).map_err(|_| ServerCode::MalformedBody.into())
}

async fn read(
    body: Body,
    limit: usize,
    mut takes: impl FnMut(usize) -> Result<(), Refusal>,
) -> Result<Vec<u8>, Refusal> {
    let told = HttpBody::size_hint(&body).exact().and_then(|told| usize::try_from(told).ok());
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    let mut seen = 0_usize;
    let (mut due, mut owed) = (Instant::now() + PACE.0, PACE.1);
    while let Some(chunk) =
        timeout_at(due, chunks.next()).await.map_err(|_| ServerCode::SlowBody)?
    {
        let chunk = chunk.map_err(|_| ServerCode::MalformedBody)?;
        seen = seen.saturating_add(chunk.len());
        owed = owed.saturating_sub(chunk.len());
        if owed == 0 {
            (due, owed) = (Instant::now() + PACE.0, PACE.1);
        }
        if seen <= limit {
            if bytes.capacity() < seen {
                // Twice as much, which bounds the copying, but no more than will come. What was only announced takes no room.
                let most = told.unwrap_or(limit).min(limit);
                bytes.reserve_exact(seen.max((2 * bytes.len()).min(most)) - bytes.len());
                takes(bytes.capacity())?;
            }
            bytes.extend_from_slice(&chunk);
        } else if seen > DRAIN {
            break;
        }
    }
    if seen > limit { Err(ServerCode::BodyTooLarge.into()) } else { Ok(bytes) }
}

fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(first), None) = (types.next(), types.next()) else { return false };
    let essence = first.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Bytes;
    use axum::http::HeaderValue;
    use futures_util::stream;

    /// What becomes of `{"a": "…"}` when so many bytes of it come every so many seconds, and after how many.
    async fn arrives(length: usize, step: usize, seconds: u64) -> (Result<(), ServerCode>, u64) {
        let text = format!(r#"{{"a":"{}"}}"#, "x".repeat(length)).into_bytes();
        let chunks: Vec<Bytes> = text.chunks(step).map(Bytes::copy_from_slice).collect();
        let paced = stream::iter(chunks).then(move |chunk| async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            Ok::<_, std::io::Error>(chunk)
        });
        let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let begun = Instant::now();
        let read = json(&[kind].into_iter().collect(), Body::from_stream(paced), 1 << 20).await;
        (read.map(drop).map_err(Refusal::code), begun.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_drips_is_given_up_early_and_one_that_flows_is_not() {
        let slow = Err(ServerCode::SlowBody);
        assert_eq!(arrives(2000, 1, 1).await, (slow, 5), "a byte a second");
        assert_eq!(arrives(1, 5, 6).await, (slow, 5), "small, and too late");
        assert_eq!(arrives(1, 5, 2).await, (Ok(()), 4), "small, and in time");
        assert_eq!(arrives(10_000, 1024, 1).await, (Ok(()), 10), "a kibibyte a second");
        assert_eq!(arrives(100_000, 1024, 1).await, (slow, 15), "steady, and too long");
    }
}
