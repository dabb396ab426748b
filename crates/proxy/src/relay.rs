//! FAL's proxy protocol: the browser names a target in `x-fal-target-url`, the server adds the key.
//!
//! Nothing of the caller's request is forwarded as it stands. The target is matched and rebuilt, headers come from a short list, and the body
//! that leaves is the one that was judged, written anew.

mod headers;
mod reply;
mod target;

use crate::app::App;
use crate::body;
use crate::refusal::Refusal;
use crate::trace::Note;
use crate::upstream::{Call, CallError};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use likeness_fal::ServerCode;
use likeness_fal::schema::{self, Detail, Extras};
use likeness_fal::server::SENT_HEADER;
use likeness_fal::target::Target;
use likeness_fal::wire::UploadRequest;
use serde_json::Value;
use std::sync::Arc;

/// The largest body of a run, in bytes. Pictures never travel in it.
const MOST_BODY: usize = 256 << 10;
/// The largest body of an upload's first step, in bytes.
const MOST_UPLOAD_REQUEST: usize = 4 << 10;

/// Every request to `/api/fal/proxy`.
pub(crate) async fn handle(State(app): State<Arc<App>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let target = match target::read(&parts.method, &parts.headers) {
        Ok(target) => target,
        Err(refusal) => return refusal.into_response(),
    };
    let note = Note(target::name(&target));
    let mut reply =
        relay(&app, target, &parts.headers, body).await.unwrap_or_else(IntoResponse::into_response);
    reply.extensions_mut().insert(note);
    reply
}

async fn relay(
    app: &Arc<App>,
    target: Target,
    caller: &HeaderMap,
    body: axum::body::Body,
) -> Result<Response, Refusal> {
    let headers = headers::for_fal(caller, &target)?;
    let body = match &target {
        Target::Submit { .. } | Target::Run { .. } => {
            Some(body::json(caller, body, MOST_BODY).await?)
        }
        Target::UploadInitiate => Some(body::json(caller, body, MOST_UPLOAD_REQUEST).await?),
        _ => None,
    };
    let body = match body.map(|body| judge(&target, body)).transpose() {
        Ok(body) => body,
        Err(details) => return Ok(held_back(&details)),
    };
    if target.paid_route().is_some() {
        return start(app, Call { target, headers, body }).await;
    }
    let reply = app.upstream.call(Call { target: target.clone(), headers, body }).await;
    let reply = reply.map_err(|error| match error {
        CallError::NotSent | CallError::Lost => ServerCode::Unreachable,
        CallError::TimedOut => ServerCode::UpstreamTimeout,
    })?;
    reply::of_question(&target, reply, app.upstream.scrubber()).await
}

/// Starts something that costs money. This is the one place through which every paid request goes: keys against repetition and the ledger of
/// spending belong here.
///
/// It runs to its end even if the caller hangs up, because FAL has no way to ask afterwards whether a run was started.
async fn start(app: &Arc<App>, call: Call) -> Result<Response, Refusal> {
    let app = Arc::clone(app);
    let run = tokio::spawn(async move {
        match app.upstream.call(call).await {
            Ok(reply) => reply::of_run(reply, app.upstream.scrubber()).await,
            Err(CallError::NotSent) => Err(ServerCode::Unreachable.into()),
            Err(CallError::Lost | CallError::TimedOut) => Err(ServerCode::UnknownOutcome.into()),
        }
    });
    run.await.unwrap_or_else(|_| Err(ServerCode::UnknownOutcome.into()))
}

/// The body that leaves.
fn judge(target: &Target, body: Value) -> Result<Vec<u8>, Vec<Detail>> {
    let body = match target.paid_route() {
        Some(route) => {
            schema::check(route, &body, Extras::Refuse)?;
            body
        }
        None => {
            let request =
                UploadRequest::read(&body).map_err(|_| vec![Detail::missing("content_type")])?;
            serde_json::json!({ "content_type": request.content_type, "file_name": request.file_name })
        }
    };
    Ok(body.to_string().into_bytes())
}

/// A 422 in FAL's own shape, for a body that FAL would refuse too. It says that it comes from here, so that nobody thinks it was billed.
fn held_back(details: &[Detail]) -> Response {
    let body = axum::Json(Detail::reply(details));
    (StatusCode::UNPROCESSABLE_ENTITY, [(SENT_HEADER, "no"), ("x-fal-retryable", "false")], body)
        .into_response()
}
