//! `cargo xtask dev`: a debug build that follows the files.
//!
//! The page comes from our own server, under the same policy and the same origin as in production,
//! rather than from Trunk's: what works here works there. Reload the page after a rebuild.

use std::path::PathBuf;
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::app;
use crate::failure::{Doing, Outcome};
use crate::process::stop;
use crate::project::Project;
use crate::server::{self, Profile};
use crate::source::Snapshot;
use crate::stage::seconds;

/// How often the files are looked at.
const PAUSE: Duration = Duration::from_millis(300);

pub(crate) fn dev(project: &Project, listen: Option<&str>) -> Outcome<()> {
    let address = server::address(listen);
    let dist = dist(project);
    let stopped = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stopped);
    ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed)).doing("listen for Ctrl-C")?;

    let app_sources = paths(
        project,
        &["src", "crates", "style", "public", "index.html", "Trunk.toml", "Cargo.toml"],
    );
    let server_sources = paths(project, &["crates", "Cargo.toml"]);
    let mut app_seen = None;
    let mut server_seen = None;
    let mut server: Option<Child> = None;

    while !stopped.load(Ordering::Relaxed) {
        let (app_now, server_now) = (Snapshot::of(&app_sources), Snapshot::of(&server_sources));
        if app_seen.as_ref() != Some(&app_now) {
            app_seen = Some(app_now);
            report("app", || app::debug(project, &dist));
        }
        if server_seen.as_ref() != Some(&server_now) {
            server_seen = Some(server_now);
            // The old server runs on until the new one is built.
            if let Some(program) = report("server", || server::build(project, Profile::Debug)) {
                if let Some(old) = server.as_mut() {
                    stop(old);
                }
                let mut command = server::for_person(&program, &dist, &address);
                server = Some(command.spawn().doing("start the server")?);
                println!("\nLikeness: http://{address}  (Ctrl-C stops it)");
            }
        }
        thread::sleep(PAUSE);
    }
    if let Some(mut server) = server {
        stop(&mut server);
    }
    Ok(())
}

/// Builds app and server once, and says where they are.
pub(crate) fn build(project: &Project) -> Outcome<()> {
    let dist = dist(project);
    app::debug(project, &dist)?;
    let program = server::build(project, Profile::Debug)?;
    println!("LIKENESS_DIST={} LIKENESS_PROXY_BIN={}", dist.display(), program.display());
    Ok(())
}

/// Where the debug build of the app lies. Apart from that of release, which may be served meanwhile.
fn dist(project: &Project) -> PathBuf {
    project.scratch().join("dev")
}

/// A build that fails is a message, not the end: the next change may mend it.
fn report<T>(what: &str, build: impl FnOnce() -> Outcome<T>) -> Option<T> {
    let started = Instant::now();
    match build() {
        Ok(built) => {
            println!("{what} built in {}", seconds(started.elapsed()));
            Some(built)
        }
        Err(failure) => {
            eprintln!("{what} not built: {failure}");
            None
        }
    }
}

fn paths(project: &Project, relative: &[&str]) -> Vec<PathBuf> {
    relative.iter().map(|path| project.path(path)).collect()
}
