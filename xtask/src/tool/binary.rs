//! Programs that cargo installs: Trunk, the wasm-bindgen command line, and the driver of Firefox.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Doing, Failure, Outcome};
use crate::process::{command, find, find_in, read, run};
use crate::project::Project;
use crate::version::{Version, locked};

/// Builds the app. 0.22 asks for a newer compiler than ours.
const TRUNK: Version = Version::new(0, 21, 14);

/// Drives Firefox.
const GECKODRIVER: Version = Version::new(0, 37, 1);

/// A program of the registry, at the one version that will do.
struct Binary<'a> {
    package: &'a str,
    programs: &'a [&'a str],
    version: Version,
    /// How long a person waits for it on two cores.
    takes: &'a str,
    options: &'a [&'a str],
}

/// The folder of `trunk`, which is installed first if need be.
pub(crate) fn trunk(project: &Project) -> Outcome<PathBuf> {
    // Without its default features Trunk cannot download tools, which it need not do here, and
    // builds in half the time.
    Binary {
        package: "trunk",
        programs: &["trunk"],
        version: TRUNK,
        takes: "5 minutes",
        options: &["--locked", "--no-default-features"],
    }
    .folder(project)
}

/// The folder of `wasm-bindgen` and `wasm-bindgen-test-runner`, in the version of the library.
pub(crate) fn wasm_bindgen(project: &Project) -> Outcome<PathBuf> {
    let lock = fs::read_to_string(project.path("Cargo.lock")).doing("read Cargo.lock")?;
    let version = locked(&lock, "wasm-bindgen").ok_or_else(|| {
        Failure::new("expected wasm-bindgen in Cargo.lock; run `cargo generate-lockfile`")
    })?;
    // Not `--locked`: the lock file that is published with it may name versions that were taken
    // back since.
    Binary {
        package: "wasm-bindgen-cli",
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        version,
        takes: "3 minutes",
        options: &[],
    }
    .folder(project)
}

/// `geckodriver`. Debian has none.
pub(crate) fn geckodriver(project: &Project) -> Outcome<PathBuf> {
    let program = "geckodriver";
    Binary {
        package: program,
        programs: &[program],
        version: GECKODRIVER,
        takes: "a minute",
        options: &["--locked"],
    }
    .folder(project)
    .map(|folder| folder.join(program).with_extension(env::consts::EXE_EXTENSION))
}

impl Binary<'_> {
    fn folder(&self, project: &Project) -> Outcome<PathBuf> {
        let own = project.tools().join("bin");
        if self.is_in(&own) {
            return Ok(own);
        }
        let elsewhere = find(self.programs).and_then(|found| found.parent().map(PathBuf::from));
        match elsewhere {
            Some(folder) if self.is_in(&folder) => Ok(folder),
            _ => self.install(project).map(|()| own),
        }
    }

    fn is_in(&self, folder: &Path) -> bool {
        self.programs.iter().all(|program| {
            find_in(program, [folder.to_path_buf()])
                .and_then(|path| read(command(path).arg("--version")))
                .and_then(|text| Version::in_text(&text))
                == Some(self.version)
        })
    }

    fn install(&self, project: &Project) -> Outcome<()> {
        println!("  installing {} {} (about {})", self.package, self.version, self.takes);
        run(command("cargo")
            .args(["install", self.package, "--version", &self.version.to_string(), "--force"])
            .args(self.options)
            .arg("--root")
            .arg(project.tools())
            // Most of the time would go into optimising tools that are quick enough as they are.
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env_remove("CARGO_TARGET_DIR"))
    }
}
