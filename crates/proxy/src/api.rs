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
use likeness_api::{Budgets, Config, ConfigReply, Health, Ready, RouteInfo, ServerCode};
use likeness_core::Route;
use likeness_fal::compose::compose;
use serde_json::{Value, json};
use std::sync::Arc;

#[cfg(test)]
mod openapi;

/// The largest request to compose, in bytes: a prompt of 100,000 characters fits, so that its sender is told what is wrong with it.
const MOST_REQUEST: usize = 512 << 10;

/// `POST /api/v1/compose`: what would be sent for an avatar, a preset and a prompt. Sends nothing.
pub(crate) async fn compose_request(State(app): State<Arc<App>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let mut room = app.memory.room();
    let composed = async {
        let text = body::json_bytes(&parts.headers, body, MOST_REQUEST, &mut room).await?;
        let size = text.len();
        let composing = move || {
            Ok(match compose(&body::read_request(&text)?) {
                Ok(composed) => Json(composed).into_response(),
                Err(issues) => issues::refused(&issues),
            })
        };
        app.turns.take(size, composing).await?
    };
    composed.await.unwrap_or_else(|refusal: Refusal| refusal.into_response())
}

/// `GET /api/v1/config`: what the app must know before its first request.
pub(crate) async fn config(State(app): State<Arc<App>>) -> Json<Value> {
    let route = |route: Route| RouteInfo {
        endpoint: route.endpoint(),
        kind: route.kind(),
        legacy: route.is_legacy(),
    };
    let telegram = app.telegram.as_ref().map(|telegram| telegram.told(&app.public));
    let config = Config {
        access: app.access.rule(),
        demo_speed: app.demo_speed(),
        mode: app.mode(),
        offer: telegram.as_ref().map(|bots| bots.offer).unwrap_or_default(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let routes = Route::ALL.map(route).into();
    let budgets = budgets(app.ledger.limits());
    Json(json!(ConfigReply { budgets, config, routes, telegram }))
}

/// `GET /api/v1/openapi.json`: what this interface is, for machines.
pub(crate) async fn openapi() -> Response {
    const DOCUMENT: &str = include_str!("openapi.json");
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, JSON)], DOCUMENT).into_response()
}

/// The budgets; none where nothing is spent.
fn budgets(limits: Limits) -> Option<Budgets> {
    let Limits { user_day, day, month, user_runs: runs_per_user, .. } = limits;
    (limits != Limits::NONE).then_some(Budgets { day, month, runs_per_user, user_day })
}

/// `GET /healthz`: the process lives.
pub(crate) async fn health() -> Json<Health> {
    Json(Health::OK)
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
    let ahead = app.ledger.ahead().map(|ahead| ahead.by().as_secs());
    Json(Ready::new(app.mode(), ahead)).into_response()
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
