//! Prometheus' own judge of metrics.

use std::env;
use std::path::PathBuf;

use super::apt;
use crate::failure::{Failure, Outcome};
use crate::process::find;

/// The variable by which the tests find it.
pub(crate) const VARIABLE: &str = "LIKENESS_PROMTOOL";

/// Finds it, or installs it.
pub(crate) fn program() -> Outcome<PathBuf> {
    if there().is_none() {
        apt::install(&["prometheus"], "promtool")?;
    }
    there().ok_or_else(|| {
        Failure::new(format!(
            "promtool was not found on the search path; set {VARIABLE} to its path"
        ))
    })
}

fn there() -> Option<PathBuf> {
    env::var_os(VARIABLE).map(PathBuf::from).or_else(|| find(&["promtool"]))
}
