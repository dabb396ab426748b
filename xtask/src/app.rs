//! The browser app: built by Trunk, then made ready to be served under a strict policy.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::failure::{Doing, Outcome};
use crate::process::{command, run, search_path};
use crate::project::Project;
use crate::tool::{binary, node, toolchain};
use crate::{compression, page, parts};

/// The standard library of a release is built with the app: for size, and without the sentences of panics, which nobody
/// but us could read. What is left of a panic is the place in the wasm where it stopped. `{:?}` prints nothing.
pub(crate) const SMALL_STD: [(&str, &str); 6] = [
    ("RUSTC_BOOTSTRAP", "1"),
    ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
    ("CARGO_UNSTABLE_PANIC_IMMEDIATE_ABORT", "true"),
    ("CARGO_PROFILE_WASM_PANIC", "immediate-abort"),
    ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-Zfmt-debug=none"),
];

/// Builds the release app into [`Project::release`], with its compressed copies.
pub(crate) fn release(project: &Project) -> Outcome<()> {
    let dist = project.release();
    build(project, &dist, &["--release", "--features", "split"], &SMALL_STD)?;
    parts::cut(project, &dist, &binary::wasm_bindgen(project)?, &node::packages(project)?)?;
    compression::precompress(&dist)
}

/// Builds a debug app into `dist`: quick to build, large, and not compressed.
pub(crate) fn debug(project: &Project, dist: &Path) -> Outcome<()> {
    build(project, dist, &["--cargo-profile", "dev"], &[])?;
    page::move_scripts_out(dist)
}

/// A cargo command that compiles for wasm, in a target folder of its own.
pub(crate) fn cargo(project: &Project, toolchain: &toolchain::Toolchain) -> Outcome<Command> {
    let mut cargo = command("cargo");
    cargo.current_dir(project.root()).env("CARGO_TARGET_DIR", project.wasm_target());
    toolchain.apply(&mut cargo)?;
    Ok(cargo)
}

fn build(
    project: &Project,
    dist: &Path,
    options: &[&str],
    settings: &[(&str, &str)],
) -> Outcome<()> {
    let toolchain = if settings.is_empty() {
        toolchain::wasm(project)?
    } else {
        toolchain::wasm_with_std_source(project)?
    };
    let bindgen = binary::wasm_bindgen(project)?;
    let trunk = binary::trunk(project)?;
    let packages = node::packages(project)?;

    // Trunk builds without the network, so the sources of every dependency must be here before.
    run(cargo(project, &toolchain)?
        .args(["fetch", "--locked", "--quiet", "--target", toolchain::TARGET])
        .envs(settings.iter().copied()))?;

    fs::create_dir_all(dist).doing("make a folder for the app")?;
    let mut build = command(trunk.join("trunk"));
    build
        .arg("build")
        .args(options)
        .arg("--dist")
        .arg(dist)
        .current_dir(project.root())
        .env("CARGO_TARGET_DIR", project.wasm_target())
        .envs(settings.iter().copied());
    toolchain.apply(&mut build)?;
    let system = matches!(toolchain, toolchain::Toolchain::System).then(|| Path::new("/usr/bin"));
    build.env("PATH", search_path([&*bindgen, &*packages.programs].into_iter().chain(system))?);
    if env::var_os("NO_COLOR").is_some() {
        // Trunk reads this variable as a flag that must be spelled out, others only look whether
        // it is set.
        build.env("NO_COLOR", "true");
    }
    run(build.env("RUST_BACKTRACE", "0"))
}
