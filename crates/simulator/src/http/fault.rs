//! The layer that puts the script's faults on requests and their replies.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use likeness_fal::target::{self, Delivery, Target};
use serde_json::{Value, json};
use std::time::Duration;

use super::{MOST_JSON, events, reply};
use crate::Simulator;
use crate::script::{Call, Effect, Fault, Form};
use crate::wire::Line;

/// Counts a request, and answers it as the script has it.
pub(super) async fn layer(
    State(simulator): State<Simulator>,
    request: Request,
    next: Next,
) -> Response {
    let Some((call, id)) = classify(request.method(), request.uri().path()) else {
        return next.run(request).await;
    };
    let line = request.extensions().get::<Line>().cloned();
    let request = match call {
        Call::Submit => count(&simulator, request).await,
        _ => request,
    };
    let Some((fault, effect)) = simulator.fault(call, id.as_deref()) else {
        return next.run(request).await;
    };
    let reply = match effect {
        Effect::Done => next.run(request).await,
        Effect::Dropped => Response::new(Body::empty()),
    };
    afflict(&fault, id.as_deref().unwrap_or_default(), reply, line).await
}

/// Notes that a run was asked for. The body is read here and handed on.
async fn count(simulator: &Simulator, request: Request) -> Request {
    let (parts, body) = request.into_parts();
    // A body that breaks off never came, and the handler will see an empty one.
    let body = to_bytes(body, MOST_JSON).await.unwrap_or_default();
    simulator.receive(&body);
    Request::from_parts(parts, Body::from(body))
}

/// What a request is, and what it is about.
fn classify(method: &Method, path: &str) -> Option<(Call, Option<String>)> {
    let (host, rest) = path.trim_start_matches('/').split_once('/')?;
    match host {
        "queue" => {
            let method = target::Method::parse(method.as_str())?;
            let target = Target::parse_as_fal(&format!("https://queue.fal.run/{rest}")).ok()?;
            Some(match target.called_by(method).ok()? {
                Target::Submit { .. } => (Call::Submit, None),
                Target::Status { id, delivery: Delivery::Once, .. } => {
                    (Call::Status, Some(id.to_string()))
                }
                Target::Status { id, .. } => (Call::Stream, Some(id.to_string())),
                Target::Result { id, .. } => (Call::Result, Some(id.to_string())),
                Target::Cancel { id, .. } => (Call::Cancel, Some(id.to_string())),
                Target::Run { .. } | Target::Upload(_) => return None,
            })
        }
        "run" => (method == Method::POST).then_some((Call::Submit, None)),
        "rest" => Some((Call::Upload, None)),
        "media" => {
            let is_upload = matches!(*method, Method::PUT | Method::POST);
            let call = if is_upload { Call::Upload } else { Call::Media };
            Some((call, rest.rsplit('/').next().map(str::to_owned)))
        }
        _ => None,
    }
}

/// The reply under a fault.
async fn afflict(fault: &Fault, id: &str, mut answer: Response, line: Option<Line>) -> Response {
    match fault {
        Fault::Slow { ms } => {
            tokio::time::sleep(Duration::from_millis(*ms)).await;
            answer
        }
        Fault::Refused { status, form, retry_after } => {
            refused(*status, *form, retry_after.as_deref())
        }
        Fault::OtherSuccess => {
            *answer.status_mut() = match answer.status() {
                StatusCode::OK => StatusCode::ACCEPTED,
                StatusCode::ACCEPTED => StatusCode::OK,
                other => other,
            };
            answer
        }
        Fault::Half => rewritten(answer, |bytes| bytes.slice(..bytes.len() / 2)).await,
        Fault::WrongShape => {
            let shape = json!([{ "status": { "request_id": [1, 2] }, "images": "many" }]);
            rewritten(answer, |_| shape.to_string().into()).await
        }
        Fault::Empty => rewritten(answer, |_| Bytes::new()).await,
        Fault::Huge { bytes } => {
            let padding = format!(r#"{{"padding":"{}"}}"#, "x".repeat(*bytes));
            rewritten(answer, |_| padding.into()).await
        }
        Fault::DoubleKey => rewritten(answer, double_key).await,
        Fault::ByteOrderMark => {
            rewritten(answer, |bytes| [b"\xef\xbb\xbf", &bytes[..]].concat().into()).await
        }
        Fault::WrongType { content_type } => {
            // A content type that is no header value is the script's mistake, and shows as such.
            let value = HeaderValue::from_str(content_type)
                .unwrap_or(HeaderValue::from_static("invalid/content-type-in-script"));
            answer.headers_mut().insert(header::CONTENT_TYPE, value);
            answer
        }
        Fault::Null => rewritten(answer, |_| "null".into()).await,
        Fault::UnknownStatus => with_status(answer, "PONDERING").await,
        Fault::Backwards => with_status(answer, "IN_PROGRESS").await,
        Fault::Redirect { status, location } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::FOUND);
            let location = HeaderValue::from_str(location).unwrap_or(HeaderValue::from_static("/"));
            (status, [(header::LOCATION, location)]).into_response()
        }
        Fault::IgnoredCancel => {
            let body = json!({ "status": "CANCELLATION_REQUESTED" });
            (StatusCode::ACCEPTED, axum::Json(body)).into_response()
        }
        Fault::Events { flaw } => events::flawed(*flaw, id),
        Fault::Drip { .. } | Fault::Cut { .. } | Fault::Hang { .. } | Fault::Garbage => {
            match line {
                Some(line) => {
                    line.break_next(fault);
                    answer
                }
                None => reply::gateway(
                    StatusCode::NOT_IMPLEMENTED,
                    "This fault needs a connection, and the simulator was called without one",
                ),
            }
        }
    }
}

fn refused(status: u16, form: Form, retry_after: Option<&str>) -> Response {
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = match form {
        Form::Text => reply::gateway(code, "A fault of the script"),
        Form::List => {
            let detail = json!([{ "loc": ["body", "prompt"], "msg": "A fault of the script", "type": "value_error" }]);
            (code, axum::Json(json!({ "detail": detail }))).into_response()
        }
        Form::Infra => reply::infrastructure(code, "runner_connection_error", "No runner"),
        Form::UserLimit => {
            let mut answer = reply::infrastructure(code, "request_timeout", "Timed out");
            let by = HeaderValue::from_static("user");
            answer.headers_mut().insert("x-fal-request-timeout-type", by);
            answer
        }
        Form::Html => {
            let page = format!("<!doctype html><title>{code}</title><h1>{code}</h1>");
            (code, axum::response::Html(page)).into_response()
        }
    };
    if let Some(value) = retry_after.and_then(|value| HeaderValue::from_str(value).ok()) {
        answer.headers_mut().insert(header::RETRY_AFTER, value);
    }
    answer
}

/// The same reply with other bytes.
async fn rewritten(answer: Response, change: impl FnOnce(Bytes) -> Bytes) -> Response {
    let (mut parts, body) = answer.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(change(bytes)))
}

fn double_key(bytes: Bytes) -> Bytes {
    let Ok(Value::Object(object)) = serde_json::from_slice(&bytes) else { return bytes };
    let Some(key) = object.keys().next() else { return bytes };
    [format!("{{{}:\"twice\",", json!(key)).as_bytes(), &bytes[1..]].concat().into()
}

/// The reply with another word at `status`, as if the run were not over.
async fn with_status(mut answer: Response, word: &'static str) -> Response {
    *answer.status_mut() = StatusCode::ACCEPTED;
    rewritten(answer, |bytes| match serde_json::from_slice::<Value>(&bytes) {
        Ok(mut value) if value.is_object() => {
            value["status"] = json!(word);
            value.to_string().into()
        }
        _ => bytes,
    })
    .await
}
