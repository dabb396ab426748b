//! What the process gives away about itself, and what it gives back.

/// When mimalloc gives memory back that was let go, in milliseconds. It reads this before `main`
/// and is not told later without `unsafe`.
#[cfg(unix)]
const PURGE_DELAY: &str = "MIMALLOC_PURGE_DELAY";
/// Without any delay a poll takes a twentieth longer.
#[cfg(unix)]
const SOON: &str = "3";

/// Begins the program anew, as the same process, so that memory is given back soon: by itself
/// mimalloc keeps what was let go for a second, and takes new memory beside it, so that what large
/// bodies may take together was taken twice. Returns where the owner has set this by themselves.
#[cfg(unix)]
pub fn give_memory_back() {
    use std::os::unix::process::CommandExt;
    if std::env::var_os(PURGE_DELAY).is_some() {
        return;
    }
    let mut arguments = std::env::args_os();
    let name = arguments.next().unwrap_or_default();
    let error = match std::env::current_exe() {
        Ok(program) => {
            let mut again = std::process::Command::new(program);
            again.arg0(name).args(arguments).env(PURGE_DELAY, SOON).exec()
        }
        Err(error) => error,
    };
    tracing::warn!(%error, "memory will be given back late: {PURGE_DELAY} could not be set");
}

/// Other systems cannot begin a program anew as the same process.
#[cfg(not(unix))]
pub fn give_memory_back() {}

/// Keeps the memory of this process, the key included, out of core dumps and away from other
/// processes of the same user.
#[cfg(target_os = "linux")]
pub fn forbid_core_dumps() {
    let forbidden =
        rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    if let Err(error) = forbidden {
        tracing::warn!(%error, "core dumps could not be switched off");
    }
}

/// Other systems have no switch for it that a process could turn by itself.
#[cfg(not(target_os = "linux"))]
pub fn forbid_core_dumps() {}
