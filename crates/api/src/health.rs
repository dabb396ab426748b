//! `GET /healthz` and `GET /readyz`.

use crate::Mode;
use serde::Serialize;

/// The process lives.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Health {
    /// `ok`.
    pub status: &'static str,
}

impl Health {
    /// It does.
    pub const OK: Self = Self { status: "ok" };
}

/// Requests are welcome.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Ready {
    /// By how much the ledger's clock is ahead, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ledger_clock_ahead_seconds: Option<u64>,
    /// Where pictures come from.
    pub mode: Mode,
    /// `ready`.
    pub status: &'static str,
}

impl Ready {
    /// They are.
    pub const fn new(mode: Mode, ledger_clock_ahead_seconds: Option<u64>) -> Self {
        Self { ledger_clock_ahead_seconds, mode, status: "ready" }
    }
}
