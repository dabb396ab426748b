//! Version numbers as programs print them.

use std::fmt::{self, Display};

/// `major.minor.patch`; what is not printed counts as zero.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Version {
    major: u32,
    minor: u32,
    patch: u32,
}

impl Version {
    pub(crate) const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self { major, minor, patch }
    }

    pub(crate) const fn major(self) -> u32 {
        self.major
    }

    /// The first word of `text` that starts with a digit: programs print their name before it and
    /// their commit behind it.
    pub(crate) fn in_text(text: &str) -> Option<Self> {
        let word = text
            .split_whitespace()
            .map(|word| word.trim_start_matches('v'))
            .find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
        let mut numbers =
            word.split(['.', '-', '+', '_', ',']).map_while(|part| part.parse::<u32>().ok());
        Some(Self {
            major: numbers.next()?,
            minor: numbers.next().unwrap_or(0),
            patch: numbers.next().unwrap_or(0),
        })
    }
}

impl Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// The version of `package` in the text of a `Cargo.lock`. The tool that reads a library's output
/// must match it to the patch, so the lock file is the only place that states it.
pub(crate) fn locked(lock: &str, package: &str) -> Option<Version> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1)?.strip_prefix("version = \"")?;
    Version::in_text(version.trim_end_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::{Version, locked};

    #[test]
    fn a_version_is_found_among_other_words() {
        for (text, version) in [
            ("trunk 0.21.14", Version::new(0, 21, 14)),
            ("wasm-bindgen 0.2.130 (05fcdd9b5)", Version::new(0, 2, 130)),
            ("wasm-opt version 132 (version_132)", Version::new(132, 0, 0)),
            ("ChromeDriver 156.0.8078.79 (abc-refs/heads/1@{#2})", Version::new(156, 0, 8078)),
            ("Chromium 156.0.8078.79 built on Debian", Version::new(156, 0, 8078)),
            ("rustc 1.96.0-nightly (ac68faa20 2026-05-25)", Version::new(1, 96, 0)),
            ("v20.20.2", Version::new(20, 20, 2)),
        ] {
            assert_eq!(Version::in_text(text), Some(version), "{text}");
        }
    }

    #[test]
    fn text_without_a_number_has_no_version() {
        assert_eq!(Version::in_text("not found"), None);
        assert_eq!(Version::in_text(""), None);
    }

    #[test]
    fn the_lock_file_is_read_by_whole_names() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.80\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked(lock, "wasm-bindgen"), Some(Version::new(0, 2, 130)));
        assert_eq!(locked(lock, "wasm"), None);
    }
}
