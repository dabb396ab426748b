//! Credentials are compared in constant time, or checked by a function that does: nowhere by `==`.

use crate::common::row;
use std::path::{Path, PathBuf};

/// What the names of credentials hold.
const WORDS: [&str; 8] =
    ["secret", "token", "signature", "hmac", "password", "access_code", "expose", "hash"];
/// Lines that hold such a word and compare something else: a name, a number, what everybody may
/// know.
const OTHERS: [&str; 2] = ["self.tokens.iter().find(|(id, _)| *id == bot)", "name == \"hash\""];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("tests") {
            continue;
        }
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs") {
            found.push(path);
        }
    }
}

/// The lines of a file in front of its tests, without comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let end = text.find("#[cfg(test)]\nmod tests").unwrap_or(text.len());
    text[..end].lines().map(|line| line.split("//").next().unwrap_or_default().trim())
}

fn compares_a_credential(line: &str) -> bool {
    let compares = [" == ", " != ", "eq(", ".cmp("].iter().any(|sign| line.contains(sign));
    let lower = line.to_ascii_lowercase();
    compares
        && !line.contains("ct_eq(")
        && WORDS.iter().any(|word| lower.contains(word))
        && !OTHERS.iter().any(|other| line.contains(other))
}

#[test]
fn no_credential_is_compared_by_a_sign_that_stops_at_the_first_difference() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    sources(&root.join("../telegram/src"), &mut files);
    assert!(files.len() > 50, "the sources are here");
    assert!(compares_a_credential("if given_token == wanted {"), "the rule finds what it should");
    let texts: Vec<_> =
        files.iter().map(|path| (path, std::fs::read_to_string(path).unwrap())).collect();
    let found: Vec<String> = texts
        .iter()
        .flat_map(|(path, text)| code(text).map(move |line| (path, line)))
        .filter(|(_, line)| compares_a_credential(line))
        .map(|(path, line)| format!("{}: {line}", path.display()))
        .collect();
    row("D6", "credentials compared by == or !=", Vec::<String>::new(), found);
    for (what, file, function) in [
        ("the access code and the token of programs", "src/secret.rs", ".ct_eq("),
        ("a session of Telegram", "src/telegram/session.rs", "hmac::verify("),
        ("a launch, by the bot's token", "../telegram/src/init_data/verify.rs", "hmac::verify("),
    ] {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        row("D6", what, true, code(&text).any(|line| line.contains(function)));
    }
}
