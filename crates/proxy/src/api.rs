//! The server's own interface: compose, configuration, health.

use crate::body;
use crate::config;
use crate::issues;
use crate::ledger::{Ledger, Limits, system_now};
use crate::memory::Memory;
use crate::refusal::Refusal;
use crate::shutdown::Shutdown;
use crate::telegram::Telegram;
use crate::worker::Worker;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use likeness_api::{Budgets, Config, ConfigReply, Health, Mode, Ready, RouteInfo, ServerCode};
use likeness_core::Route;
use likeness_fal::compose::compose;
use serde_json::{Value, json};
use std::sync::Arc;

#[cfg(test)]
mod openapi;

/// The largest request to compose, in bytes: a prompt of 100,000 characters fits, so that its
/// sender is told what is wrong with it.
const MOST_REQUEST: usize = 512 << 10;

/// `POST /api/v1/compose`: what would be sent for an avatar, a preset and a prompt. Sends nothing.
pub(crate) async fn compose_request(
    State(memory): State<Memory>,
    State(worker): State<Worker>,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let mut room = memory.room();
    let text = body::json_bytes(&parts.headers, body, MOST_REQUEST, &mut room).await?;
    let size = text.len();
    let composing = move || {
        Ok(match compose(&body::read_request(&text)?, system_now()) {
            Ok(composed) => Json(composed).into_response(),
            Err(issues) => issues::refused(&issues),
        })
    };
    worker.run(size, composing).await?
}

/// What the app must know before its first request.
pub(crate) fn configuration(
    config: &config::Config,
    ledger: &Ledger,
    telegram: Option<&Telegram>,
) -> ConfigReply {
    let route = |route: Route| RouteInfo {
        endpoint: route.endpoint(),
        kind: route.kind(),
        legacy: route.is_legacy(),
    };
    let telegram = telegram.map(Telegram::described);
    let (mode, demo_speed) = match config.mode {
        config::Mode::Demo { speed, .. } => (Mode::Demo, Some(speed)),
        config::Mode::Live { .. } => (Mode::Live, None),
    };
    let config = Config {
        access: config.access.rule(),
        demo_speed,
        mode,
        offer: telegram.as_ref().map(|bots| bots.offer).unwrap_or_default(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let (routes, budgets) = (Route::ALL.map(route).into(), budgets(ledger.limits()));
    ConfigReply { budgets, config, routes, telegram }
}

/// `GET /api/v1/config`.
pub(crate) async fn config(State(configuration): State<Arc<ConfigReply>>) -> Json<Value> {
    Json(json!(*configuration))
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

/// `GET /readyz`: requests are welcome. 503 once the server is stopping, and while the ledger is
/// away.
pub(crate) async fn ready(
    State(shutdown): State<Arc<Shutdown>>,
    State(ledger): State<Arc<Ledger>>,
    State(configuration): State<Arc<ConfigReply>>,
) -> Result<Json<Ready>, Refusal> {
    if shutdown.has_begun() {
        return Err(ServerCode::Stopping.into());
    }
    ledger.check().await?;
    let ahead = ledger.ahead().map(|ahead| ahead.by().as_secs());
    Ok(Json(Ready::new(configuration.config.mode, ahead)))
}
