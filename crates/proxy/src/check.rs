//! `--check`: what an owner should know although the settings are good.

use crate::config::{Config, Mode};
use crate::ledger::Ledger;
use crate::price::Prices;
use crate::upstream::{Live, Upstream};
use std::time::Duration;
use tokio::time::timeout;

/// How long FAL may take to say its prices.
const PATIENCE: Duration = Duration::from_secs(5);

/// Remarks on what the settings name, without a server being started. The ledger is looked at and not opened.
pub async fn remarks(config: &Config) -> Vec<String> {
    let place = &config.spending.ledger;
    let mut remarks = match Ledger::look_ahead(place).await {
        Ok(None) => Vec::new(),
        Ok(Some(ahead)) => vec![format!("But {ahead}.")],
        Err(away) => vec![format!(
            "The ledger ({place}) could not be looked at: {away}. If a server is running on it, ask its /readyz."
        )],
    };
    remarks.extend(prices(config).await.into_iter().map(|remark| format!("{remark}.")));
    remarks
}

/// What FAL says of its prices now.
async fn prices(config: &Config) -> Vec<String> {
    let Mode::Live { key, addresses } = &config.mode else { return Vec::new() };
    crate::install_crypto();
    let Ok(live) = Live::new(key, (**addresses).clone()) else { return Vec::new() };
    let (prices, fal) = (Prices::new(&config.spending.prices), Upstream::Live(Box::new(live)));
    timeout(PATIENCE, prices.refresh(&fal)).await.unwrap_or_default()
}
