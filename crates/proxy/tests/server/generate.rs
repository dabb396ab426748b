//! Programs that order by one call.

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
async fn everything_that_is_wrong_is_said_at_once_and_nothing_is_sent() {
    let fal = fal(0, (200, OUTPUT)).await;
    let server = server(&fal, keys(), &[]).await;
    for (wait, problem) in [
        (json!("60"), "wrong_type"),
        (json!(1.5), "not_whole"),
        (json!(60.0), "wrong_type"),
        (json!(121), "out_of_range"),
        (json!(-1), "out_of_range"),
        (json!(true), "wrong_type"),
    ] {
        let mut wish = with("wait", wait.clone());
        wish["prompt"] = json!(7);
        wish["surprise"] = json!(1);
        let (status, reply) = read(generate(&server, &wish).send().await.unwrap()).await;
        assert_eq!(status, 422);
        let issues = reply["issues"].as_array().unwrap();
        let found = |field: &str| {
            issues
                .iter()
                .find(|issue| issue["field"] == field)
                .map(|issue| issue["code"].as_str().unwrap())
        };
        assert_eq!(found("wait"), Some(problem), "{wait}");
        assert_eq!((found("prompt"), found("surprise")), (Some("wrong_type"), Some("unknown_key")));
    }
    let (status, _) = read(generate(&server, &json!([])).send().await.unwrap()).await;
    assert_eq!(status, 422);
    let bad = generate(&server, &Value::Null).body("{").send().await.unwrap();
    assert_eq!(code(bad).await, (400, "malformed_body".to_owned()));
    assert!(fal.seen().is_empty());
}

#[tokio::test]
async fn a_program_needs_the_token_and_guessing_is_slow() {
    let fal = fal(0, (200, OUTPUT)).await;
    let server = server(&fal, keys(), &[]).await;
    let call = |token: Option<&str>, path: &str| {
        let request = if path.ends_with("generate") {
            client().post(server.url(path))
        } else {
            client().get(server.url(path))
        };
        let request = request.header("content-type", "application/json");
        match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
        .send()
    };
    let job = format!("/api/v1/jobs/{ID}");
    for path in ["/api/v1/generate", &job] {
        assert_eq!(
            code(call(None, path).await.unwrap()).await,
            (401, "sign_in_required".to_owned())
        );
    }
    for path in ["/api/v1/generate", &job, &job, &job, &job] {
        assert_eq!(
            code(call(Some("wrong"), path).await.unwrap()).await,
            (401, "wrong_code".to_owned())
        );
    }
    assert_eq!(
        code(call(Some(TOKEN), &job).await.unwrap()).await,
        (429, "too_many_attempts".to_owned())
    );
    assert!(fal.seen().is_empty());
    let without = TestServer::demo().await;
    let off = generate(&without, &wish()).send().await.unwrap();
    assert_eq!(code(off).await, (404, "api_off".to_owned()));
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

#[tokio::test]
async fn a_run_that_fails_says_why_in_one_shape() {
    for (result, status, expected) in [
        (
            (
                422,
                r#"{"detail":[{"loc":["body","prompt"],"msg":"flagged","type":"content_policy_violation"}]}"#,
            ),
            422,
            "content_policy",
        ),
        (
            (
                422,
                r#"{"detail":[{"loc":["body","loras",0,"path"],"msg":"no","type":"file_download_error"}]}"#,
            ),
            422,
            "dead_lora",
        ),
        (
            (500, r#"{"detail":[{"loc":["body"],"msg":"broke","type":"internal_server_error"}]}"#),
            500,
            "upstream",
        ),
    ] {
        let fal = fal(0, result).await;
        let server = server(&fal, keys(), &[]).await;
        let (got, reply) = read(generate(&server, &with("wait", 2)).send().await.unwrap()).await;
        assert_eq!((got, reply["error"]["code"].as_str()), (status, Some(expected)), "{reply}");
        assert_eq!((&reply["status"], &reply["job_id"]), (&json!("failed"), &json!(ID)));
        assert!(reply["error"]["message"].is_string() && reply["error"]["retryable"].is_boolean());
    }
    for (submit, status, expected) in [
        ((401, r#"{"detail":"no"}"#), 500, "unauthorized"),
        (
            (403, r#"{"detail":"User is locked. Reason: Exhausted balance."}"#),
            500,
            "exhausted_balance",
        ),
        ((429, r#"{"detail":"slow down"}"#), 429, "rate_limited"),
    ] {
        let fal = FakeFal::json(submit.0, submit.1).await;
        let server = server(&fal, keys(), &[]).await;
        let (got, reply) = read(generate(&server, &wish()).send().await.unwrap()).await;
        assert_eq!((got, reply["error"]["code"].as_str()), (status, Some(expected)), "{reply}");
    }
}

#[tokio::test]
async fn the_owners_address_is_told_of_every_end_and_can_tell_who_says_so() {
    let fal = fal(1, (200, OUTPUT)).await;
    let tries = AtomicU32::new(0);
    let bot = FakeFal::start(move |_| {
        json(if tries.fetch_add(1, Ordering::Relaxed) == 0 { 503 } else { 204 }, "")
    })
    .await;
    let hook = format!("{}/pictures?of=bot", bot.base());
    let keys = Keys { webhook_secret: Some(SECRET.to_owned()), ..keys() };
    let server = server(&fal, keys, &["--webhook", &hook]).await;
    generate(&server, &with("wait", 0)).send().await.unwrap();
    while bot.seen().len() < 2 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let seen = bot.seen().pop().unwrap();
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/pictures?of=bot"));
    let told: Value = serde_json::from_slice(&seen.body).unwrap();
    assert_eq!((&told["status"], &told["job_id"]), (&json!("completed"), &json!(ID)));
    let header = |name: &str| seen.headers[name].to_str().unwrap().to_owned();
    let signed = [header("x-likeness-timestamp").as_bytes(), b".", &seen.body].concat();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()), &signed);
    let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(header("x-likeness-signature"), format!("sha256={hex}"));
    assert!(!seen.headers.contains_key("authorization"));
    // Both attempts say the same under one name, so that the receiver can tell them from two
    // messages.
    let attempts = bot.seen();
    assert!(attempts.iter().all(|one| one.headers["x-likeness-delivery"] == ID));
    assert_eq!(attempts[0].body, attempts[1].body);
    // A repeated call is no second run, and what was taken is not said again.
    generate(&server, &with("wait", 0)).header("idempotency-key", "k").send().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    let so_far = bot.seen().len();
    generate(&server, &with("wait", 0)).header("idempotency-key", "k").send().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    assert_eq!((so_far, bot.seen().len()), (3, 3));
    let caller = with("webhook_url", "https://evil.example");
    assert_eq!(generate(&server, &caller).send().await.unwrap().status(), 422);
}

/// The program is killed while a run is under way, and again while its message is refused. It is
/// told all the same: signed, under one name, in the same words.
#[cfg(unix)]
#[tokio::test]
async fn a_run_is_told_of_although_the_server_was_killed_in_between() {
    let pending = Arc::new(AtomicU32::new(u32::MAX));
    let left = Arc::clone(&pending);
    let fal = FakeFal::start(move |seen| run(seen, &left, (200, OUTPUT))).await;
    let is_down = Arc::new(AtomicBool::new(true));
    let down = Arc::clone(&is_down);
    let bot =
        FakeFal::start(move |_| json(if down.load(Ordering::Relaxed) { 503 } else { 204 }, ""))
            .await;
    let data = tempfile::tempdir().unwrap();
    let (base, hook, data) = (fal.base(), bot.base(), data.path().to_string_lossy().into_owned());
    let environment = [
        ("FAL_KEY", KEY),
        ("LIKENESS_FAL_QUEUE", base.as_str()),
        ("LIKENESS_LEDGER", ""),
        ("LIKENESS_DATA", data.as_str()),
        ("LIKENESS_API_TOKEN", TOKEN),
        ("LIKENESS_WEBHOOK_URL", hook.as_str()),
        ("LIKENESS_WEBHOOK_SECRET", SECRET),
    ];
    let (mut child, _, address) = started(&environment).await;
    let order = client().post(format!("{address}/api/v1/generate")).bearer_auth(TOKEN);
    let order = order.header("content-type", "application/json").body(with("wait", 0).to_string());
    assert_eq!(order.send().await.unwrap().status(), 202);
    child.kill().await.unwrap();
    assert!(bot.seen().is_empty(), "the run has not ended");
    pending.store(0, Ordering::Relaxed);
    let until = async |count: usize| {
        let enough = async {
            while bot.seen().len() < count {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), enough).await.unwrap();
    };
    let (mut child, _, _) = started(&environment).await;
    until(1).await;
    child.kill().await.unwrap();
    is_down.store(false, Ordering::Relaxed);
    let refused = bot.seen().len();
    let (mut child, _, _) = started(&environment).await;
    until(refused + 1).await;
    // It was taken: neither this life nor the next one says it again.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    child.kill().await.unwrap();
    let (_child, _, _) = started(&environment).await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let seen = bot.seen();
    assert_eq!(seen.len(), refused + 1);
    for one in &seen {
        assert_eq!(
            (&one.body, &one.headers["x-likeness-delivery"]),
            (&seen[0].body, &ID.parse().unwrap())
        );
        let signed = [one.headers["x-likeness-timestamp"].as_bytes(), b".", &one.body].concat();
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()), &signed);
        let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(one.headers["x-likeness-signature"], format!("sha256={hex}"));
    }
    let told: Value = serde_json::from_slice(&seen[0].body).unwrap();
    assert_eq!((&told["status"], &told["job_id"]), (&json!("completed"), &json!(ID)));
    assert_eq!(submits(&fal), 1);
}
