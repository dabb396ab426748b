//! `cargo xtask run`: the whole product as it is deployed.

use std::path::PathBuf;
use std::process::Command;

use crate::app;
use crate::failure::{Doing, Outcome};
use crate::project::Project;
use crate::publish::publish;
use crate::server::{self, Profile};

pub(crate) fn run(project: &Project, listen: Option<&str>) -> Outcome<()> {
    let program = build(project)?;
    let address = server::address(listen);
    println!("\nLikeness: http://{address}  (Ctrl-C stops it)");
    become_program(&mut server::for_person(&program, &project.dist(), &address))
}

/// Builds app and server as they are deployed, and brings the app to where it is served. Gives the server's program.
pub(crate) fn build(project: &Project) -> Outcome<PathBuf> {
    app::release(project)?;
    let program = server::build(project, Profile::Release)?;
    publish(&project.release(), &project.dist(), &project.scratch().join("published"))?;
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
