//! Requests that must be refused before anything leaves for FAL.

use crate::common::{FakeFal, ID, KEY, LORA_BODY, SUBMIT, TestServer};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends these bytes and reads until the connection ends or is quiet.
pub(crate) async fn raw(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut socket = TcpStream::connect(address).await.unwrap();
    // The server may answer and close before everything is written.
    let _ = socket.write_all(bytes).await;
    let mut reply = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(2), socket.read_to_end(&mut reply)).await;
    reply
}

pub(crate) fn status(reply: &[u8]) -> String {
    match reply.get(9..12) {
        Some(digits) => String::from_utf8_lossy(digits).into_owned(),
        None => "closed".to_owned(),
    }
}

struct Row {
    id: &'static str,
    what: String,
    request: Vec<u8>,
    /// Statuses that are right, separated by blanks.
    expected: &'static str,
}

fn row(id: &'static str, what: impl Into<String>, request: &[u8], expected: &'static str) -> Row {
    Row { id, what: what.into(), request: request.to_vec(), expected }
}

/// A request of FAL's proxy protocol, closed by its sender.
fn relay(method: &str, target: &[u8], more: &str, body: &str) -> Vec<u8> {
    let head =
        format!("{method} /api/fal/proxy HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
    let length = body.len();
    let rest = format!(
        "\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{more}\r\n{body}"
    );
    [head.as_bytes(), b"x-fal-target-url: ", target, rest.as_bytes()].concat()
}

fn targets() -> Vec<Row> {
    const BAD: [(&str, &[u8]); 52] = [
        ("A1", b""),
        ("A1", b"not a url"),
        ("A1", b"https://queue.fal.run/fal-ai/flux-lora, https://queue.fal.run/fal-ai/flux-lora"),
        ("A1", b"https://queue.fal.run/fal-ai/fl\xfcx-lora"),
        ("A2", b"http://queue.fal.run/fal-ai/flux-lora"),
        ("A2", b"ws://queue.fal.run/fal-ai/flux-lora"),
        ("A2", b"file:///etc/passwd"),
        ("A2", b"data:text/plain,x"),
        ("A2", b"//queue.fal.run/fal-ai/flux-lora"),
        ("A3", b"https://queue.fal.run@evil.example/fal-ai/flux-lora"),
        ("A3", b"https://user:pw@queue.fal.run/fal-ai/flux-lora"),
        ("A4", b"https://evil-fal.run/fal-ai/flux-lora"),
        ("A4", b"https://fal.run.evil.com/fal-ai/flux-lora"),
        ("A4", b"https://queue.fal.run.evil.com/fal-ai/flux-lora"),
        ("A4", b"https://queue.fal.run%2eevil.com/fal-ai/flux-lora"),
        ("A4", b"https://api.fal.run/fal-ai/flux-lora"),
        ("A5", "https://queue.f\u{430}l.run/fal-ai/flux-lora".as_bytes()),
        ("A5", "https://queue\u{3002}fal\u{3002}run/fal-ai/flux-lora".as_bytes()),
        ("A5", b"https://queue.xn--fl-7ka.run/fal-ai/flux-lora"),
        ("A5", b"https://queue.fal.run./fal-ai/flux-lora"),
        ("A5", b"https://QUEUE.fal.run/fal-ai/flux-lora"),
        ("A6", b"https://queue.fal.run:8443/fal-ai/flux-lora"),
        ("A6", b"https://queue.fal.run:443/fal-ai/flux-lora"),
        ("A6", b"https://queue.fal.run:0443/fal-ai/flux-lora"),
        ("A6", b"https://queue.fal.run:/fal-ai/flux-lora"),
        ("A7", b"https://127.1/fal-ai/flux-lora"),
        ("A7", b"https://0x7f.1/fal-ai/flux-lora"),
        ("A7", b"https://2130706433/fal-ai/flux-lora"),
        ("A7", b"https://017700000001/fal-ai/flux-lora"),
        ("A7", b"https://[::1]/fal-ai/flux-lora"),
        ("A7", b"https://[::ffff:127.0.0.1]/fal-ai/flux-lora"),
        ("A7", b"https://169.254.169.254/latest/meta-data"),
        ("A8", b"https:\\\\queue.fal.run\\fal-ai\\flux-lora"),
        ("A8", b"https://queue.fal.run/fal-ai\\flux-lora"),
        ("A8", b"https://queue.fal.run/fal-ai/\tflux-lora"),
        ("A8", b"https://queue.fal.run/fal-ai/\x00flux-lora"),
        ("A8", b"https://queue.fal.run/fal-ai/ flux-lora"),
        ("A9", b"https://queue.fal.run/fal-ai/../fal-ai/flux-lora"),
        ("A9", b"https://queue.fal.run/fal-ai/%2e%2e/flux-lora"),
        ("A9", b"https://queue.fal.run/fal-ai%2fflux-lora"),
        ("A9", b"https://queue.fal.run/fal-ai%5cflux-lora"),
        ("A9", b"https://queue.fal.run/fal-ai/%252e/flux-lora"),
        ("A9", b"https://queue.fal.run//fal-ai/flux-lora"),
        ("A9", b"https://queue.fal.run/fal-ai/flux-lora;a=b"),
        ("A9", b"https://queue.fal.run/fal-ai/flux-lora#x"),
        ("A9", b"https://queue.fal.run/fal-ai/flux-lora/"),
        ("A10", b"https://queue.fal.run/fal-ai/flux-lora?fal_webhook=https://evil.example"),
        ("A10", b"https://queue.fal.run/fal-ai/flux-lora?fal_max_queue_length=-1"),
        (
            "A10",
            b"https://queue.fal.run/fal-ai/flux-lora?fal_max_queue_length=1&fal_max_queue_length=2",
        ),
        ("A10", b"https://queue.fal.run/fal-ai/flux-lora?x=1"),
        ("B4", b"https://rest.fal.ai/tokens/"),
        ("B4", b"wss://fal.run/fal-ai/flux-lora/realtime"),
    ];
    let rows = BAD.into_iter().map(|(id, target)| {
        row(id, String::from_utf8_lossy(target), &relay("POST", target, "", LORA_BODY), "400 403")
    });
    rows.collect()
}

fn methods() -> Vec<Row> {
    let place = format!("{SUBMIT}/requests/{ID}");
    let cancel = format!("{place}/cancel");
    let mut rows = Vec::new();
    for (target, taken) in [(SUBMIT, "POST"), (&place, "GET"), (&cancel, "PUT")] {
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "get"] {
            if method != taken {
                let request = relay(method, target.as_bytes(), "", "");
                rows.push(row("B1", format!("{method} {target}"), &request, "405 400"));
            }
        }
    }
    for endpoint in ["fal-ai/flux-lora-evil", "fal-ai/Flux-Lora", "fal-ai/flux", "evil/flux-lora"] {
        let target = format!("https://queue.fal.run/{endpoint}");
        rows.push(row("B2", endpoint, &relay("POST", target.as_bytes(), "", LORA_BODY), "403 400"));
    }
    let submit = SUBMIT.as_bytes();
    let upgrade = relay("POST", submit, "upgrade: websocket\r\n", LORA_BODY);
    rows.push(row("B4", "upgrade", &upgrade, "400"));
    let connect = b"CONNECT queue.fal.run:443 HTTP/1.1\r\nhost: localhost\r\n\r\n";
    rows.push(row("B4", "CONNECT", connect, "400 403"));
    for header in ["x-fal-queue-priority: top", "x-fal-request-timeout: 1e9", "x-fal-no-retry: x"] {
        let request = relay("POST", submit, &format!("{header}\r\n"), LORA_BODY);
        rows.push(row("C4", header, &request, "400"));
    }
    let elsewhere = relay("POST", submit, "origin: https://pictures.example\r\n", LORA_BODY);
    rows.push(row(
        "F1",
        "a page of another host, behind a proxy that adds nothing",
        &elsewhere,
        "403",
    ));
    let doubled = relay("POST", submit, &format!("x-fal-target-url: {SUBMIT}\r\n"), LORA_BODY);
    rows.push(row("A1", "two headers", &doubled, "400"));
    let long = format!("{SUBMIT}?x={}", "y".repeat(3000));
    rows.push(row("A1", "over 2 KiB", &relay("POST", long.as_bytes(), "", LORA_BODY), "400"));
    rows
}

fn framing() -> Vec<Row> {
    let start = format!(
        "POST /api/fal/proxy HTTP/1.1\r\nhost: localhost\r\nx-fal-target-url: {SUBMIT}\r\ncontent-type: application/json\r\n"
    );
    let with = |more: &str| format!("{start}{more}").into_bytes();
    let many: String = (0..100).map(|number| format!("x-{number}: 1\r\n")).collect();
    let big = format!("x-big: {}\r\n\r\n", "y".repeat(64 << 10));
    let deep = "[".repeat(10_000);
    let nested = format!("connection: close\r\ncontent-length: {}\r\n\r\n{deep}", deep.len());
    let names: String = (0..100_000).map(|at| format!(r#""{at}":1,"#)).collect();
    let wide = format!("connection: close\r\ncontent-length: {}\r\n\r\n{names}", names.len());
    // The server stops reading long before its end.
    let mut huge = with("connection: close\r\ncontent-length: 10000000000\r\n\r\n");
    huge.extend(vec![b' '; 17 << 20]);
    let other = "GET http://evil.example/api/v1/config HTTP/1.1\r\nhost: evil.example\r\n\r\n";
    let absolute = "GET http://evil.example/api/v1/config HTTP/1.1\r\nhost: localhost\r\n\r\n";
    vec![
        row("C1", "two lengths", &with("content-length: 2\r\ncontent-length: 3\r\n\r\n{}"), "400"),
        row("C1", "length +5", &with("content-length: +5\r\n\r\n{}abc"), "400"),
        row("C1", "length 0x5", &with("content-length: 0x5\r\n\r\n{}abc"), "400"),
        row(
            "C1",
            "chunked, identity",
            &with("transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
            "400",
        ),
        row("C1", "space before colon", &with("content-length : 2\r\n\r\n{}"), "400"),
        row("C1", "folded header", &with("x-a: b\r\n c\r\ncontent-length: 2\r\n\r\n{}"), "400"),
        row("C6", "HTTP/0.9", b"GET /\r\n\r\n", "400 closed"),
        row("C6", "another host", other.as_bytes(), "403"),
        row("C6", "another host in the line", absolute.as_bytes(), "403"),
        row("C7", "100 headers", &with(&format!("{many}\r\n")), "431 400"),
        row("C7", "a header of 64 KiB", &with(&big), "431 400"),
        row("E1", "10,000 levels", &with(&nested), "400"),
        row("E1", "10 GB by its own account", &huge, "413"),
        row("E1", "100,000 names", &with(&wide), "413"),
        row(
            "H1",
            "/../",
            b"GET /../etc/passwd HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
            "404 400",
        ),
        row(
            "H1",
            "%2e%2e",
            b"GET /%2e%2e/etc/passwd HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
            "404 400",
        ),
        row(
            "H1",
            "%00",
            b"GET /%00 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
            "404 400",
        ),
    ]
}

#[tokio::test]
async fn what_must_not_reach_fal_is_refused_here() {
    let fal = FakeFal::json(200, "{}").await;
    let server = TestServer::live(&fal).await;
    let mut wrong = 0;
    let mut captured = Vec::new();
    for row in targets().into_iter().chain(methods()).chain(framing()) {
        let mut reply = raw(server.address, &row.request).await;
        while status(&reply) == "429" {
            // These are more than one caller may ask in a second.
            tokio::time::sleep(Duration::from_millis(60)).await;
            reply = raw(server.address, &row.request).await;
        }
        let got = status(&reply);
        let is_right = row.expected.split(' ').any(|expected| expected == got);
        let mark = if is_right { "" } else { "  <-- WRONG" };
        println!("{:4} {:<70.70} expected {:8} got {got}{mark}", row.id, row.what, row.expected);
        wrong += u32::from(!is_right);
        captured.extend(reply);
    }
    assert_eq!(wrong, 0, "the rows marked WRONG stand above");
    assert!(fal.seen().is_empty(), "{:?}", fal.seen());
    // The server lives, and the key is in nothing that it said.
    assert_eq!(server.submit(LORA_BODY).send().await.unwrap().status(), 200);
    assert!(!captured.windows(KEY.len()).any(|bytes| bytes == KEY.as_bytes()));
}

#[tokio::test]
async fn a_head_that_drips_is_cut_after_ten_seconds() {
    let fal = FakeFal::json(200, "{}").await;
    let server = TestServer::live(&fal).await;
    let begun = std::time::Instant::now();
    let mut sockets = Vec::new();
    for _ in 0..50 {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        socket.write_all(b"GET / HT").await.unwrap();
        sockets.push(socket);
    }
    assert_eq!(server.submit(LORA_BODY).send().await.unwrap().status(), 200);
    for mut socket in sockets {
        let mut rest = Vec::new();
        // A close and a reset are both an end.
        let _ = socket.read_to_end(&mut rest).await;
    }
    let seconds = begun.elapsed().as_secs();
    println!("      (after {seconds} s)");
    crate::common::row(
        "E2",
        "50 heads that drip: cut after ten seconds",
        true,
        (9..=13).contains(&seconds),
    );
}
