//! The weight of the first page: what a browser that takes brotli fetches before a person can
//! type, file by file, against a budget; and what is fetched later, when it is needed.

use std::fs;
use std::path::Path;

use crate::app;
use crate::compression::{bytes_over_the_wire, files};
use crate::failure::{Doing, Failure, Outcome};
use crate::project::Project;

/// What all of the first page may weigh, in bytes.
const BUDGET: usize = 155_000;

/// Beginnings of the names of files that the first page does not fetch. Everything else counts: a new file is
/// weighed until somebody says here why it need not be. The product tests hold the page to it.
const LATER: &[&str] =
    &["darkroom-", "telegram-", "panels-", "pages-", "russian-", "chunk_", "later-"];

/// One file of the first page.
#[derive(Debug, Eq, PartialEq)]
struct Row {
    name: String,
    raw: usize,
    wire: usize,
}

impl Row {
    fn is_later(&self) -> bool {
        LATER.iter().any(|start| self.name.starts_with(start))
    }
}

/// Builds the app and weighs it.
pub(crate) fn size(project: &Project) -> Outcome<()> {
    app::release(project)?;
    weigh(&project.release())
}

/// Prints the table for a finished build and fails if it is too heavy.
pub(crate) fn weigh(dist: &Path) -> Outcome<()> {
    let (later, first): (Vec<_>, Vec<_>) = rows(dist)?.into_iter().partition(Row::is_later);
    let wire = print("first page", first);
    println!();
    print("later, when needed", later);
    println!("\nfirst page: {wire} bytes of at most {BUDGET}");
    within(wire, BUDGET)
}

/// Prints a table, the heaviest first, and returns what all of it weighs over the wire.
fn print(title: &str, mut rows: Vec<Row>) -> usize {
    rows.sort_by_key(|row| std::cmp::Reverse(row.wire));
    println!("{title:<40} {:>10} {:>10}", "bytes", "brotli 11");
    for Row { name, raw, wire } in &rows {
        println!("{name:<40} {raw:>10} {wire:>10}");
    }
    let raw: usize = rows.iter().map(|row| row.raw).sum();
    let wire: usize = rows.iter().map(|row| row.wire).sum();
    println!("{:<40} {raw:>10} {wire:>10}", "together");
    wire
}

fn rows(dist: &Path) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    for path in files(dist)? {
        let name = path.strip_prefix(dist).unwrap_or(&path).to_string_lossy().into_owned();
        if name.ends_with(".br") || name.ends_with(".gz") {
            continue;
        }
        let bytes = fs::read(&path).doing(format_args!("read {name}"))?;
        let wire = bytes_over_the_wire(&path, &bytes)?;
        rows.push(Row { name, raw: bytes.len(), wire });
    }
    Ok(rows)
}

fn within(wire: usize, budget: usize) -> Outcome<()> {
    if wire <= budget {
        return Ok(());
    }
    Err(Failure::new(format!(
        "the first page is {} bytes over its budget of {budget}; look at the table for what grew",
        wire - budget
    )))
}

#[cfg(test)]
mod tests {
    use std::{env, fs, process};

    use super::{rows, within};

    #[test]
    fn the_last_byte_of_the_budget_may_be_used() {
        assert!(within(155_000, 155_000).is_ok());
        let failure = within(155_001, 155_000).unwrap_err().to_string();
        assert!(failure.contains(" 1 bytes over"), "{failure}");
    }

    #[test]
    fn copies_do_not_count_parts_count_for_later_and_new_files_for_the_first_page() {
        let dist = env::temp_dir().join(format!("likeness-size-{}", process::id()));
        fs::create_dir_all(dist.join("deep")).unwrap();
        for name in ["index.html", "index.html.br", "index.html.gz", "pages-1.wasm", "deep/new.js"]
        {
            fs::write(dist.join(name), "x".repeat(100)).unwrap();
        }
        let rows = rows(&dist).unwrap().into_iter().map(|row| (row.is_later(), row.name));
        let rows: Vec<_> = rows.collect();
        let expected = [(false, "deep/new.js"), (false, "index.html"), (true, "pages-1.wasm")];
        assert_eq!(rows, expected.map(|(is_later, name)| (is_later, name.to_owned())));
        fs::remove_dir_all(dist).unwrap();
    }
}
