//! The server's own interface: compose, configuration, health.

use crate::app::App;
use crate::body;
use crate::issues;
use crate::ledger::Limits;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use likeness_core::Route;
use likeness_fal::ServerCode;
use likeness_fal::compose::compose;
use serde_json::{Value, json};
use std::sync::Arc;

/// The largest request to compose, in bytes: a prompt of 100,000 characters fits, so that its sender is told what is wrong with it.
const MOST_REQUEST: usize = 512 << 10;

/// `POST /api/v1/compose`: what would be sent for an avatar, a preset and a prompt. Sends nothing.
pub(crate) async fn compose_request(State(app): State<Arc<App>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let mut room = app.memory.room();
    let request = match body::request(&parts.headers, body, MOST_REQUEST, &mut room).await {
        Ok(request) => request,
        Err(refusal) => return refusal.into_response(),
    };
    match compose(&request) {
        Ok(composed) => Json(composed).into_response(),
        Err(issues) => issues::refused(&issues),
    }
}

/// `GET /api/v1/config`: what the app must know before its first request.
pub(crate) async fn config(State(app): State<Arc<App>>) -> Json<Value> {
    let routes: Vec<Value> = Route::ALL
        .into_iter()
        .map(|route| json!({ "endpoint": route.endpoint(), "kind": route.kind(), "legacy": route.is_legacy() }))
        .collect();
    Json(json!({
        "mode": app.mode_name(),
        "demo_speed": app.demo_speed(),
        "version": env!("CARGO_PKG_VERSION"),
        "routes": routes,
        "access": app.access.name(),
        "budgets": budgets(app.ledger.limits()),
        "telegram": app.telegram.as_ref().map(|telegram| telegram.told(&app.public)),
    }))
}

/// `GET /api/v1/openapi.json`: what this interface is, for machines.
pub(crate) async fn openapi() -> Response {
    const DOCUMENT: &str = include_str!("openapi.json");
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, JSON)], DOCUMENT).into_response()
}

/// The budgets in millionths of a dollar; none where nothing is spent.
fn budgets(limits: Limits) -> Value {
    if limits == Limits::NONE {
        return Value::Null;
    }
    json!({ "user_day": limits.user_day, "day": limits.day, "month": limits.month, "runs_per_user": limits.user_runs })
}

/// `GET /healthz`: the process lives.
pub(crate) async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// `GET /readyz`: requests are welcome. 503 once the server is stopping, and while the ledger is away.
pub(crate) async fn ready(State(app): State<Arc<App>>) -> Response {
    if app.is_stopping() {
        return Refusal::from(ServerCode::Stopping).into_response();
    }
    if let Err(away) = app.ledger.check().await {
        tracing::error!(error = %away, "the ledger is away");
        return Refusal::from(ServerCode::LedgerAway).into_response();
    }
    let mut told = json!({ "status": "ready", "mode": app.mode_name() });
    if let Some(ahead) = app.ledger.ahead() {
        told["ledger_clock_ahead_seconds"] = ahead.by().as_secs().into();
    }
    Json(told).into_response()
}

/// Another method than the one that a path takes.
pub(crate) async fn only_get() -> Refusal {
    Refusal::method("GET, HEAD")
}

/// Another method than the one that a path takes.
pub(crate) async fn only_post() -> Refusal {
    Refusal::method("POST")
}

/// Nothing lies here.
pub(crate) async fn nothing() -> Refusal {
    ServerCode::NotFound.into()
}
