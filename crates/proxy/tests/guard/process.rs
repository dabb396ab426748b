//! What the program shows to others on its machine: its key file, its memory, its environment.
#![cfg(target_os = "linux")]

use crate::common::{KEY, program, ready, row};
use std::fs::{Permissions, metadata, set_permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use tokio::process::{Child, Command};

const PROGRAM: &str = env!("CARGO_BIN_EXE_likeness-proxy");
/// Somebody without rights, on every Linux.
const NOBODY: &str = "65534";

fn key_file(folder: &Path, mode: u32) -> PathBuf {
    let path = folder.join(format!("key-{mode:o}"));
    std::fs::write(&path, KEY).unwrap();
    set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    path
}

#[tokio::test]
async fn a_key_file_that_others_can_open_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (mode, expected) in
        [(0o600, 0), (0o400, 0), (0o640, 78), (0o604, 78), (0o620, 78), (0o610, 78), (0o666, 78)]
    {
        let file = key_file(folder.path(), mode);
        let check = program(&[("FAL_KEY_FILE", file.to_str().unwrap())]).arg("--check").output();
        let check = check.await.unwrap();
        let said = String::from_utf8_lossy(&check.stderr);
        assert!(!said.contains("sentinel") && (expected == 0 || said.contains("600")), "{said}");
        row("D5", &format!("a key file of mode {mode:o}"), Some(expected), check.status.code());
    }
}

/// Somebody who may read little: nobody if these tests run as root, else whoever runs them. None if
/// there is no way to become nobody.
fn somebody() -> Option<Vec<&'static str>> {
    if metadata("/proc/self").unwrap().uid() != 0 {
        return Some(Vec::new());
    }
    let runs = |it: &mut std::process::Command| it.output().is_ok_and(|it| it.status.success());
    let words = vec!["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"];
    runs(std::process::Command::new(words[0]).args(&words[1..]).arg("true")).then_some(words)
}

/// A command of somebody's.
fn command_of(somebody: &[&str], program: &Path) -> Command {
    let words = [somebody, &[program.to_str().unwrap()]].concat();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// Whether a process of the same user can read the environment of this one.
async fn is_readable(somebody: &[&str], child: &Child) -> bool {
    let environment = format!("/proc/{}/environ", child.id().unwrap());
    let read = command_of(somebody, Path::new("cat")).arg(environment).output().await.unwrap();
    String::from_utf8_lossy(&read.stdout).contains("sentinel")
}

#[tokio::test]
async fn a_process_of_the_same_user_reads_neither_its_key_nor_its_environment() {
    let Some(somebody) = somebody() else {
        println!("D5   NOT TRIED: root here, and no setpriv to become somebody else");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    // Where nobody can reach it, whoever else may read the folder of the build.
    let copy = folder.path().join("likeness-proxy");
    std::fs::copy(PROGRAM, &copy).unwrap();
    if !somebody.is_empty() {
        let file = key_file(folder.path(), 0o600);
        let mut check = command_of(&somebody, &copy);
        let check = check.arg("--check").env("FAL_KEY_FILE", &file).output().await.unwrap();
        row("D5", "a key file of another user's", Some(78), check.status.code());
    }
    let mut other = command_of(&somebody, Path::new("sleep"));
    let other = other.arg("60").env("FAL_KEY", KEY).spawn().unwrap();
    settled().await;
    row("D5", "the environment of any other program", true, is_readable(&somebody, &other).await);
    let mut command = command_of(&somebody, &copy);
    let settings = [("LIKENESS_LISTEN", "127.0.0.1:0"), ("LIKENESS_LEDGER", "memory")];
    command.env("FAL_KEY", KEY).envs(settings).stdout(Stdio::piped()).stderr(Stdio::null());
    let (child, _) = ready(command).await;
    row("D5", "the environment of this one", false, is_readable(&somebody, &child).await);
}

/// Time for a program to take the place of the one that started it.
async fn settled() {
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
}

/// Ends a process by the signal whose default is a core dump.
async fn quit(mut child: Child) -> ExitStatus {
    let id = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-QUIT", &id]).status().await.unwrap().success());
    child.wait().await.unwrap()
}

#[tokio::test]
async fn no_signal_writes_its_memory_to_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let unlimited = |program: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -c unlimited && exec \"$@\"", "sh", program]);
        command.current_dir(folder.path()).stdin(Stdio::null()).kill_on_drop(true);
        command
    };
    let other = unlimited("sleep").arg("60").spawn().unwrap();
    settled().await;
    if !quit(other).await.core_dumped() {
        println!("D5   NOT TRIED: this machine writes no core dumps of any program");
        return;
    }
    let mut command = unlimited(PROGRAM);
    let settings = [("LIKENESS_LISTEN", "127.0.0.1:0"), ("LIKENESS_LEDGER", "memory")];
    command.env("FAL_KEY", KEY).envs(settings).stdout(Stdio::piped()).stderr(Stdio::null());
    let (child, _) = ready(command).await;
    let ended = quit(child).await;
    row(
        "D5",
        "SIGQUIT: ended by it, core dumped",
        (Some(3), false),
        (ended.signal(), ended.core_dumped()),
    );
}
