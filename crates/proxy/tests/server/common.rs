//! A real server on a free port, and a stand-in for FAL that does as it is told and remembers what
//! it saw.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use clap::Parser;
use likeness_proxy::{Keys, Server, Settings};
use std::fmt::Debug;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) const KEY: &str = "sentinel-id:sentinel-secret-0123456789";
pub(crate) const LORA_BODY: &str =
    r#"{"prompt":"a harbour","loras":[{"path":"https://x.example/tok.safetensors"}]}"#;
pub(crate) const SUBMIT: &str = "https://queue.fal.run/fal-ai/flux-lora";
pub(crate) const ID: &str = "764cabcf-b745-4b3e-ae38-1200304cf45b";

/// A server that stops when it goes out of scope.
pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    pub(crate) start_line: String,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
}

impl TestServer {
    pub(crate) async fn start(arguments: &[&str], key: Option<&str>) -> Self {
        let keys = Keys { fal_key: key.map(str::to_owned), ..Keys::default() };
        Self::with_keys(arguments, keys).await
    }

    pub(crate) async fn with_keys(arguments: &[&str], keys: Keys) -> Self {
        likeness_proxy::install_crypto();
        let all = [&["likeness-proxy", "--listen", "127.0.0.1:0", "--ledger", "memory"], arguments]
            .concat();
        let config = Settings::parse_from(all)
            .into_config(keys)
            .expect("the settings of the test are valid");
        let server = Server::new(config).listen().await.expect("a port is free");
        let (address, start_line) = (server.address(), server.start_line());
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(server.serve(async {
            let _ = stopped.await;
        }));
        Self { address, start_line, stop: Some(stop), serving: Some(serving) }
    }

    pub(crate) async fn demo() -> Self {
        Self::start(&["--demo-speed", "1000"], None).await
    }

    pub(crate) async fn live(fal: &FakeFal) -> Self {
        let base = fal.base();
        let stand_ins =
            ["--fal-queue", &base, "--fal-run", &base, "--fal-rest", &base, "--fal-media", &base];
        Self::start(&stand_ins, Some(KEY)).await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A request by FAL's proxy protocol.
    pub(crate) fn relay(&self, method: &str, target: &str) -> reqwest::RequestBuilder {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        client().request(method, self.url("/api/fal/proxy")).header("x-fal-target-url", target)
    }

    pub(crate) fn submit(&self, body: &str) -> reqwest::RequestBuilder {
        self.relay("POST", SUBMIT).header("content-type", "application/json").body(body.to_owned())
    }

    pub(crate) fn get(&self, path: &str) -> reqwest::RequestBuilder {
        client().get(self.url(path))
    }

    pub(crate) fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

impl TestServer {
    /// Gives the signal to stop, and waits until it has.
    pub(crate) async fn stopped(mut self) {
        self.stop();
        if let Some(serving) = self.serving.take() {
            serving.await.expect("the server does not panic");
        }
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.stop();
    }
}

pub(crate) fn client() -> reqwest::Client {
    likeness_proxy::install_crypto();
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    client.build().expect("a client can be built")
}

/// What the stand-in saw of a request.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

type Script = dyn Fn(&Seen) -> Response + Send + Sync;
type Memory = Arc<Mutex<Vec<Seen>>>;

/// A server in FAL's place.
#[derive(Clone)]
pub(crate) struct FakeFal {
    pub(crate) address: SocketAddr,
    seen: Memory,
}

impl FakeFal {
    /// Answers every request by the script.
    pub(crate) async fn start(script: impl Fn(&Seen) -> Response + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let state = (Arc::clone(&seen), Arc::new(script) as Arc<Script>);
        let router = Router::new().fallback(answer).with_state(state);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, seen }
    }

    pub(crate) async fn json(status: u16, body: &'static str) -> Self {
        Self::start(move |_| json(status, body)).await
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("no test panics while it holds this").clone()
    }
}

async fn answer(State((seen, script)): State<(Memory, Arc<Script>)>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let path = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let one = Seen { method: parts.method, path, headers: parts.headers, body };
    let reply = script(&one);
    seen.lock().expect("no test panics while it holds this").push(one);
    reply
}

pub(crate) fn json(status: u16, body: &str) -> Response {
    let status = axum::http::StatusCode::from_u16(status).expect("a status");
    (status, [("content-type", "application/json")], body.to_owned()).into_response()
}

/// The code of one of the server's own errors.
pub(crate) async fn code(reply: reqwest::Response) -> (u16, String) {
    let status = reply.status().as_u16();
    let body: serde_json::Value =
        serde_json::from_slice(&reply.bytes().await.expect("a body")).unwrap_or_default();
    let error = &body["error"];
    assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()), "{body}");
    assert!(error["request_id"].is_string() && error["retryable"].is_boolean(), "{body}");
    (status, error["code"].as_str().unwrap_or_default().to_owned())
}

/// One row of the catalogue of attacks: printed, and checked.
#[track_caller]
pub(crate) fn row<T: Debug + PartialEq>(id: &str, what: &str, expected: T, got: T) {
    let mark = if expected == got { "" } else { "  <-- WRONG" };
    println!("{id:4} {what:<70.70} expected {expected:?} got {got:?}{mark}");
    assert_eq!(got, expected, "{id} {what}");
}

/// The program with these variables and no others.
pub(crate) fn program(environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_likeness-proxy"));
    command.env_clear().env("LIKENESS_LISTEN", "127.0.0.1:0").env("LIKENESS_LEDGER", "memory");
    command.envs(environment.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// Starts it and reads its first line; the address is the first that stands in it.
pub(crate) async fn started(environment: &[(&str, &str)]) -> (Child, String, String) {
    let (child, line) = ready(program(environment)).await;
    let address = line
        .split_whitespace()
        .find(|word| word.starts_with("http://"))
        .unwrap_or_default()
        .to_owned();
    (child, line, address)
}

/// Starts a command and waits for its first line.
pub(crate) async fn ready(mut command: Command) -> (Child, String) {
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).await.unwrap();
    (child, line)
}

/// How often a property is tried: `LIKENESS_ROUNDS` times in a benchmark, else as often as a test
/// has time for.
pub(crate) fn rounds(few: u64) -> u64 {
    std::env::var("LIKENESS_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(few)
}
