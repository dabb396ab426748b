//! Other programs: finding them, running them, and a sentence when they fail.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::{Doing, Failure, Outcome};

/// A command without the variables that `cargo run` sets for this very program. Some build scripts
/// watch them, and would run again each time a person changes between `cargo` and `cargo xtask`.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(is_of_cargo_run) {
            command.env_remove(name);
        }
    }
    command
}

fn is_of_cargo_run(name: &str) -> bool {
    matches!(name, "CARGO" | "CARGO_CRATE_NAME" | "CARGO_BIN_NAME" | "CARGO_PRIMARY_PACKAGE")
        || name.starts_with("CARGO_PKG_")
        || name.starts_with("CARGO_MANIFEST_")
}

/// Runs `command` to its end; its output is ours.
pub(crate) fn run(command: &mut Command) -> Outcome<()> {
    let line = line_of(command);
    println!("  $ {line}");
    // Our own lines must not end up behind those of the other program.
    std::io::stdout().flush().doing("write to the standard output")?;
    let status = command.status().doing(format_args!("start `{line}`"))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("`{line}` failed ({status}); its own words are above")))
    }
}

/// Runs `command` to its end, but no longer than `limit`; its output is ours.
pub(crate) fn run_within(command: &mut Command, limit: Duration) -> Outcome<()> {
    let line = line_of(command);
    println!("  $ {line}");
    let started = Instant::now();
    let mut child = command.spawn().doing(format_args!("start `{line}`"))?;
    while started.elapsed() < limit {
        if let Some(status) = child.try_wait().doing(format_args!("wait for `{line}`"))? {
            return if status.success() {
                Ok(())
            } else {
                Err(Failure::new(format!("`{line}` failed ({status})")))
            };
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    stop(&mut child);
    Err(Failure::new(format!("`{line}` took more than {} s", limit.as_secs())))
}

/// A program that runs beside other work. It ends with this value.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    line: String,
}

/// Starts `command`; its output is ours.
pub(crate) fn start(command: &mut Command) -> Outcome<Running> {
    let line = line_of(command);
    println!("  $ {line} &");
    let child = command.spawn().doing(format_args!("start `{line}`"))?;
    Ok(Running { child, line })
}

impl Running {
    /// Waits for its end.
    pub(crate) fn finish(mut self) -> Outcome<()> {
        let status = self.child.wait().doing(format_args!("wait for `{}`", self.line))?;
        if status.success() {
            return Ok(());
        }
        Err(Failure::new(format!("`{}` failed ({status}); its own words are above", self.line)))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        stop(&mut self.child);
    }
}

/// What `command` prints, trimmed; nothing if it is missing or fails.
pub(crate) fn read(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    if !output.status.success() {
        return None;
    }
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Ends a program that runs beside us and waits until it is gone.
pub(crate) fn stop(child: &mut Child) {
    // Both fail only if the program has ended already, which is what we want.
    let _ = child.kill();
    let _ = child.wait();
}

/// The first of `programs` on the search path.
pub(crate) fn find(programs: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    programs.iter().find_map(|program| find_in(program, env::split_paths(&path)))
}

/// `program` in the first of `folders` that has it.
pub(crate) fn find_in(
    program: &str,
    folders: impl IntoIterator<Item = PathBuf>,
) -> Option<PathBuf> {
    folders.into_iter().find_map(|folder| {
        let candidate = folder.join(program).with_extension(env::consts::EXE_EXTENSION);
        candidate.is_file().then_some(candidate)
    })
}

/// The search path with `first` in front.
pub(crate) fn search_path<'a>(first: impl IntoIterator<Item = &'a Path>) -> Outcome<OsString> {
    let old = env::var_os("PATH").unwrap_or_default();
    let folders = first.into_iter().map(Path::to_path_buf).chain(env::split_paths(&old));
    env::join_paths(folders).doing("put the tools on the search path")
}

fn line_of(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    std::iter::once(program)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{command, is_of_cargo_run, line_of, run, run_within, start};

    #[test]
    fn what_runs_beside_other_work_is_waited_for_and_its_failure_told() {
        assert!(start(&mut command("true")).unwrap().finish().is_ok());
        let failure = start(&mut command("false")).unwrap().finish().unwrap_err();
        assert!(failure.to_string().starts_with("`false` failed"), "{failure}");
    }

    #[test]
    fn a_failing_program_is_named_with_its_arguments() {
        let failure = run(command("cargo").arg("no-such-command")).unwrap_err().to_string();
        assert!(failure.starts_with("`cargo no-such-command` failed"), "{failure}");
    }

    #[test]
    #[cfg(unix)]
    fn a_program_that_hangs_is_ended() {
        let failure = run_within(command("sleep").arg("60"), Duration::from_millis(200));
        assert!(failure.unwrap_err().to_string().contains("took more than"));
    }

    #[test]
    fn a_line_shows_the_program_without_its_folder() {
        assert_eq!(line_of(command("/usr/bin/node").arg("--test")), "node --test");
    }

    #[test]
    fn settings_of_cargo_stay_and_marks_of_cargo_run_go() {
        assert!(is_of_cargo_run("CARGO_PKG_NAME"));
        assert!(is_of_cargo_run("CARGO"));
        assert!(!is_of_cargo_run("CARGO_HOME"));
        assert!(!is_of_cargo_run("CARGO_TARGET_DIR"));
    }
}
