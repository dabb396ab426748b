//! `--check`: what an owner should know although the settings are good.

use crate::config::Config;
use crate::ledger::Ledger;

/// Remarks on what the settings name, without a server being started. The ledger is looked at and not opened.
pub async fn remarks(config: &Config) -> Vec<String> {
    let place = &config.spending.ledger;
    match Ledger::look_ahead(place).await {
        Ok(None) => Vec::new(),
        Ok(Some(ahead)) => vec![format!("But {ahead}.")],
        Err(away) => vec![format!(
            "The ledger ({place}) could not be looked at: {away}. If a server is running on it, ask its /readyz."
        )],
    }
}
