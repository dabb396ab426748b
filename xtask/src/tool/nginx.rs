//! A real nginx, for the tests of what the documentation says of hosting.

use std::env;
use std::path::PathBuf;

use super::apt;
use crate::failure::{Failure, Outcome};
use crate::process::find;

/// The variable by which the tests find it.
pub(crate) const VARIABLE: &str = "LIKENESS_NGINX";

/// Finds nginx, or installs it, with the program that makes certificates for it.
pub(crate) fn server() -> Outcome<PathBuf> {
    if program().is_none() || find(&["openssl"]).is_none() {
        apt::install(&["nginx-light", "openssl"], "nginx with openssl")?;
    }
    program().ok_or_else(|| {
        Failure::new(format!("nginx was not found on the search path; set {VARIABLE} to its path"))
    })
}

fn program() -> Option<PathBuf> {
    env::var_os(VARIABLE).map(PathBuf::from).or_else(|| find(&["nginx", "/usr/sbin/nginx"]))
}
