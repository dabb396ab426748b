//! WebKit, Safari's engine, as GTK has it: a third engine for the tests. It cannot do without a screen, so it gets one
//! that nobody sees.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::apt;
use crate::failure::{Failure, Outcome};
use crate::process::find;

/// The variable by which a person names another WebKit's driver.
const VARIABLE: &str = "WEBKIT_DRIVER";

const DRIVER: &[&str] = &["WebKitWebDriver"];
const SCREEN: &[&str] = &["Xvfb"];
const BROWSER: &str = "MiniBrowser";

/// A browser, the program that drives it, and a screen in memory.
#[derive(Debug)]
pub(crate) struct WebKit {
    pub(crate) browser: PathBuf,
    pub(crate) driver: PathBuf,
    pub(crate) screen: PathBuf,
}

/// Finds them, or installs them.
pub(crate) fn webkit() -> Outcome<WebKit> {
    if driver().is_none() || browser().is_none() || find(SCREEN).is_none() {
        apt::install(&["webkit2gtk-driver", "xvfb"], "WebKit with its driver and a screen")?;
    }
    let missing = |what| Failure::new(format!("{what} was not found; install WebKitGTK with it"));
    Ok(WebKit {
        driver: driver().ok_or_else(|| {
            Failure::new(format!(
                "WebKitWebDriver was not found on the search path; set {VARIABLE} to its path"
            ))
        })?,
        browser: browser().ok_or_else(|| missing("MiniBrowser, WebKit's own browser,"))?,
        screen: find(SCREEN).ok_or_else(|| missing("Xvfb"))?,
    })
}

fn driver() -> Option<PathBuf> {
    env::var_os(VARIABLE).map(PathBuf::from).or_else(|| find(DRIVER))
}

/// It lies with the libraries of the newest version, on some systems in a folder for the machine.
fn browser() -> Option<PathBuf> {
    let libraries = ["/usr/lib", "/usr/lib64", "/usr/libexec"].map(PathBuf::from);
    let deeper: Vec<PathBuf> = libraries.iter().flat_map(|folder| folders_in(folder)).collect();
    libraries
        .iter()
        .chain(&deeper)
        .flat_map(|folder| folders_in(folder))
        .filter(|folder| is_of_webkit(folder))
        .map(|folder| folder.join(BROWSER))
        .filter(|browser| browser.is_file())
        .max()
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

fn is_of_webkit(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with("webkit"))
}
