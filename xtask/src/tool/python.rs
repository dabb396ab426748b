//! Python and the packages of the end-to-end tests: clients of others, which only Python has.

use std::fs;
use std::path::PathBuf;

use super::apt;
use crate::failure::{Doing, Failure, Outcome};
use crate::process::{command, find, read, run};
use crate::project::Project;

/// The variable by which the tests find the Python that has them.
pub(crate) const VARIABLE: &str = "LIKENESS_PYTHON";

/// Finds the Python of an environment of its own, and fills that if the list has changed since the last time.
pub(crate) fn packages(project: &Project) -> Outcome<PathBuf> {
    let list = project.e2e().join("requirements.txt");
    let wanted = fs::read(&list).doing("read tests/e2e/requirements.txt")?;
    let environment = project.tools().join("python");
    let python = environment.join("bin/python");
    // The list as it was when the packages were installed; it lies beside them, so that whoever deletes them deletes it too.
    let installed = environment.join("installed-requirements.txt");
    let is_there = || fs::read(&installed).ok().as_deref() == Some(wanted.as_slice());
    // An environment whose Python was taken away runs no more.
    if is_there() && read(command(&python).arg("--version")).is_some() {
        return Ok(python);
    }
    println!("  installing the Python packages of tests/e2e");
    let system = system()?;
    run(command(system).args(["-m", "venv", "--clear"]).arg(&environment))?;
    run(command(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
        .arg(&list))?;
    fs::write(&installed, wanted).doing("note which packages are installed")?;
    Ok(python)
}

/// A Python that can make environments.
fn system() -> Outcome<PathBuf> {
    let usable = || {
        find(&["python3"])
            .filter(|python| read(command(python).args(["-c", "import ensurepip, venv"])).is_some())
    };
    if usable().is_none() {
        apt::install(&["python3", "python3-venv"], "Python with venv")?;
    }
    usable().ok_or_else(|| Failure::new("found no python3 that has the modules venv and ensurepip"))
}
