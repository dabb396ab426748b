//! A server that is told to stop in the middle of its work.

use crate::common::{KEY, LORA_BODY, SUBMIT, TestServer, client, rounds, row, started};
use crate::recorder::Recorder;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Command;

const ACCEPTED: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 73\r\n\r\n{\"request_id\":\"764cabcf-b745-4b3e-ae38-1200304cf45b\",\"status\":\"IN_QUEUE\"}";
/// Many users, as a front proxy names them, and as many runs as they like.
const SHARED: [&str; 10] = [
    "--access",
    "header",
    "--user-header",
    "x-user",
    "--front-proxy",
    "127.0.0.1",
    "--runs-per-user",
    "100000",
    "--runs",
    "100000",
];

/// What one caller got on one connection.
#[derive(Debug, Default)]
struct Got {
    whole: usize,
    submits: usize,
    /// Replies of which a part came.
    cut: usize,
}

/// Reads one reply; none if the connection ended before its first byte, an error if it ended
/// within.
async fn reply(stream: &mut TcpStream) -> Result<Option<String>, ()> {
    let mut bytes = Vec::new();
    loop {
        let head = bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
        if let Some(head) = head {
            let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
            let length: usize = text
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
                .ok_or(())?;
            if bytes.len() >= head + length {
                return Ok(Some(text));
            }
        }
        match stream.read_buf(&mut bytes).await {
            Ok(read) if read > 0 => {}
            _ if bytes.is_empty() => return Ok(None),
            _ => return Err(()),
        }
    }
}

/// Calls one after another until the server is gone.
async fn caller(address: SocketAddr, request: String) -> Got {
    let mut got = Got::default();
    while let Ok(mut stream) = TcpStream::connect(address).await {
        while stream.write_all(request.as_bytes()).await.is_ok() {
            match reply(&mut stream).await {
                Ok(Some(head)) => {
                    got.whole += 1;
                    got.submits += usize::from(
                        request.starts_with("POST") && head.starts_with("http/1.1 200"),
                    );
                    if head.contains("connection: close") {
                        break;
                    }
                }
                Ok(None) => break,
                Err(()) => {
                    got.cut += 1;
                    break;
                }
            }
        }
    }
    got
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_under_load_cuts_no_reply_and_forgets_no_run() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<!doctype html>").unwrap();
    std::fs::write(folder.path().join("large.js"), vec![b'x'; 4 << 20]).unwrap();
    let rounds = rounds(5);
    for round in 0..rounds {
        let fal = Recorder::late(Duration::from_millis(20), |_| Some(ACCEPTED.into())).await;
        let base = fal.base();
        let limits =
            ["--budget-user-day", "1000", "--budget-day", "1000", "--budget-month", "1000"];
        let place = ["--fal-queue", &base, "--static", folder.path().to_str().unwrap()];
        let arguments = [&SHARED[..], &limits, &place].concat();
        let server = TestServer::start(&arguments, Some(KEY)).await;
        let address = server.address;
        let callers: Vec<_> = (0..24)
            .map(|number| {
                let head = format!("host: localhost\r\nx-user: user{number}\r\n");
                let request = match number % 3 {
                    0 => format!(
                        "POST /api/fal/proxy HTTP/1.1\r\n{head}x-fal-target-url: {SUBMIT}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{LORA_BODY}",
                        LORA_BODY.len()
                    ),
                    1 => format!("GET /large.js HTTP/1.1\r\n{head}\r\n"),
                    _ => format!("GET /api/v1/spending HTTP/1.1\r\n{head}\r\n"),
                };
                tokio::spawn(caller(address, request))
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(200 + 37 * round)).await;
        let ended = tokio::time::timeout(Duration::from_secs(30), server.stopped()).await;
        assert!(ended.is_ok(), "it ends by itself, after ten seconds at the latest");
        let mut sum = Got::default();
        for caller in callers {
            let got = caller.await.unwrap();
            sum.whole += got.whole;
            sum.submits += got.submits;
            sum.cut += got.cut;
        }
        assert!(sum.whole > 24, "there was load: {sum:?}");
        let seen = fal.requests().len();
        let what = format!("stop number {round}: {} replies; cut, runs without a reply", sum.whole);
        row("R8", &what, (0, 0), (sum.cut, seen - sum.submits));
    }
}

/// A caller that hangs up leaves an order behind. The program ends only when its outcome is written
/// down.
#[cfg(unix)]
#[tokio::test]
async fn a_server_that_stops_waits_for_orders_whose_callers_have_hung_up() {
    let fal = Recorder::late(Duration::from_millis(700), |_| Some(ACCEPTED.into())).await;
    let data = tempfile::tempdir().unwrap();
    let (base, data) = (fal.base(), data.path().to_string_lossy().into_owned());
    let environment = [
        ("FAL_KEY", KEY),
        ("LIKENESS_FAL_QUEUE", base.as_str()),
        ("LIKENESS_LEDGER", ""),
        ("LIKENESS_DATA", data.as_str()),
    ];
    let (mut child, _, address) = started(&environment).await;
    let submit = client()
        .post(format!("{address}/api/fal/proxy"))
        .header("x-fal-target-url", SUBMIT)
        .header("content-type", "application/json")
        .header("idempotency-key", "k");
    let submit = tokio::spawn(submit.body(LORA_BODY).send());
    while fal.requests().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    submit.abort();
    let id = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    assert!(child.wait().await.unwrap().success());
    let (_child, _, address) = started(&environment).await;
    let told = client().get(format!("{address}/api/v1/submissions/k")).send().await.unwrap();
    let told: serde_json::Value = serde_json::from_slice(&told.bytes().await.unwrap()).unwrap();
    row("R8", "an order whose caller has gone", "answered", told["state"].as_str().unwrap_or(""));
}

/// Whatever the moment at which a caller hangs up: what left is spent, what did not is free, and
/// nothing stays reserved.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_hangs_up_at_any_moment_leaves_no_money_behind() {
    const ONE: u64 = 70_000;
    let rounds = 12 * rounds(4);
    let fal = Recorder::late(Duration::from_millis(2), |_| Some(ACCEPTED.into())).await;
    let data = tempfile::tempdir().unwrap();
    let (base, data) = (fal.base(), data.path().to_string_lossy().into_owned());
    let head = "host: localhost\r\nx-user: ";
    let budgets = ["--budget-user-day", "1000", "--budget-day", "1000", "--budget-month", "1000"];
    let place = ["--fal-queue", &base, "--ledger", "", "--data", &data];
    let server = TestServer::start(&[&SHARED[..], &budgets, &place].concat(), Some(KEY)).await;
    for round in 0..rounds {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let request = format!(
            "POST /api/fal/proxy HTTP/1.1\r\n{head}user{}\r\nx-fal-target-url: {SUBMIT}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{LORA_BODY}",
            round % 8,
            LORA_BODY.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_micros(200 * (round % 24))).await;
    }
    let day = || async {
        let reply = server.get("/api/v1/spending").header("x-user", "ann").send().await.unwrap();
        let reply: serde_json::Value =
            serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap();
        (reply["day"]["spent"].as_u64().unwrap(), reply["day"]["held"].as_u64().unwrap())
    };
    // What is on its way comes to its end, and much sooner than a submit is given up.
    let mut held = day().await.1;
    for _ in 0..200 {
        if held == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
        held = day().await.1;
    }
    let sent = u64::try_from(fal.requests().len()).unwrap();
    row(
        "E6",
        &format!("{rounds} callers that hang up: spent, held"),
        (sent * ONE, 0),
        (day().await.0, held),
    );
}
