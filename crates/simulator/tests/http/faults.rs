//! Faults as a caller meets them: every one is looked at on the wire.

mod shown;

use crate::support::lora;
use likeness_simulator::script::{Call, Effect, Ending, Fault, Flaw, Form, Place, Rule};
use likeness_simulator::{Account, Config, Script, Simulator};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// After so long nothing more will come, on a busy machine too.
const QUIET: Duration = Duration::from_secs(2);

/// How a conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Closed,
    Reset,
    Silent,
}

struct Bench {
    simulator: Simulator,
    address: SocketAddr,
    id: String,
}

impl Bench {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut config = Config::at(format!("http://{address}/media"));
        config.speed = 1e6;
        let simulator = Simulator::new(config);
        let router = simulator.controlled_router();
        let serving = simulator.clone();
        tokio::spawn(async move {
            serving.serve(listener, router, std::future::pending()).await.unwrap();
        });
        let mut bench = Self { simulator, address, id: String::new() };
        bench.id = bench.submit().await;
        bench
    }

    async fn submit(&self) -> String {
        let (bytes, _) = self.ask(Call::Submit).await;
        body(&bytes)["request_id"].as_str().unwrap_or_default().to_owned()
    }

    fn play(&self, rule: Rule) {
        self.simulator.play(Script { seed: 1, rules: vec![rule] });
    }

    async fn ask(&self, call: Call) -> (Vec<u8>, End) {
        let run = format!("/queue/fal-ai/flux-lora/requests/{}", self.id);
        let (method, path, body) = match call {
            Call::Submit | Call::Connect => {
                ("POST", "/queue/fal-ai/flux-lora".to_owned(), lora().to_string())
            }
            Call::Status => ("GET", format!("{run}/status"), String::new()),
            Call::Stream => ("GET", format!("{run}/status/stream"), String::new()),
            Call::Result => ("GET", run, String::new()),
            Call::Cancel => ("PUT", format!("{run}/cancel"), String::new()),
            Call::Media => ("GET", format!("/media/files/b/runs/{}_0.jpg", self.id), String::new()),
            Call::Upload => (
                "POST",
                "/rest/storage/upload/initiate?storage_type=fal-cdn-v3".to_owned(),
                r#"{"content_type":"image/png","file_name":"a.png"}"#.to_owned(),
            ),
        };
        self.raw(method, &path, &body).await
    }

    /// One request; everything that comes back until the end, or until nothing comes any more.
    async fn raw(&self, method: &str, path: &str, body: &str) -> (Vec<u8>, End) {
        let Ok(mut socket) = TcpStream::connect(self.address).await else {
            return (Vec::new(), End::Reset);
        };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\nauthorization: Key a:b\r\n\
             content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        let _ = socket.write_all(format!("{head}{body}").as_bytes()).await;
        let mut bytes = Vec::new();
        let mut buffer = vec![0; 1 << 16];
        loop {
            match tokio::time::timeout(QUIET, socket.read(&mut buffer)).await {
                Err(_) => return (bytes, End::Silent),
                Ok(Err(_)) => return (bytes, End::Reset),
                Ok(Ok(0)) => return (bytes, End::Closed),
                Ok(Ok(count)) => bytes.extend_from_slice(&buffer[..count]),
            }
            if bytes.len() > 64 << 20
                || (bytes.len() > 200 && bytes.ends_with(b"heartbeat\n\n\r\n"))
            {
                return (bytes, End::Silent);
            }
        }
    }
}

fn split(bytes: &[u8]) -> (String, &[u8]) {
    let at = bytes.windows(4).position(|four| four == b"\r\n\r\n").map_or(bytes.len(), |at| at + 4);
    (String::from_utf8_lossy(&bytes[..at]).to_lowercase(), &bytes[at..])
}

fn body(bytes: &[u8]) -> Value {
    serde_json::from_slice(split(bytes).1).unwrap_or(Value::Null)
}

fn refused(status: u16, form: Form, retry_after: Option<&str>) -> Fault {
    Fault::Refused { status, form, retry_after: retry_after.map(str::to_owned) }
}

/// A check of the head (in lower case) and the body.
type Shows = fn(&str, &[u8]) -> bool;

fn is_json(body: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()
}

#[tokio::test]
async fn drips_and_delays_take_their_time() {
    let bench = Bench::start().await;
    let drip = |from| Fault::Drip { ms: 2, from };
    for (call, fault, least) in [
        (Call::Status, drip(Place::Start), 200),
        (Call::Status, drip(Place::Body), 100),
        (Call::Media, Fault::Slow { ms: 50 }, 50),
        (Call::Status, Fault::Slow { ms: 120 }, 120),
    ] {
        bench.play(Rule::on(call, fault.clone()));
        let begun = Instant::now();
        let (bytes, end) = bench.ask(call).await;
        assert!(split(&bytes).0.contains(" 200 ") && end == End::Closed, "{fault:?}");
        assert!(begun.elapsed() >= Duration::from_millis(least), "{fault:?}");
    }
}

#[tokio::test]
async fn a_lost_reply_is_counted_and_a_dropped_submit_is_not() {
    let bench = Bench::start().await;
    let text = lora().to_string();
    assert_eq!(bench.simulator.account().accepted, 1);
    let lost = Fault::Cut { at: Place::Start, how: Ending::Reset };
    bench.play(Rule::on(Call::Submit, lost.clone()));
    assert!(bench.ask(Call::Submit).await.0.is_empty());
    bench.play(Rule::on(Call::Submit, lost).effect(Effect::Dropped));
    assert!(bench.ask(Call::Submit).await.0.is_empty());
    bench.play(Rule::on(Call::Submit, refused(503, Form::Infra, None)));
    bench.ask(Call::Submit).await;
    bench.play(Rule::on(Call::Submit, refused(503, Form::Infra, None)).effect(Effect::Done));
    bench.ask(Call::Submit).await;
    let account = bench.simulator.account();
    assert_eq!((account.received, account.accepted, account.most_of_one_body), (5, 3, 3));
    assert_eq!(account.of(text.as_bytes()), account.bodies[&Account::digest(text.as_bytes())]);
    // A picture of less than a megapixel is billed as one.
    assert_eq!(account.ordered_micro_usd, 3 * 35_000);
}

#[tokio::test]
async fn a_cancel_that_is_ignored_leaves_a_result() {
    let bench = Bench::start().await;
    bench.play(Rule::on(Call::Cancel, Fault::IgnoredCancel));
    let (bytes, _) = bench.ask(Call::Cancel).await;
    assert_eq!(body(&bytes)["status"], "CANCELLATION_REQUESTED");
    let (bytes, _) = bench.ask(Call::Result).await;
    assert!(body(&bytes)["images"].is_array());
}

#[tokio::test]
async fn a_refusal_closes_the_port_and_opens_it_again() {
    let bench = Bench::start().await;
    let (bytes, _) = bench.raw("PUT", "/_simulator/refusal", r#"{"ms":300}"#).await;
    assert!(split(&bytes).0.contains(" 204 "));
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert!(TcpStream::connect(bench.address).await.is_err());
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(split(&bench.ask(Call::Status).await.0).0.contains(" 200 "));
}

#[tokio::test]
async fn the_script_and_the_account_are_there_over_http_where_they_were_asked_for() {
    let bench = Bench::start().await;
    let script = json!({ "seed": 3, "rules": [
        { "call": "status", "id": "*-*", "times": 1, "fault": { "kind": "refused", "status": 409 } },
        { "call": "submit", "nth": 2, "fault": { "kind": "cut", "at": "start", "how": "reset" } },
    ]});
    let (bytes, _) = bench.raw("PUT", "/_simulator/script", &script.to_string()).await;
    assert!(split(&bytes).0.contains(" 204 "));
    assert!(split(&bench.ask(Call::Status).await.0).0.contains(" 409 "));
    assert!(split(&bench.ask(Call::Status).await.0).0.contains(" 200 "));
    assert!(!bench.submit().await.is_empty());
    assert!(bench.submit().await.is_empty());
    let (bytes, _) = bench.raw("GET", "/_simulator/account", "").await;
    let account = body(&bytes);
    assert_eq!((&account["accepted"], &account["struck"]), (&json!(3), &json!([1, 1])));
    let (bytes, _) = bench.raw("DELETE", "/_simulator/script", "").await;
    assert!(split(&bytes).0.contains(" 204 "));
    let (bytes, _) =
        bench.raw("PUT", "/_simulator/script", r#"{"rules":[{"fault":{"kind":"?"}}]}"#).await;
    assert!(split(&bytes).0.contains(" 422 "), "a script with an unknown fault is refused");

    let reply = crate::support::call(&bench.simulator, "GET", "/_simulator/account", "").await;
    assert_eq!(reply.status, 404, "without the control there is nothing to find");
}

#[tokio::test]
async fn a_fault_of_the_wire_without_a_wire_says_so() {
    let simulator = crate::support::simulator();
    let rule = Rule::on(Call::Submit, Fault::Garbage);
    simulator.play(Script { seed: 0, rules: vec![rule] });
    let path = "/queue/fal-ai/flux-lora";
    let reply = crate::support::call(&simulator, "POST", path, &lora().to_string()).await;
    assert_eq!(reply.status, 501);
}
