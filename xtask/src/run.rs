//! `cargo xtask run`: the whole product, from a fresh clone to a page that answers.

use std::path::PathBuf;
use std::process::Command;

use crate::app;
use crate::failure::{Doing, Outcome};
use crate::progress::Progress;
use crate::project::Project;
use crate::publish::publish;
use crate::server::{self, Profile};
use crate::tool::{node, toolchain};

pub(crate) fn run(project: &Project, listen: Option<&str>) -> Outcome<()> {
    let program = build(project, Profile::Quick)?;
    let address = server::address(listen);
    println!("\nLikeness: http://{address}  (Ctrl-C stops it)");
    become_program(&mut server::for_person(&program, &project.dist(), &address))
}

/// Builds app and server for release, and brings the app to where it is served. Gives the server's program.
pub(crate) fn build(project: &Project, profile: Profile) -> Outcome<PathBuf> {
    let mut progress = Progress::of(5);
    progress.step("the compiler for the browser", "20 s", || {
        toolchain::wasm_with_std_source(project).map(drop)
    })?;
    progress.step("Node packages", "10 s", || node::packages(project).map(drop))?;
    // The app ends on one core: the server is compiled on the other.
    let server = server::begin(project, profile)?;
    let wasm = progress.step("the app, and the server beside it", "about 4 min", || {
        app::compile_release(project)
    })?;
    progress.step("the app, made small", "about 1 min", || app::pack(project, &wasm))?;
    let program = progress.step("the rest of the server", "a moment", || server.finish())?;
    publish(&project.release(), &project.dist(), &project.scratch().join("published"))?;
    println!("\nbuilt in {}", progress.took());
    Ok(program)
}

/// Gives this process over to the server, so that every signal reaches it and nothing is left
/// behind.
#[cfg(unix)]
fn become_program(command: &mut Command) -> Outcome<()> {
    use std::os::unix::process::CommandExt;

    Err(command.exec()).doing("start the server")
}

#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Outcome<()> {
    command.status().map(drop).doing("start the server")
}
