//! Reading a JSON body without trusting its length, its pace or its content.

use crate::refusal::Refusal;
use axum::body::Body;
use axum::http::{HeaderMap, header};
use futures_util::StreamExt;
use likeness_core::json::parse_strict;
use likeness_fal::ServerCode;
use serde_json::Value;
use std::time::Duration;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(15);
/// How much of a body that is too large is read to its end, in bytes, so that its sender gets to see the reply.
const DRAIN: usize = 16 << 20;

/// Reads a body as it is.
///
/// # Errors
/// Over `limit` bytes, or not here within `patience`.
pub(crate) async fn bytes(
    body: Body,
    limit: usize,
    patience: Duration,
) -> Result<Vec<u8>, Refusal> {
    match tokio::time::timeout(patience, read(body, limit)).await {
        Ok(bytes) => bytes,
        Err(_) => Err(ServerCode::SlowBody.into()),
    }
}

/// Reads a body as JSON.
///
/// # Errors
/// Not declared as JSON, over `limit` bytes, too slow, malformed, or with a key that stands twice in one object.
pub(crate) async fn json(headers: &HeaderMap, body: Body, limit: usize) -> Result<Value, Refusal> {
    if !is_json(headers) {
        return Err(ServerCode::NotJson.into());
    }
    let bytes = bytes(body, limit, PATIENCE).await?;
    parse_strict(&bytes).map_err(|_| ServerCode::MalformedBody.into())
}

async fn read(body: Body, limit: usize) -> Result<Vec<u8>, Refusal> {
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    let mut seen = 0_usize;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| ServerCode::MalformedBody)?;
        seen = seen.saturating_add(chunk.len());
        if seen <= limit {
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
