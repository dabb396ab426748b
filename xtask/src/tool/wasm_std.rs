//! A standard library for wasm, built once from its source and added to Debian's compiler, which
//! comes without one. From then on the app builds like any other program, with no unstable flag.

use std::fs;
use std::path::{Path, PathBuf};

use super::toolchain::TARGET;
use crate::failure::{Doing, Failure, Outcome};
use crate::process::{command, run, search_path};
use crate::project::Project;

const MANIFEST: &str = "\
[package]
name = \"empty\"
version = \"0.0.0\"
edition = \"2024\"

[profile.release]
opt-level = \"s\"

[workspace]
";

/// Whether the compiler whose files lie under `sysroot` has a standard library for wasm.
pub(crate) fn is_in(sysroot: &Path) -> bool {
    fs::read_dir(library(sysroot)).is_ok_and(|files| {
        files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libstd-"))
    })
}

/// Builds the library with the compiler in `/usr` and puts it there.
pub(crate) fn build(project: &Project) -> Outcome<()> {
    println!("  building the standard library for wasm (about a minute)");
    let package = project.tools().join("wasm-std");
    fs::create_dir_all(package.join("src")).doing("make a folder for the wasm std")?;
    fs::write(package.join("Cargo.toml"), MANIFEST).doing("write a manifest")?;
    fs::write(package.join("src/lib.rs"), "").doing("write an empty library")?;

    run(command("/usr/bin/cargo")
        .args(["build", "--release", "--target", TARGET])
        .arg("-Zbuild-std=std,panic_abort,test")
        .current_dir(&package)
        .env("PATH", search_path([Path::new("/usr/bin")])?)
        .env("RUSTC_BOOTSTRAP", "1")
        // Without it the library could not take part in the link-time optimisation of the app.
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env("CARGO_TARGET_DIR", package.join("target"))
        .env_remove("RUSTUP_TOOLCHAIN"))?;

    add(&package.join("target").join(TARGET).join("release/deps"), Path::new("/usr"))?;
    fs::remove_dir_all(&package).doing("clear up after building the wasm std")
}

/// Copies the libraries of `built` into the compiler under `sysroot`: all of them or, should it be
/// interrupted, none.
fn add(built: &Path, sysroot: &Path) -> Outcome<()> {
    let library = library(sysroot);
    let part = library.with_extension("part");
    fs::create_dir_all(&part).doing(format_args!("write to {} (it takes root)", part.display()))?;
    for file in fs::read_dir(built).doing("list the libraries built")?.flatten() {
        let name = file.file_name();
        let text = name.to_string_lossy();
        if text.ends_with(".rlib") && !text.starts_with("libempty-") {
            fs::copy(file.path(), part.join(&name)).doing("copy a library")?;
        }
    }
    if library.exists() {
        fs::remove_dir_all(&library).doing("replace an unfinished wasm std")?;
    }
    fs::rename(&part, &library).doing("put the wasm std in its place")?;
    if is_in(sysroot) {
        Ok(())
    } else {
        Err(Failure::new("the wasm std was built without `std` in it; run the command again"))
    }
}

fn library(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(TARGET).join("lib")
}

#[cfg(test)]
mod tests {
    use std::{env, fs, process};

    use super::{add, is_in};

    #[test]
    fn only_libraries_are_added_and_only_then_is_the_compiler_complete() {
        let place = env::temp_dir().join(format!("likeness-wasm-std-{}", process::id()));
        let (built, sysroot) = (place.join("built"), place.join("sysroot"));
        fs::create_dir_all(&built).unwrap();
        for name in ["libstd-1.rlib", "libempty-2.rlib", "libstd-1.rmeta"] {
            fs::write(built.join(name), name).unwrap();
        }
        assert!(!is_in(&sysroot));
        add(&built, &sysroot).unwrap();
        assert!(is_in(&sysroot));
        let library = sysroot.join("lib/rustlib/wasm32-unknown-unknown/lib");
        assert_eq!(fs::read_dir(library).unwrap().count(), 1);
        fs::remove_dir_all(place).unwrap();
    }
}
