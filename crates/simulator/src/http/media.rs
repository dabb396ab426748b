//! Pictures of runs, and uploaded files. Public, as on FAL: whoever has the address may read.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use futures_util::stream::{self, StreamExt};
use likeness_fal::target::RequestId;
use likeness_fal::wire::credentials;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use tokio::time::Instant;

use super::named::Named;
use super::reply;
use crate::order::Order;
use crate::uploads::{Arrival, Part, Refusal};
use crate::{Caller, Simulator, entropy};

/// The largest list of parts, in bytes.
const MOST_PARTS: usize = 2 << 20;

/// A picture of a run that is over. Drawn anew for each request: drawing is cheaper than keeping.
pub(super) async fn picture(
    State(simulator): State<Simulator>,
    Named(name): Named<String>,
    caller: Option<Extension<Caller>>,
) -> Response {
    let Some((order, index)) = find(&simulator, &name) else { return reply::not_found() };
    let content_type = order.format().content_type();
    let Extension(caller) = caller.unwrap_or_default();
    let bytes = simulator.draw(order, index, caller).await;
    file(&simulator, Some(content_type), vec![bytes.into()])
}

/// Reads `{request id}_{index}.{extension}`.
fn find(simulator: &Simulator, name: &str) -> Option<(Arc<Order>, u32)> {
    let (id, rest) = name.rsplit_once('_')?;
    let (index, extension) = rest.split_once('.')?;
    let id = RequestId::parse(id).ok()?;
    let order = simulator.queue().any_run(&id)?.delivered()?.clone();
    let index = (0..order.images()).find(|known| known.to_string() == index)?;
    (order.format().extension() == extension).then_some((order, index))
}

/// An uploaded file.
pub(super) async fn uploaded(
    State(simulator): State<Simulator>,
    Named(name): Named<String>,
) -> Response {
    let found = simulator.uploads().file(&name, Instant::now());
    match found {
        Some(parts) => file(&simulator, parts.first().and_then(|part| picture_type(part)), parts),
        None => reply::not_found(),
    }
}

/// Takes an announced file.
pub(super) async fn upload(
    State(simulator): State<Simulator>,
    Named(name): Named<String>,
    body: Body,
) -> Response {
    let stored = async {
        let part = arrive(&simulator, body).await?;
        simulator.uploads().store(&name, part, Instant::now())
    };
    match stored.await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => refused(refusal),
    }
}

/// Takes a file of somebody with a token.
pub(super) async fn upload_by_token(
    State(simulator): State<Simulator>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    if !has_token(&simulator, &headers) {
        return no_token();
    }
    let name = named(&headers);
    simulator.uploads().announce(&name, Instant::now());
    let stored = async {
        let part = arrive(&simulator, body).await?;
        simulator.uploads().store(&name, part, Instant::now())
    };
    match stored.await {
        Ok(()) => Json(json!({ "access_url": file_url(&simulator, &name) })).into_response(),
        Err(refusal) => refused(refusal),
    }
}

/// Expects a large file of somebody with a token.
pub(super) async fn begin_parts(
    State(simulator): State<Simulator>,
    headers: HeaderMap,
) -> Response {
    if !has_token(&simulator, &headers) {
        return no_token();
    }
    let name = named(&headers);
    let id = simulator.uploads().announce_parts(&name, Instant::now());
    let told = json!({ "access_url": file_url(&simulator, &name), "uploadId": id, "key": name });
    Json(told).into_response()
}

/// Takes a part of a large file. The address is known to nobody but whoever announced it.
pub(super) async fn part(
    State(simulator): State<Simulator>,
    Named((name, id, number)): Named<(String, String, u32)>,
    body: Body,
) -> Response {
    let stored = async {
        let part = arrive(&simulator, body).await?;
        simulator.uploads().store_part(&name, &id, number, part, Instant::now())
    };
    match stored.await {
        Ok(etag) => {
            let told = json!({ "partNumber": number, "etag": etag });
            ([(header::ETAG, etag)], Json(told)).into_response()
        }
        Err(refusal) => refused(refusal),
    }
}

/// Puts a large file together.
pub(super) async fn complete(
    State(simulator): State<Simulator>,
    Named((name, id)): Named<(String, String)>,
    body: Body,
) -> Response {
    let Ok(body) = axum::body::to_bytes(body, MOST_PARTS).await else {
        return refused(Refusal::TooLarge);
    };
    let body = match reply::json_body(&body) {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    let named = |part: &Value| {
        let number = part["partNumber"].as_u64().and_then(|number| u32::try_from(number).ok());
        Some((number?, part["etag"].as_str()?.to_owned()))
    };
    let parts: Option<Vec<_>> =
        body["parts"].as_array().and_then(|parts| parts.iter().map(named).collect());
    let parts = parts.unwrap_or_default();
    let completed = simulator.uploads().complete(&name, &id, &parts, Instant::now());
    match completed {
        Ok(()) => Json(json!({ "access_url": file_url(&simulator, &name) })).into_response(),
        Err(refusal) => refused(refusal),
    }
}

/// Where a file can be read once it is there.
pub(super) fn file_url(simulator: &Simulator, name: &str) -> String {
    format!("{}/files/b/uploads/{name}", simulator.config().media_base)
}

/// Where its bytes go.
pub(super) fn upload_url(simulator: &Simulator, name: &str) -> String {
    format!("{}/files/b/uploads/{name}", simulator.config().upload_base)
}

/// A name for a file that nobody can guess, with the end of the one that it had.
pub(super) fn new_name(name: &str) -> String {
    // What could matter in an address is taken out.
    let harmless =
        |c: char| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '_' };
    let end = name.chars().count().saturating_sub(60);
    let plain: String = name.chars().skip(end).map(harmless).collect();
    format!("{:016x}_{plain}", entropy::random())
}

/// A new name, by the one that the headers say.
fn named(headers: &HeaderMap) -> String {
    let name = headers.get("x-fal-file-name").and_then(|value| value.to_str().ok());
    new_name(name.unwrap_or("upload.bin"))
}

fn has_token(simulator: &Simulator, headers: &HeaderMap) -> bool {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = value.and_then(|value| credentials("Bearer", value));
    token.is_some_and(|token| simulator.uploads().knows(token, Instant::now()))
}

fn no_token() -> Response {
    reply::gateway(StatusCode::UNAUTHORIZED, "Unauthorized")
}

/// Room for bytes that are on their way, until this is dropped.
struct Room<'a> {
    simulator: &'a Simulator,
    bytes: usize,
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        self.simulator.uploads().expect_no_more(self.bytes);
    }
}

async fn arrive(simulator: &Simulator, body: Body) -> Result<Part, Refusal> {
    let (mut room, mut arrival) = (Room { simulator, bytes: 0 }, Arrival::default());
    let mut stream = body.into_data_stream();
    while let Some(piece) = stream.next().await {
        // A body that breaks off never came.
        let piece = piece.map_err(|_| Refusal::Expired)?;
        simulator.uploads().expect_bytes(piece.len())?;
        room.bytes += piece.len();
        arrival.push(&piece);
    }
    Ok(arrival.finish())
}

fn refused(refusal: Refusal) -> Response {
    match refusal {
        Refusal::Expired => reply::gateway(StatusCode::FORBIDDEN, "The upload address has expired"),
        Refusal::TooLarge => reply::gateway(StatusCode::PAYLOAD_TOO_LARGE, "The file is too large"),
        Refusal::OtherParts => reply::gateway(StatusCode::BAD_REQUEST, "Not the parts that came"),
    }
}

/// The kind of a picture, as its bytes say. What its sender said counts for nothing: a page or a
/// script would be one of the host that serves it.
fn picture_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f' | b's', ..] => {
            Some("image/avif")
        }
        _ => None,
    }
}

/// A picture, or something to be kept and not shown. It may be remembered for as long as it lies
/// here.
fn file(simulator: &Simulator, picture: Option<&str>, parts: Vec<Bytes>) -> Response {
    let size: usize = parts.iter().map(Bytes::len).sum();
    let disposition = if picture.is_some() { "inline" } else { "attachment" };
    let headers = [
        (header::CONTENT_TYPE, picture.unwrap_or("application/octet-stream")),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let kept = format!("public, max-age={}, immutable", simulator.config().keep.as_secs());
    let body = Body::from_stream(stream::iter(parts.into_iter().map(Ok::<_, Infallible>)));
    let more = [(header::CACHE_CONTROL, kept), (header::CONTENT_LENGTH, size.to_string())];
    (headers, more, body).into_response()
}
