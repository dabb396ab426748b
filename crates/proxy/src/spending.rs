//! `GET /api/v1/spending`: what counts against the caller's budgets.

use crate::ledger::{Ledger, Total, User};
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Extension, State};
use axum::response::{IntoResponse, Response};
use likeness_api::{ServerCode, Spending, Window};
use likeness_core::MicroUsd;
use std::sync::Arc;

pub(crate) async fn handle(
    State(ledger): State<Arc<Ledger>>,
    Extension(user): Extension<User>,
) -> Response {
    let limits = ledger.limits();
    match ledger.totals(&user).await {
        Ok(totals) => Json(Spending {
            day: window(totals.day, limits.day),
            month: window(totals.month, limits.month),
            user_day: window(totals.user_day, limits.user_day),
        })
        .into_response(),
        Err(away) => {
            tracing::error!(error = %away, "the ledger is away");
            Refusal::from(ServerCode::LedgerAway).into_response()
        }
    }
}

fn window(total: Total, limit: MicroUsd) -> Window {
    // A demo has no limit, and no number that means one.
    let limit = (limit != MicroUsd::MAX).then_some(limit);
    Window { held: total.held, limit, spent: total.spent }
}
