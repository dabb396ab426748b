//! FAL, or whoever sits in its place, as the attacker: where requests go, what leaves in them, and
//! what may come back.

use crate::common::{FakeFal, ID, KEY, LORA_BODY, SUBMIT, TestServer, code, json, row};
use crate::recorder::Recorder;
use crate::table::{raw, status};
use std::time::Duration;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";

async fn live(base: &str) -> TestServer {
    TestServer::start(&["--fal-queue", base, "--fal-media", base], Some(KEY)).await
}

fn question(server: &TestServer) -> reqwest::RequestBuilder {
    server.relay("GET", &format!("{SUBMIT}/requests/{ID}"))
}

#[tokio::test]
async fn a_redirect_leads_nowhere_and_least_of_all_to_a_stranger() {
    let evil = Recorder::saying(OK).await;
    for number in [301, 302, 303, 307, 308] {
        for place in ["", "/files", "@", "?"] {
            let place = format!("{}{place}", evil.base());
            let reply = format!(
                "HTTP/1.1 {number} Moved\r\nlocation: {place}\r\nrefresh: 0; url={place}\r\ncontent-length: 0\r\n\r\n"
            );
            let fal = Recorder::start(move |_| Some(reply.clone().into_bytes())).await;
            let server = live(&fal.base()).await;
            let what = format!("{number} to {place}");
            let question = question(&server).send().await.unwrap().status().as_u16();
            let submit = server.submit(LORA_BODY).send().await.unwrap().status().as_u16();
            let picture = server.get("/api/v1/image?url=https://v3.fal.media/a.png");
            let picture = picture.send().await.unwrap().status().as_u16();
            row("A11", &what, (502, 500, 502), (question, submit, picture));
        }
    }
    row("A11", "connections to the stranger", 0, evil.connections());
}

#[tokio::test]
async fn a_run_whose_connection_breaks_is_not_sent_again_by_any_layer() {
    // The second request comes over a connection that was good before: this is where HTTP clients
    // repeat by themselves.
    let fal = Recorder::start(|number| (number == 0).then(|| OK.into())).await;
    let server = live(&fal.base()).await;
    assert_eq!(server.submit(LORA_BODY).send().await.unwrap().status(), 200);
    let lost = code(server.submit(LORA_BODY).send().await.unwrap()).await;
    row("A14", "a reply lost on a used connection", (500, "unknown_outcome".to_owned()), lost);
    row("A14", "how often both were sent", 2, fal.requests().len());
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let server = live(&format!("http://{nobody}")).await;
    let refused = code(server.submit(LORA_BODY).send().await.unwrap()).await;
    row(
        "A14",
        "nobody listens, and no other host is tried",
        (502, "unreachable".to_owned()),
        refused,
    );
}

#[tokio::test]
async fn a_question_whose_connection_breaks_is_asked_once_more() {
    let fal = Recorder::start(|number| matches!(number, 0 | 2).then(|| OK.into())).await;
    let server = live(&fal.base()).await;
    let mut answers = Vec::new();
    // An answer is kept for a moment, so each asks for another run.
    for last in 0..3 {
        let run = format!("{}{last}", &ID[..ID.len() - 1]);
        let status = server.relay("GET", &format!("{SUBMIT}/requests/{run}/status"));
        answers.push(status.send().await.unwrap().status().as_u16());
    }
    row("A14", "questions on connections that break", vec![200, 200, 502], answers);
    row("A14", "how often FAL was asked", 5, fal.requests().len());
}

#[tokio::test]
async fn exactly_these_headers_leave_whatever_came() {
    let fal = Recorder::saying(OK).await;
    let server = live(&fal.base()).await;
    let tricks = "connection: close, x-hop, authorization\r\nx-hop: 1\r\nkeep-alive: timeout=5\r\nte: trailers\r\ntrailer: x-late\r\n\
                  proxy-connection: keep-alive\r\nproxy-authorization: Basic eDp5\r\nauthorization: Key stolen\r\ncookie: a=b\r\n\
                  x_fal_target_url: https://evil.example/\r\nx-fal-client-proxy: other\r\nx-fal-target-host: evil.example\r\nx-api-base: http://evil.example\r\n\
                  accept-encoding: gzip\r\nexpect: 100-continue\r\nrange: bytes=0-1\r\norigin: http://localhost\r\nx-fal-queue-priority: low\r\n";
    let request = format!(
        "POST /api/fal/proxy HTTP/1.1\r\nhost: localhost\r\nx-fal-target-url: {SUBMIT}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{tricks}\r\n{LORA_BODY}",
        LORA_BODY.len()
    );
    let reply = raw(server.address, request.as_bytes()).await;
    row(
        "C2",
        "hop-by-hop headers: the request is served",
        true,
        reply.windows(4).any(|four| four == b" 200"),
    );
    let sent = fal.requests().pop().unwrap();
    let (head, body) = sent.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<&str> = head.lines().collect();
    lines[1..].sort_unstable();
    let host = format!("host: {}", fal.address);
    let length = format!("content-length: {}", body.len());
    let key = format!("authorization: Key {KEY}");
    let version = env!("CARGO_PKG_VERSION");
    let (proxy, agent) = (
        format!("x-fal-client-proxy: likeness-proxy/{version}"),
        format!("user-agent: likeness-proxy/{version}"),
    );
    let expected = vec![
        "POST /fal-ai/flux-lora HTTP/1.1",
        "accept-encoding: identity",
        "accept: application/json",
        &key,
        &length,
        "content-type: application/json",
        &host,
        &agent,
        &proxy,
        "x-fal-queue-priority: low",
    ];
    row("C3", "the head of what leaves, to the byte", expected, lines);
}

#[tokio::test]
async fn answers_that_are_no_answers_are_typed_errors() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    let flood = "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n".repeat(20_000) + OK;
    let many: String = (0..20_000).map(|number| format!("x-{number}: 1\r\n")).collect();
    for (id, what, reply, expected) in [
        (
            "C6",
            "101",
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"
                .to_owned(),
            "502",
        ),
        ("C6", "20,000 early hints, of which none is passed on", flood, "200"),
        ("C6", "an answer of HTTP/0.9", "{}\r\n\r\n".to_owned(), "502"),
        ("C5", "20,000 headers", format!("{head}{many}content-length: 2\r\n\r\n{{}}"), "502"),
        (
            "C5",
            "a header of 2 MiB",
            format!("{head}x: {}\r\ncontent-length: 2\r\n\r\n{{}}", "y".repeat(2 << 20)),
            "502",
        ),
        (
            "C1",
            "two lengths",
            format!("{head}content-length: 2\r\ncontent-length: 3\r\n\r\n{{}}"),
            "502",
        ),
        (
            "E4",
            "gzip",
            format!("{head}content-encoding: gzip\r\ncontent-length: 2\r\n\r\n{{}}"),
            "502",
        ),
        ("E4", "br", format!("{head}content-encoding: br\r\ncontent-length: 2\r\n\r\n{{}}"), "502"),
        (
            "E4",
            "a gigabyte by its own account",
            format!("{head}content-length: 1073741824\r\n\r\n{}", " ".repeat(9 << 20)),
            "502",
        ),
    ] {
        let fal = Recorder::start(move |_| Some(reply.clone().into_bytes())).await;
        let server = live(&fal.base()).await;
        let got = tokio::time::timeout(Duration::from_secs(45), question(&server).send()).await;
        let got = got.expect("it is answered in time").unwrap();
        row(id, what, expected.to_owned(), got.status().as_u16().to_string());
        assert!(!got.text().await.unwrap().contains("sentinel"));
    }
}

#[tokio::test]
async fn a_question_is_dropped_when_nobody_waits_for_its_answer() {
    use tokio::io::AsyncReadExt;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = live(&format!("http://{}", listener.local_addr().unwrap())).await;
    let asked = tokio::spawn(question(&server).send());
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut bytes = vec![0; 65536];
    assert!(stream.read(&mut bytes).await.unwrap() > 0, "the question is here");
    asked.abort();
    let end = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut bytes)).await;
    row(
        "E6",
        "the caller of a question goes: the connection to FAL",
        "ends",
        end.map_or("stays", |_| "ends"),
    );
}

#[tokio::test]
async fn two_thousand_connections_hold_up_nobody() {
    let server = TestServer::demo().await;
    let flood = (0..2000).map(|_| tokio::net::TcpStream::connect(server.address));
    let flood = futures_util::future::join_all(flood).await;
    let opened = flood.iter().filter(|stream| stream.is_ok()).count();
    assert!(opened > 1024, "{opened}");
    drop(flood);
    let reply = server.get("/healthz").send().await.unwrap();
    row("E3", "after 2,000 connections", 200, reply.status().as_u16());
}

#[tokio::test]
async fn the_key_is_in_nothing_that_comes_back() {
    let fal = FakeFal::start(|_| {
        let mut reply = json(200, &format!(r#"{{"a":"{KEY}","b":["Key {KEY}"],"{KEY}":1}}"#));
        for name in
            ["x-fal-request-id", "x-fal-error-type", "retry-after", "etag", "www-authenticate"]
        {
            reply.headers_mut().insert(name, KEY.parse().unwrap());
        }
        reply
    })
    .await;
    let server = TestServer::live(&fal).await;
    let place = format!("{SUBMIT}/requests/{ID}");
    for (what, request) in [
        ("submit", server.submit(LORA_BODY)),
        ("result", server.relay("GET", &place)),
        ("status", server.relay("GET", &format!("{place}/status"))),
        ("stream", server.relay("GET", &format!("{place}/status/stream"))),
        ("cancel", server.relay("PUT", &format!("{place}/cancel"))),
        ("health", server.get("/healthz")),
        ("config", server.get("/api/v1/config")),
        ("spending", server.get("/api/v1/spending")),
    ] {
        let reply = request.send().await.unwrap();
        let text = format!("{:?} {}", reply.headers().clone(), reply.text().await.unwrap());
        row("D1", what, false, text.contains("sentinel"));
    }
}

#[tokio::test]
async fn a_caller_without_the_right_to_call_costs_nothing() {
    let fal = Recorder::saying(OK).await;
    let base = fal.base();
    let shared = ["--access", "header", "--user-header", "x-user", "--front-proxy", "192.0.2.1"];
    let server =
        TestServer::start(&[&shared[..], &["--fal-queue", &base]].concat(), Some(KEY)).await;
    for (what, header) in [
        ("nobody", "x-a: b"),
        ("a name from a stranger", "x-user: ann"),
        ("with an underscore", "x_user: ann"),
        ("for a proxy", "x-forwarded-for: 192.0.2.1\r\nx-user: ann"),
        ("twice", "x-user: ann\r\nx-user: bob"),
    ] {
        let request = format!(
            "POST /api/fal/proxy HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx-fal-target-url: {SUBMIT}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{header}\r\n\r\n{LORA_BODY}",
            LORA_BODY.len()
        );
        row("F1", what, "401".to_owned(), status(&raw(server.address, request.as_bytes()).await));
    }
    row("F1", "connections to FAL", 0, fal.connections());
}
