//! `cargo xtask setup`: every tool at once. Other commands bring what they need by themselves; this
//! one is for a person who wants the waiting done, and to see what is used.

use std::fmt::Display;
use std::time::Instant;

use crate::failure::Outcome;
use crate::project::Project;
use crate::stage::seconds;
use crate::tool::{binary, browser, firefox, node, promtool, python, redis, toolchain, webkit};

pub(crate) fn setup(project: &Project) -> Outcome<()> {
    let started = Instant::now();
    timed("compiler for wasm", || toolchain::wasm(project).map(|found| found.describe()))?;
    timed("wasm-bindgen", || binary::wasm_bindgen(project).map(|_| "as in Cargo.lock"))?;
    timed("Trunk", || binary::trunk(project).map(|_| "ready"))?;
    timed("Node and its packages", || node::packages(project).map(|found| found.version))?;
    timed("Chromium with its driver", || browser::browser().map(|found| found.version))?;
    timed("Firefox with its driver", || firefox::firefox(project).map(|found| found.version))?;
    timed("WebKit with its driver", || {
        webkit::webkit().map(|found| found.browser.display().to_string())
    })?;
    timed("Python and its packages", || {
        python::packages(project).map(|path| path.display().to_string())
    })?;
    timed("promtool", || promtool::program().map(|path| path.display().to_string()))?;
    timed("Redis for the tests", || redis::server().map(|path| path.display().to_string()))?;
    println!("all tools are here ({})", seconds(started.elapsed()));
    Ok(())
}

fn timed<T: Display>(what: &str, bring: impl FnOnce() -> Outcome<T>) -> Outcome<()> {
    let started = Instant::now();
    let found = bring()?;
    println!("{what:<26} {found} ({})", seconds(started.elapsed()));
    Ok(())
}
