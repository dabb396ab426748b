//! Reading a JSON body without trusting its length, its pace or its content.

mod digits;

use crate::memory::Room;
use crate::refusal::Refusal;
use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, header};
use digits::{compact, has_long_integer};
use futures_util::StreamExt;
use likeness_api::ServerCode;
use likeness_core::json::parse_with_halves;
use likeness_files::Picture;
use serde_json::Value;
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(15);
/// Within this time the rest of a body must arrive, or so many bytes of it; a body that drips is
/// not worth a connection.
const PACE: (Duration, usize) = (Duration::from_secs(5), 1 << 10);
/// What a body gets beyond its length, so that a picture can be cleaned where it lies.
const SPARE: usize = Picture::OWN;
/// A body without an announced length that is longer gets all the room that it may have, in bytes.
const LARGE: usize = 8 << 20;
/// How much of a body that is too large is read to its end, in bytes, so that its sender gets to
/// see the reply.
const DRAIN: usize = 16 << 20;

/// Reads a body as it is. `takes` hears how much memory it has come to need, in bytes, and may
/// refuse it.
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

/// Reads a body as JSON in which half a character is a mistake of the field where it stands. `room`
/// is for it and for what it becomes, and to be held as long as that.
///
/// # Errors
/// Not declared as JSON, over `limit` bytes, too slow, no room, malformed, or with a key that
/// stands twice in one object.
pub(crate) async fn request(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
    room: &mut Room,
) -> Result<Value, Refusal> {
    read_request(&json_bytes(headers, body, limit, room).await?)
}

/// The text of a body that is declared as JSON, for [`read_request`].
///
/// # Errors
/// As [`request`], but for what it says.
pub(crate) async fn json_bytes(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
    room: &mut Room,
) -> Result<Vec<u8>, Refusal> {
    if !is_json(headers) {
        return Err(ServerCode::NotJson.into());
    }
    let bytes = bytes(body, limit, PATIENCE, |size| room.takes(size)).await?;
    room.takes_json(&bytes)?;
    Ok(bytes)
}

/// What [`request`] makes of the text.
///
/// # Errors
/// Malformed, or with a key that stands twice in one object.
pub(crate) fn read_request(text: &[u8]) -> Result<Value, Refusal> {
    parse_with_halves(unmarked(text)).map_err(|_| ServerCode::MalformedBody.into())
}

/// Some clients put a mark of the byte order in front.
fn unmarked(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// As [`request`], with its text written anew, with every digit of every integer: one may have more
/// than a [`Value`] holds. Where there is half a character, the text is not one that may leave.
pub(crate) async fn json_as_written(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
    room: &mut Room,
) -> Result<(Value, Vec<u8>), Refusal> {
    let bytes = json_bytes(headers, body, limit, room).await?;
    let text = unmarked(&bytes);
    let value = read_request(text)?;
    let written = match has_long_integer(text) {
        true => compact(text).ok_or(ServerCode::MalformedBody)?,
        false => value.to_string().into_bytes(),
    };
    Ok((value, written))
}

/// Makes room for `seen` bytes of `announced`, if that is known, of `limit` at most. `takes` is as
/// in [`bytes`].
///
/// The system gives memory when it is written to: what was only reserved takes none, and what
/// arrives need not move.
pub(crate) fn grow<E>(
    bytes: &mut Vec<u8>,
    seen: usize,
    announced: Option<usize>,
    limit: usize,
    mut takes: impl FnMut(usize) -> Result<(), E>,
) -> Result<(), E> {
    let len = bytes.len();
    let size = match announced.filter(|announced| (seen..=limit).contains(announced)) {
        Some(announced) => announced,
        None if seen <= bytes.capacity() => bytes.capacity(),
        // Twice as much bounds the copying; a large one moves once.
        None if len < LARGE => seen.max((2 * len).min(limit)),
        None => limit,
    };
    let moves = if bytes.capacity() < size { len } else { 0 };
    takes(seen + moves)?;
    bytes.reserve_exact(size - len);
    Ok(())
}

async fn read(
    body: Body,
    limit: usize,
    mut takes: impl FnMut(usize) -> Result<(), Refusal>,
) -> Result<Vec<u8>, Refusal> {
    let announced =
        HttpBody::size_hint(&body).exact().and_then(|announced| usize::try_from(announced).ok());
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    let mut refused = None;
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
        if seen <= limit && refused.is_none() {
            let announced = announced.map(|announced| announced.saturating_add(SPARE));
            if let Err(refusal) = grow(&mut bytes, seen, announced, limit + SPARE, &mut takes) {
                (bytes, refused) = (Vec::new(), Some(refusal));
                continue;
            }
            bytes.extend_from_slice(&chunk);
        } else if seen > DRAIN {
            break;
        }
    }
    match refused {
        _ if seen > limit => Err(ServerCode::BodyTooLarge.into()),
        Some(refusal) => Err(refusal),
        None => Ok(bytes),
    }
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
    use crate::memory::Memory;
    use axum::body::Bytes;
    use axum::http::HeaderValue;
    use futures_util::stream;

    /// What becomes of `{"a": "…"}` when so many bytes of it come every so many seconds, and after
    /// how many.
    async fn arrives(length: usize, step: usize, seconds: u64) -> (Result<(), ServerCode>, u64) {
        let text = format!(r#"{{"a":"{}"}}"#, "x".repeat(length)).into_bytes();
        let chunks: Vec<Bytes> = text.chunks(step).map(Bytes::copy_from_slice).collect();
        let paced = stream::iter(chunks).then(move |chunk| async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            Ok::<_, std::io::Error>(chunk)
        });
        let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let begun = Instant::now();
        let (body, mut room) = (Body::from_stream(paced), Memory::default().room());
        let read = request(&[kind].into_iter().collect(), body, 1 << 20, &mut room).await;
        (read.map(drop).map_err(Refusal::code), begun.elapsed().as_secs())
    }

    #[tokio::test]
    async fn a_mark_of_the_byte_order_is_skipped_once() {
        let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let headers = [kind].into_iter().collect();
        let read = async |text: &'static str| {
            request(&headers, Body::from(text), 1 << 10, &mut Memory::default().room()).await
        };
        assert_eq!(read("\u{feff}{\"a\":1}").await.unwrap(), serde_json::json!({ "a": 1 }));
        let twice = read("\u{feff}\u{feff}{}").await.unwrap_err();
        assert_eq!(twice.code(), ServerCode::MalformedBody);
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
