//! What the process gives away about itself.

/// Keeps the memory of this process, the key included, out of core dumps and away from other processes of the same user.
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
