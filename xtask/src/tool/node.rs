//! Node and the packages of the end-to-end tests, among them `wasm-opt`.

use std::fs;
use std::path::PathBuf;

use crate::failure::{Doing, Failure, Outcome};
use crate::process::{command, find, read, run};
use crate::project::Project;
use crate::version::Version;

/// The oldest Node whose test runner has all that we ask of it.
const OLDEST: Version = Version::new(20, 14, 0);

/// The packages as they lie in `tests/e2e/node_modules`.
#[derive(Debug)]
pub(crate) struct Packages {
    /// Node itself.
    pub(crate) node: PathBuf,
    /// The folder of the programs that packages bring.
    pub(crate) programs: PathBuf,
    pub(crate) version: Version,
}

/// Finds Node and installs the packages if the lock file has changed since the last time.
pub(crate) fn packages(project: &Project) -> Outcome<Packages> {
    let advice = format!("install Node {OLDEST} or newer together with npm");
    let node = find(&["node"]).ok_or_else(|| Failure::new(format!("found no Node; {advice}")))?;
    let version = read(command(&node).arg("--version"))
        .and_then(|text| Version::in_text(&text))
        .filter(|version| *version >= OLDEST)
        .ok_or_else(|| Failure::new(format!("the Node found is too old; {advice}")))?;

    let e2e = project.e2e();
    let modules = e2e.join("node_modules");
    let lock = fs::read(e2e.join("package-lock.json")).doing("read tests/e2e/package-lock.json")?;
    // The lock file as it was when the packages were installed; it lies inside them, so that
    // whoever deletes them deletes it too.
    let installed = modules.join(".installed-lock.json");
    if fs::read(&installed).ok().as_deref() != Some(lock.as_slice()) {
        println!("  installing the Node packages of tests/e2e");
        let npm = find(&["npm"]).ok_or_else(|| Failure::new(format!("found no npm; {advice}")))?;
        run(command(npm).args(["ci", "--no-audit", "--no-fund"]).current_dir(&e2e))?;
        fs::write(&installed, lock).doing("note which packages are installed")?;
    }
    Ok(Packages { node, programs: modules.join(".bin"), version })
}
