//! A real Redis server, for the tests of the ledger that several servers share.

use std::env;
use std::path::PathBuf;

use super::apt;
use crate::failure::{Failure, Outcome};
use crate::process::find;

/// The variable by which the tests find it.
pub(crate) const VARIABLE: &str = "LIKENESS_REDIS_SERVER";

/// Finds the server, or installs it.
pub(crate) fn server() -> Outcome<PathBuf> {
    if program().is_none() {
        apt::install(&["redis-server"], "Redis")?;
    }
    program().ok_or_else(|| {
        Failure::new(format!(
            "redis-server was not found on the search path; set {VARIABLE} to its path"
        ))
    })
}

fn program() -> Option<PathBuf> {
    env::var_os(VARIABLE).map(PathBuf::from).or_else(|| find(&["redis-server"]))
}
