//! The project's commands. `cargo xtask` lists them; each brings the tools it needs and says what
//! it does, so that a machine with Rust and Node is enough to start.
#![allow(clippy::print_stdout, reason = "a command-line program talks on the standard output")]

mod app;
mod bench;
mod bind;
mod ci;
mod compression;
mod dev;
mod docs;
mod failure;
mod fuzz;
mod module;
mod page;
mod parts;
mod process;
mod progress;
mod project;
mod publish;
mod run;
mod server;
mod setup;
mod shots;
mod size;
mod slim;
mod source;
mod stage;
mod telegram;
mod test;
mod tool;
mod trunk;
mod version;

use std::process::ExitCode;

use failure::{Failure, Outcome};
use project::Project;
use server::Profile;

/// What the program can do. The pages for people are held to it.
pub(crate) const HELP: &str = "\
Usage: cargo xtask COMMAND

  setup                        bring every tool; a second time it only looks
  run [--listen ADDR]          build the app and the server for release, then serve
  dev [--listen ADDR]          serve a debug build, rebuilt whenever a file changes
  build [debug]                build app and server for release, or quickly for trying something
  test [KIND] [ARGS]           all tests, or one kind: host (this machine), web (browser), module (npm
                               package), e2e (whole product), engines (three browsers)
  docs                         the pages for people: their links, commands and translations
  check                        what must hold beside the tests: format, lints, pages, sizes, Trunk
  ci                           everything that must hold before a change lands: check, then test
  module                       build the rules as an npm package into pkg/, and weigh it
  fuzz [RUNS]                  a million hostile inputs, or so many, for each reader of other people's data
  size                         the weight of the first page over the wire, against its budget
  bench core|app|proxy         measure the prompt composer, the page, the server
  telegram                     the app in a stand-in for Telegram, with a client that can be switched
  shots                        take the pictures of the README

Environment
  LIKENESS_TOOLS           folder for the tools, instead of .tools
  LIKENESS_WASM_TOOLCHAIN  rustup toolchain that builds the app, instead of the one found
  CHROMIUM, CHROMEDRIVER   browser and driver, instead of those found
  FIREFOX, WEBKIT_DRIVER   another Firefox, another driver of WebKit
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nerror: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Outcome<()> {
    let project = Project::here();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] | ["help" | "-h" | "--help", ..] => {
            print!("{HELP}");
            Ok(())
        }
        ["setup"] => setup::setup(&project),
        ["run", options @ ..] => run::run(&project, listen(options)?),
        ["dev", options @ ..] => dev::dev(&project, listen(options)?),
        ["build"] => run::build(&project, Profile::Release).map(drop),
        ["build", "debug"] => dev::build(&project),
        ["test", rest @ ..] => test::test(&project, rest),
        ["check"] => ci::check(&project),
        ["ci"] => ci::ci(&project),
        ["docs"] => docs::docs(&project, HELP),
        ["module"] => module::module(&project),
        ["size"] => size::size(&project),
        ["fuzz"] => fuzz::fuzz(&project, "1000000"),
        ["fuzz", runs] if runs.parse::<u64>().is_ok() => fuzz::fuzz(&project, runs),
        ["bench", what @ ..] => bench::bench(&project, what),
        ["telegram"] => telegram::telegram(&project),
        ["shots"] => shots::shots(&project),
        other => Err(Failure::new(format!(
            "`{}` is not a command here; `cargo xtask help` lists them",
            other.join(" ")
        ))),
    }
}

/// The address of `--listen ADDR`, if it was given.
fn listen<'a>(options: &[&'a str]) -> Outcome<Option<&'a str>> {
    match options {
        [] => Ok(None),
        ["--listen", address] => Ok(Some(address)),
        [option] if option.starts_with("--listen=") => Ok(option.strip_prefix("--listen=")),
        other => Err(Failure::new(format!(
            "expected `--listen ADDR` (for example 127.0.0.1:8787) or nothing, found `{}`",
            other.join(" ")
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::listen;

    #[test]
    fn an_address_may_stand_after_a_blank_or_an_equals_sign() {
        assert_eq!(listen(&["--listen", "[::1]:80"]).unwrap(), Some("[::1]:80"));
        assert_eq!(listen(&["--listen=[::1]:80"]).unwrap(), Some("[::1]:80"));
        assert_eq!(listen(&[]).unwrap(), None);
    }

    #[test]
    fn an_unknown_option_is_refused() {
        assert!(listen(&["--lisen", "[::1]:80"]).is_err());
        assert!(listen(&["--listen"]).is_err());
    }
}
