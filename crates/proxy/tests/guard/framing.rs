//! Requests that two readers could take for different ones: whatever is answered, FAL sees what was
//! judged, and once.

use crate::common::{KEY, LORA_BODY, SUBMIT, TestServer, row};
use crate::recorder::Recorder;
use crate::table::{raw, status};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";

fn start(more: &str) -> String {
    format!(
        "POST /api/fal/proxy HTTP/1.1\r\nhost: localhost\r\nx-fal-target-url: {SUBMIT}\r\ncontent-type: application/json\r\n{more}\r\n"
    )
}

async fn live(fal: &Recorder) -> TestServer {
    TestServer::start(&["--fal-queue", &fal.base()], Some(KEY)).await
}

/// How many replies stand in what was read.
fn replies(bytes: &[u8]) -> usize {
    String::from_utf8_lossy(bytes).matches("HTTP/1.1 ").count()
}

#[tokio::test]
async fn a_request_with_two_lengths_is_one_request_and_the_last_of_its_connection() {
    let smuggled = "GET /api/v1/spending HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let length = LORA_BODY.len();
    let chunked = format!("{length:x}\r\n{LORA_BODY}\r\n0\r\n\r\n{smuggled}");
    for (what, headers) in [
        ("CL before TE", format!("content-length: {length}\r\ntransfer-encoding: chunked\r\n")),
        ("TE before CL", format!("transfer-encoding: chunked\r\ncontent-length: {length}\r\n")),
        ("TE after a tab", format!("content-length: {length}\r\ntransfer-encoding: \tchunked\r\n")),
        ("TE twice", "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n".to_owned()),
        ("TE in capitals", format!("content-length: {length}\r\nTransfer-Encoding: CHUNKED\r\n")),
    ] {
        let fal = Recorder::saying(OK).await;
        let server = live(&fal).await;
        let reply = raw(server.address, format!("{}{chunked}", start(&headers)).as_bytes()).await;
        let is_refused = status(&reply) == "400" && fal.requests().is_empty();
        let is_one = status(&reply) == "200" && fal.requests().len() == 1;
        row("C1", what, (true, 1), (is_refused || is_one, replies(&reply)));
        assert!(!String::from_utf8_lossy(&reply).contains("user_day"), "the smuggled one");
    }
}

#[tokio::test]
async fn requests_one_after_another_reach_fal_one_by_one() {
    let fal = Recorder::saying(OK).await;
    let server = live(&fal).await;
    let length = LORA_BODY.len();
    let one = format!("{}{LORA_BODY}", start(&format!("content-length: {length}\r\n")));
    let reply = raw(server.address, one.repeat(3).as_bytes()).await;
    row(
        "C1",
        "three in a row",
        (3, 3, 1),
        (replies(&reply), fal.requests().len(), fal.connections()),
    );
    for request in fal.requests() {
        assert!(request.starts_with("POST /fal-ai/flux-lora HTTP/1.1\r\n"), "{request}");
        assert_eq!(request.matches("HTTP/1.1").count(), 1, "{request}");
    }
}

#[tokio::test]
async fn what_is_framed_badly_or_hugely_is_refused() {
    let fal = Recorder::saying(OK).await;
    let server = live(&fal).await;
    let chunks = "transfer-encoding: chunked\r\n";
    let extension = format!("{}2;{}\r\n{{}}\r\n0\r\n\r\n", start(chunks), "x".repeat(1 << 20));
    let dribble: String = (0..300_000).map(|_| "1\r\n \r\n").collect();
    let dribble = format!("{}{dribble}0\r\n\r\n", start(chunks));
    let bare = start("content-length: 2\r\n").replace("\r\n", "\n") + "{}";
    for (id, what, request, expected) in [
        ("C1", "a chunk of a negative size", format!("{}-1\r\n{{}}\r\n", start(chunks)), "400"),
        ("C1", "a chunk size of 2^64", format!("{}10000000000000000\r\n", start(chunks)), "400"),
        // Lines that end with LF alone are lines (RFC 9112, 2.2); the body is then judged as any
        // other.
        ("C1", "lines that end with LF", bare, "422"),
        ("C7", "a chunk extension of a mebibyte", extension, "400"),
        ("C7", "300,000 chunks of one byte", dribble, "413"),
    ] {
        let reply = raw(server.address, request.as_bytes()).await;
        row(id, what, expected.to_owned(), status(&reply));
    }
    assert!(fal.requests().is_empty(), "{:?}", fal.requests());
}

#[tokio::test]
async fn a_body_that_drips_is_answered_408_before_its_time_is_up() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let fal = Recorder::saying(OK).await;
    let server = live(&fal).await;
    let mut socket = tokio::net::TcpStream::connect(server.address).await.unwrap();
    let (mut read, mut write) = socket.split();
    write
        .write_all(start("content-length: 3000\r\nconnection: close\r\n").as_bytes())
        .await
        .unwrap();
    let drip = async {
        // Until the server has had enough.
        while write.write_all(b" ").await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    let mut reply = vec![0; 4096];
    let answered = async {
        let length = read.read(&mut reply).await.unwrap_or(0);
        reply.truncate(length);
        status(&reply)
    };
    let got = tokio::select! { got = answered => got, () = drip => "cut".to_owned() };
    row("E2", "a body that drips", "408".to_owned(), got);
    assert!(fal.requests().is_empty());
}

#[tokio::test]
async fn a_tunnel_and_an_upgrade_are_refused_with_every_header_of_safety() {
    let fal = Recorder::saying(OK).await;
    let server = live(&fal).await;
    let upgrade = "GET /api/v1/config HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";
    let tunnel = "CONNECT queue.fal.run:443 HTTP/1.1\r\nhost: localhost\r\n\r\n";
    for (what, request) in [("upgrade", upgrade), ("CONNECT", tunnel)] {
        let reply = raw(server.address, request.as_bytes()).await;
        row("B4", what, "400".to_owned(), status(&reply));
        let text = String::from_utf8_lossy(&reply).to_ascii_lowercase();
        for header in [
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "content-security-policy: default-src 'none'",
            "cross-origin-resource-policy: same-origin",
        ] {
            assert!(text.contains(header), "{what}: {header} is missing in {text}");
        }
    }
    assert_eq!(fal.connections(), 0);
}
