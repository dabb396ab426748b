//! The browser app: compiled, cut into parts, and made ready to be served under a strict policy.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::failure::{Doing, Outcome};
use crate::page::Texts;
use crate::process::{command, run};
use crate::project::Project;
use crate::publish::publish;
use crate::tool::{node, toolchain};
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
    pack(project, &compile_release(project)?)
}

/// Compiles the app for release, in one piece that holds the marks of its parts.
pub(crate) fn compile_release(project: &Project) -> Outcome<PathBuf> {
    compile(project, &["--profile", "wasm", "--features", "split"], &SMALL_STD, "wasm")
}

/// What becomes of the compiled release: its parts, the page and the compressed copies. Where nothing has changed since
/// the last time, all of it is there already.
pub(crate) fn pack(project: &Project, wasm: &Path) -> Outcome<()> {
    let dist = project.release();
    let record = project.scratch().join("packed");
    let digest = ingredients(project, wasm)?;
    if dist.is_dir() && fs::read_to_string(&record).is_ok_and(|packed| packed == digest) {
        return Ok(());
    }
    empty(&dist)?;
    fs::write(&record, "").doing("forget what was packed")?;
    let packages = node::packages(project)?;
    let app = parts::cut(project, wasm, &dist, &packages)?;
    page::write(project, &dist, &app, Texts::Minified(&packages))?;
    compression::precompress(&dist)?;
    fs::write(&record, digest).doing("note what was packed")
}

/// A digest of everything that a release is packed from, this program among it.
fn ingredients(project: &Project, wasm: &Path) -> Outcome<String> {
    let mut files = vec![wasm.to_path_buf(), project.path("index.html")];
    files.extend(std::env::current_exe());
    files.push(project.e2e().join("package-lock.json"));
    for folder in ["style", "public"] {
        files.extend(compression::files(&project.path(folder))?);
    }
    let mut digest = Sha256::new();
    for file in files {
        digest.update(fs::read(&file).doing(format_args!("read {}", file.display()))?);
    }
    Ok(page::short(&digest.finalize()))
}

/// Builds a debug app into `dist`: quick to build, large, and not compressed.
pub(crate) fn debug(project: &Project, dist: &Path) -> Outcome<()> {
    let wasm = compile(project, &[], &[], "debug")?;
    let built = project.scratch().join("dev-built");
    empty(&built)?;
    let app = parts::whole(project, &wasm, &built)?;
    page::write(project, &built, &app, Texts::Plain)?;
    publish(&built, dist, &project.scratch().join("dev-published"))
}

/// A cargo command that compiles for wasm, in a target folder of its own.
pub(crate) fn cargo(project: &Project, toolchain: &toolchain::Toolchain) -> Outcome<Command> {
    let mut cargo = command("cargo");
    cargo.current_dir(project.root()).env("CARGO_TARGET_DIR", project.wasm_target());
    toolchain.apply(&mut cargo)?;
    Ok(cargo)
}

/// Compiles the app and returns its wasm.
fn compile(
    project: &Project,
    options: &[&str],
    settings: &[(&str, &str)],
    folder: &str,
) -> Outcome<PathBuf> {
    let toolchain = if settings.is_empty() {
        toolchain::wasm(project)?
    } else {
        toolchain::wasm_with_std_source(project)?
    };
    run(cargo(project, &toolchain)?
        .args(["build", "--package", "likeness", "--bin", "studio", "--locked"])
        .args(options)
        .args(["--target", toolchain::TARGET])
        .envs(settings.iter().copied()))?;
    Ok(project.wasm_target().join(toolchain::TARGET).join(folder).join("studio.wasm"))
}

/// Makes a folder, without what was in it.
pub(crate) fn empty(folder: &Path) -> Outcome<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).doing(format_args!("clear {}", folder.display()))?;
    }
    fs::create_dir_all(folder).doing(format_args!("make {}", folder.display()))
}
