//! From a finished build of the app into the folder that a server may be serving at this moment.
//!
//! A server must never find half a build, and a page that is open must still find the parts that it was built with. So the
//! files come first, each under its own name and at once, then the page that asks for them; and those of the build before
//! stay until the next one comes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::compression::files;
use crate::failure::{Doing, Outcome};

type Names = BTreeSet<String>;

/// The page, which asks for everything else, and so comes last.
const PAGE: &str = "index.html";

/// Brings the build in `built` into `dist`. `record` is a file that remembers what was brought the last time.
pub(crate) fn publish(built: &Path, dist: &Path, record: &Path) -> Outcome<()> {
    fs::create_dir_all(dist).doing("make a folder for the app")?;
    let new = names(built)?;
    let (page, rest): (Vec<_>, Vec<_>) = new.iter().partition(|name| plain(name) == PAGE);
    for name in rest.into_iter().chain(page) {
        replace(&built.join(name), &dist.join(name))?;
    }

    // Without a record nobody knows how old a file is, and all are kept.
    let there = names(dist)?;
    let before = match fs::read_to_string(record) {
        Ok(text) => text.lines().map(str::to_owned).collect(),
        Err(_) => there.clone(),
    };
    // The same build once more leaves everything as it is.
    if before != new {
        for name in there.iter().filter(|name| !may_stay(name, &new, &before)) {
            fs::remove_file(dist.join(name)).doing(format_args!("remove {name}"))?;
        }
    }
    let list: Vec<&str> = new.iter().map(String::as_str).collect();
    fs::write(record, list.join("\n")).doing("note what is served")
}

fn may_stay(name: &str, new: &Names, before: &Names) -> bool {
    // An old compressed copy of a new file would be served in its place.
    new.contains(name) || (before.contains(name) && !new.contains(plain(name)))
}

/// The name of the file that this one is, or is a compressed copy of.
fn plain(name: &str) -> &str {
    name.strip_suffix(".br").or_else(|| name.strip_suffix(".gz")).unwrap_or(name)
}

/// Puts a copy of `from` at `to` in one step, so that whoever reads it gets the old file or the new one.
fn replace(from: &Path, to: &Path) -> Outcome<()> {
    let bytes = fs::read(from).doing(format_args!("read {}", from.display()))?;
    if fs::read(to).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).doing("make a folder for the app")?;
    }
    let part = to.with_extension("part");
    fs::write(&part, bytes).doing(format_args!("write {}", part.display()))?;
    fs::rename(&part, to).doing(format_args!("put {} in its place", to.display()))
}

fn names(folder: &Path) -> Outcome<Names> {
    let name =
        |path: &Path| path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned();
    Ok(files(folder)?.iter().map(|path| name(path)).collect())
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::{env, fs, process};

    use super::{names, publish};

    /// A folder of builds and the one that is served.
    struct Place(PathBuf);

    impl Place {
        fn new(name: &str) -> Self {
            let place = env::temp_dir().join(format!("likeness-publish-{name}-{}", process::id()));
            fs::create_dir_all(&place).unwrap();
            Self(place)
        }

        fn publish(&self, files: &[(&str, &str)]) {
            let built = self.0.join("built");
            if built.exists() {
                fs::remove_dir_all(&built).unwrap();
            }
            for (name, text) in files {
                let path = built.join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            publish(&built, &self.served(), &self.0.join("record")).unwrap();
        }

        fn served(&self) -> PathBuf {
            self.0.join("dist")
        }

        fn names(&self) -> Vec<String> {
            names(&self.served()).unwrap().into_iter().collect()
        }

        fn read(&self, name: &str) -> String {
            fs::read_to_string(self.served().join(name)).unwrap()
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn an_open_page_finds_its_parts_after_one_more_build_and_not_after_two() {
        let place = Place::new("parts");
        place.publish(&[("index.html", "1"), ("deep/app-1.wasm", "one")]);
        place.publish(&[("index.html", "2"), ("deep/app-2.wasm", "two")]);
        assert_eq!(place.names(), ["deep/app-1.wasm", "deep/app-2.wasm", "index.html"]);
        assert_eq!(place.read("index.html"), "2");
        place.publish(&[("index.html", "3"), ("deep/app-3.wasm", "three")]);
        assert_eq!(place.names(), ["deep/app-2.wasm", "deep/app-3.wasm", "index.html"]);
    }

    #[test]
    fn the_same_build_once_more_removes_nothing() {
        let place = Place::new("again");
        place.publish(&[("index.html", "1"), ("app-1.js", "one")]);
        place.publish(&[("index.html", "2"), ("app-2.js", "two")]);
        place.publish(&[("index.html", "2"), ("app-2.js", "two")]);
        assert_eq!(place.names(), ["app-1.js", "app-2.js", "index.html"]);
    }

    #[test]
    fn an_old_compressed_copy_never_stands_in_for_a_new_file() {
        let place = Place::new("copy");
        place.publish(&[("index.html", "1"), ("boot.js", "1"), ("boot.js.br", "1")]);
        place.publish(&[("index.html", "2"), ("boot.js", "2")]);
        assert_eq!(place.names(), ["boot.js", "index.html"]);
    }

    #[test]
    fn what_lies_there_from_before_the_first_record_is_kept() {
        let place = Place::new("first");
        fs::create_dir_all(place.served()).unwrap();
        fs::write(place.served().join("app-0.js"), "zero").unwrap();
        place.publish(&[("index.html", "1")]);
        assert_eq!(place.names(), ["app-0.js", "index.html"]);
    }

    #[test]
    fn a_file_that_has_not_changed_is_not_written_again() {
        let place = Place::new("same");
        let time = |path: &Path| fs::metadata(path).unwrap().modified().unwrap();
        place.publish(&[("index.html", "1"), ("boot.js", "1")]);
        let before = time(&place.served().join("boot.js"));
        place.publish(&[("index.html", "2"), ("boot.js", "1")]);
        assert_eq!(time(&place.served().join("boot.js")), before);
    }
}
