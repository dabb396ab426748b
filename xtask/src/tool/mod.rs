//! The programs that the project needs beside cargo. Each module knows one of them: how to find
//! it, which version will do, and how to bring it where it is missing. Nothing is installed twice.

pub(crate) mod apt;
pub(crate) mod binary;
pub(crate) mod browser;
pub(crate) mod firefox;
pub(crate) mod nginx;
pub(crate) mod node;
pub(crate) mod promtool;
pub(crate) mod python;
pub(crate) mod redis;
pub(crate) mod toolchain;
pub(crate) mod wasm_std;
pub(crate) mod webkit;
