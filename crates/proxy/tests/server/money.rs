//! What is spent, what is not, and what a repeated key is answered.

mod crowds;

use crate::common::{FakeFal, ID, KEY, LORA_BODY, SUBMIT, TestServer, code, json, rounds, row};
use crate::redis_server::RedisServer;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const ACCEPTED: &str = r#"{"request_id":"764cabcf-b745-4b3e-ae38-1200304cf45b","status":"IN_QUEUE","queue_position":0}"#;
/// One picture of 1024 × 1024 counts as two megapixels.
const ONE: u64 = 70_000;

const SHARED: [&str; 12] = [
    "--access",
    "header",
    "--user-header",
    "x-user",
    "--front-proxy",
    "127.0.0.1",
    "--budget-day",
    "0.70",
    "--runs-per-user",
    "1000",
    "--runs",
    "1000",
];

fn stand_ins(fal: &FakeFal) -> Vec<String> {
    ["--fal-queue", "--fal-run", "--fal-rest", "--fal-media"]
        .into_iter()
        .flat_map(|name| [name.to_owned(), fal.base()])
        .collect()
}

async fn server(fal: &FakeFal, arguments: &[&str]) -> TestServer {
    let stand_ins = stand_ins(fal);
    let all: Vec<&str> =
        stand_ins.iter().map(String::as_str).chain(arguments.iter().copied()).collect();
    TestServer::start(&all, Some(KEY)).await
}

async fn day(server: &TestServer) -> (u64, u64) {
    let reply = server.get("/api/v1/spending").header("x-user", "user0").send().await.unwrap();
    let reply: Value = serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap();
    (reply["day"]["spent"].as_u64().unwrap(), reply["day"]["held"].as_u64().unwrap())
}

async fn submission(server: &TestServer, key: &str) -> Value {
    let reply = server.get(&format!("/api/v1/submissions/{key}")).send().await.unwrap();
    serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap()
}

#[tokio::test]
async fn money_is_kept_unless_nothing_was_started() {
    for (status, body, spent) in [
        (200, ACCEPTED, ONE),
        (401, r#"{"detail":"No user found"}"#, 0),
        (403, r#"{"detail":"User is locked. Reason: Exhausted balance."}"#, 0),
        (404, r#"{"detail":"Application \"x\" not found"}"#, 0),
        (429, r#"{"detail":"too many"}"#, 0),
        (
            422,
            r#"{"detail":[{"loc":["body","prompt"],"msg":"m","type":"content_policy_violation"}]}"#,
            ONE,
        ),
        (500, r#"{"detail":"Internal"}"#, ONE),
        (503, r#"{"detail":"no runner"}"#, ONE),
    ] {
        let fal = FakeFal::json(status, body).await;
        let server = TestServer::live(&fal).await;
        server.submit(LORA_BODY).send().await.unwrap();
        row("F4", &format!("FAL says {status}: spent, held"), (spent, 0), day(&server).await);
    }
    // Nobody listens there: provably not sent.
    let address = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let server = TestServer::start(&["--fal-queue", &format!("http://{address}")], Some(KEY)).await;
    let reply = server.submit(LORA_BODY).header("idempotency-key", "k").send().await.unwrap();
    assert_eq!(code(reply).await.0, 502);
    assert_eq!(day(&server).await, (0, 0));
    assert_eq!(submission(&server, "k").await["state"], "unsent");
}

#[tokio::test]
async fn the_limit_that_trips_is_named_with_the_time_to_wait() {
    let fal = FakeFal::json(200, ACCEPTED).await;
    for (argument, name) in [
        ("--budget-user-day", "user_day_spent"),
        ("--budget-day", "day_spent"),
        ("--budget-month", "month_spent"),
    ] {
        let server = server(&fal, &[argument, "0.15"]).await;
        for _ in 0..2 {
            assert_eq!(server.submit(LORA_BODY).send().await.unwrap().status(), 200);
        }
        let seen = fal.seen().len();
        let reply = server.submit(LORA_BODY).send().await.unwrap();
        let wait: u64 = reply.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=31 * 86_400).contains(&wait), "{wait}");
        row("F6", argument, (429, name.to_owned()), code(reply).await);
        assert_eq!(fal.seen().len(), seen);
    }
    let server = server(&fal, &["--runs-per-user", "1"]).await;
    server.submit(LORA_BODY).send().await.unwrap();
    let reply = server.submit(LORA_BODY).send().await.unwrap();
    assert_eq!(code(reply).await, (429, "too_many_runs".to_owned()));
    // Its output was fetched: the next one may start.
    server.relay("GET", &format!("{SUBMIT}/requests/{ID}")).send().await.unwrap();
    assert_eq!(server.submit(LORA_BODY).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_key_is_answered_from_memory_and_never_sent_twice() {
    let fal = FakeFal::json(200, ACCEPTED).await;
    let server = TestServer::live(&fal).await;
    let with = |key: &str, body: &str| {
        server.submit(body).header("idempotency-key", key.to_owned()).send()
    };
    let first = with("k-1", LORA_BODY).await.unwrap();
    assert!(!first.headers().contains_key("idempotent-replayed"));
    let first = first.text().await.unwrap();
    let again = with("k-1", LORA_BODY).await.unwrap();
    assert_eq!(again.headers()["idempotent-replayed"], "true");
    assert_eq!(again.text().await.unwrap(), first);
    let other = LORA_BODY.replace("harbour", "garden");
    assert_eq!(code(with("k-1", &other).await.unwrap()).await, (422, "key_reused".to_owned()));
    row("F8", "one key, three submits: calls to FAL", 1, fal.seen().len());
    assert_eq!(day(&server).await, (ONE, 0));
    let told = submission(&server, "k-1").await;
    assert_eq!((&told["state"], &told["status"]), (&"answered".into(), &200.into()));
    assert_eq!(told["reply"]["request_id"], ID);
    assert_eq!(submission(&server, "k-2").await["error"]["code"], "unknown_submission");
    for odd in ["", "a b", "~x", &"x".repeat(129)] {
        let reply = with(odd, LORA_BODY).await.unwrap();
        assert_eq!(code(reply).await, (400, "bad_header".to_owned()), "{odd}");
    }
}

#[tokio::test]
async fn a_not_now_of_fal_is_not_the_answer_to_its_key_for_a_day() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let fal = FakeFal::start(move |_| match counted.fetch_add(1, Ordering::Relaxed) {
        0 => json(429, r#"{"detail":"too many"}"#),
        1 => json(429, r#"{"detail":"The queue is full"}"#),
        _ => json(200, ACCEPTED),
    })
    .await;
    let server = TestServer::live(&fal).await;
    for status in [429, 429, 200, 200] {
        let reply = server.submit(LORA_BODY).header("idempotency-key", "k").send().await.unwrap();
        assert_eq!(reply.status(), status);
        if status == 429 {
            assert_eq!(submission(&server, "k").await["state"], "unsent");
            assert_eq!(day(&server).await, (0, 0));
        }
    }
    assert_eq!(count.load(Ordering::Relaxed), 3, "the run itself is ordered once");
    assert_eq!(day(&server).await, (ONE, 0));
}

#[tokio::test]
async fn a_run_that_failed_or_that_nobody_knows_is_not_under_way() {
    for (ask, status, body) in [
        ("", 500, r#"{"detail":"m","error_type":"internal_server_error"}"#),
        ("", 422, r#"{"detail":[{"loc":["body"],"msg":"m","type":"no_media_generated"}]}"#),
        ("", 404, r#"{"detail":"Request not found"}"#),
        ("/status", 404, r#"{"detail":"Request not found"}"#),
    ] {
        let fal = FakeFal::start(move |seen| match seen.method.as_str() {
            "POST" => json(200, ACCEPTED),
            _ => json(status, body),
        })
        .await;
        let server = server(&fal, &["--runs-per-user", "1"]).await;
        assert_eq!(server.submit(LORA_BODY).send().await.unwrap().status(), 200);
        assert_eq!(server.submit(LORA_BODY).send().await.unwrap().status(), 429);
        let asked = server.relay("GET", &format!("{SUBMIT}/requests/{ID}{ask}"));
        assert_eq!(asked.send().await.unwrap().status(), status);
        let next = server.submit(LORA_BODY).send().await.unwrap();
        assert_eq!(next.status(), 200, "{ask} {status} {body}");
    }
}

#[tokio::test]
async fn a_lost_reply_is_unknown_for_ever_and_counts_as_spent() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let fal = FakeFal::start(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        json(502, "no gateway")
    })
    .await;
    let server = TestServer::live(&fal).await;
    for _ in 0..3 {
        let reply = server.submit(LORA_BODY).header("idempotency-key", "k").send().await.unwrap();
        assert_eq!(code(reply).await, (500, "unknown_outcome".to_owned()));
    }
    assert_eq!(count.load(Ordering::Relaxed), 1);
    assert_eq!(day(&server).await, (ONE, 0));
    assert_eq!(submission(&server, "k").await["state"], "unknown");
}

#[tokio::test]
async fn without_its_ledger_nothing_is_spent_and_runs_can_still_be_read() {
    let Some(mut redis) = RedisServer::start() else {
        println!("no redis-server here: not tried");
        return;
    };
    let fal = FakeFal::json(200, ACCEPTED).await;
    let url = redis.url();
    let server = server(&fal, &[&SHARED[..], &["--ledger", &url]].concat()).await;
    redis.stop();
    let submit = server.submit(LORA_BODY).header("x-user", "ann").send().await.unwrap();
    assert_eq!(code(submit).await, (503, "ledger_away".to_owned()));
    assert_eq!(code(server.get("/readyz").send().await.unwrap()).await.0, 503);
    assert!(fal.seen().is_empty());
    let status = format!("{SUBMIT}/requests/{ID}/status");
    let poll = server.relay("GET", &status).header("x-user", "ann").send().await.unwrap();
    assert_eq!(poll.status(), 200);
    assert!(redis.start_again("always"));
    let submit = server.submit(LORA_BODY).header("x-user", "ann").send().await.unwrap();
    assert_eq!(submit.status(), 200);
}

#[tokio::test]
async fn who_is_refused_by_fal_again_and_again_has_to_wait() {
    let refusal =
        r#"{"detail":[{"loc":["body","prompt"],"msg":"m","type":"content_policy_violation"}]}"#;
    let fal = FakeFal::json(422, refusal).await;
    let server = TestServer::live(&fal).await;
    for _ in 0..5 {
        assert_eq!(server.submit(LORA_BODY).send().await.unwrap().status(), 422);
    }
    let reply = server.submit(LORA_BODY).send().await.unwrap();
    row("F9", "after five refusals", (429, "too_many_submits".to_owned()), code(reply).await);
    assert_eq!(fal.seen().len(), 5);
}

#[tokio::test]
async fn equal_polls_are_one_question_and_a_flood_is_refused() {
    let fal = FakeFal::json(200, r#"{"status":"IN_QUEUE","queue_position":1}"#).await;
    let server = TestServer::live(&fal).await;
    let status = format!("{SUBMIT}/requests/{ID}/status");
    let mut refused = 0;
    for _ in 0..100 {
        let reply = server.relay("GET", &status).send().await.unwrap();
        if reply.status() == 429 {
            refused += 1;
            assert_eq!(code(reply).await, (429, "too_many_polls".to_owned()));
        }
    }
    assert!(refused > 0);
    row("F10", "a hundred polls: fewer than twenty reach FAL", true, fal.seen().len() < 20);
}

#[tokio::test]
async fn fals_own_prices_count_before_the_table() {
    let fal = FakeFal::start(|seen| {
        if seen.path.starts_with("/v1/models/pricing") {
            let prices = r#"{"prices":[{"endpoint_id":"fal-ai/flux-lora","unit_price":0.1,"unit":"megapixels","currency":"USD"},
                {"endpoint_id":"fal-ai/flux-pro/v1.1-ultra-finetuned","unit_price":0.1,"unit":"fortnights","currency":"USD"}]}"#;
            return json(200, prices);
        }
        json(200, ACCEPTED)
    })
    .await;
    let server = server(&fal, &["--fal-api", &fal.base()]).await;
    for _ in 0..100 {
        if fal.seen().iter().any(|seen| seen.path.starts_with("/v1/models/pricing")) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    server.submit(LORA_BODY).send().await.unwrap();
    assert_eq!(day(&server).await, (200_000, 0));
    let ultra = server
        .relay("POST", "https://queue.fal.run/fal-ai/flux-pro/v1.1-ultra-finetuned")
        .header("content-type", "application/json")
        .body(r#"{"prompt":"a harbour","finetune_id":"f","finetune_strength":1.1}"#);
    assert_eq!(code(ultra.send().await.unwrap()).await, (403, "unknown_price".to_owned()));
}
