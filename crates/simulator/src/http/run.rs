//! Direct runs: no queue, the reply is the output.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use likeness_core::Route;

use super::{access, reply};
use crate::caller::Lane;
use crate::{Caller, Simulator};

const NEEDS_RETRY: HeaderName = HeaderName::from_static("x-fal-needs-retry");

/// Every request to the host of direct runs.
pub(super) async fn handle(
    State(simulator): State<Simulator>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    caller: Option<Extension<Caller>>,
    body: Bytes,
) -> Response {
    let Extension(caller) = caller.unwrap_or_default();
    match run(&simulator, &method, &uri, &headers, caller, &body).await {
        Ok(reply) => reply,
        Err(refusal) => *refusal,
    }
}

async fn run(
    simulator: &Simulator,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    caller: Caller,
    body: &[u8],
) -> Result<Response, Box<Response>> {
    let account = access::account(&simulator.config().access, headers)?;
    let route = Route::of_endpoint(uri.path().trim_start_matches('/'))
        .ok_or_else(|| Box::new(reply::no_application(uri.path())))?;
    if method != Method::POST {
        return Err(Box::new(reply::gateway(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")));
    }
    let read = reply::json_body(body)?;
    let lane = Lane { account: account.clone(), caller };
    let run = simulator.new_run(route, lane, &read);
    if let Err(details) = &run.order {
        return Err(Box::new(reply::of_run(&run.id, reply::unprocessable(details))));
    }
    let (id, price) = (run.id.clone(), run.price());
    if !simulator.queue().run_directly(run) {
        return Err(Box::new(too_many()));
    }
    simulator.accept(body, price);
    simulator.announce_change();
    let gone = || {
        Box::new(reply::infrastructure(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal_error",
            "The run was forgotten",
        ))
    };
    let run = simulator.finished(&account, &id).await.ok_or_else(gone)?;
    Ok(reply::of_run(&id, reply::result(simulator.config(), &run)))
}

/// The account has as many runs on machines as it may have.
fn too_many() -> Response {
    let detail = "Too many concurrent requests";
    let mut reply =
        reply::infrastructure(StatusCode::TOO_MANY_REQUESTS, "concurrent_requests_limit", detail);
    reply.headers_mut().insert(NEEDS_RETRY, HeaderValue::from_static("1"));
    reply
}
