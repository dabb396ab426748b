//! What one hostile user may do.

use crate::Mode;
use crate::common::{LORA_BODY, SUBMIT, client};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Requests of a flood that are under way at a time.
const AT_ONCE: usize = 48;
/// Whoever they are.
const MALLORY: (&str, &str) = ("mallory", "203.0.113.66");

/// The server, and what it answered to the hostile user.
pub(crate) struct Target {
    address: String,
    answered: AtomicU64,
    refused: AtomicU64,
}

impl Target {
    pub(crate) fn new(address: String) -> Self {
        Self { address, answered: AtomicU64::new(0), refused: AtomicU64::new(0) }
    }

    /// What became of their requests.
    pub(crate) fn told(&self) -> String {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        format!("{}/{}", of(&self.answered), of(&self.refused))
    }

    fn note(&self, status: u16) {
        let count = if status < 400 { &self.answered } else { &self.refused };
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// A kind of attack.
pub(crate) struct Attack {
    pub(crate) name: &'static str,
    pub(crate) mode: Mode,
    pub(crate) begin: fn(Arc<Target>) -> BoxFuture<'static, ()>,
}

/// All that are known.
pub(crate) const ATTACKS: &[Attack] = &[
    Attack { name: "nobody", mode: Mode::Live, begin: |_| std::future::pending().boxed() },
    Attack { name: "1,024 streams", mode: Mode::Live, begin: |target| streams(target).boxed() },
    Attack {
        name: "900 dripping bodies",
        mode: Mode::Live,
        begin: |target| {
            let head = format!(
                "POST /api/v1/compose HTTP/1.1\r\n{JSON_TYPE}\r\ncontent-length: {}",
                512 << 10
            );
            held(target, 900, head, vec![b'['; 511 << 10]).boxed()
        },
    },
    Attack {
        name: "600 pictures that nobody reads",
        mode: Mode::Live,
        begin: |target| {
            let head = "GET /api/v1/image?url=https://v3.fal.media/a.jpg HTTP/1.1".to_owned();
            held(target, 600, head, Vec::new()).boxed()
        },
    },
    Attack {
        name: "pictures fetched",
        mode: Mode::Live,
        begin: |target| {
            flood(target, |client, address| {
                client.get(format!("{address}/api/v1/image?url=https://v3.fal.media/a.jpg"))
            })
            .boxed()
        },
    },
    Attack { name: "results of 7 MB", mode: Mode::Live, begin: |target| results(target).boxed() },
    Attack {
        name: "compose, 16,000 characters",
        mode: Mode::Live,
        begin: |target| {
            flood(target, |client, address| compose(client, address, &prompt(16_000))).boxed()
        },
    },
    Attack {
        name: "compose, 100,000 characters",
        mode: Mode::Live,
        begin: |target| {
            flood(target, |client, address| compose(client, address, &prompt(100_000))).boxed()
        },
    },
    Attack {
        name: "compose, 45,000 unknown keys",
        mode: Mode::Live,
        begin: |target| flood(target, |client, address| compose(client, address, &keys())).boxed(),
    },
    Attack {
        name: "submits that are refused",
        mode: Mode::Live,
        begin: |target| {
            flood(target, |client, address| submit(client, address, r#"{"prompt":7,"x":1}"#))
                .boxed()
        },
    },
    Attack {
        name: "config",
        mode: Mode::Live,
        begin: |target| {
            flood(target, |client, address| client.get(format!("{address}/api/v1/config"))).boxed()
        },
    },
    Attack {
        name: "sessions",
        mode: Mode::Live,
        begin: |target| {
            flood(target, |client, address| {
                let url = format!("{address}/api/v1/telegram/session");
                client.post(url).header("authorization", "tma user=x&auth_date=1&hash=00")
            })
            .boxed()
        },
    },
    Attack {
        name: "demo: 40,000 submits",
        mode: Mode::Demo,
        begin: |target| flood(target, |client, address| submit(client, address, LORA_BODY)).boxed(),
    },
    Attack {
        name: "demo: 99 large drawings",
        mode: Mode::Demo,
        begin: |target| drawings(target).boxed(),
    },
    Attack {
        name: "demo: uploads of 7 MB",
        mode: Mode::Demo,
        begin: |target| uploads(target).boxed(),
    },
];

const JSON_TYPE: &str = "content-type: application/json";

fn by(request: RequestBuilder) -> RequestBuilder {
    request.header("x-user", MALLORY.0).header("x-forwarded-for", MALLORY.1)
}

/// The same request again and again, as fast as it is answered.
async fn flood(target: Arc<Target>, request: fn(&Client, &str) -> RequestBuilder) {
    let client = client();
    let one = by(request(&client, &target.address)).build().unwrap();
    let again = || async {
        loop {
            match client.execute(one.try_clone().unwrap()).await {
                Ok(reply) => {
                    target.note(reply.status().as_u16());
                    let _ = reply.bytes().await;
                }
                Err(_) => target.note(500),
            }
        }
    };
    join_all((0..AT_ONCE).map(|_| again())).await;
}

/// So many at once that begin, and then do as little as keeps them alive. Whoever is refused tries
/// again a second later.
async fn held(target: Arc<Target>, many: usize, head: String, body: Vec<u8>) {
    let (user, from) = MALLORY;
    let head = format!(
        "{head}\r\nhost: localhost\r\nx-user: {user}\r\nx-forwarded-for: {from}\r\nconnection: close\r\n\r\n"
    );
    let place = target.address.trim_start_matches("http://").to_owned();
    let one = || async {
        loop {
            let Ok(mut socket) = TcpStream::connect(&place).await else { continue };
            let _ = socket.write_all(head.as_bytes()).await;
            let _ = socket.write_all(&body).await;
            let mut begin = [0; 12];
            let begun = socket.read_exact(&mut begin);
            if let Ok(Ok(_)) = tokio::time::timeout(Duration::from_secs(3600), begun).await {
                let status = String::from_utf8_lossy(&begin[9..]).parse().unwrap_or(500);
                target.note(status);
                if status < 400 {
                    // It is not read any further.
                    std::future::pending::<()>().await;
                }
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    join_all((0..many).map(|_| one())).await;
}

fn prompt(length: usize) -> String {
    json!({ "avatar": { "finetune_id": "f" }, "prompt": "a harbour in the fog, ".repeat(length / 22), "preset": "fast" }).to_string()
}

fn keys() -> String {
    let keys: String = (0..45_000).map(|key| format!(r#","k{key}":1"#)).collect();
    format!(r#"{{"prompt":"a harbour"{keys}}}"#)
}

fn compose(client: &Client, address: &str, body: &str) -> RequestBuilder {
    let request = client.post(format!("{address}/api/v1/compose"));
    request.header("content-type", "application/json").body(body.to_owned())
}

fn relay(client: &Client, address: &str, method: Method, target: &str) -> RequestBuilder {
    client.request(method, format!("{address}/api/fal/proxy")).header("x-fal-target-url", target)
}

fn submit(client: &Client, address: &str, body: &str) -> RequestBuilder {
    let submit = relay(client, address, Method::POST, SUBMIT);
    submit.header("content-type", "application/json").body(body.to_owned())
}

async fn answer(request: RequestBuilder) -> Option<Value> {
    let reply = by(request).send().await.ok()?;
    serde_json::from_slice(&reply.bytes().await.ok()?).ok()
}

/// The id of a run of theirs.
async fn run(target: &Target) -> Option<String> {
    let run = answer(submit(&client(), &target.address, LORA_BODY)).await?;
    Some(run["request_id"].as_str()?.to_owned())
}

async fn streams(target: Arc<Target>) {
    let Some(run) = run(&target).await else { return };
    let head = format!(
        "GET /api/fal/proxy HTTP/1.1\r\nx-fal-target-url: {SUBMIT}/requests/{run}/status/stream"
    );
    held(target, 1024, head, Vec::new()).await;
}

async fn results(target: Arc<Target>) {
    let Some(run) = run(&target).await else { return };
    let (client, result) = (client(), format!("{SUBMIT}/requests/{run}"));
    let again = || async {
        loop {
            let request = by(relay(&client, &target.address, Method::GET, &result));
            let Ok(reply) = request.send().await else { continue };
            target.note(reply.status().as_u16());
            let _ = reply.bytes().await;
        }
    };
    join_all((0..AT_ONCE).map(|_| again())).await;
}

/// Fetches large pictures, which are drawn when they are fetched.
async fn drawings(target: Arc<Target>) {
    let large = LORA_BODY.replacen('{', r#"{"image_size":{"width":2048,"height":2048},"#, 1);
    let client = client();
    let direct = relay(&client, &target.address, Method::POST, "https://fal.run/fal-ai/flux-lora");
    let made = answer(direct.header("content-type", "application/json").body(large)).await;
    let Some(url) = made.and_then(|made| Some(made["images"][0]["url"].as_str()?.to_owned()))
    else {
        return;
    };
    let again = || async {
        loop {
            let Ok(reply) = by(client.get(&url)).send().await else { continue };
            target.note(reply.status().as_u16());
            let _ = reply.bytes().await;
        }
    };
    join_all((0..99).map(|_| again())).await;
}

async fn uploads(target: Arc<Target>) {
    let client = client();
    let initiate = "https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3";
    let body = bytes::Bytes::from(vec![7; 7 << 20]);
    let again = || async {
        loop {
            let request = relay(&client, &target.address, Method::POST, initiate);
            let request = request.header("content-type", "application/json");
            let told =
                answer(request.body(r#"{"content_type":"text/html","file_name":"a.html"}"#)).await;
            let url = told.and_then(|told| Some(told["upload_url"].as_str()?.to_owned()));
            let Some(url) = url else {
                target.note(429);
                continue;
            };
            if let Ok(reply) = by(client.put(url)).body(body.clone()).send().await {
                target.note(reply.status().as_u16());
            }
        }
    };
    join_all((0..8).map(|_| again())).await;
}
