//! What one caller may hold and ask for: the others do not notice.

use crate::common::{FakeFal, ID, KEY, LORA_BODY, SUBMIT, TestServer, client, code, json};
use axum::body::{Body, Bytes};
use axum::response::IntoResponse;
use futures_util::stream::{self, StreamExt};
use likeness_proxy::Keys;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Streams of events that never end, and accepted submits.
async fn fal() -> FakeFal {
    FakeFal::start(|seen| {
        if seen.path.ends_with("/status/stream") {
            let one = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"data: {}\n\n"))]);
            let body = Body::from_stream(one.chain(stream::pending()));
            return ([("content-type", "text/event-stream")], body).into_response();
        }
        let id = uuid(&seen.body);
        json(200, &format!(r#"{{"request_id":"{id}","status":"IN_QUEUE"}}"#))
    })
    .await
}

/// An id that differs by the body.
fn uuid(body: &[u8]) -> String {
    if body.windows(3).any(|three| three == b"bob") { ID.replace('7', "8") } else { ID.to_owned() }
}

/// A server whose front proxy names the users.
async fn server(fal: &FakeFal) -> TestServer {
    let base = fal.base();
    let access = ["--access", "header", "--user-header", "x-user", "--front-proxy", "127.0.0.1"];
    let all = [&["--fal-queue", base.as_str()], &access[..]].concat();
    TestServer::start(&all, Some(KEY)).await
}

async fn submit(server: &TestServer, user: &str) {
    let body = LORA_BODY.replace("a harbour", user);
    let reply = server.submit(&body).header("x-user", user).send().await.unwrap();
    assert_eq!(reply.status(), 200);
}

async fn streamed(server: &TestServer, user: &str, id: &str) -> reqwest::Response {
    let target = format!("{SUBMIT}/requests/{id}/status/stream");
    server.relay("GET", &target).header("x-user", user).send().await.unwrap()
}

async fn refused(reply: reqwest::Response) {
    assert!(reply.headers().contains_key("retry-after"));
    assert_eq!(code(reply).await, (429, "too_many_requests".to_owned()));
}

#[tokio::test]
async fn one_user_has_eight_streams_and_others_have_theirs() {
    let fal = fal().await;
    let server = server(&fal).await;
    submit(&server, "ann").await;
    submit(&server, "bob").await;
    let mut streams = Vec::new();
    for _ in 0..8 {
        let stream = streamed(&server, "ann", ID).await;
        assert_eq!(stream.status(), 200);
        streams.push(stream);
    }
    refused(streamed(&server, "ann", ID).await).await;
    assert_eq!(streamed(&server, "bob", &uuid(b"bob")).await.status(), 200);
    streams.clear();
    let mut next = streamed(&server, "ann", ID).await;
    for _ in 0..50 {
        if next.status() == 200 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        next = streamed(&server, "ann", ID).await;
    }
    assert_eq!(next.status(), 200, "there is room again once they have ended");
}

/// A request with a body of which only the beginning comes.
async fn begun(address: SocketAddr, head: &str) -> TcpStream {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let rest = "host: localhost\r\ncontent-type: application/json\r\ncontent-length: 9000\r\n\r\n{";
    socket.write_all(format!("{head}\r\n{rest}").as_bytes()).await.unwrap();
    socket
}

async fn status(socket: &mut TcpStream) -> String {
    let mut head = [0; 12];
    socket.read_exact(&mut head).await.unwrap();
    String::from_utf8_lossy(&head[9..]).into_owned()
}

#[tokio::test]
async fn one_user_has_sixty_four_requests_under_way_and_others_have_theirs() {
    let fal = fal().await;
    let server = server(&fal).await;
    let head = "POST /api/v1/compose HTTP/1.1\r\nx-user: ann";
    let mut sockets = Vec::new();
    for at in 0..64 {
        if at >= 50 {
            // At the pace that one user may have.
            tokio::time::sleep(Duration::from_millis(55)).await;
        }
        sockets.push(begun(server.address, head).await);
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(status(&mut begun(server.address, head).await).await, "429");
    let bob = server.get("/api/v1/config").header("x-user", "bob").send().await.unwrap();
    assert_eq!(bob.status(), 200);
    let ann = server.get("/readyz").header("x-user", "ann").send().await.unwrap();
    assert_eq!(ann.status(), 200, "how the server is, everybody may ask");
}

#[tokio::test]
async fn one_caller_has_three_uploads_and_others_have_theirs() {
    let server = TestServer::start(&["--front-proxy", "127.0.0.1"], None).await;
    let head = |caller: &str| {
        format!("PUT /api/v1/demo/media/files/b/uploads/x HTTP/1.1\r\nx-forwarded-for: {caller}")
    };
    let mut sockets = Vec::new();
    for port in 0..3 {
        // Some proxies write the port, or IPv4 as IPv6: it is the same caller.
        let caller = [format!("192.0.2.7:{port}"), "::ffff:192.0.2.7".to_owned()];
        sockets.push(begun(server.address, &head(&caller[port % 2])).await);
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(status(&mut begun(server.address, &head("192.0.2.7")).await).await, "429");
    let mut other = begun(server.address, &head("192.0.2.8")).await;
    let waits = tokio::time::timeout(Duration::from_millis(300), status(&mut other)).await;
    assert!(waits.is_err(), "it is being taken: {waits:?}");
    // One that comes early is taken as soon as another is done.
    let mut early = begun(server.address, &head("192.0.2.7")).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    sockets.pop();
    let waits = tokio::time::timeout(Duration::from_millis(4000), status(&mut early)).await;
    assert!(waits.is_err(), "it is being taken: {waits:?}");
}

#[tokio::test]
async fn programs_have_a_share_of_their_own() {
    let fal = fal().await;
    let keys = Keys {
        fal_key: Some(KEY.to_owned()),
        api_token: Some("a-token-for-programs".to_owned()),
        ..Keys::default()
    };
    let server = TestServer::with_keys(&["--fal-queue", &fal.base()], keys).await;
    let head = "POST /api/v1/generate HTTP/1.1\r\nauthorization: Bearer a-token-for-programs";
    let mut sockets = Vec::new();
    for at in 0..70 {
        if at >= 50 {
            tokio::time::sleep(Duration::from_millis(55)).await;
        }
        sockets.push(begun(server.address, head).await);
    }
    let mut last = sockets.pop().unwrap();
    let waits = tokio::time::timeout(Duration::from_millis(300), status(&mut last)).await;
    assert!(waits.is_err(), "more than sixty-four: {waits:?}");
    assert_eq!(server.get("/api/v1/config").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn pace_comes_before_work_on_every_address() {
    let fal = fal().await;
    let caller = client();
    for (path, most) in [
        ("/api/v1/image?url=https://v3.fal.media/a.png", 80),
        ("/api/v1/image", 80),
        ("/api/v1/compose", 120),
        ("/api/v1/config", 120),
        ("/api/v1/telegram/session", 120),
        ("/api/v1/nowhere", 120),
        ("/api/fal/proxy", 120),
    ] {
        let base = fal.base();
        let server = TestServer::start(&["--fal-media", &base], Some(KEY)).await;
        let mut refused = 0;
        for _ in 0..most {
            let reply = caller.post(server.url(path)).body("{}").send().await.unwrap();
            let retry = reply.headers().contains_key("retry-after");
            refused += u32::from(reply.status() == 429 && retry);
        }
        assert!(refused > 0, "{path}");
        assert_eq!(caller.get(server.url("/")).send().await.unwrap().status(), 503, "no app here");
    }
    let mut demo = 0;
    let server = TestServer::demo().await;
    for _ in 0..150 {
        demo += u32::from(server.submit(LORA_BODY).send().await.unwrap().status() == 429);
    }
    assert!(demo > 0, "a demo is a public server");
}
