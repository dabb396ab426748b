//! What a build is made from, as the clock of the file system sees it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The files under some paths with their times of change. Two of them differ if a file was
/// written, added or removed in between.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Snapshot(BTreeMap<PathBuf, SystemTime>);

impl Snapshot {
    /// Looks at `paths`, which may be files or folders; what does not exist counts as empty.
    pub(crate) fn of(paths: &[PathBuf]) -> Self {
        let mut files = BTreeMap::new();
        for path in paths {
            collect(path, &mut files);
        }
        Self(files)
    }
}

fn collect(path: &Path, files: &mut BTreeMap<PathBuf, SystemTime>) {
    let Ok(metadata) = fs::metadata(path) else { return };
    if metadata.is_dir() {
        let Ok(entries) = fs::read_dir(path) else { return };
        entries.flatten().for_each(|entry| collect(&entry.path(), files));
    } else if let Ok(time) = metadata.modified() {
        files.insert(path.to_path_buf(), time);
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};
    use std::{env, fs, process};

    use super::Snapshot;

    #[test]
    fn writing_adding_and_removing_are_seen() {
        let folder = env::temp_dir().join(format!("likeness-source-{}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (one, two) = (folder.join("one"), folder.join("two"));
        fs::write(&one, "1").unwrap();
        let look = || Snapshot::of(&[folder.clone(), folder.join("missing")]);
        let first = look();
        assert_eq!(look(), first);

        fs::write(&two, "2").unwrap();
        let added = look();
        assert_ne!(added, first);
        fs::remove_file(&two).unwrap();
        assert_eq!(look(), first);

        let later = SystemTime::now() + Duration::from_secs(5);
        fs::File::options().write(true).open(&one).unwrap().set_modified(later).unwrap();
        assert_ne!(look(), first);
        fs::remove_dir_all(folder).unwrap();
    }
}
