//! FAL's replies, good and bad.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use likeness_fal::schema::Detail;
use likeness_fal::target::RequestId;
use likeness_fal::wire::{Image, Output};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

use crate::config::Config;
use crate::order::Order;
use crate::run::{Outcome, Phase, Run};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-fal-request-id");
const BILLABLE_UNITS: HeaderName = HeaderName::from_static("x-fal-billable-units");
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-fal-error-type");
const RETRYABLE: HeaderName = HeaderName::from_static("x-fal-retryable");

/// Nothing lies there.
pub(super) fn not_found() -> Response {
    gateway(StatusCode::NOT_FOUND, "Not Found")
}

/// A refusal of the gateway: a plain sentence.
pub(super) fn gateway(status: StatusCode, detail: &str) -> Response {
    (status, Json(json!({ "detail": detail }))).into_response()
}

/// No such model.
pub(super) fn no_application(path: &str) -> Response {
    let name = path.trim_start_matches('/').split('/').nth(1).unwrap_or_default();
    gateway(StatusCode::NOT_FOUND, &format!("Application \"{name}\" not found"))
}

/// No such run.
pub(super) fn no_request() -> Response {
    (StatusCode::NOT_FOUND, Json(json!({ "status": "NOT_FOUND" }))).into_response()
}

/// A failure around the model rather than in it.
pub(super) fn infrastructure(status: StatusCode, kind: &'static str, detail: &str) -> Response {
    let body = json!({ "detail": detail, "error_type": kind });
    (status, [(ERROR_TYPE, kind)], Json(body)).into_response()
}

/// FAL's status for a run that its owner took back.
fn cancelled() -> StatusCode {
    StatusCode::from_u16(499).expect("499 is a status, if not a registered one")
}

/// A body that the endpoint does not take.
pub(super) fn unprocessable(details: &[Detail]) -> Response {
    let body = Json(Detail::reply(details));
    (StatusCode::UNPROCESSABLE_ENTITY, [(RETRYABLE, "false")], body).into_response()
}

/// Reads a JSON body.
///
/// # Errors
/// A 422 as FAL words it for a body that is not JSON.
pub(super) fn json_body(bytes: &[u8]) -> Result<Value, Box<Response>> {
    // Python, which FAL is written in, skips a mark of the byte order.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes).map_err(|_| {
        Box::new(unprocessable(&[Detail::at_body("json_invalid", "JSON decode error")]))
    })
}

/// The reply with the id of its run.
pub(super) fn of_run(id: &RequestId, mut reply: Response) -> Response {
    let value =
        HeaderValue::from_str(id.as_str()).expect("a request id is letters, digits and hyphens");
    reply.headers_mut().insert(REQUEST_ID, value);
    reply
}

/// What a run came to, whether asked for at the queue or waited for.
pub(super) fn result(config: &Config, run: &Run) -> Response {
    let Phase::Over { worked, outcome } = &run.phase else {
        return gateway(StatusCode::BAD_REQUEST, "Request is still in progress");
    };
    match (outcome, &run.order) {
        (Outcome::Cancelled, _) => {
            infrastructure(cancelled(), "client_cancelled", "Request was cancelled")
        }
        (_, Err(details)) => unprocessable(details),
        (_, Ok(order)) => {
            let units = [(BILLABLE_UNITS, order.billable_units().to_string())];
            let mut told = json!(output(config, &run.id, order, *worked));
            told["seed"] = order.told_seed();
            (units, Json(told)).into_response()
        }
    }
}

fn output(config: &Config, id: &RequestId, order: &Order, worked: Duration) -> Output {
    let pixels = order.pixels();
    let image = |index| Image {
        url: format!(
            "{}/files/b/runs/{id}_{index}.{}",
            config.media_base,
            order.format().extension()
        ),
        width: Some(pixels.width),
        height: Some(pixels.height),
        content_type: Some(order.format().content_type().to_owned()),
    };
    Output {
        images: (0..order.images()).map(image).collect(),
        timings: Some(BTreeMap::from([("inference".to_owned(), worked.as_secs_f64())])),
        seed: None,
        has_nsfw_concepts: Some(vec![order.is_blank(); order.images() as usize]),
        prompt: Some(order.prompt().to_owned()),
    }
}
