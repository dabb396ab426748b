//! Pictures of runs, and uploaded files. Public, as on FAL: whoever has the address may read.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use likeness_fal::target::RequestId;
use std::sync::Arc;
use tokio::time::Instant;

use super::reply;
use crate::Simulator;
use crate::order::Order;
use crate::uploads::Refusal;

/// A picture of a run that is over. Drawn anew for each request: drawing is cheaper than keeping.
pub(super) async fn picture(
    State(simulator): State<Simulator>,
    Path(name): Path<String>,
) -> Response {
    let Some((order, index)) = find(&simulator, &name) else { return not_found() };
    let content_type = order.format().content_type();
    let bytes = simulator.draw(order, index).await;
    file(content_type, bytes)
}

/// Reads `{request id}_{index}.{extension}`.
fn find(simulator: &Simulator, name: &str) -> Option<(Arc<Order>, u32)> {
    let (id, rest) = name.rsplit_once('_')?;
    let (index, extension) = rest.split_once('.')?;
    let id = RequestId::parse(id).ok()?;
    let order = simulator.book().any_run(&id)?.delivered()?.clone();
    let index = (0..order.images()).find(|known| known.to_string() == index)?;
    (order.format().extension() == extension).then_some((order, index))
}

/// An uploaded file.
pub(super) async fn uploaded(
    State(simulator): State<Simulator>,
    Path(name): Path<String>,
) -> Response {
    let found = simulator.uploads().file(&name);
    match found {
        Some((content_type, bytes)) => file(&content_type, bytes),
        None => not_found(),
    }
}

/// Takes an announced file.
pub(super) async fn upload(
    State(simulator): State<Simulator>,
    Path(name): Path<String>,
    body: Bytes,
) -> Response {
    let stored = simulator.uploads().store(&name, body.to_vec(), Instant::now());
    match stored {
        Ok(()) => StatusCode::OK.into_response(),
        Err(Refusal::Expired) => {
            reply::gateway(StatusCode::FORBIDDEN, "The upload address has expired")
        }
        Err(Refusal::TooLarge) => {
            reply::gateway(StatusCode::PAYLOAD_TOO_LARGE, "The file is too large")
        }
    }
}

fn file(content_type: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, "public, max-age=5184000, immutable"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, bytes).into_response()
}

fn not_found() -> Response {
    reply::gateway(StatusCode::NOT_FOUND, "Not Found")
}
