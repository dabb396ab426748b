//! Bodies that would cost more than they say, and inputs that take long to read.

use crate::common::{FakeFal, KEY, LORA_BODY, TestServer, code, json, row};
use likeness_proxy::Keys;
use serde_json::Value;
use std::time::{Duration, Instant};

/// One picture of 1024 × 1024 counts as two megapixels.
const ONE: u64 = 70_000;
const ACCEPTED: &str =
    r#"{"request_id":"764cabcf-b745-4b3e-ae38-1200304cf45b","status":"IN_QUEUE"}"#;

/// The body of a portrait with one field more.
fn with(field: &str) -> String {
    LORA_BODY.replacen('{', &format!("{{{field},"), 1)
}

async fn spent(server: &TestServer) -> u64 {
    let reply = server.get("/api/v1/spending").send().await.unwrap();
    let reply: Value = serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap();
    reply["day"]["spent"].as_u64().unwrap() + reply["day"]["held"].as_u64().unwrap()
}

#[tokio::test]
async fn what_cannot_be_priced_by_the_rules_does_not_leave() {
    let fal = FakeFal::json(200, ACCEPTED).await;
    let server = TestServer::live(&fal).await;
    for (field, expected) in [
        (r#""num_images":1000000000"#, 422),
        (r#""num_images":5"#, 422),
        (r#""num_images":0"#, 422),
        (r#""num_images":-1"#, 422),
        (r#""num_images":4.5"#, 422),
        (r#""num_images":5.0"#, 422),
        (r#""num_images":"4""#, 422),
        (r#""num_images":[4]"#, 422),
        (r#""num_images":true"#, 422),
        (r#""num_images":18446744073709551617"#, 422),
        (r#""num_images":1e999"#, 400),
        (r#""num_images":NaN"#, 400),
        (r#""num_images":1,"num_images":4"#, 400),
        (r#""num_images":1,"num\u005fimages":4"#, 400),
        (r#""image_size":{"width":14000,"height":14000,"width":14000}"#, 400),
        (r#""image_size":{"width":100000,"height":100000}"#, 422),
        (r#""image_size":{"width":-1,"height":512}"#, 422),
        (r#""image_size":"colossal""#, 422),
        (r#""num_inference_steps":1000000"#, 422),
        (r#""num_inference_steps":0"#, 422),
        (r#""guidance_scale":1e308"#, 422),
        (r#""sync_mode":"true""#, 422),
        (r#""acceleration":"turbo","max_price":1"#, 422),
        (r#""image_url":"https://x.example/a.png""#, 422),
        (r#""control_images":["https://x.example/a.png"]"#, 422),
    ] {
        let reply = server.submit(&with(field)).send().await.unwrap();
        row("F2", field, expected, reply.status().as_u16());
    }
    row(
        "F2",
        "calls to FAL, and money held or spent",
        (0, 0),
        (fal.seen().len(), spent(&server).await),
    );
}

#[tokio::test]
async fn what_leaves_is_what_was_priced() {
    for (field, most) in [
        (r#""num_images":1"#, ONE),
        // A side that is missing counts as the larger of what FAL may take it for.
        (r#""image_size":{"width":2048}"#, 3 * 35_000),
        (r#""num_images":4"#, 4 * ONE),
        (r#""num_images":4.0"#, 4 * ONE),
        // What FAL does not know, it ignores.
        (r#""__proto__":{"num_images":4},"batch_size":9"#, ONE),
        (r#""image_size":{"width":2048.0,"height":2.048e3}"#, 5 * 35_000),
        (r#""num_images":4,"image_size":{"width":2048,"height":2048}"#, 4 * 5 * 35_000),
    ] {
        let fal = FakeFal::json(200, ACCEPTED).await;
        let server = TestServer::live(&fal).await;
        let body = with(field);
        server.submit(&body).send().await.unwrap();
        let sent: Value = serde_json::from_slice(&fal.seen()[0].body).unwrap();
        let asked: Value = serde_json::from_str(&body).unwrap();
        row("F2", field, (most, true), (spent(&server).await, sent == asked));
    }
    let fal = FakeFal::start(|seen| match seen.path.starts_with("/v1/models/pricing") {
        true => json(
            200,
            r#"{"prices":[{"endpoint_id":"fal-ai/flux-lora","unit_price":1e300,"unit":"megapixels","currency":"USD"}]}"#,
        ),
        false => json(200, ACCEPTED),
    });
    let fal = fal.await;
    let base = fal.base();
    let keys = Keys { fal_key: Some(KEY.to_owned()), ..Keys::default() };
    let server = TestServer::with_keys(&["--fal-queue", &base, "--fal-api", &base], keys).await;
    while !fal.seen().iter().any(|seen| seen.path.starts_with("/v1/models/pricing")) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let reply = server.submit(LORA_BODY).send().await.unwrap();
    let reply = (code(reply).await, fal.seen().iter().filter(|seen| seen.method == "POST").count());
    row("F2", "a price beyond all numbers", ((403, "unknown_price".to_owned()), 0), reply);
}

/// Work that grows with the square of its input takes minutes at these sizes; this is far more than
/// a busy machine needs for the rest.
const SOON: Duration = Duration::from_secs(3);

#[tokio::test]
async fn no_input_takes_long_to_read() {
    let server = TestServer::demo().await;
    let keys = |count: usize, name: &dyn Fn(usize) -> String| {
        let keys: Vec<String> = (0..count).map(|at| format!(r#""{}":1"#, name(at))).collect();
        format!("{{{}}}", keys.join(","))
    };
    // Names that end alike and begin alike, for hashes that look at a part only.
    let collisions = keys(12_000, &|at| format!("{}{at:04x}", "a".repeat(8)));
    let doubled = keys(12_000, &|at| format!("k{}", at / 2));
    let words = |word: &str, length: usize| word.repeat(length / word.len());
    let compose = |prompt: &str, trigger: &str| {
        let avatar = serde_json::json!({ "kind": "portrait", "trigger_word": trigger, "lora_url": "https://x.example/a.safetensors" });
        serde_json::json!({ "avatar": avatar, "prompt": prompt, "preset": "balanced" }).to_string()
    };
    let post = |path: &'static str, body: String| {
        crate::common::client()
            .post(server.url(path))
            .header("content-type", "application/json")
            .body(body)
    };
    let (bad, wrong, good) = (400, 422, 200);
    let rows = [
        ("12,000 unknown names and no prompt", server.submit(&collisions), wrong),
        ("6,000 names, each twice", server.submit(&doubled), bad),
        ("128 KiB of opened lists", server.submit(&"[".repeat(128 << 10)), bad),
        (
            "200 KiB of escapes in a prompt",
            server.submit(&format!(r#"{{"prompt":"{}"}}"#, words(r"\u0301", 200 << 10))),
            good,
        ),
        (
            "a number of 200,000 digits",
            server.submit(&format!(r#"{{"num_images":{}}}"#, "9".repeat(200_000))),
            bad,
        ),
        ("4,000 numbers", server.submit(&with(&format!(r#""x":[{}1]"#, words("1,", 8_000)))), good),
        (
            "16,000 letters of the trigger's own",
            post("/api/v1/compose", compose(&"a".repeat(16_000), &"a".repeat(64))),
            good,
        ),
        (
            "8,000 times the trigger",
            post("/api/v1/compose", compose(&words("a ", 16_000), "a")),
            good,
        ),
        (
            "16,000 marks on one letter",
            post("/api/v1/compose", compose(&format!("a{}", "\u{301}".repeat(15_000)), "a\u{301}")),
            good,
        ),
        (
            "400 KiB of prompt",
            post("/api/v1/compose", compose(&"ﷺ ".repeat(100_000), "TOK")),
            wrong,
        ),
        (
            "2 KiB of a target's dots",
            server.relay("GET", &format!("https://queue.fal.run/{}", words("../", 2_000))),
            bad,
        ),
        (
            "8 KiB of a query",
            server.get(&format!("/api/v1/image?{}", words("url=%25&", 8_000))),
            bad,
        ),
    ];
    for (what, request, expected) in rows {
        let begun = Instant::now();
        let reply = request.send().await.unwrap();
        row("E8", what, (expected, true), (reply.status().as_u16(), begun.elapsed() < SOON));
    }
}
