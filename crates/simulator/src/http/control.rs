//! The simulator's own addresses: what is to go wrong, and what was counted. Mounted only where the
//! owner of the program asked for it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use serde::Deserialize;
use std::time::Duration;

use crate::{Account, Script, Simulator};

pub(super) fn router(simulator: &Simulator) -> Router {
    let script = put(play).delete(stop);
    Router::new()
        .route("/_simulator/script", script)
        .route("/_simulator/refusal", put(refuse))
        .route("/_simulator/account", get(account))
        .with_state(simulator.clone())
}

async fn play(State(simulator): State<Simulator>, Json(script): Json<Script>) -> StatusCode {
    simulator.play(script);
    StatusCode::NO_CONTENT
}

async fn stop(State(simulator): State<Simulator>) -> StatusCode {
    simulator.play(Script::default());
    StatusCode::NO_CONTENT
}

/// How long nobody can connect.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusal {
    ms: u64,
}

async fn refuse(State(simulator): State<Simulator>, Json(refusal): Json<Refusal>) -> StatusCode {
    simulator.refuse_connections(Duration::from_millis(refusal.ms));
    StatusCode::NO_CONTENT
}

async fn account(State(simulator): State<Simulator>) -> Json<Account> {
    Json(simulator.account())
}
