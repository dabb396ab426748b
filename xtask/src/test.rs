//! `cargo xtask test`: three kinds of tests, from the quick to the whole.

use std::path::{Path, PathBuf};

use crate::app;
use crate::compression::files;
use crate::failure::{Failure, Outcome};
use crate::process::{command, run};
use crate::project::Project;
use crate::server::{self, DemoServer, Profile};
use crate::tool::{binary, browser, node, redis, toolchain};

/// Tests of one kind or, without a name, of all kinds. What follows the name goes to the test
/// runner as it is.
pub(crate) fn test(project: &Project, arguments: &[&str]) -> Outcome<()> {
    match arguments {
        [] => {
            host(project, &[])?;
            web(project, &[])?;
            build_and_e2e(project, &[])
        }
        ["host", rest @ ..] => host(project, rest),
        ["web", rest @ ..] => web(project, rest),
        ["e2e", rest @ ..] => build_and_e2e(project, rest),
        [other, ..] => Err(Failure::new(format!(
            "expected one of host, web, e2e, or nothing for all of them, found `{other}`"
        ))),
    }
}

/// Everything that needs no browser.
pub(crate) fn host(project: &Project, arguments: &[&str]) -> Outcome<()> {
    run(command("cargo")
        .current_dir(project.root())
        .args(["test", "--workspace", "--exclude", "likeness"])
        .env(redis::VARIABLE, redis::server()?)
        .args(arguments))?;
    // What the app has that knows no browser: its words and its addresses.
    run(command("cargo")
        .current_dir(project.root())
        .args(["test", "--package", "likeness", "--lib"])
        .args(arguments))
}

/// The app's own tests, compiled to wasm and run by a headless browser.
pub(crate) fn web(project: &Project, arguments: &[&str]) -> Outcome<()> {
    let toolchain = toolchain::wasm(project)?;
    let runner = binary::wasm_bindgen(project)?.join("wasm-bindgen-test-runner");
    let browser = browser::browser()?;
    run(app::cargo(project, &toolchain)?
        .args(["test", "--package", "likeness", "--tests", "--target", toolchain::TARGET])
        .args(arguments)
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
        .env("CHROMEDRIVER", browser.driver)
        .env("WASM_BINDGEN_TEST_ONLY_WEB", "1")
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120")
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", project.path("webdriver.json")))
}

fn build_and_e2e(project: &Project, arguments: &[&str]) -> Outcome<()> {
    app::release(project)?;
    let program = server::build(project, Profile::Release)?;
    e2e(project, &program, arguments)
}

/// The whole product in a browser, against the release build in `dist/` and the server `program`.
pub(crate) fn e2e(project: &Project, program: &Path, arguments: &[&str]) -> Outcome<()> {
    let tests = e2e_files(project)?;
    if tests.is_empty() {
        return Err(Failure::new("expected tests in tests/e2e/*.test.mjs, found none"));
    }
    with_product(project, program, |node| {
        // One file after another: they measure times, and two browsers at once would disturb them.
        node.args(["--test", "--test-reporter=spec", "--test-concurrency=1"])
            // Of one file. Without it a page that never answers would hold up everything, and
            // without the other a browser that a failed test left open.
            .args(["--test-timeout=900000", "--test-force-exit"])
            .args(arguments)
            .args(&tests);
    })
}

/// Runs Node beside a fresh demo server, with the environment that `tests/e2e/support/browser.mjs`
/// describes.
pub(crate) fn with_product(
    project: &Project,
    program: &Path,
    prepare: impl FnOnce(&mut std::process::Command),
) -> Outcome<()> {
    let packages = node::packages(project)?;
    let browser = browser::browser()?;
    let server = DemoServer::start(project, program)?;
    let mut node = command(packages.node);
    prepare(&mut node);
    run(node
        .current_dir(project.root())
        .env("LIKENESS_URL", server.url())
        .env("LIKENESS_PROXY_BIN", program)
        .env("LIKENESS_DIST", project.dist())
        .env("CHROMIUM", browser.chromium))
}

/// The names are listed here because Node's own rules for a folder differ between its versions.
fn e2e_files(project: &Project) -> Outcome<Vec<PathBuf>> {
    let mut tests = files(&project.e2e())?;
    tests.retain(|path| {
        path.to_string_lossy().ends_with(".test.mjs")
            && !path.components().any(|part| part.as_os_str() == "node_modules")
    });
    Ok(tests)
}
