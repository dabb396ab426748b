//! The log and its readers: no reply waits for one or is lost with one.
#![cfg(unix)]

use crate::common::{FakeFal, KEY, LORA_BODY, SUBMIT, client, json, program, ready};
use std::fs::OpenOptions;
use std::io::{PipeReader, pipe};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;

/// Where the log goes, after how many requests lines are lost, and what has to be held meanwhile.
fn logs() -> [(&'static str, Stdio, u32, Option<PipeReader>); 3] {
    let (unread, stuck) = pipe().unwrap();
    let (gone, broken) = pipe().unwrap();
    drop(gone);
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    [
        ("a pipe whose reader has gone", broken.into(), 500, None),
        ("a pipe that nobody reads", stuck.into(), 6000, Some(unread)),
        ("a disk that is full", full.into(), 500, None),
    ]
}

#[tokio::test]
async fn every_reply_arrives_whatever_becomes_of_the_log() {
    for (what, stderr, rounds, held) in logs() {
        let fal = FakeFal::start(|_| json(200, r#"{"request_id":"764cabcf-b745-4b3e"}"#)).await;
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let (base, metrics) = (fal.base(), free.to_string());
        let mut command = program(&[
            ("FAL_KEY", KEY),
            ("LIKENESS_FAL_QUEUE", &base),
            ("LIKENESS_METRICS", &metrics),
            ("LIKENESS_RUNS_PER_USER", "100"),
            ("RUST_LOG", "trace"),
        ]);
        command.stderr(stderr);
        let (mut child, line) = ready(command).await;
        let address = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap();
        let caller = client();
        let mut replies = 0;
        for round in 0..rounds {
            let request = match round % (rounds / 20) {
                0 => caller
                    .post(format!("{address}/api/fal/proxy"))
                    .header("x-fal-target-url", SUBMIT)
                    .header("content-type", "application/json")
                    .body(LORA_BODY),
                _ => caller.get(format!("{address}/healthz")),
            };
            let reply = request.timeout(Duration::from_secs(5)).send().await.expect(what);
            replies += u32::from(reply.status() == 200 && reply.bytes().await.is_ok());
        }
        let numbers = caller.get(format!("http://{metrics}/metrics")).send().await.unwrap();
        let numbers = numbers.text().await.unwrap();
        let lost =
            numbers.lines().find_map(|line| line.strip_prefix("likeness_log_lines_lost_total "));
        let lost: u64 = lost.unwrap().parse().unwrap();
        println!(
            "log  {what}: {replies} of {rounds} replies, {} orders, {lost} lines lost",
            fal.seen().len()
        );
        assert_eq!((replies, fal.seen().len()), (rounds, 20), "{what}");
        assert!(lost > 0, "{what}");
        let id = child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
        let ended = tokio::time::timeout(Duration::from_secs(10), child.wait()).await;
        assert!(ended.unwrap().unwrap().success(), "{what}");
        drop(held);
    }
}
