//! Programs that order by one call.

mod refused;
mod webhook;

use crate::common::{
    FakeFal, ID, KEY, LORA_BODY, SUBMIT, Seen, TestServer, client, code, json, started,
};
use axum::response::Response;
use likeness_proxy::Keys;
use ring::hmac;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

const TOKEN: &str = "sentinel-token-of-a-bot";
const SECRET: &str = "sentinel-of-the-webhook";
const OUTPUT: &str = r#"{"images":[{"url":"https://v3.fal.media/files/a.jpeg","width":1024,"height":1024,"content_type":"image/jpeg"},
    {"url":"https://v3.fal.media/files/b.jpeg"}],"seed":18446744073709551615,"has_nsfw_concepts":[false,true]}"#;

/// What every bot sends: an avatar, words, a preset.
fn wish() -> Value {
    json!({
        "avatar": {"kind": "portrait", "trigger_phrase": "a photo of TOK person", "lora_url": "https://weights.example/me.safetensors"},
        "prompt": "in medieval armor", "preset": "balanced",
    })
}

/// The same with one more key.
fn with(key: &str, value: impl Into<Value>) -> Value {
    let mut wish = wish();
    wish[key] = value.into();
    wish
}

fn keys() -> Keys {
    Keys { fal_key: Some(KEY.to_owned()), api_token: Some(TOKEN.to_owned()), ..Keys::default() }
}

async fn server(fal: &FakeFal, keys: Keys, more: &[&str]) -> TestServer {
    let base = fal.base();
    let stand_ins = ["--fal-queue", &base, "--fal-media", &base];
    TestServer::with_keys(&[&stand_ins[..], more].concat(), keys).await
}

/// FAL with one run that is ready after `asked` questions.
async fn fal(asked: u32, result: (u16, &'static str)) -> FakeFal {
    let left = Arc::new(AtomicU32::new(asked));
    FakeFal::start(move |seen| run(seen, &left, result)).await
}

fn run(seen: &Seen, left: &AtomicU32, (status, result): (u16, &str)) -> Response {
    let id = format!(r#""request_id":"{ID}""#);
    match (seen.method.as_str(), seen.path.ends_with("/status")) {
        ("POST", _) => json(200, &format!(r#"{{"status":"IN_QUEUE",{id}}}"#)),
        (_, true) if left.load(Ordering::Relaxed) > 0 => {
            left.fetch_sub(1, Ordering::Relaxed);
            json(202, &format!(r#"{{"status":"IN_QUEUE","queue_position":3,{id}}}"#))
        }
        (_, true) => json(200, &format!(r#"{{"status":"COMPLETED",{id}}}"#)),
        _ => json(status, result),
    }
}

fn generate(server: &TestServer, wish: &Value) -> reqwest::RequestBuilder {
    let request = client().post(server.url("/api/v1/generate")).bearer_auth(TOKEN);
    request.header("content-type", "application/json").body(wish.to_string())
}

async fn read(reply: reqwest::Response) -> (u16, Value) {
    let status = reply.status().as_u16();
    (status, serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap())
}

fn submits(fal: &FakeFal) -> usize {
    fal.seen().iter().filter(|seen| seen.method == "POST").count()
}

#[tokio::test]
async fn whoever_is_called_as_the_programs_are_has_none_of_theirs() {
    let fal = fal(100, (200, OUTPUT)).await;
    let more = ["--access", "header", "--user-header", "x-user", "--front-proxy", "127.0.0.1"];
    let server = server(&fal, keys(), &[&more[..], &["--budget-user-day", "0.07"]].concat()).await;
    let (status, _) = read(generate(&server, &with("wait", 0)).send().await.unwrap()).await;
    assert_eq!(status, 202);
    let ask = server.relay("GET", &format!("{SUBMIT}/requests/{ID}/status"));
    let ask = ask.header("x-user", "api").send().await.unwrap();
    assert_eq!(code(ask).await, (404, "unknown_run".to_owned()));
    // The day's money of the programs is spent, and theirs is not.
    let (status, _) = read(generate(&server, &with("wait", 0)).send().await.unwrap()).await;
    assert_eq!(status, 429);
    let order = server.submit(LORA_BODY).header("x-user", "api").send().await.unwrap();
    assert_eq!(order.status(), 200);
}

#[tokio::test]
async fn an_avatar_words_and_a_preset_become_the_address_of_a_picture() {
    let fal = fal(2, (200, OUTPUT)).await;
    let server = server(&fal, keys(), &[]).await;
    let (status, reply) = read(generate(&server, &wish()).send().await.unwrap()).await;
    assert_eq!((status, &reply["status"]), (200, &json!("completed")));
    assert_eq!(reply["image_url"], "https://v3.fal.media/files/a.jpeg");
    assert_eq!(reply["seed"], json!(u64::MAX));
    assert_eq!(reply["images"][0]["width"], 1024);
    assert_eq!(
        (&reply["images"][0]["is_blocked"], &reply["images"][1]["is_blocked"]),
        (&json!(false), &json!(true))
    );
    let sent: Value = serde_json::from_slice(&fal.seen()[0].body).unwrap();
    assert_eq!(sent["prompt"], "a photo of TOK person in medieval armor");
    // It was counted like any other order.
    let job = client().get(server.url(&format!("/api/v1/jobs/{ID}"))).bearer_auth(TOKEN);
    assert_eq!(read(job.send().await.unwrap()).await, (200, reply));
}

#[tokio::test]
async fn a_blanked_picture_is_not_the_one_to_show() {
    for (blanked, shown) in
        [("[true,false]", json!("https://v3.fal.media/files/b.jpeg")), ("[true,true]", Value::Null)]
    {
        let output: &'static str = OUTPUT.replace("[false,true]", blanked).leak();
        let fal = fal(2, (200, output)).await;
        let server = server(&fal, keys(), &[]).await;
        let (status, reply) = read(generate(&server, &wish()).send().await.unwrap()).await;
        assert_eq!((status, &reply["image_url"]), (200, &shown));
    }
}

#[tokio::test]
async fn a_demo_draws_it() {
    let keys = Keys { fal_key: None, ..keys() };
    let server = TestServer::with_keys(&["--demo-speed", "1000"], keys).await;
    let (status, reply) = read(generate(&server, &with("wait", 30)).send().await.unwrap()).await;
    assert_eq!(status, 200, "{reply}");
    let picture = client().get(reply["image_url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(picture.headers()["content-type"], "image/jpeg");
}

#[tokio::test]
async fn who_does_not_wait_asks_later() {
    let fal = fal(2, (200, OUTPUT)).await;
    let server = server(&fal, keys(), &[]).await;
    let (status, reply) = read(generate(&server, &with("wait", 0)).send().await.unwrap()).await;
    assert_eq!((status, &reply["job_id"], &reply["status"]), (202, &json!(ID), &json!("queued")));
    assert_eq!(reply["poll_url"], server.url(&format!("/api/v1/jobs/{ID}")));
    let poll = || client().get(reply["poll_url"].as_str().unwrap()).bearer_auth(TOKEN).send();
    let (status, first) = read(poll().await.unwrap()).await;
    assert_eq!((status, &first["queue_position"]), (202, &json!(3)));
    let mut told = first;
    while told["status"] == "queued" {
        tokio::time::sleep(std::time::Duration::from_millis(350)).await;
        told = read(poll().await.unwrap()).await.1;
    }
    assert_eq!(told["image_url"], "https://v3.fal.media/files/a.jpeg");
}

#[tokio::test]
async fn a_run_that_made_nothing_is_over() {
    for output in [r#"{"images":[],"seed":1}"#, "{}", "[]"] {
        let fal = fal(1, (200, output)).await;
        let server = server(&fal, keys(), &[]).await;
        let (status, reply) = read(generate(&server, &wish()).send().await.unwrap()).await;
        assert_eq!((status, &reply["status"]), (422, &json!("failed")), "{output}: {reply}");
        assert_eq!(reply["error"]["code"], "no_media");
        assert_eq!(reply["error"]["retryable"], false, "the same key means this very run");
        let job = client().get(server.url(&format!("/api/v1/jobs/{ID}"))).bearer_auth(TOKEN);
        assert_eq!(read(job.send().await.unwrap()).await, (422, reply));
    }
}

#[tokio::test]
async fn what_may_be_called_again_under_the_same_key_is_told_apart() {
    for (status, body, is_retryable) in [
        (429, r#"{"detail":"too many"}"#, true),
        (403, r#"{"detail":"User is locked. Reason: Exhausted balance."}"#, false),
        (422, r#"{"detail":[{"loc":["body","prompt"],"msg":"m","type":"value_error"}]}"#, false),
        // Whether it started anything nobody knows.
        (500, r#"{"detail":"Internal"}"#, false),
    ] {
        let count = Arc::new(AtomicU32::new(0));
        let left = AtomicU32::new(0);
        let counted = Arc::clone(&count);
        let fal = FakeFal::start(move |seen| {
            if seen.method == "POST" && counted.fetch_add(1, Ordering::Relaxed) == 0 {
                return json(status, body);
            }
            run(seen, &left, (200, OUTPUT))
        })
        .await;
        let server = server(&fal, keys(), &[]).await;
        let order = || generate(&server, &wish()).header("idempotency-key", "one").send();
        let (_, first) = read(order().await.unwrap()).await;
        assert_eq!(first["error"]["retryable"], is_retryable, "{status}: {first}");
        let (again, _) = read(order().await.unwrap()).await;
        assert_eq!(again == 200, is_retryable, "{status}");
        assert_eq!(count.load(Ordering::Relaxed), 1 + u32::from(is_retryable));
    }
}

#[tokio::test]
async fn the_same_key_orders_once_and_budgets_hold() {
    let fal = fal(1, (200, OUTPUT)).await;
    let server = server(&fal, keys(), &["--budget-user-day", "0.07"]).await;
    let order = |wish: &Value, key: &str| {
        generate(&server, wish).header("idempotency-key", key.to_owned()).send()
    };
    let (_, first) = read(order(&with("wait", 0), "one").await.unwrap()).await;
    // Waiting longer is no other order.
    let (status, again) = read(order(&with("wait", 30), "one").await.unwrap()).await;
    assert_eq!((status, &again["job_id"]), (200, &first["job_id"]));
    assert_eq!(submits(&fal), 1);
    let other = order(&with("prompt", "in a garden"), "one").await.unwrap();
    assert_eq!(code(other).await, (422, "key_reused".to_owned()));
    let spent = order(&wish(), "two").await.unwrap();
    assert_eq!(code(spent).await, (429, "user_day_spent".to_owned()));
    assert_eq!(submits(&fal), 1);
    let stranger = client()
        .get(server.url("/api/v1/jobs/00000000-0000-0000-0000-000000000000"))
        .bearer_auth(TOKEN);
    assert_eq!(code(stranger.send().await.unwrap()).await, (404, "unknown_run".to_owned()));
}
