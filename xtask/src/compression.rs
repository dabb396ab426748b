//! Compressed copies of what is served, made once by the build rather than at every request.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::failure::{Doing, Outcome};

/// What is text or wasm; pictures and fonts are compressed in themselves.
const EXTENSIONS: &[&str] =
    &["html", "css", "js", "mjs", "wasm", "svg", "json", "webmanifest", "txt", "xml", "ico"];

/// Writes `.br` and `.gz` beside every file in `dist` that gains by it.
pub(crate) fn precompress(dist: &Path) -> Outcome<()> {
    for path in files(dist)? {
        if !is_compressible(&path) {
            continue;
        }
        let bytes = fs::read(&path).doing(format_args!("read {}", path.display()))?;
        for (extension, packed) in [("br", brotli(&bytes)?), ("gz", gzip(&bytes)?)] {
            let copy = with_suffix(&path, extension);
            if packed.len() < bytes.len() {
                fs::write(&copy, packed).doing(format_args!("write {}", copy.display()))?;
            }
        }
    }
    Ok(())
}

/// All files under `folder`, sorted by name.
pub(crate) fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let list = fs::read_dir(&folder).doing(format_args!("list {}", folder.display()))?;
        for entry in list.flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

/// How many bytes of `path` travel to a browser that takes brotli.
pub(crate) fn bytes_over_the_wire(path: &Path, bytes: &[u8]) -> Outcome<usize> {
    if is_compressible(path) { Ok(brotli(bytes)?.len().min(bytes.len())) } else { Ok(bytes.len()) }
}

pub(crate) fn is_compressible(path: &Path) -> bool {
    path.extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| EXTENSIONS.contains(&extension))
}

fn brotli(bytes: &[u8]) -> Outcome<Vec<u8>> {
    let mut packed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut packed, 64 * 1024, 11, 24);
    writer.write_all(bytes).and_then(|()| writer.flush()).doing("compress by brotli")?;
    drop(writer);
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> Outcome<Vec<u8>> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer.write_all(bytes).and_then(|()| writer.finish()).doing("compress by gzip")
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::path::Path;

    use super::{brotli, bytes_over_the_wire, gzip, is_compressible, with_suffix};

    #[test]
    fn both_packings_give_the_same_bytes_back() {
        let text = "a light table ".repeat(500).into_bytes();
        let mut back = Vec::new();
        brotli::Decompressor::new(&*brotli(&text).unwrap(), 4096).read_to_end(&mut back).unwrap();
        assert_eq!(back, text);
        back.clear();
        flate2::read::GzDecoder::new(&*gzip(&text).unwrap()).read_to_end(&mut back).unwrap();
        assert_eq!(back, text);
    }

    #[test]
    fn pictures_travel_as_they_are() {
        let blank = vec![0; 1000];
        assert_eq!(bytes_over_the_wire(Path::new("a.png"), &blank).unwrap(), 1000);
        assert!(bytes_over_the_wire(Path::new("a.svg"), &blank).unwrap() < 100);
    }

    #[test]
    fn a_copy_is_named_after_the_whole_name() {
        assert_eq!(with_suffix(Path::new("d/app.wasm"), "br"), Path::new("d/app.wasm.br"));
        assert!(!is_compressible(Path::new("d/app.wasm.br")));
    }
}
