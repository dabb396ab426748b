//! What bodies that drip, pictures and replies that nobody reads, and pictures for Telegram may
//! take of the memory.
#![cfg(target_os = "linux")]

use crate::common::{FakeFal, KEY, SUBMIT, client, json, rounds, started};
use crate::telegram::{TOKEN, launch, now};
use crate::weight::large;
use axum::body::Bytes;
use axum::response::IntoResponse;
use serde_json::Value;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Child;

/// More than this above idle is too much, in kB.
const MOST: usize = 128 << 10;
/// The attackers, each at an address of their own: a third of them in a test.
fn many(all: usize) -> usize {
    usize::try_from(rounds(all as u64 / 3)).unwrap().min(all)
}

/// What a process takes now, and the most that it took so far, in kB.
fn resident(process: u32) -> (usize, usize) {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let of = |name: &str| -> usize {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches("kB").trim().parse().unwrap()
    };
    (of("VmRSS:"), of("VmHWM:"))
}

/// What a server takes at most above what it took while idle.
struct Weight {
    process: u32,
    idle: usize,
}

impl Weight {
    /// Begins while the server is idle.
    fn of(child: &Child) -> Self {
        let process = child.id().unwrap();
        Self { process, idle: resident(process).0 }
    }

    /// Tells it, and holds it to the limit.
    fn is_held(&self, what: &str) {
        let taken = resident(self.process).1.saturating_sub(self.idle);
        println!("E    {what}: {taken} kB above idle at most");
        assert!(taken < MOST, "{what}: {taken} kB");
    }
}

/// Lets so many callers send this, each from elsewhere. A `#` in the head is the number of the
/// caller.
async fn crowd(address: &str, many: usize, head: &str, body: &[u8]) -> Vec<TcpStream> {
    let place = address.trim_start_matches("http://");
    let mut sockets = Vec::new();
    for caller in 0..many {
        let mut socket = TcpStream::connect(place).await.unwrap();
        let head = head.replace('#', &format!("{caller:012x}"));
        let from = format!("x-forwarded-for: 192.0.{}.{}", 2 + caller / 250, caller % 250);
        socket.write_all(format!("{head}\r\n{from}\r\n\r\n").as_bytes()).await.unwrap();
        // Whoever is refused may be cut off.
        let _ = socket.write_all(body).await;
        sockets.push(socket);
    }
    sockets
}

/// How often a request of somebody else is answered.
async fn others(address: &str) -> usize {
    let mut answered = 0;
    for caller in 0..10 {
        let body = r#"{"avatar":{"finetune_id":"f"},"prompt":"a harbour","preset":"fast"}"#;
        let request = client().post(format!("{address}/api/v1/compose"));
        let request = request.header("x-forwarded-for", format!("198.51.100.{caller}"));
        let request = request.header("content-type", "application/json").body(body);
        let reply = request.timeout(Duration::from_secs(5)).send().await.unwrap();
        answered += usize::from(reply.status() == 200);
    }
    answered
}

/// The head of the reply to somebody who was refused for want of room.
async fn assert_refused(socket: &mut TcpStream) {
    let mut reply = vec![0; 4096];
    let length = tokio::time::timeout(Duration::from_secs(5), socket.read(&mut reply)).await;
    let reply = String::from_utf8_lossy(&reply[..length.unwrap().unwrap()]).into_owned();
    assert!(reply.starts_with("HTTP/1.1 503"), "{reply}");
    assert!(reply.contains("retry-after: ") && reply.contains("\"overloaded\""), "{reply}");
}

#[tokio::test]
async fn bodies_that_drip_take_what_there_is_for_them_and_shut_nobody_out() {
    let (child, _, address) = started(&[("LIKENESS_FRONT_PROXY", "127.0.0.1")]).await;
    assert_eq!(others(&address).await, 10);
    let (many, weight) = (many(900), Weight::of(&child));
    let head = format!(
        "POST /api/v1/compose HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}",
        512 << 10
    );
    let mut sockets = crowd(&address, many, &head, &vec![b'['; 511 << 10]).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(others(&address).await, 10);
    weight.is_held(&format!("{many} bodies that drip"));
    // The last of them finds no room, and is told when to come again.
    let last = sockets.last_mut().unwrap();
    let _ = last.write_all(&[b'['; 1024]).await;
    assert_refused(last).await;
}

/// A server behind a front proxy with this stand-in for FAL, for whoever knows the code.
async fn live(base: &str) -> (Child, String) {
    let (child, _, address) = started(&[
        ("FAL_KEY", KEY),
        ("LIKENESS_FAL_MEDIA", base),
        ("LIKENESS_FAL_QUEUE", base),
        ("LIKENESS_ACCESS", "password"),
        ("LIKENESS_ACCESS_CODE", "correct-horse-battery"),
        ("LIKENESS_FRONT_PROXY", "127.0.0.1"),
    ])
    .await;
    (child, address)
}

/// Whether somebody else is answered.
async fn config(address: &str) -> bool {
    let config = client().get(format!("{address}/api/v1/config"));
    config.timeout(Duration::from_secs(5)).send().await.unwrap().status() == 200
}

const SIGNED_IN: &str = "host: localhost\r\nauthorization: Bearer correct-horse-battery";

#[tokio::test]
async fn pictures_that_nobody_reads_take_what_there_is_for_them_and_shut_nobody_out() {
    let picture = Bytes::from(vec![7; 8 << 20]);
    let fal = FakeFal::start(move |_| {
        ([("content-type", "image/jpeg")], picture.clone()).into_response()
    })
    .await;
    let (child, address) = live(&fal.base()).await;
    assert!(config(&address).await);
    let (many, weight) = (many(600), Weight::of(&child));
    let head = format!("GET /api/v1/image?url=https://v3.fal.media/a.jpg HTTP/1.1\r\n{SIGNED_IN}");
    let sockets = crowd(&address, many, &head, b"").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    weight.is_held(&format!("{many} pictures that nobody reads"));
    assert!(config(&address).await);
    drop(sockets);
}

#[tokio::test]
async fn replies_of_fal_that_nobody_reads_take_what_there_is_for_them_and_shut_nobody_out() {
    let success = format!(r#"{{"images":[],"prompt":"{}"}}"#, "x".repeat(7 << 20));
    let failure = format!(r#"{{"detail":[{}1]}}"#, "1,".repeat(1 << 18));
    for (status, body) in [(200, success), (422, failure)] {
        let fal = FakeFal::start(move |_| json(status, &body)).await;
        let (child, address) = live(&fal.base()).await;
        assert!(config(&address).await);
        let (many, weight) = (many(600), Weight::of(&child));
        let head = format!(
            "GET /api/fal/proxy HTTP/1.1\r\n{SIGNED_IN}\r\nx-fal-target-url: {SUBMIT}/requests/764cabcf-b745-4b3e-ae38-#"
        );
        let mut sockets = crowd(&address, many, &head, b"").await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        weight.is_held(&format!("{many} replies of FAL ({status}) that nobody reads"));
        assert!(config(&address).await);
        assert_refused(sockets.last_mut().unwrap()).await;
        // Once they have gone there is room again, although nobody asks the same.
        sockets.clear();
        let asked = async || {
            let ask = client().get(format!("{address}/api/fal/proxy"));
            let target = format!("{SUBMIT}/requests/764cabcf-b745-4b3e-ae38-1200304cf45b");
            let ask = ask.bearer_auth("correct-horse-battery").header("x-fal-target-url", target);
            ask.send().await.unwrap().status()
        };
        let mut reply = asked().await;
        for _ in 0..50 {
            if reply == status {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            reply = asked().await;
        }
        assert_eq!(reply, status);
    }
}

#[tokio::test]
async fn one_person_of_telegram_takes_what_there_is_for_pictures_and_shuts_nobody_out() {
    const SIZE: usize = 45 << 20;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (listen, address) = (free.to_string(), format!("http://{free}"));
    let (child, ..) = started(&[
        ("LIKENESS_LISTEN", listen.as_str()),
        ("TELEGRAM_BOT_TOKEN", TOKEN),
        // Links are made for an address that Telegram reaches.
        ("LIKENESS_PUBLIC_URL", "https://pictures.example"),
    ])
    .await;
    let call = |path: &str| client().post(format!("{address}/api/v1/telegram{path}"));
    let token = async |user| {
        let launch = format!("tma {}", launch(TOKEN, user, now()));
        let session = call("/session").header("authorization", launch).send().await.unwrap();
        let session: Value = serde_json::from_slice(&session.bytes().await.unwrap()).unwrap();
        session["token"].as_str().unwrap().to_owned()
    };
    let (ann, bob) = (token(42).await, token(43).await);
    let picture = Bytes::from(large(SIZE));
    let hand_over = async |token: &str, picture: Bytes| {
        call("/pictures").bearer_auth(token).body(picture).send().await
    };
    let (rounds, weight) = (many(9), Weight::of(&child));
    let mut unread = Vec::new();
    for _ in 0..rounds {
        let three = (0..3).map(|_| hand_over(&ann, picture.clone()));
        for reply in futures_util::future::join_all(three).await {
            // Whoever is refused in the middle of a body may be cut off.
            let Ok(reply) = reply else { continue };
            if reply.status() != 201 {
                assert!(reply.headers().contains_key("retry-after"), "{reply:?}");
                continue;
            }
            let kept: Value = serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap();
            let link = format!("/pictures/{}/link", kept["picture_id"].as_str().unwrap());
            let link = call(&link).bearer_auth(&ann).send().await.unwrap();
            let link: Value = serde_json::from_slice(&link.bytes().await.unwrap()).unwrap();
            let Some(url) = link["url"].as_str() else { continue };
            let url = url.replace("https://pictures.example", &address);
            // Fetched, and not read.
            unread.push(client().get(url).send().await.unwrap());
        }
        assert_eq!(hand_over(&bob, Bytes::from(large(1 << 20))).await.unwrap().status(), 201);
    }
    assert!(config(&address).await);
    let what = format!("{} pictures of one person of Telegram", 3 * rounds);
    weight.is_held(&what);
    drop(unread);
}

#[tokio::test]
async fn drawn_pictures_that_nobody_reads_take_what_there_is_for_them_and_shut_nobody_out() {
    let environment = [("LIKENESS_FRONT_PROXY", "127.0.0.1"), ("LIKENESS_DEMO_SPEED", "10000")];
    let (child, _, address) = started(&environment).await;
    let relay = |caller: &str, target: &str| {
        let request = client().post(format!("{address}/api/fal/proxy"));
        let request = request.header("x-forwarded-for", caller).header("x-fal-target-url", target);
        request.header("content-type", "application/json")
    };
    // An upload, which needs no drawing, of seven megabytes.
    let upload = "https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3";
    let upload =
        relay("198.51.100.1", upload).body(r#"{"content_type":"image/png","file_name":"a"}"#);
    let upload: serde_json::Value =
        serde_json::from_slice(&upload.send().await.unwrap().bytes().await.unwrap()).unwrap();
    let at = |key: &str| upload[key].as_str().unwrap().to_owned();
    let put = client().put(at("upload_url")).body(vec![7; 7 << 20]).send().await.unwrap();
    assert_eq!(put.status(), 200);
    let (many, weight) = (many(600), Weight::of(&child));
    let path = at("file_url").replace(&address, "");
    let head = format!("GET {path} HTTP/1.1\r\nhost: localhost");
    let sockets = crowd(&address, many, &head, b"").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    weight.is_held(&format!("{many} files of the demo that nobody reads"));
    assert_eq!(others(&address).await, 10);
    drop(sockets);
}
