//! The weight of the first page: what a browser that takes brotli fetches before a person can
//! type, file by file, against a budget. The ceiling that CI holds only ever falls.

use std::fs;
use std::path::Path;

use crate::app;
use crate::compression::{bytes_over_the_wire, files};
use crate::failure::{Doing, Failure, Outcome};
use crate::project::Project;

/// What all of the first page should weigh at most, in bytes. Not reached yet.
const GOAL: usize = 150_000;

/// What it may weigh today, in bytes. It only ever falls, until it is the goal.
const CEILING: usize = 410_000;

/// Files in `dist/` that the first page does not fetch. Everything else counts: a new file is
/// weighed until somebody says here why it need not be.
const LATER: &[&str] = &["sw.js", "robots.txt"];

/// One file of the first page.
#[derive(Debug, Eq, PartialEq)]
struct Row {
    name: String,
    raw: usize,
    wire: usize,
}

/// Builds the app and weighs it.
pub(crate) fn size(project: &Project) -> Outcome<()> {
    app::release(project)?;
    weigh(&project.dist())
}

/// Prints the table for a finished build and fails if it is too heavy.
pub(crate) fn weigh(dist: &Path) -> Outcome<()> {
    let mut rows = rows(dist)?;
    rows.sort_by_key(|row| std::cmp::Reverse(row.wire));
    println!("{:<40} {:>10} {:>10}", "first page", "bytes", "brotli 11");
    for Row { name, raw, wire } in &rows {
        println!("{name:<40} {raw:>10} {wire:>10}");
    }
    let raw: usize = rows.iter().map(|row| row.raw).sum();
    let wire: usize = rows.iter().map(|row| row.wire).sum();
    println!("{:<40} {raw:>10} {wire:>10}  of {CEILING}", "together");
    if wire > GOAL {
        println!("still {} bytes above the goal of {GOAL}", wire - GOAL);
    }
    within(wire, CEILING)
}

fn rows(dist: &Path) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    for path in files(dist)? {
        let name = path.strip_prefix(dist).unwrap_or(&path).to_string_lossy().into_owned();
        if LATER.contains(&name.as_str()) || name.ends_with(".br") || name.ends_with(".gz") {
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
        assert!(within(150_000, 150_000).is_ok());
        let failure = within(150_001, 150_000).unwrap_err().to_string();
        assert!(failure.contains(" 1 bytes over"), "{failure}");
    }

    #[test]
    fn copies_and_later_files_do_not_count_and_new_ones_do() {
        let dist = env::temp_dir().join(format!("likeness-size-{}", process::id()));
        fs::create_dir_all(dist.join("deep")).unwrap();
        for name in ["index.html", "index.html.br", "index.html.gz", "sw.js", "deep/new.js"] {
            fs::write(dist.join(name), "x".repeat(100)).unwrap();
        }
        let names: Vec<_> = rows(&dist).unwrap().into_iter().map(|row| row.name).collect();
        assert_eq!(names, ["deep/new.js", "index.html"]);
        fs::remove_dir_all(dist).unwrap();
    }
}
