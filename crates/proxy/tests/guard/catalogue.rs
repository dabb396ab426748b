//! The catalogue of attacks A to F and H, and where each is tried. G is about browsers and tried in
//! `tests/e2e`.

use std::path::Path;

/// Every attack by its number. Each has at least one row in these tests, printed with what was
/// expected and what was got.
const ATTACKS: [(&str, &str); 55] = [
    ("A1", "a target that is missing, doubled, too long or no address"),
    ("A2", "another scheme"),
    ("A3", "a user in the target"),
    ("A4", "hosts that look alike"),
    ("A5", "letters that look alike"),
    ("A6", "ports"),
    ("A7", "addresses of machines"),
    ("A8", "backslashes, tabs, control characters"),
    ("A9", "dots, escapes, doubled slashes"),
    ("A10", "queries"),
    ("A11", "redirects"),
    ("A12", "proxies of the environment"),
    ("A13", "certificates"),
    ("A14", "another host, another try"),
    ("B1", "methods"),
    ("B2", "models that are not listed"),
    ("B3", "somebody else's run"),
    ("B4", "tunnels, upgrades, realtime"),
    ("C1", "two readings of one length"),
    ("C2", "headers from hop to hop"),
    ("C3", "headers of the caller"),
    ("C4", "headers that cost"),
    ("C5", "headers and pages of FAL"),
    ("C6", "odd protocols"),
    ("C7", "many headers, large ones, tiny chunks"),
    ("D1", "the key in replies"),
    ("D2", "the key in the log"),
    ("D3", "keys that are none"),
    ("D4", "other secrets in the log"),
    ("D5", "files, memory and environment of the process"),
    ("D6", "time that tells a secret"),
    ("D7", "forged lines of the log"),
    ("E1", "bodies that are too large or too deep"),
    ("E2", "callers that are slow on purpose"),
    ("E3", "floods of connections"),
    ("E4", "replies that never end or grow"),
    ("E5", "FAL that hangs"),
    ("E6", "callers that go"),
    ("E7", "a panic"),
    ("E8", "inputs that take long to read"),
    ("F1", "no session"),
    ("F2", "bodies that cost more than they say"),
    ("F3", "crowds on a small budget"),
    ("F4", "money that stays reserved"),
    ("F5", "kills and clocks"),
    ("F6", "limits that are named"),
    ("F7", "launches that are old, forged or shared"),
    ("F8", "repetitions"),
    ("F9", "refusals that are billed"),
    ("F10", "floods of polls"),
    ("H1", "paths out of the folder"),
    ("H2", "types of files"),
    ("H3", "caches"),
    ("H4", "pages of an older build"),
    ("H5", "service workers"),
];

/// Parts of an attack that are not tried here, and why.
const NOT_HERE: [(&str, &str); 4] = [
    (
        "A14",
        "falrun.com, FAL's spare host: the server has no list of spare hosts, so there is nothing to turn on",
    ),
    ("B4", "billed by use: tokens and realtime are refused whole, what they cost is not judged"),
    (
        "E1",
        "memory under gigabytes of bodies, E2 with 500 slow sockets: `cargo xtask bench reliability load`, which takes minutes",
    ),
    ("E3", "rapid resets of HTTP/2: the server speaks HTTP/1.1 only"),
];

fn sources(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("catalogue.rs")
        {
            text.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_attack_has_a_row() {
    let mut text = String::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    sources(&root.join("tests"), &mut text);
    sources(&root.join("src"), &mut text);
    let missing: Vec<_> = ATTACKS
        .iter()
        .map(|(id, _)| *id)
        // In quotes where a row is made, behind a quote where one is printed.
        .filter(|id| !text.contains(&format!("\"{id}\"")) && !text.contains(&format!("\"{id} ")))
        .collect();
    assert!(missing.is_empty(), "no row for {missing:?}");
    for (id, what) in NOT_HERE {
        println!("{id:4} not here: {what}");
    }
}
