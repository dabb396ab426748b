//! Firefox and its driver: a second engine for the tests.

use std::env;
use std::path::{Path, PathBuf};

use super::{apt, binary};
use crate::failure::{Failure, Outcome};
use crate::process::{command, find, read};
use crate::project::Project;
use crate::version::Version;

/// The variable by which a person names another Firefox.
const VARIABLE: &str = "FIREFOX";

const FIREFOX: &[&str] = &["firefox-esr", "firefox"];
const FIREFOX_ON_MACOS: &str = "/Applications/Firefox.app/Contents/MacOS/firefox";

/// A browser and the program that drives it.
#[derive(Debug)]
pub(crate) struct Firefox {
    pub(crate) firefox: PathBuf,
    pub(crate) driver: PathBuf,
    pub(crate) version: Version,
}

/// Finds both, or installs them.
pub(crate) fn firefox(project: &Project) -> Outcome<Firefox> {
    if program().is_none() {
        apt::install(&["firefox-esr"], "Firefox")?;
    }
    let firefox = program().ok_or_else(|| {
        Failure::new(format!(
            "Firefox was not found on the search path; set {VARIABLE} to its path"
        ))
    })?;
    let version = read(command(&firefox).arg("--version"))
        .and_then(|text| Version::in_text(&text))
        .ok_or_else(|| {
            Failure::new(format!("`{} --version` gave no version", firefox.display()))
        })?;
    Ok(Firefox { firefox, driver: binary::geckodriver(project)?, version })
}

fn program() -> Option<PathBuf> {
    env::var_os(VARIABLE).map(PathBuf::from).or_else(|| find(FIREFOX)).or_else(|| {
        let firefox = Path::new(FIREFOX_ON_MACOS);
        firefox.is_file().then(|| firefox.to_path_buf())
    })
}
