//! What bodies that drip and pictures that nobody reads may take of the memory.
#![cfg(target_os = "linux")]

use crate::common::{FakeFal, KEY, client, started};
use axum::body::Bytes;
use axum::response::IntoResponse;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The attackers, each at an address of their own.
const MANY: usize = 300;
/// More than this above idle is too much, in kB.
const MOST: usize = 128 << 10;

/// What a process takes now, in kB.
fn resident(process: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse().unwrap()
}

/// Lets many callers send this, each from elsewhere.
async fn crowd(address: &str, head: &str, body: &[u8]) -> Vec<TcpStream> {
    let place = address.trim_start_matches("http://");
    let mut sockets = Vec::new();
    for caller in 0..MANY {
        let mut socket = TcpStream::connect(place).await.unwrap();
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

#[tokio::test]
async fn bodies_that_drip_take_what_there_is_for_them_and_shut_nobody_out() {
    let (child, _, address) = started(&[("LIKENESS_FRONT_PROXY", "127.0.0.1")]).await;
    assert_eq!(others(&address).await, 10);
    let idle = resident(child.id().unwrap());
    let head = format!(
        "POST /api/v1/compose HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}",
        512 << 10
    );
    let mut sockets = crowd(&address, &head, &vec![b'['; 511 << 10]).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let taken = resident(child.id().unwrap()).saturating_sub(idle);
    let answered = others(&address).await;
    println!(
        "E1   {MANY} bodies that drip: {taken} kB above idle, {answered} of 10 others answered"
    );
    assert!(taken < MOST, "{taken} kB");
    assert_eq!(answered, 10);
    // The last of them finds no room, and is told when to come again.
    let last = sockets.last_mut().unwrap();
    let _ = last.write_all(&[b'['; 1024]).await;
    let mut reply = vec![0; 4096];
    let length = tokio::time::timeout(Duration::from_secs(5), last.read(&mut reply)).await;
    let reply = String::from_utf8_lossy(&reply[..length.unwrap().unwrap()]).into_owned();
    assert!(reply.starts_with("HTTP/1.1 503"), "{reply}");
    assert!(reply.contains("retry-after: ") && reply.contains("\"overloaded\""), "{reply}");
}

#[tokio::test]
async fn pictures_that_nobody_reads_take_what_there_is_for_them_and_shut_nobody_out() {
    let picture = Bytes::from(vec![7; 8 << 20]);
    let fal = FakeFal::start(move |_| {
        ([("content-type", "image/jpeg")], picture.clone()).into_response()
    })
    .await;
    let base = fal.base();
    let (child, _, address) = started(&[
        ("FAL_KEY", KEY),
        ("LIKENESS_FAL_MEDIA", &base),
        ("LIKENESS_ACCESS", "password"),
        ("LIKENESS_ACCESS_CODE", "correct-horse-battery"),
        ("LIKENESS_FRONT_PROXY", "127.0.0.1"),
    ])
    .await;
    let ask = async || {
        let config = client().get(format!("{address}/api/v1/config"));
        config.timeout(Duration::from_secs(5)).send().await.unwrap().status()
    };
    assert_eq!(ask().await, 200);
    let idle = resident(child.id().unwrap());
    let head = "GET /api/v1/image?url=https://v3.fal.media/a.jpg HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer correct-horse-battery";
    let sockets = crowd(&address, head, b"").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let taken = resident(child.id().unwrap()).saturating_sub(idle);
    println!("E2   {MANY} pictures that nobody reads: {taken} kB above idle");
    assert!(taken < MOST, "{taken} kB");
    assert_eq!(ask().await, 200);
    drop(sockets);
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
    let idle = resident(child.id().unwrap());
    let path = at("file_url").replace(&address, "");
    let sockets = crowd(&address, &format!("GET {path} HTTP/1.1\r\nhost: localhost"), b"").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let taken = resident(child.id().unwrap()).saturating_sub(idle);
    println!("E2   {MANY} files of the demo that nobody reads: {taken} kB above idle");
    assert!(taken < MOST, "{taken} kB");
    assert_eq!(others(&address).await, 10);
    drop(sockets);
}
