//! `cargo xtask run`: the whole product as it is deployed.

use std::process::Command;

use crate::app;
use crate::failure::{Doing, Outcome};
use crate::project::Project;
use crate::server::{self, Profile};

pub(crate) fn run(project: &Project, listen: Option<&str>) -> Outcome<()> {
    app::release(project)?;
    let program = server::build(project, Profile::Release)?;
    let address = server::address(listen);
    println!("\nLikeness: http://{address}  (Ctrl-C stops it)");
    become_program(&mut server::for_person(&program, &project.dist(), &address))
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
