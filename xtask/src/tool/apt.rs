//! Debian's packages, for what no other package client brings.

use crate::failure::{Failure, Outcome};
use crate::process::{command, find, read, run};

/// Installs `packages`, or says in one sentence how a person gets `what`.
pub(crate) fn install(packages: &[&str], what: &str) -> Outcome<()> {
    let list = packages.join(" ");
    let Some(apt) = find(&["apt-get"]) else {
        return Err(Failure::new(format!(
            "{what} is missing and there is no apt-get here to bring it; install it with this \
             system's own package manager (Debian calls it: {list})"
        )));
    };
    if read(command("id").arg("-u")).as_deref() != Some("0") {
        return Err(Failure::new(format!(
            "{what} is missing and only root may install it; run `sudo apt-get install {list}` \
             and start again"
        )));
    }
    println!("  installing {what} from Debian's packages");
    run(command(&apt).args(["update", "-qq"]))?;
    run(command(&apt)
        .args(["install", "-y", "-qq", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive"))
}
