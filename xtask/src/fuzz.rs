//! `cargo xtask fuzz`: hostile bytes for every reader of other people's data.

use crate::failure::Outcome;
use crate::process::{command, run};
use crate::project::Project;

/// The crates with a test program `fuzz`.
const PACKAGES: [&str; 4] =
    ["likeness-fal", "likeness-studio", "likeness-telegram", "likeness-files"];

/// So many inputs for each target.
pub(crate) fn fuzz(project: &Project, runs: &str) -> Outcome<()> {
    let mut cargo = command("cargo");
    cargo.current_dir(project.root()).args(["test", "--release", "--test", "fuzz"]);
    for package in PACKAGES {
        cargo.args(["--package", package]);
    }
    run(cargo.args(["--", "--nocapture"]).env("FUZZ_RUNS", runs))
}
