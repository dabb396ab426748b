//! `cargo xtask test`: five kinds of tests, from the quick to the whole.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::app;
use crate::compression::files;
use crate::failure::{Failure, Outcome};
use crate::process::{command, run};
use crate::project::Project;
use crate::server::{self, DemoServer, Profile};
use crate::stage::Stages;
use crate::tool::{
    binary, browser, firefox, nginx, node, promtool, python, redis, toolchain, webkit,
};

/// Tests of one kind or, without a name, of all kinds. What follows the name goes to the test
/// runner as it is.
pub(crate) fn test(project: &Project, arguments: &[&str]) -> Outcome<()> {
    match arguments {
        [] => {
            let mut stages = Stages::within(Duration::MAX);
            self::stages(project, &mut stages)?;
            stages.summarise();
            Ok(())
        }
        ["host", rest @ ..] => host(project, rest),
        ["web", rest @ ..] => web(project, rest),
        ["module", rest @ ..] => build_and_module(project, rest),
        ["e2e", rest @ ..] => e2e(project, &build(project)?, rest),
        ["engines", rest @ ..] => engines(project, &build(project)?, rest),
        [other, ..] => Err(Failure::new(format!(
            "expected one of host, web, module, e2e, engines, or nothing for all of them, found `{other}`"
        ))),
    }
}

/// Every kind of tests, one after another.
pub(crate) fn stages(project: &Project, stages: &mut Stages) -> Outcome<()> {
    stages.run("tests, this machine", || host(project, &[]))?;
    stages.run("tests, two browsers", || web(project, &[]))?;
    stages.run("tests, npm package", || build_and_module(project, &[]))?;
    let program = stages.run("app and server, release", || build(project))?;
    stages.run("tests, whole product", || e2e(project, &program, &[]))?;
    stages.run("tests, three engines", || engines(project, &program, &[]))
}

/// Everything that needs no browser.
fn host(project: &Project, arguments: &[&str]) -> Outcome<()> {
    run(command("cargo")
        .current_dir(project.root())
        .args(["test", "--workspace", "--exclude", "likeness", "--exclude", "xtask"])
        .env(redis::VARIABLE, redis::server()?)
        .args(arguments))?;
    // These commands, from what is compiled of them already.
    run(command("cargo")
        .current_dir(project.root())
        .args(["test", "--package", "xtask", "--profile", "tool"])
        .args(arguments))?;
    // What the app has that knows no browser: its words and its addresses.
    run(command("cargo")
        .current_dir(project.root())
        .args(["test", "--package", "likeness", "--lib"])
        .args(arguments))
}

/// The app's own tests, compiled to wasm and run by headless browsers of two engines.
fn web(project: &Project, arguments: &[&str]) -> Outcome<()> {
    let toolchain = toolchain::wasm(project)?;
    let runner = binary::wasm_bindgen(project)?.join("wasm-bindgen-test-runner");
    let chromium = browser::browser()?;
    let firefox = firefox::firefox(project)?;
    for driver in [
        [("CHROMEDRIVER", chromium.driver.into_os_string()), ("CHROMEDRIVER_ARGS", "".into())],
        [
            ("GECKODRIVER", firefox.driver.into_os_string()),
            ("GECKODRIVER_ARGS", binary_option(&firefox.firefox)),
        ],
    ] {
        let mut cargo = app::cargo(project, &toolchain)?;
        // The runner takes the first driver that it finds a variable of.
        for other in ["CHROMEDRIVER", "GECKODRIVER", "SAFARIDRIVER", "MSEDGEDRIVER"] {
            cargo.env_remove(other).env_remove(format!("{other}_REMOTE"));
        }
        run(cargo
            .args(["test", "--package", "likeness", "--tests", "--target", toolchain::TARGET])
            .args(arguments)
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", &runner)
            .envs(driver)
            .env("WASM_BINDGEN_TEST_ONLY_WEB", "1")
            .env("WASM_BINDGEN_TEST_TIMEOUT", "120")
            .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", project.path("webdriver.json")))?;
    }
    Ok(())
}

/// Tells a driver which browser to start, in quotes because the runner reads it as a shell would.
fn binary_option(browser: &Path) -> OsString {
    format!("--binary '{}'", browser.display()).into()
}

fn build_and_module(project: &Project, arguments: &[&str]) -> Outcome<()> {
    crate::module::module(project)?;
    let program = server::build(project, Profile::Debug)?;
    module(project, &program, arguments)
}

/// The npm package in `pkg/`, in Node and in a browser, beside the server `program`.
fn module(project: &Project, program: &Path, arguments: &[&str]) -> Outcome<()> {
    let tests = test_files(&project.path("tests/module"))?;
    with_product(project, program, |node| {
        node.args(["--test", "--test-reporter=spec", "--test-concurrency=1"])
            .args(["--test-timeout=600000", "--test-force-exit"])
            .args(arguments)
            .args(&tests);
    })
}

/// Builds app and server as they are deployed. Gives the server's program.
fn build(project: &Project) -> Outcome<PathBuf> {
    let server = server::begin(project, Profile::Release)?;
    app::release(project)?;
    server.finish()
}

/// The whole product in a browser, against the release build of the app and the server `program`.
fn e2e(project: &Project, program: &Path, arguments: &[&str]) -> Outcome<()> {
    let tests = test_files(&project.e2e())?;
    let simulator = server::simulator(project)?;
    let nginx = nginx::server()?;
    let (python, promtool) = (python::packages(project)?, promtool::program()?);
    with_product(project, program, |node| {
        node.env("LIKENESS_SIMULATOR_BIN", simulator)
            .env(nginx::VARIABLE, nginx)
            .env(python::VARIABLE, python)
            .env(promtool::VARIABLE, promtool)
            // One file after another: they measure times, and two browsers at once would disturb them.
            .args(["--test", "--test-reporter=spec", "--test-concurrency=1"])
            // Of one file. Without it a page that never answers would hold up everything, and
            // without the other a browser that a failed test left open.
            .args(["--test-timeout=900000", "--test-force-exit"])
            .args(arguments)
            .args(&tests);
    })
}

/// The flows that matter most, in three engines: Chromium, Firefox, and WebKit, which is Safari's.
fn engines(project: &Project, program: &Path, arguments: &[&str]) -> Outcome<()> {
    let tests = test_files(&project.path("tests/engines"))?;
    let chromium = browser::browser()?;
    let firefox = firefox::firefox(project)?;
    let webkit = webkit::webkit()?;
    with_product(project, program, |node| {
        node.env("CHROMEDRIVER", chromium.driver)
            .env("FIREFOX", firefox.firefox)
            .env("GECKODRIVER", firefox.driver)
            .env("MINIBROWSER", webkit.browser)
            .env("WEBKIT_DRIVER", webkit.driver)
            .env("XVFB", webkit.screen)
            .args(["--test", "--test-reporter=spec", "--test-concurrency=1"])
            .args(["--test-timeout=1200000", "--test-force-exit"])
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
        .env("LIKENESS_DIST", project.release())
        .env("CHROMIUM", browser.chromium))
}

/// The names are listed here because Node's own rules for a folder differ between its versions.
fn test_files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut tests = files(folder)?;
    tests.retain(|path| {
        path.to_string_lossy().ends_with(".test.mjs")
            && !path.components().any(|part| part.as_os_str() == "node_modules")
    });
    if tests.is_empty() {
        let folder = folder.display();
        return Err(Failure::new(format!("expected tests in {folder}/*.test.mjs, found none")));
    }
    Ok(tests)
}
