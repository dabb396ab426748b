//! Trunk, which our own commands do without: `trunk build` and `trunk serve` have to work for whoever prefers them.

use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::app;
use crate::failure::{Doing, Failure, Outcome};
use crate::process::{command, run, search_path, stop};
use crate::project::Project;
use crate::server::{free_address, get};
use crate::tool::{binary, toolchain};

/// How long a server has to answer after its build is there already.
const READY_WITHIN: Duration = Duration::from_secs(120);

/// Builds the app with Trunk, then lets Trunk serve it until it answers.
pub(crate) fn works(project: &Project) -> Outcome<()> {
    let toolchain = toolchain::wasm(project)?;
    let bindgen = binary::wasm_bindgen(project)?;
    let trunk = binary::trunk(project)?.join("trunk");
    // Trunk builds without the network, so the sources of every dependency must be here before.
    run(app::cargo(project, &toolchain)?.args([
        "fetch",
        "--locked",
        "--quiet",
        "--target",
        toolchain::TARGET,
    ]))?;

    let dist = project.scratch().join("trunk");
    app::empty(&dist)?;
    let called = |action: &str| -> Outcome<Command> {
        let mut called = command(&trunk);
        called.current_dir(project.root()).arg(action).args(["--cargo-profile", "dev"]);
        called.arg("--dist").arg(&dist).env("CARGO_TARGET_DIR", project.wasm_target());
        toolchain.apply(&mut called)?;
        let system =
            matches!(toolchain, toolchain::Toolchain::System).then(|| Path::new("/usr/bin"));
        called.env("PATH", search_path([&*bindgen].into_iter().chain(system))?);
        // Trunk reads this variable as a flag that must be spelled out, others only look whether it is set.
        called.env_remove("NO_COLOR");
        Ok(called)
    };
    run(&mut called("build")?)?;
    if !dist.join("index.html").exists() {
        return Err(Failure::new("expected an index.html from `trunk build`, found none"));
    }

    let address = free_address()?;
    let port = address.port().to_string();
    let mut server = called("serve")?
        .args(["--address", "127.0.0.1", "--port", &port, "--no-autoreload"])
        .spawn()
        .doing("start `trunk serve`")?;
    let started = Instant::now();
    let mut answer = get(address, "/");
    while answer.is_none() && started.elapsed() < READY_WITHIN {
        sleep(Duration::from_millis(200));
        answer = get(address, "/");
    }
    stop(&mut server);
    match answer {
        Some(page) if page.contains("id=\"skeleton\"") => Ok(()),
        Some(_) => Err(Failure::new("expected our page from `trunk serve`, found another")),
        None => Err(Failure::new("`trunk serve` did not answer; its own words are above")),
    }
}
