//! Calls a simulator in process.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use likeness_simulator::{Config, Simulator};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower::ServiceExt;

/// A reply, read to its end.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub(crate) fn simulator() -> Simulator {
    Simulator::new(Config::at("http://media.test/media"))
}

/// Calls with the key `k:1`.
pub(crate) async fn call(simulator: &Simulator, method: &str, path: &str, body: &str) -> Reply {
    call_as(simulator, Some("Key k:1"), method, path, body).await
}

pub(crate) async fn call_as(
    simulator: &Simulator,
    authorization: Option<&str>,
    method: &str,
    path: &str,
    body: &str,
) -> Reply {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    let request = request.body(Body::from(body.to_owned())).unwrap();
    let reply = simulator.router().oneshot(request).await.unwrap();
    let (parts, body) = reply.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
    Reply { status: parts.status.as_u16(), headers: parts.headers, bytes }
}

/// A small body for the LoRA endpoint.
pub(crate) fn lora() -> Value {
    json!({
        "prompt": "a photo of TOK person", "loras": [{ "path": "https://weights.example/a.safetensors", "scale": 1.0 }],
        "image_size": { "width": 64, "height": 48 }, "seed": 18_446_744_073_709_551_615_u64,
    })
}

/// Submits to the LoRA endpoint and returns the id.
pub(crate) async fn submit(simulator: &Simulator, body: &Value) -> String {
    let reply = call(simulator, "POST", "/queue/fal-ai/flux-lora", &body.to_string()).await;
    assert_eq!(reply.status, 200, "{}", reply.json());
    reply.json()["request_id"].as_str().unwrap().to_owned()
}

pub(crate) async fn status(simulator: &Simulator, id: &str) -> Reply {
    call(simulator, "GET", &format!("/queue/fal-ai/flux-lora/requests/{id}/status?logs=1"), "")
        .await
}

pub(crate) async fn result(simulator: &Simulator, id: &str) -> Reply {
    call(simulator, "GET", &format!("/queue/fal-ai/flux-lora/requests/{id}"), "").await
}

pub(crate) async fn seconds(seconds: f64) {
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
}

/// One request over a socket, read to the end of the connection. Returns the status and the body.
pub(crate) async fn over_a_socket(method: &str, url: &str, body: &str) -> (u16, Vec<u8>) {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut socket = tokio::net::TcpStream::connect(host).await.unwrap();
    let length = body.len();
    let head = format!(
        "{method} /{path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Key a:b\r\ncontent-length: {length}\r\nconnection: close"
    );
    socket.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).await.unwrap();
    let mut reply = Vec::new();
    socket.read_to_end(&mut reply).await.unwrap();
    let end = reply.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let status = String::from_utf8_lossy(&reply[9..12]).parse().unwrap();
    (status, reply[end + 4..].to_vec())
}
