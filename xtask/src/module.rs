//! `cargo xtask module`: the rules as an npm package in `pkg/`, weighed against a budget.

use std::fs;
use std::path::{Path, PathBuf};

use crate::app::{self, SMALL_STD};
use crate::bind::bind;
use crate::compression::{bytes_over_the_wire, files};
use crate::failure::{Doing, Failure, Outcome};
use crate::parts::{SMALL, WASM_FEATURES};
use crate::process::{command, read, run};
use crate::project::Project;
use crate::tool::{node, toolchain};

/// What all scripts and the wasm that a browser fetches may weigh, in bytes.
const BUDGET: usize = 79_000;

/// Whoever publishes the package does not publish the folders of the machine that built it.
const NO_FOLDERS: [(&str, &str); 2] =
    [("CARGO_UNSTABLE_TRIM_PATHS", "true"), ("CARGO_PROFILE_WASM_TRIM_PATHS", "all")];

/// Where the package lies.
pub(crate) fn folder(project: &Project) -> PathBuf {
    project.path("pkg")
}

/// Builds the package and weighs it.
pub(crate) fn module(project: &Project) -> Outcome<()> {
    let package = folder(project);
    if package.exists() {
        fs::remove_dir_all(&package).doing("remove the old package")?;
    }
    fs::create_dir_all(&package).doing("make a folder for the package")?;
    build(project, &package)?;
    let source = project.path("crates/module/package");
    for name in ["browser.js", "node.js", "core.js", "package.json", "README.md"] {
        fs::copy(source.join(name), package.join(name)).doing(format_args!("copy {name}"))?;
    }
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        fs::copy(project.path(name), package.join(name)).doing(format_args!("copy {name}"))?;
    }
    fs::write(package.join("index.d.ts"), declarations(project)?).doing("write index.d.ts")?;
    weigh(&package)
}

fn build(project: &Project, package: &Path) -> Outcome<()> {
    let toolchain = toolchain::wasm_with_std_source(project)?;
    run(app::cargo(project, &toolchain)?
        .args(["build", "--package", "likeness-module", "--lib", "--locked"])
        .args(["--profile", "wasm", "--target", toolchain::TARGET])
        .envs(SMALL_STD)
        .envs(NO_FOLDERS))?;
    let built = project.wasm_target().join(toolchain::TARGET).join("wasm/likeness_module.wasm");
    bind(&built, package, "wasm", |options| options.reset_state_function(true))?;
    let bound = package.join("wasm_bg.wasm");
    run(command(node::packages(project)?.programs.join("wasm-opt"))
        .args(["--strip-debug", "--strip-producers"])
        .args(WASM_FEATURES)
        .args(SMALL)
        .arg(&bound)
        .arg("-o")
        .arg(package.join("likeness.wasm")))?;
    fs::remove_file(bound).doing("remove the wasm before its optimisation")?;
    // wasm-bindgen's script looks for the wasm under the old name if it is given none.
    let script = package.join("wasm.js");
    let text = fs::read_to_string(&script).doing("read wasm.js")?;
    fs::write(script, text.replace("wasm_bg.wasm", "likeness.wasm")).doing("write wasm.js")
}

/// Written on this machine by the rules that the wasm holds.
fn declarations(project: &Project) -> Outcome<String> {
    let arguments =
        ["run", "--quiet", "--locked", "--package", "likeness-module", "--example", "declarations"];
    read(command("cargo").current_dir(project.root()).args(arguments))
        .map(|text| text + "\n")
        .ok_or_else(|| Failure::new("expected declarations from `cargo run --package likeness-module --example declarations`, found none"))
}

fn weigh(package: &Path) -> Outcome<()> {
    let mut wire = 0;
    println!("{:<40} {:>10} {:>10}", "package", "bytes", "brotli 11");
    for path in files(package)? {
        let name = path.strip_prefix(package).unwrap_or(&path).to_string_lossy().into_owned();
        if !["browser.js", "core.js", "wasm.js", "likeness.wasm"].contains(&name.as_str()) {
            continue;
        }
        let bytes = fs::read(&path).doing(format_args!("read {name}"))?;
        let packed = bytes_over_the_wire(&path, &bytes)?;
        println!("{name:<40} {:>10} {packed:>10}", bytes.len());
        wire += packed;
    }
    println!("\npackage: {wire} bytes of at most {BUDGET}");
    if wire <= BUDGET {
        return Ok(());
    }
    Err(Failure::new(format!("the package is {} bytes over its budget of {BUDGET}", wire - BUDGET)))
}
