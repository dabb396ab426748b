//! `cargo xtask bench`: figures for the README and for judging a change. Each one states how it was
//! taken; no time fails one, because a busy machine is not a defect. A lost run or a cent too much does.

mod reliability;

use crate::failure::{Failure, Outcome};
use crate::process::{command, run};
use crate::project::Project;
use crate::server::{self, Profile};
use crate::{app, test};

pub(crate) fn bench(project: &Project, what: &[&str]) -> Outcome<()> {
    match what {
        ["core"] => core(project),
        ["app"] => product(project, "tests/e2e/support/bench-app.mjs"),
        ["reliability", parts @ ..] => reliability::reliability(project, parts),
        ["proxy"] => product(project, "tests/e2e/support/bench-proxy.mjs"),
        other => Err(Failure::new(format!(
            "expected one of core, app, proxy, reliability, found `{}`",
            other.join(" ")
        ))),
    }
}

/// The pure crates by themselves.
fn core(project: &Project) -> Outcome<()> {
    if !project.path("crates/fal/examples/bench_compose.rs").is_file() {
        return Err(Failure::new(
            "expected a benchmark in crates/fal/examples/bench_compose.rs, found none; write it",
        ));
    }
    let measure = |package: &str, example: &str| {
        run(command("cargo").current_dir(project.root()).args([
            "run",
            "--release",
            "--package",
            package,
            "--all-features",
            "--example",
            example,
        ]))
    };
    measure("likeness-fal", "bench_compose")?;
    measure("likeness-telegram", "bench_launch")
}

/// A script that measures the release build.
pub(super) fn product(project: &Project, script: &str) -> Outcome<()> {
    app::release(project)?;
    let program = server::build(project, Profile::Release)?;
    test::with_product(project, &program, |node| {
        node.arg(script);
    })
}
