//! The compiler that builds the app: the first one here that can target wasm.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::{apt, wasm_std};
use crate::failure::{Failure, Outcome};
use crate::process::{command, find, read, run, run_within, search_path};
use crate::project::Project;
use crate::version::Version;

/// The target of the app.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// `rust-version` of the workspace.
const OLDEST: Version = Version::new(1, 95, 0);

/// The name under which rustup knows Debian's compiler.
const DEBIAN: &str = "debian";

/// Debian's compiler with what building a standard library takes. `rust-lld` is a link into the
/// last one, which the compiler only recommends.
const DEBIAN_PACKAGES: &[&str] = &[
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "rust-web-llvm",
    "lld-22",
    "rust-web-clippy",
    "rustfmt-web",
];

/// A compiler with a standard library for wasm.
#[derive(Debug)]
pub(crate) enum Toolchain {
    /// The one that `cargo` means anyway.
    Default,
    /// One that rustup has under this name.
    Named(String),
    /// Debian's, where there is no rustup.
    System,
}

impl Toolchain {
    /// Makes `command` use this compiler.
    pub(crate) fn apply(&self, command: &mut Command) -> Outcome<()> {
        match self {
            Self::Default => {}
            Self::Named(name) => {
                command.env("RUSTUP_TOOLCHAIN", name);
            }
            Self::System => {
                command.env("PATH", search_path([Path::new("/usr/bin")])?);
            }
        }
        Ok(())
    }

    /// What a person may want to know about it.
    pub(crate) fn describe(&self) -> String {
        let mut rustc = command("rustc");
        let version = self
            .apply(&mut rustc)
            .ok()
            .and_then(|()| read(rustc.arg("--version")))
            .and_then(|text| Version::in_text(&text))
            .map_or_else(|| "of unknown version".to_owned(), |version| version.to_string());
        match self {
            Self::Default => format!("rustc {version}, the default one"),
            Self::Named(name) => format!("rustc {version}, toolchain `{name}`"),
            Self::System => format!("rustc {version} of this system"),
        }
    }

    /// Makes sure that the source of the standard library lies beside the compiler.
    fn bring_std_source(&self) -> Outcome<()> {
        if self.has_std_source() {
            return Ok(());
        }
        let mut add = command(rustup().ok_or_else(|| Failure::new("rustup is not installed"))?);
        add.args(["component", "add", "rust-src"]).env("RUSTUP_MAX_RETRIES", "1");
        self.apply(&mut add)?;
        run_within(&mut add, Duration::from_secs(120))
    }

    fn has_std_source(&self) -> bool {
        self.sysroot()
            .is_some_and(|root| root.join("lib/rustlib/src/rust/library/Cargo.lock").exists())
    }

    fn can_build_wasm(&self) -> bool {
        self.sysroot().is_some_and(|root| wasm_std::is_in(&root))
    }

    fn sysroot(&self) -> Option<PathBuf> {
        let mut rustc = command("rustc");
        self.apply(&mut rustc).ok()?;
        read(rustc.args(["--print", "sysroot"])).map(PathBuf::from)
    }
}

/// Finds a compiler that targets wasm, or brings one: by rustup, which is quick where the network
/// lets it, else from Debian's packages.
pub(crate) fn wasm(project: &Project) -> Outcome<Toolchain> {
    if let Ok(name) = env::var("LIKENESS_WASM_TOOLCHAIN") {
        return chosen(project, name);
    }
    if Toolchain::Default.can_build_wasm() {
        return Ok(Toolchain::Default);
    }
    if wasm_std::is_in(Path::new("/usr")) && debian_is_new_enough() {
        return debian(project);
    }
    if add_target().is_ok() && Toolchain::Default.can_build_wasm() {
        return Ok(Toolchain::Default);
    }
    println!("  no wasm target to download here; turning to Debian's compiler");
    debian(project)
}

/// Such a compiler with the source of its standard library, for a build that compiles it anew.
pub(crate) fn wasm_with_std_source(project: &Project) -> Outcome<Toolchain> {
    let toolchain = wasm(project)?;
    if toolchain.bring_std_source().is_ok() && toolchain.has_std_source() {
        return Ok(toolchain);
    }
    println!("  no source of the standard library to download here; turning to Debian's compiler");
    debian(project)
}

fn chosen(project: &Project, name: String) -> Outcome<Toolchain> {
    if name == DEBIAN {
        return debian(project);
    }
    let toolchain = Toolchain::Named(name);
    if toolchain.can_build_wasm() {
        return Ok(toolchain);
    }
    Err(Failure::new(
        "the toolchain named in LIKENESS_WASM_TOOLCHAIN has no wasm target; run `rustup target \
         add wasm32-unknown-unknown` for it or unset the variable",
    ))
}

fn add_target() -> Outcome<()> {
    let rustup = rustup().ok_or_else(|| Failure::new("rustup is not installed"))?;
    let mut add = command(rustup);
    add.args(["target", "add", TARGET]).env("RUSTUP_MAX_RETRIES", "1");
    run_within(&mut add, Duration::from_secs(120))
}

/// Debian's compiler, installed, completed with a wasm std and known to rustup as far as need be.
fn debian(project: &Project) -> Outcome<Toolchain> {
    if !debian_is_complete() {
        apt::install(DEBIAN_PACKAGES, "a Rust compiler that can build for wasm")?;
    }
    if !debian_is_new_enough() {
        return Err(Failure::new(format!(
            "expected Rust {OLDEST} or newer with the wasm target, found an older one; run \
             `rustup target add {TARGET}` where it can be downloaded"
        )));
    }
    if !wasm_std::is_in(Path::new("/usr")) {
        wasm_std::build(project)?;
    }
    let Some(rustup) = rustup() else { return Ok(Toolchain::System) };
    let linked = read(command(&rustup).args(["toolchain", "list"]))
        .is_some_and(|list| list.lines().any(|line| line.split(' ').next() == Some(DEBIAN)));
    if !linked {
        run(command(rustup).args(["toolchain", "link", DEBIAN, "/usr"]))?;
    }
    Ok(Toolchain::Named(DEBIAN.to_owned()))
}

fn debian_is_complete() -> bool {
    let programs = ["rustc", "cargo", "cargo-clippy", "rustfmt", "rust-lld"];
    programs.iter().all(|program| Path::new("/usr/bin").join(program).exists())
        && Path::new("/usr/lib/rustlib/src/rust").exists()
}

fn debian_is_new_enough() -> bool {
    read(command("/usr/bin/rustc").arg("--version"))
        .and_then(|text| Version::in_text(&text))
        .is_some_and(|version| version >= OLDEST)
}

fn rustup() -> Option<PathBuf> {
    find(&["rustup"])
}
