//! `GET /api/v1/spending`: what counts against the caller's budgets.

use crate::ledger::{Ledger, Total, User};
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Extension, State};
use likeness_api::{Spending, Window};
use likeness_core::MicroUsd;
use std::sync::Arc;

pub(crate) async fn handle(
    State(ledger): State<Arc<Ledger>>,
    Extension(user): Extension<User>,
) -> Result<Json<Spending>, Refusal> {
    let (limits, totals) = (ledger.limits(), ledger.totals(&user).await?);
    Ok(Json(Spending {
        day: window(totals.day, limits.day),
        month: window(totals.month, limits.month),
        user_day: window(totals.user_day, limits.user_day),
    }))
}

fn window(total: Total, limit: MicroUsd) -> Window {
    // A demo has no limit, and no number that means one.
    let limit = (limit != MicroUsd::MAX).then_some(limit);
    Window { held: total.held, limit, spent: total.spent }
}
