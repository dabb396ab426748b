//! Every fault that FAL or the network may have, on every kind of call: answered in time, while
//! others are served.

use crate::common::{ID, KEY, LORA_BODY, SUBMIT, TestServer, client};
use futures_util::StreamExt;
use futures_util::future::join_all;
use likeness_proxy::Keys;
use likeness_simulator::script::{Call, Ending, Fault, Flaw, Form, Place, Rule};
use likeness_simulator::{Config, Script, Simulator};
use serde_json::Value;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// How long FAL may take to begin its answer or be silent within it, and what a busy machine adds.
/// The time that each took is printed.
const DEADLINE: Duration = Duration::from_secs(45);
/// After this time a stream of events that goes on is said to be open.
const GOES_ON: Duration = Duration::from_secs(15);
/// What a run of [`LORA_BODY`] is reserved for.
const ONE: u64 = 70_000;

/// The access code.
const CODE: &str = "correct-horse-battery";

/// The request of one of many callers, so that no limit of one is in the way.
fn by(caller: usize, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
    request.bearer_auth(CODE).header("x-forwarded-for", format!("192.0.2.{caller}"))
}

fn refused(status: u16, form: Form) -> Fault {
    Fault::Refused { status, form, retry_after: None }
}

fn later(value: &str) -> Fault {
    Fault::Refused { status: 429, form: Form::Text, retry_after: Some(value.to_owned()) }
}

fn cut(at: Place, how: Ending) -> Fault {
    Fault::Cut { at, how }
}

fn typed(content_type: &str) -> Fault {
    Fault::WrongType { content_type: content_type.to_owned() }
}

fn redirect() -> Fault {
    Fault::Redirect { status: 307, location: "http://127.0.0.1:1/".to_owned() }
}

/// A simulator that serves, and its address.
async fn simulator() -> (Simulator, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let config = Config { speed: 1000.0, at_once: 100, ..Config::at(format!("{base}/media")) };
    let simulator = Simulator::new(config);
    let serving = simulator.clone();
    let router = simulator.router();
    tokio::spawn(async move { serving.serve(listener, router, std::future::pending()).await });
    (simulator, base)
}

async fn server(base: &str) -> TestServer {
    let (queue, media) = (format!("{base}/queue"), format!("{base}/media"));
    let keys = Keys {
        fal_key: Some(KEY.to_owned()),
        access_code: Some(CODE.to_owned()),
        ..Keys::default()
    };
    let arguments = ["--fal-queue", &queue, "--fal-media", &media, "--access", "password"];
    TestServer::with_keys(&[&arguments[..], &["--front-proxy", "127.0.0.1"]].concat(), keys).await
}

/// So many small pictures, made and not yet fetched: the ids of their runs.
async fn finished_runs(base: &str, count: usize) -> Vec<String> {
    let body =
        LORA_BODY.replace(r#"{"prompt""#, r#"{"image_size":{"width":64,"height":48},"prompt""#);
    let place = format!("{base}/queue/fal-ai/flux-lora");
    let authorize =
        |request: reqwest::RequestBuilder| request.header("authorization", format!("Key {KEY}"));
    let mut ids = Vec::new();
    for _ in 0..count {
        let reply = authorize(client().post(&place)).body(body.clone()).send().await.unwrap();
        let reply: Value = serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap();
        ids.push(reply["request_id"].as_str().expect("it is accepted").to_owned());
    }
    for id in &ids {
        let status = format!("{place}/requests/{id}/status");
        while authorize(client().get(&status)).send().await.unwrap().status() != 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    ids
}

/// How a reply came: its status, and whether it was whole.
async fn outcome(request: reqwest::RequestBuilder) -> String {
    let reply = request.send().await.expect("every fault is answered");
    let status = reply.status().as_u16();
    let rest = async {
        let mut chunks = reply.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            if chunk.is_err() {
                return "cut";
            }
        }
        "whole"
    };
    let is_stream = async { tokio::time::timeout(GOES_ON, rest).await.unwrap_or("goes on") };
    match is_stream.await {
        "whole" => status.to_string(),
        how => format!("{status} {how}"),
    }
}

/// Plays one fault on each of these calls, all at once and beside healthy questions. Returns how
/// many rows are wrong.
async fn play(call: Call, rows: Vec<(Fault, &'static str)>) -> u32 {
    let (simulator, base) = simulator().await;
    let ids = finished_runs(&base, rows.len()).await;
    let server = server(&base).await;
    let rules = rows.iter().zip(&ids).map(|((fault, _), id)| Rule {
        id: Some(format!("{id}*")),
        ..Rule::on(call, fault.clone())
    });
    simulator.play(Script { seed: 0, rules: rules.collect() });
    let ask = |id: &str| {
        let place = format!("{SUBMIT}/requests/{id}");
        match call {
            Call::Status => server.relay("GET", &format!("{place}/status")),
            Call::Stream => server.relay("GET", &format!("{place}/status/stream")),
            Call::Media => server
                .get(&format!("/api/v1/image?url=https://v3.fal.media/files/b/runs/{id}_0.jpg")),
            _ => server.relay("GET", &place),
        }
    };
    let run = join_all(rows.iter().zip(&ids).enumerate().map(|(at, ((fault, expected), id))| {
        let asked = by(at, ask(id));
        async move {
            let begun = Instant::now();
            let got = tokio::time::timeout(DEADLINE, outcome(asked)).await;
            let got = got.unwrap_or_else(|_| "no answer in time".to_owned());
            (fault, (*expected).to_owned(), got, begun.elapsed())
        }
    }));
    let healthy = async {
        for _ in 0..50 {
            // Slower than the pace that one user is held to.
            tokio::time::sleep(Duration::from_millis(60)).await;
            let place = format!("{SUBMIT}/requests/{ID}/status");
            let reply =
                by(255, server.relay("GET", &place)).send().await.expect("healthy traffic goes on");
            assert_eq!(reply.status(), 404, "nobody has submitted this run, and FAL says so");
        }
    };
    let (answered, ()) = tokio::join!(run, healthy);
    assert!(simulator.account().struck.iter().all(|struck| *struck >= 1), "each rule struck");
    judge(&format!("{call:?}"), answered)
}

/// Prints rows, and counts those that are wrong.
fn judge(
    call: &str,
    rows: impl IntoIterator<Item = (impl std::fmt::Debug, String, String, Duration)>,
) -> u32 {
    let mut wrong = 0;
    for (fault, expected, got, took) in rows {
        let mark = if got == expected { "" } else { "  <-- WRONG" };
        let fault = format!("{fault:?}");
        // Those that answer nothing are a row of the catalogue of attacks, too.
        let id = if fault.contains("Hang") { "E5" } else { "R5" };
        println!(
            "{id:4} {call:6} {fault:<63.63} expected {expected} got {got} in {took:.1?}{mark}"
        );
        wrong += u32::from(got != expected);
    }
    wrong
}

/// Faults of a question whose true answer is a 200 in JSON.
fn of_questions() -> Vec<(Fault, &'static str)> {
    vec![
        (Fault::Slow { ms: 300 }, "200"),
        (refused(400, Form::Text), "400"),
        (refused(401, Form::Text), "401"),
        (refused(402, Form::Text), "402"),
        (refused(403, Form::Text), "403"),
        (refused(404, Form::Text), "404"),
        (refused(409, Form::Text), "409"),
        (refused(422, Form::List), "422"),
        (refused(422, Form::Text), "422"),
        (refused(429, Form::Text), "429"),
        (later("1"), "429"),
        (later("Wed, 21 Oct 2099 07:28:00 GMT"), "429"),
        (later("99999999999999999999"), "429"),
        (refused(500, Form::Infra), "500"),
        (refused(502, Form::Html), "502"),
        (refused(503, Form::Infra), "503"),
        (refused(504, Form::Infra), "504"),
        (refused(504, Form::UserLimit), "504"),
        (Fault::OtherSuccess, "202"),
        (Fault::Half, "200"),
        (Fault::WrongShape, "200"),
        (Fault::Empty, "200"),
        (Fault::Huge { bytes: 10_000_000 }, "502"),
        (Fault::DoubleKey, "200"),
        (Fault::ByteOrderMark, "200"),
        (typed("text/html"), "200"),
        (Fault::Null, "200"),
        (Fault::UnknownStatus, "202"),
        (Fault::Backwards, "202"),
        (redirect(), "502"),
        (Fault::Drip { ms: 1, from: Place::Start }, "200"),
        (cut(Place::Start, Ending::Reset), "502"),
        (cut(Place::Start, Ending::Close), "502"),
        (cut(Place::Head, Ending::Close), "502"),
        (cut(Place::Body, Ending::Reset), "502"),
        (cut(Place::Body, Ending::Close), "502"),
        (Fault::Hang { at: Place::Start }, "504"),
        (Fault::Hang { at: Place::Body }, "504"),
        (Fault::Garbage, "502"),
    ]
}

/// Faults of a stream of events about a run that is over.
fn of_streams() -> Vec<(Fault, &'static str)> {
    let flawed = |flaw| Fault::Events { flaw };
    vec![
        (Fault::Slow { ms: 300 }, "200"),
        (refused(401, Form::Text), "401"),
        (refused(404, Form::Text), "404"),
        (refused(422, Form::List), "422"),
        (refused(429, Form::Text), "429"),
        (refused(500, Form::Infra), "500"),
        (refused(502, Form::Html), "502"),
        (refused(503, Form::Infra), "503"),
        (refused(504, Form::Infra), "504"),
        (Fault::Half, "200"),
        (Fault::Empty, "200"),
        (Fault::Huge { bytes: 10_000_000 }, "200 cut"),
        (typed("text/html"), "200"),
        (Fault::Null, "200"),
        (redirect(), "502"),
        (Fault::Drip { ms: 1, from: Place::Start }, "200"),
        (cut(Place::Start, Ending::Reset), "502"),
        (cut(Place::Head, Ending::Close), "502"),
        (cut(Place::Body, Ending::Reset), "200 cut"),
        (cut(Place::Body, Ending::Close), "200 cut"),
        (Fault::Hang { at: Place::Start }, "504"),
        (Fault::Hang { at: Place::Body }, "200 goes on"),
        (Fault::Garbage, "502"),
        (flawed(Flaw::SplitUtf8), "200"),
        (flawed(Flaw::NoBlankLine), "200"),
        (flawed(Flaw::Huge), "200 cut"),
        (flawed(Flaw::HeartbeatsOnly), "200 goes on"),
        (flawed(Flaw::SilentEnd), "200"),
    ]
}

/// Faults of a picture.
fn of_pictures() -> Vec<(Fault, &'static str)> {
    vec![
        (Fault::Slow { ms: 300 }, "200"),
        (refused(401, Form::Text), "502"),
        (refused(403, Form::Text), "404"),
        (refused(404, Form::Text), "404"),
        (refused(410, Form::Text), "404"),
        (refused(429, Form::Text), "502"),
        (refused(500, Form::Infra), "502"),
        (refused(503, Form::Html), "502"),
        (Fault::OtherSuccess, "502"),
        // The bytes are the browser's to judge: it decodes what it stores.
        (Fault::Half, "200"),
        (Fault::Empty, "200"),
        (Fault::Huge { bytes: 10_000_000 }, "200"),
        (Fault::Huge { bytes: 65 << 20 }, "502"),
        (typed("text/html"), "502"),
        (typed("image/svg+xml"), "502"),
        (redirect(), "502"),
        (Fault::Drip { ms: 1, from: Place::Start }, "200"),
        (cut(Place::Start, Ending::Reset), "502"),
        (cut(Place::Head, Ending::Close), "502"),
        (cut(Place::Body, Ending::Reset), "200 cut"),
        (cut(Place::Body, Ending::Close), "200 cut"),
        (Fault::Hang { at: Place::Start }, "504"),
        (Fault::Hang { at: Place::Body }, "200 goes on"),
        (Fault::Garbage, "502"),
    ]
}

/// What becomes of a submit under a fault: the status, what the ledger says of it, how many runs
/// FAL started, and how many it counts as spent.
async fn submitted(rules: Vec<Rule>) -> String {
    let (simulator, base) = simulator().await;
    let server = server(&base).await;
    simulator.play(Script { seed: 0, rules });
    let submit = by(1, server.submit(LORA_BODY)).header("idempotency-key", "k");
    let status = outcome(submit).await;
    let read = async |path: &str| {
        let reply = by(1, server.get(path)).send().await.unwrap();
        serde_json::from_slice::<Value>(&reply.bytes().await.unwrap()).unwrap()
    };
    let (told, spending) = (read("/api/v1/submissions/k").await, read("/api/v1/spending").await);
    assert_eq!(spending["day"]["held"], 0, "nothing stays reserved");
    let (runs, spent) =
        (simulator.account().accepted, spending["day"]["spent"].as_u64().unwrap() / ONE);
    format!("{status} {} {runs}/{spent}", told["state"].as_str().unwrap_or_default())
}

/// Faults of a submit, each on a server of its own, so that the ledger speaks of it alone. Returns
/// how many rows are wrong.
async fn play_submits() -> u32 {
    let (passed, free, lost) = ("200 answered 1/1", "answered 0/0", "500 unknown 1/1");
    // Nothing was started, and the same key may be sent again.
    let later_on = "unsent 0/0";
    let on = |fault| vec![Rule::on(Call::Submit, fault)];
    let connect = |fault| vec![Rule::on(Call::Connect, fault)];
    let rows: Vec<(Vec<Rule>, String)> = [
        (Fault::Slow { ms: 300 }, passed.to_owned()),
        (refused(400, Form::Text), format!("400 {free}")),
        (refused(401, Form::Text), format!("401 {free}")),
        (refused(402, Form::Text), format!("402 {free}")),
        (refused(403, Form::Text), format!("403 {free}")),
        (refused(404, Form::Text), format!("404 {free}")),
        (refused(409, Form::Text), format!("409 {free}")),
        // Some models bill what they refuse.
        (refused(422, Form::List), "422 answered 0/1".to_owned()),
        (refused(422, Form::Text), "422 answered 0/1".to_owned()),
        (refused(429, Form::Text), format!("429 {later_on}")),
        (later("99999999999999999999"), format!("429 {later_on}")),
        // Behind these a run may hide.
        (refused(500, Form::Infra), "500 answered 0/1".to_owned()),
        (refused(502, Form::Html), "500 unknown 0/1".to_owned()),
        (refused(503, Form::Infra), "500 unknown 0/1".to_owned()),
        (refused(504, Form::Infra), "500 unknown 0/1".to_owned()),
        (refused(504, Form::UserLimit), format!("504 {later_on}")),
        (Fault::OtherSuccess, "202 answered 1/1".to_owned()),
        (Fault::Half, passed.to_owned()),
        (Fault::WrongShape, passed.to_owned()),
        (Fault::Empty, passed.to_owned()),
        (Fault::Huge { bytes: 10_000_000 }, lost.to_owned()),
        (Fault::DoubleKey, passed.to_owned()),
        (Fault::ByteOrderMark, passed.to_owned()),
        (typed("text/html"), passed.to_owned()),
        (Fault::Null, passed.to_owned()),
        (redirect(), "500 unknown 0/1".to_owned()),
        (Fault::Drip { ms: 1, from: Place::Start }, passed.to_owned()),
        (cut(Place::Start, Ending::Reset), lost.to_owned()),
        (cut(Place::Start, Ending::Close), lost.to_owned()),
        (cut(Place::Head, Ending::Close), lost.to_owned()),
        (cut(Place::Body, Ending::Reset), lost.to_owned()),
        (cut(Place::Body, Ending::Close), lost.to_owned()),
        (Fault::Hang { at: Place::Start }, lost.to_owned()),
        (Fault::Hang { at: Place::Body }, lost.to_owned()),
        (Fault::Garbage, lost.to_owned()),
    ]
    .into_iter()
    .map(|(fault, expected)| (on(fault), expected))
    // There was a connection, so nobody can prove that nothing was read from it.
    .chain([
        (connect(cut(Place::Start, Ending::Reset)), "500 unknown 0/1".to_owned()),
        (connect(Fault::Hang { at: Place::Start }), "500 unknown 0/1".to_owned()),
        (connect(Fault::Garbage), "500 unknown 0/1".to_owned()),
    ])
    .collect();
    let answered = join_all(rows.iter().map(|(rules, expected)| async move {
        let begun = Instant::now();
        let got = tokio::time::timeout(DEADLINE, submitted(rules.clone())).await;
        let got = got.unwrap_or_else(|_| "no answer in time".to_owned());
        let fault = (rules[0].call, rules[0].fault.clone());
        (fault, expected.clone(), got, begun.elapsed())
    }))
    .await;
    judge("Submit", answered)
}

#[tokio::test]
async fn every_fault_of_every_call_is_answered_in_time_while_others_are_served() {
    let (status, result, stream, picture, submit) = tokio::join!(
        play(Call::Status, of_questions()),
        play(Call::Result, of_questions()),
        play(Call::Stream, of_streams()),
        play(Call::Media, of_pictures()),
        play_submits(),
    );
    assert_eq!(status + result + stream + picture + submit, 0, "the rows marked WRONG stand above");
}
