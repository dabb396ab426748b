//! Chromium and its driver, for the tests that need a real browser.

use std::env;
use std::path::{Path, PathBuf};

use super::apt;
use crate::failure::{Failure, Outcome};
use crate::process::{command, find, read};
use crate::version::Version;

const CHROMIUM: &[&str] =
    &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const CHROME_ON_MACOS: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// A browser and the driver of the same version.
#[derive(Debug)]
pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
    pub(crate) version: Version,
}

/// Finds both, or installs them.
pub(crate) fn browser() -> Outcome<Browser> {
    if chromium().is_none() || driver().is_none() {
        apt::install(&["chromium", "chromium-driver"], "Chromium with its driver")?;
    }
    let missing = |what, variable| {
        Failure::new(format!("{what} was not found on the search path; set {variable} to its path"))
    };
    let chromium = chromium().ok_or_else(|| missing("Chromium", "CHROMIUM"))?;
    let driver = driver().ok_or_else(|| missing("chromedriver", "CHROMEDRIVER"))?;
    let version = version_of(&chromium)?;
    let driven = version_of(&driver)?;
    if version.major() != driven.major() {
        return Err(Failure::new(format!(
            "expected a browser and a driver of one version, found Chromium {version} and \
             chromedriver {driven}; update both together"
        )));
    }
    Ok(Browser { chromium, driver, version })
}

fn chromium() -> Option<PathBuf> {
    env::var_os("CHROMIUM").map(PathBuf::from).or_else(|| find(CHROMIUM)).or_else(|| {
        let chrome = Path::new(CHROME_ON_MACOS);
        chrome.is_file().then(|| chrome.to_path_buf())
    })
}

fn driver() -> Option<PathBuf> {
    env::var_os("CHROMEDRIVER").map(PathBuf::from).or_else(|| find(&["chromedriver"]))
}

fn version_of(program: &Path) -> Outcome<Version> {
    read(command(program).arg("--version"))
        .and_then(|text| Version::in_text(&text))
        .ok_or_else(|| Failure::new(format!("`{} --version` gave no version", program.display())))
}
