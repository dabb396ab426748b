//! `--check`: what an owner should know although the settings are good.

use crate::config::{Config, Mode};
use crate::ledger::{Ledger, LedgerPlace};
use crate::price::Prices;
use crate::upstream::{Live, Upstream};
use std::fs::File;
use std::io;
use std::path::Path;
use std::time::Duration;
use tokio::time::timeout;

/// How long FAL may take to say its prices.
const PATIENCE: Duration = Duration::from_secs(5);

/// Remarks on what the settings name, without a server being started. The ledger is looked at and
/// not opened.
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

/// Why the ledger cannot lie where the settings say, if it cannot. Nothing is left there.
pub fn fault(config: &Config) -> Option<String> {
    let LedgerPlace::File(file) = &config.spending.ledger else { return None };
    let tried = writable(file.parent()?);
    let reason = tried.err()?;
    Some(format!(
        "the ledger ({}) cannot be written: {reason}. Let LIKENESS_DATA name a folder that this server can write to",
        file.display()
    ))
}

/// Whether a folder can be written to, or be made.
fn writable(folder: &Path) -> io::Result<()> {
    let existing = folder.ancestors().find(|folder| folder.exists());
    let folder = match existing {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => Path::new("."),
    };
    let probe = folder.join(format!(".likeness-{}", std::process::id()));
    File::options().write(true).create_new(true).open(&probe)?;
    std::fs::remove_file(probe)
}

/// What FAL says of its prices now.
async fn prices(config: &Config) -> Vec<String> {
    let Mode::Live { key, addresses } = &config.mode else { return Vec::new() };
    crate::install_crypto();
    let Ok(live) = Live::new(key, (**addresses).clone()) else { return Vec::new() };
    let (prices, fal) = (Prices::new(&config.spending.prices), Upstream::Live(Box::new(live)));
    timeout(PATIENCE, prices.refresh(&fal)).await.unwrap_or_default()
}
