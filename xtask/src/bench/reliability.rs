//! `cargo xtask bench reliability`: what must be true however often it is tried, tried often. The tests try the same less often.

use crate::failure::{Failure, Outcome};
use crate::process::{command, find, run};
use crate::project::Project;
use crate::tool::{apt, redis};

/// A part by its name.
type Part = (&'static str, fn(&Project) -> Outcome<()>);

const PARTS: [Part; 9] = [
    ("jobs", jobs),
    ("money", money),
    ("holding", holding),
    ("hostile", hostile),
    ("faults", faults),
    ("stops", stops),
    ("load", load),
    ("polls", polls),
    ("crashes", crashes),
];

/// Runs the named parts, or all.
pub(super) fn reliability(project: &Project, names: &[&str]) -> Outcome<()> {
    if let Some(unknown) = names.iter().find(|name| PARTS.iter().all(|(part, _)| part != *name)) {
        let known = PARTS.map(|(part, _)| part).join(", ");
        return Err(Failure::new(format!(
            "expected some of {known}, or nothing, found `{unknown}`"
        )));
    }
    for (name, part) in PARTS {
        if names.is_empty() || names.contains(&name) {
            println!("\n{name}");
            part(project)?;
        }
    }
    Ok(())
}

/// Ten thousand lives of jobs under random faults, reloads and crashes, against a model of the server.
fn jobs(project: &Project) -> Outcome<()> {
    run(command("cargo").current_dir(project.root()).args([
        "test",
        "--release",
        "--package",
        "likeness-studio",
        "--lib",
        "reliability",
    ]))?;
    println!("10,000 jobs: 0 lost whose id had reached us, 0 sent twice");
    Ok(())
}

/// Kills of the server in mid-submit, and crowds on a small budget: on one server, and on two with one Redis.
fn money(project: &Project) -> Outcome<()> {
    for (rounds, test) in [("100", "never_spend_more"), ("50", "no_kill")] {
        run(command("cargo")
            .current_dir(project.root())
            .args(["test", "--release", "--package", "likeness-proxy", "--test", "server", test])
            .args(["--", "--nocapture", "--test-threads=1"])
            .env("LIKENESS_ROUNDS", rounds)
            .env(redis::VARIABLE, redis::server()?))?;
    }
    Ok(())
}

/// Ten thousand random faults of the ledger's disk under 64 callers; then two hundred real ones in a random mix, a log that nobody takes, callers that
/// drip, do not read, or come in crowds.
fn holding(project: &Project) -> Outcome<()> {
    let test = |target: &[&str], names: &[&str]| {
        run(command("cargo")
            .current_dir(project.root())
            .args(["test", "--release", "--package", "likeness-proxy"])
            .args(target)
            .arg("--")
            .args(names)
            .args(["--nocapture", "--test-threads=1"])
            .env("LIKENESS_ROUNDS", "10000")
            .env(redis::VARIABLE, redis::server()?))
    };
    test(&["--lib"], &["ledger::tests::faults", "redis"])?;
    test(&["--test", "server"], &["chaos::", "disk::", "log::", "room::", "share::"])
}

/// One hostile user of each kind beside ten ordinary ones, who must not notice.
fn hostile(project: &Project) -> Outcome<()> {
    run(command("cargo")
        .current_dir(project.root())
        .args(["test", "--release", "--package", "likeness-proxy", "--test", "hostile"])
        .args(["--", "--ignored", "--nocapture"]))
}

/// Every fault that FAL or the network may have, and a million hostile inputs for each reader.
fn faults(project: &Project) -> Outcome<()> {
    run(command("cargo")
        .current_dir(project.root())
        .args(["test", "--release", "--package", "likeness-proxy", "--test", "guard"])
        .args(["--", "--nocapture", "--test-threads=1"]))?;
    crate::fuzz::fuzz(project, "1000000")
}

/// Stops of a server under load, and callers that hang up at any moment.
fn stops(project: &Project) -> Outcome<()> {
    run(command("cargo")
        .current_dir(project.root())
        .args(["test", "--release", "--package", "likeness-proxy", "--test", "guard", "stop"])
        .args(["--", "--nocapture", "--test-threads=1"])
        .env("LIKENESS_ROUNDS", "20"))
}

/// Five hundred slow sockets and gigabytes of bodies beside healthy callers, and a soak of half an hour.
fn load(project: &Project) -> Outcome<()> {
    super::product(project, "tests/e2e/support/bench-load.mjs")
}

/// How many status polls a second the server answers, beside nginx that checks nothing.
fn polls(project: &Project) -> Outcome<()> {
    if find(&["nginx", "/usr/sbin/nginx"]).is_none() || find(&["wrk"]).is_none() {
        apt::install(&["nginx-light", "wrk"], "nginx with wrk")?;
    }
    super::product(project, "tests/e2e/support/bench-polls.mjs")
}

/// Real crashes of a browser at eight points, twenty times each.
fn crashes(project: &Project) -> Outcome<()> {
    super::product(project, "tests/e2e/support/bench-crashes.mjs")
}
