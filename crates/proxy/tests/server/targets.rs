//! Which requests reach FAL and which do not.

mod bodies;

use crate::common::{FakeFal, ID, LORA_BODY, SUBMIT, TestServer, client, code};
use serde_json::{Value, json};

const ULTRA_BODY: &str = r#"{"prompt":"a harbour","finetune_id":"f-1","finetune_strength":1.1}"#;
const UPLOAD_BODY: &str = r#"{"content_type":"application/zip","file_name":"a.zip"}"#;

#[tokio::test]
async fn every_address_that_fal_hands_out_is_called_as_it_stands() {
    let fal = FakeFal::json(200, "{}").await;
    let server = TestServer::live(&fal).await;
    let cases = [
        ("POST", "https://queue.fal.run/fal-ai/flux-lora", LORA_BODY),
        (
            "POST",
            "https://queue.fal.run/fal-ai/flux-pro/v1.1-ultra-finetuned?fal_max_queue_length=5",
            ULTRA_BODY,
        ),
        ("POST", "https://queue.fal.run/fal-ai/flux-pro/finetuned", ULTRA_BODY),
        ("POST", "https://fal.run/fal-ai/flux-pro/v1.1-ultra-finetuned", ULTRA_BODY),
        ("GET", "https://queue.fal.run/fal-ai/flux-pro/requests/ID/status", ""),
        ("GET", "https://queue.fal.run/fal-ai/flux-pro/finetuned/requests/ID/status?logs=1", ""),
        ("GET", "https://queue.fal.run/fal-ai/flux-lora/requests/ID/status/stream?logs=0", ""),
        ("GET", "https://queue.fal.run/fal-ai/flux-lora/requests/ID", ""),
        (
            "GET",
            "https://queue.fal.run/fal-ai/flux-pro/v1.1-ultra-finetuned/requests/ID/response",
            "",
        ),
        ("PUT", "https://queue.fal.run/fal-ai/flux-pro/requests/ID/cancel", ""),
        (
            "POST",
            "https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3",
            UPLOAD_BODY,
        ),
    ];
    for (method, target, body) in cases {
        let target = target.replace("ID", ID);
        let request =
            server.relay(method, &target).header("content-type", "application/json").body(body);
        let status = request.send().await.unwrap().status();
        assert_eq!(status, 200, "{method} {target}");
        let seen = fal.seen().pop().unwrap();
        assert!(target.ends_with(&seen.path), "{target} became {}", seen.path);
        assert_eq!(seen.method.as_str(), method);
    }
    assert_eq!(fal.seen().len(), 11);
}

#[tokio::test]
async fn half_a_character_is_told_in_fals_shape_with_its_place_and_never_reaches_fal() {
    let fal = FakeFal::json(200, "{}").await;
    let server = TestServer::live(&fal).await;
    let lora = |rest: &str| format!(r#"{{"loras":[{{"path":"https://x.example/l"}}],{rest}}}"#);
    for (body, loc, position) in [
        (lora(r#""prompt":"a \ud83d fog""#), json!(["body", "prompt"]), json!(2)),
        (lora(r#""prompt":"a fog","more":[{"a":"\ude00"}]"#), json!(["body", "more", 0, "a"]), json!(0)),
        (lora(r#""prompt":"a fog","image_size":"square\ud83d""#), json!(["body", "image_size"]), json!(6)),
        (
            r#"{"prompt":"a","seed":18446744073709551616,"loras":[{"path":"https://x.example/\ud83dl"}]}"#.to_owned(),
            json!(["body", "loras", 0, "path"]),
            json!(18),
        ),
    ] {
        for target in [SUBMIT, "https://fal.run/fal-ai/flux-lora"] {
            let request = server.relay("POST", target).header("content-type", "application/json");
            let reply = request.body(body.clone()).send().await.unwrap();
            assert_eq!((reply.status().as_u16(), &reply.headers()["x-likeness-sent"]), (422, &"no".parse().unwrap()));
            let told: Value = serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap();
            let details = told["detail"].as_array().unwrap();
            assert_eq!((&details[0]["loc"], &details[0]["type"]), (&loc, &json!("string_unicode")), "{told}");
            assert_eq!(details[0]["ctx"], json!({ "position": position }));
        }
    }
    for body in [lora(r#""prompt":"a","\ud83d":1"#), lora(r#""prompt":"a","x":{"\ud83d":{}}"#)] {
        let reply = server.submit(&body).send().await.unwrap();
        assert_eq!(reply.status(), 422, "{body}");
    }
    let many = lora(r#""prompt":"\ud83d","num_images":9,"sync_mode":true"#);
    let told: Value =
        serde_json::from_slice(&server.submit(&many).send().await.unwrap().bytes().await.unwrap())
            .unwrap();
    let told: Vec<_> =
        told["detail"].as_array().unwrap().iter().map(|detail| &detail["loc"][1]).collect();
    assert_eq!(told, ["prompt", "num_images", "sync_mode"]);
    assert!(fal.seen().is_empty());
    assert_eq!(
        server.submit(&lora(r#""prompt":"a \ud83d\ude00""#)).send().await.unwrap().status(),
        200
    );
}

#[tokio::test]
async fn whatever_else_is_asked_for_never_reaches_fal() {
    let fal = FakeFal::json(200, "{}").await;
    let server = TestServer::live(&fal).await;
    let status = format!("{SUBMIT}/requests/{ID}/status");
    let cases = [
        ("POST", "", 400, "bad_target"),
        ("POST", "not a url", 400, "bad_target"),
        ("POST", "http://queue.fal.run/fal-ai/flux-lora", 400, "bad_target"),
        ("POST", "https://queue.fal.run.evil.example/fal-ai/flux-lora", 400, "bad_target"),
        ("POST", "https://a:b@queue.fal.run/fal-ai/flux-lora", 400, "bad_target"),
        ("POST", "https://queue.fal.run:443/fal-ai/flux-lora", 400, "bad_target"),
        ("POST", "https://queue.fal.run/fal-ai/../fal-ai/flux-lora", 400, "bad_target"),
        (
            "POST",
            "https://queue.fal.run/fal-ai/flux-lora?fal_webhook=https://evil.example",
            400,
            "webhook_refused",
        ),
        ("POST", "https://169.254.169.254/latest/meta-data", 400, "bad_target"),
        (
            "POST",
            "https://queue.fal.run/fal-ai/flux-lora,https://queue.fal.run/fal-ai/flux-lora",
            400,
            "bad_target",
        ),
        ("POST", "https://queue.fal.run/fal-ai/flux-lora-evil", 403, "unknown_endpoint"),
        ("POST", "https://queue.fal.run/fal-ai/fast-sdxl", 403, "unknown_endpoint"),
        (
            "GET",
            "https://queue.fal.run/fal-ai/fast-sdxl/requests/764cabcf/status",
            403,
            "unknown_endpoint",
        ),
        ("POST", "https://rest.fal.ai/tokens/", 400, "bad_target"),
        ("POST", "https://rest.fal.ai/tokens", 403, "unknown_endpoint"),
        ("GET", SUBMIT, 405, "method_not_allowed"),
        ("PUT", SUBMIT, 405, "method_not_allowed"),
        ("POST", &status, 405, "method_not_allowed"),
        ("DELETE", SUBMIT, 405, "method_not_allowed"),
        ("PATCH", SUBMIT, 405, "method_not_allowed"),
        ("OPTIONS", SUBMIT, 405, "method_not_allowed"),
        ("get", &status, 405, "method_not_allowed"),
    ];
    for (method, target, status, expected) in cases {
        let request =
            server.relay(method, target).header("content-type", "application/json").body(LORA_BODY);
        let reply = request.send().await.unwrap();
        let allows = reply.headers().contains_key("allow");
        assert_eq!(code(reply).await, (status, expected.to_owned()), "{method} {target}");
        assert_eq!(allows, status == 405, "{method} {target}");
    }
    assert!(fal.seen().is_empty(), "{:?}", fal.seen());
}

#[tokio::test]
async fn exactly_one_target_is_taken() {
    let fal = FakeFal::json(200, "{}").await;
    let server = TestServer::live(&fal).await;
    let none = client().post(server.url("/api/fal/proxy")).send().await.unwrap();
    assert_eq!(code(none).await, (400, "bad_target".to_owned()));
    let two = server.submit(LORA_BODY).header("x-fal-target-url", SUBMIT).send().await.unwrap();
    assert_eq!(code(two).await, (400, "bad_target".to_owned()));
    assert!(fal.seen().is_empty());
}

#[tokio::test]
async fn a_query_reaches_fal_in_one_spelling() {
    let fal = FakeFal::json(200, "{}").await;
    let server = TestServer::live(&fal).await;
    let status = format!("{SUBMIT}/requests/{ID}/status");
    for (query, sent) in [
        ("?logs=true", "?logs=1"),
        ("?logs=False", "?logs=0"),
        ("?", ""),
        ("?&", ""),
        ("?logs=%31&", "?logs=1"),
    ] {
        let reply = server.relay("GET", &format!("{status}{query}")).send().await.unwrap();
        assert_eq!(reply.status(), 200, "{query}");
        // Equal questions share an answer, so FAL may have been asked before.
        let seen = fal.seen().into_iter().map(|seen| seen.path);
        assert!(seen.into_iter().any(|path| path.ends_with(&format!("/status{sent}"))), "{query}");
    }
    let webhook = format!("{SUBMIT}?fal_webhook=https%3A%2F%2Fx.example");
    let reply = server.relay("POST", &webhook).header("content-type", "application/json");
    let reply = reply.body(LORA_BODY).send().await.unwrap();
    assert_eq!(reply.status(), 400);
    assert!(reply.text().await.unwrap().contains("fal_webhook"));
}

#[tokio::test]
async fn a_key_of_the_queue_is_refused_for_a_direct_run() {
    let accepted = r#"{"request_id":"764cabcf-b745-4b3e-ae38-1200304cf45b"}"#;
    let fal = FakeFal::json(200, accepted).await;
    let server = TestServer::live(&fal).await;
    let send = async |target: &str| {
        let request = server.relay("POST", target).header("idempotency-key", "one");
        let request = request.header("content-type", "application/json").body(LORA_BODY);
        request.send().await.unwrap()
    };
    assert_eq!(send(SUBMIT).await.status(), 200);
    let direct = send("https://fal.run/fal-ai/flux-lora").await;
    assert_eq!(code(direct).await, (422, "key_reused".to_owned()));
    assert_eq!(send(SUBMIT).await.headers()["idempotent-replayed"], "true");
    assert_eq!(fal.seen().len(), 1);
}

#[tokio::test]
async fn a_head_of_up_to_64_kb_that_is_too_large_is_told_so() {
    let server = TestServer::demo().await;
    for (path, value) in [
        ("/healthz", "x".repeat(17 << 10)),
        ("/api/v1/config", "x".repeat(63 << 10)),
        ("/api/fal/proxy", "x".repeat(40 << 10)),
    ] {
        let reply = server.get(path).header("x-large", value).send().await.unwrap();
        assert_eq!(code(reply).await, (431, "head_too_large".to_owned()), "{path}");
    }
    let long =
        server.get(&format!("/api/v1/config?{}", "x".repeat(60 << 10))).send().await.unwrap();
    assert_eq!(code(long).await, (431, "head_too_large".to_owned()));
    let mut many = server.get("/readyz");
    for at in 0..100 {
        many = many.header(format!("x-{at}"), "1");
    }
    assert_eq!(code(many.send().await.unwrap()).await, (431, "head_too_large".to_owned()));
}
