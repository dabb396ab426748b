//! `cargo xtask check`: everything that must hold beside the tests, quickest first; `cargo xtask ci`: that and the tests.
//! The first failure ends it.

use std::time::Duration;

use crate::failure::Outcome;
use crate::process::{command, run};
use crate::project::Project;
use crate::stage::Stages;
use crate::tool::toolchain;
use crate::{app, docs, module, setup, size, test, trunk};

/// What all of it may take on two cores, tools included. Nobody waits longer than that for a verdict.
const LIMIT: Duration = Duration::from_secs(75 * 60);

pub(crate) fn ci(project: &Project) -> Outcome<()> {
    let mut stages = Stages::within(LIMIT);
    checks(project, &mut stages)?;
    test::stages(project, &mut stages)?;
    stages.summarise();
    Ok(())
}

pub(crate) fn check(project: &Project) -> Outcome<()> {
    let mut stages = Stages::within(LIMIT);
    checks(project, &mut stages)?;
    stages.summarise();
    Ok(())
}

fn checks(project: &Project, stages: &mut Stages) -> Outcome<()> {
    stages.run("tools", || setup::setup(project))?;
    stages.run("format", || format(project))?;
    stages.run("pages for people", || docs::docs(project, crate::HELP))?;
    stages.run("clippy, this machine", || clippy_host(project))?;
    stages.run("clippy, wasm", || clippy_wasm(project))?;
    stages.run("documentation", || documentation(project))?;
    stages.run("app, release", || app::release(project))?;
    stages.run("size of the first page", || size::weigh(&project.release()))?;
    stages.run("npm package", || module::module(project))?;
    stages.run("Trunk", || trunk::works(project))
}

fn format(project: &Project) -> Outcome<()> {
    run(command("cargo").current_dir(project.root()).args(["fmt", "--all", "--check"]))
}

fn clippy_host(project: &Project) -> Outcome<()> {
    run(command("cargo")
        .current_dir(project.root())
        .args(["clippy", "--workspace", "--exclude", "likeness", "--all-targets", "--locked"])
        .args(["--", "-D", "warnings"]))
}

fn clippy_wasm(project: &Project) -> Outcome<()> {
    let toolchain = toolchain::wasm(project)?;
    run(app::cargo(project, &toolchain)?
        .args(["clippy", "--package", "likeness", "--package", "likeness-module", "--all-targets"])
        .arg("--locked")
        .args(["--target", toolchain::TARGET, "--", "-D", "warnings"]))
}

/// Links between items break when one is renamed; only rustdoc notices.
fn documentation(project: &Project) -> Outcome<()> {
    run(command("cargo")
        .current_dir(project.root())
        .args(["doc", "--workspace", "--exclude", "likeness", "--no-deps", "--locked"])
        .env("RUSTDOCFLAGS", "-D warnings"))?;
    let toolchain = toolchain::wasm(project)?;
    run(app::cargo(project, &toolchain)?
        .args(["doc", "--package", "likeness", "--lib", "--no-deps", "--locked"])
        .args(["--target", toolchain::TARGET])
        .env("RUSTDOCFLAGS", "-D warnings"))
}
