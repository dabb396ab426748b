//! Where the parts of the project lie.

use std::env;
use std::path::{Path, PathBuf};

/// The folders of this checkout.
#[derive(Debug)]
pub(crate) struct Project {
    root: PathBuf,
}

impl Project {
    /// The checkout that this program was built from.
    pub(crate) fn here() -> Self {
        let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self { root: xtask.parent().unwrap_or(xtask).to_path_buf() }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Tools that were installed for this project alone. `LIKENESS_TOOLS` moves them, so that
    /// several checkouts can share one set.
    pub(crate) fn tools(&self) -> PathBuf {
        self.root.join(env::var_os("LIKENESS_TOOLS").unwrap_or_else(|| ".tools".into()))
    }

    /// The release build of the app that `cargo xtask run` serves. Only that command and `build` change it.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The release build of the app as it is tested, weighed and measured, while another may be served.
    pub(crate) fn release(&self) -> PathBuf {
        self.scratch().join("release")
    }

    /// The end-to-end tests, with the Node packages of the whole project.
    pub(crate) fn e2e(&self) -> PathBuf {
        self.root.join("tests/e2e")
    }

    /// Where cargo builds for this machine.
    pub(crate) fn target(&self) -> PathBuf {
        self.root.join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
    }

    /// Where cargo builds the app. A folder of its own: the compiler may be another one, and
    /// neither build waits for the lock of the other.
    pub(crate) fn wasm_target(&self) -> PathBuf {
        self.target().join("wasm")
    }

    /// A folder for what a run leaves behind and nobody keeps.
    pub(crate) fn scratch(&self) -> PathBuf {
        self.target().join("xtask")
    }
}
