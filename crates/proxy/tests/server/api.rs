//! Compose, configuration, health, pictures.

mod tested;

use crate::common::{FakeFal, TestServer, client, code};
use axum::response::IntoResponse;
use likeness_proxy::Keys;
use serde_json::{Value, json};

const REQUEST: &str = r#"{"avatar":{"kind":"portrait","trigger_word":"TOK","lora_url":"https://x.example/tok.safetensors"},"prompt":"a harbour","preset":"fast"}"#;

fn compose(server: &TestServer, body: impl Into<reqwest::Body>) -> reqwest::RequestBuilder {
    client()
        .post(server.url("/api/v1/compose"))
        .header("content-type", "application/json")
        .body(body)
}

#[tokio::test]
async fn compose_answers_endpoint_body_prompt_issues_and_cost() {
    let server = TestServer::demo().await;
    let reply = compose(&server, REQUEST).send().await.unwrap();
    assert_eq!(reply.status(), 200);
    let reply: Value = serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap();
    let mut keys: Vec<&String> = reply.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["body", "cost", "endpoint", "issues", "prompt"]);
    assert_eq!(reply["endpoint"], "fal-ai/flux-lora");
    assert_eq!(reply["body"]["prompt"], reply["prompt"]["text"]);
}

#[tokio::test]
async fn compose_refuses_with_issues_and_nothing_else() {
    let server = TestServer::demo().await;
    let long = format!(r#"{{"avatar":{{}},"prompt":"{}","preset":"none"}}"#, "я".repeat(100_000));
    for body in [
        long.as_str(),
        "{}",
        "[]",
        "null",
        r#"{"prompt":7,"avatar":{"lora_url":"javascript:x"},"preset":"fast"}"#,
    ] {
        let reply = compose(&server, body.to_owned()).send().await.unwrap();
        assert_eq!(reply.status(), 422);
        let reply: Value = serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap();
        assert_eq!(reply.as_object().unwrap().len(), 1, "{reply}");
        assert!(
            reply["issues"].as_array().unwrap().iter().any(|issue| issue["severity"] == "error")
        );
    }
}

#[tokio::test]
async fn half_a_character_is_told_at_its_field() {
    let server = TestServer::demo().await;
    let body = r#"{"avatar":{"lora_url":"https://a.example/b","trigger_word":"TOK"},"prompt":"fog \ud83d","preset":"fast"}"#;
    let reply = compose(&server, body).send().await.unwrap();
    assert_eq!(reply.status(), 422);
    let reply: Value = serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap();
    let issue = &reply["issues"][0];
    assert_eq!((&issue["field"], &issue["code"]), (&json!("prompt"), &json!("wrong_type")));
    assert_eq!(issue["limit"], json!({ "position": 4 }));
    assert_eq!(issue["fix"], json!({ "field": "prompt", "value": "fog " }));
}

#[tokio::test]
async fn numbers_keep_their_value() {
    let server = TestServer::demo().await;
    let body = r#"{"avatar":{"lora_url":"https://a.example/b","trigger_word":"TOK"},"prompt":"fog","preset":"fast",
        "overrides":{"lora_scale":1.3294539180715275,"seed":18446744073709551615}}"#;
    let reply = compose(&server, body).send().await.unwrap();
    let text = reply.text().await.unwrap();
    assert!(text.contains(r#""scale":1.3294539180715275"#), "{text}");
    assert!(text.contains(r#""seed":18446744073709551615"#), "{text}");
}

#[tokio::test]
async fn a_name_in_a_path_that_is_no_text_is_unknown_like_any_other() {
    let fal = FakeFal::json(200, "{}").await;
    let server = crate::telegram::server(crate::telegram::TOKEN, &fal, &[]).await;
    let raw = crate::telegram::launch(crate::telegram::TOKEN, 7, crate::telegram::now());
    let session = crate::telegram::sign_in(&server, &raw).await;
    for (method, path, expected) in [
        ("GET", "/api/v1/submissions/%FF", "unknown_submission"),
        ("GET", "/api/v1/submissions/%C3%28", "unknown_submission"),
        ("POST", "/api/v1/telegram/pictures/%FF/send", "picture_gone"),
        ("POST", "/api/v1/telegram/pictures/%FF/share", "picture_gone"),
        ("POST", "/api/v1/telegram/pictures/%FF/link", "picture_gone"),
        ("GET", "/api/v1/telegram/files/%FF?key=x", "picture_gone"),
        ("GET", "/api/v1/nothing/%FF", "not_found"),
        ("POST", "/api/v1/nothing", "not_found"),
        ("DELETE", "/api/", "not_found"),
    ] {
        let method: reqwest::Method = method.parse().unwrap();
        let request = client().request(method, server.url(path)).bearer_auth(&session);
        let request = request.header("content-type", "application/json").body(r#"{"as":"photo"}"#);
        let reply = request.send().await.unwrap();
        assert_eq!(code(reply).await, (404, expected.to_owned()), "{path}");
    }
    let token = "0123456789abcdef0123456789abcdef";
    let keys = Keys { api_token: Some(token.to_owned()), ..Keys::default() };
    let server = TestServer::with_keys(&[], keys).await;
    let asked = |token: &str| server.get("/api/v1/jobs/%FF").bearer_auth(token).send();
    assert_eq!(code(asked(token).await.unwrap()).await, (404, "unknown_run".to_owned()));
    assert_eq!(code(asked("other").await.unwrap()).await, (401, "wrong_code".to_owned()));
    for path in ["runs/%FF", "uploads/%FF", "uploads/a/multipart/b/%FF", "uploads/a/multipart/b/x"]
    {
        let url = server.url(&format!("/api/v1/demo/media/files/b/{path}"));
        let method =
            if path.contains("multipart") { reqwest::Method::PUT } else { reqwest::Method::GET };
        let reply = client().request(method, url).send().await.unwrap();
        assert_eq!(
            (reply.status(), &reply.headers()["content-type"]),
            (404.try_into().unwrap(), &"application/json".parse().unwrap()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn compose_tells_bad_requests_apart() {
    let server = TestServer::demo().await;
    for body in ["", "{", r#"{"prompt":NaN}"#, r#"{"prompt":"a","prompt":"b"}"#] {
        assert_eq!(
            code(compose(&server, body).send().await.unwrap()).await,
            (400, "malformed_body".to_owned()),
            "{body}"
        );
    }
    let large = compose(&server, "x".repeat((512 << 10) + 1));
    assert_eq!(code(large.send().await.unwrap()).await, (413, "body_too_large".to_owned()));
    let huge = compose(&server, vec![b' '; 4 << 20]);
    assert_eq!(code(huge.send().await.unwrap()).await, (413, "body_too_large".to_owned()));
    let text = client().post(server.url("/api/v1/compose")).body(REQUEST);
    assert_eq!(code(text.send().await.unwrap()).await, (415, "not_json".to_owned()));
    for method in [reqwest::Method::GET, reqwest::Method::PUT, reqwest::Method::DELETE] {
        let reply = client().request(method, server.url("/api/v1/compose")).send().await.unwrap();
        assert_eq!(reply.headers()["allow"], "POST");
        assert_eq!(code(reply).await, (405, "method_not_allowed".to_owned()));
    }
}

#[tokio::test]
async fn the_configuration_says_what_the_app_must_know_and_nothing_of_the_key() {
    let demo = TestServer::demo().await;
    let fal = FakeFal::json(200, "{}").await;
    let live = TestServer::live(&fal).await;
    for (server, mode) in [(&demo, "demo"), (&live, "live")] {
        let reply = server.get("/api/v1/config").send().await.unwrap().text().await.unwrap();
        assert!(!reply.contains("sentinel"));
        let config: Value = serde_json::from_str(&reply).unwrap();
        assert_eq!((&config["mode"], &config["access"]), (&json!(mode), &json!("open")));
        let budget = if mode == "demo" { Value::Null } else { json!(5_000_000) };
        assert_eq!((&config["budgets"]["user_day"], &config["telegram"]), (&budget, &Value::Null));
        assert_eq!(config["demo_speed"].is_number(), mode == "demo");
        assert_eq!(config["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(config["routes"].as_array().unwrap().len(), 3);
    }
}

#[tokio::test]
async fn health_is_told_and_unknown_addresses_of_the_interface_are_not_pages() {
    let server = TestServer::demo().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(server.get(path).send().await.unwrap().status(), 200, "{path}");
    }
    let reply = server.get("/api/v2/anything").header("accept", "text/html").send().await.unwrap();
    assert_eq!(code(reply).await, (404, "not_found".to_owned()));
    let reply = client().post(server.url("/healthz")).send().await.unwrap();
    assert_eq!(code(reply).await, (405, "method_not_allowed".to_owned()));
}

#[tokio::test]
async fn every_reply_has_an_id_that_is_not_used_twice() {
    let server = TestServer::demo().await;
    let first = server.get("/healthz").send().await.unwrap().headers()["x-request-id"].clone();
    let second = server.get("/healthz").send().await.unwrap().headers()["x-request-id"].clone();
    assert_ne!(first, second);
}

#[tokio::test]
async fn pictures_are_fetched_from_media_hosts_only_and_without_the_key() {
    let fal = FakeFal::start(|seen| match seen.path.as_str() {
        "/files/b/a.png?x=1" => {
            ([("content-type", "image/png"), ("set-cookie", "a=b")], "PNG").into_response()
        }
        "/page.png" => axum::response::Html("<script>").into_response(),
        "/vector.svg" => ([("content-type", "image/svg+xml")], "<svg/>").into_response(),
        "/huge.png" => {
            let chunks =
                futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![0_u8; 1 << 20]));
            ([("content-type", "image/png")], axum::body::Body::from_stream(chunks)).into_response()
        }
        _ => crate::common::json(404, "{}"),
    })
    .await;
    let server = TestServer::live(&fal).await;
    let image = |url: &str| client().get(server.url("/api/v1/image")).query_pair("url", url);
    let good = image("https://v3b.fal.media/files/b/a.png?x=1").send().await.unwrap();
    assert_eq!(
        (good.status().as_u16(), &good.headers()["content-type"]),
        (200, &"image/png".parse().unwrap())
    );
    assert!(!good.headers().contains_key("set-cookie"));
    assert_eq!(good.text().await.unwrap(), "PNG");
    assert!(!fal.seen()[0].headers.contains_key("authorization"));
    for (url, expected) in [
        ("https://v3.fal.media/page.png", (502, "bad_reply")),
        ("https://v3.fal.media/vector.svg", (502, "bad_reply")),
        ("https://v3.fal.media/gone.png", (404, "not_found")),
        ("https://evil.example/a.png", (400, "bad_image_url")),
        ("http://v3.fal.media/a.png", (400, "bad_image_url")),
        ("https://v3.fal.media/../a.png", (400, "bad_image_url")),
        ("file:///etc/passwd", (400, "bad_image_url")),
        ("", (400, "bad_image_url")),
    ] {
        let (status, code) = code(image(url).send().await.unwrap()).await;
        assert_eq!((status, code.as_str()), expected, "{url}");
    }
    let huge = image("https://v3.fal.media/huge.png").send().await.unwrap();
    assert!(huge.bytes().await.is_err(), "it is cut off");
    let twice = server
        .get("/api/v1/image?url=https://v3.fal.media/a&url=https://v3.fal.media/b")
        .send()
        .await
        .unwrap();
    assert_eq!(code(twice).await, (400, "bad_image_url".to_owned()));
}

/// `reqwest` leaves queries out of the features that this project takes.
trait QueryPair {
    fn query_pair(self, key: &str, value: &str) -> Self;
}

impl QueryPair for reqwest::RequestBuilder {
    fn query_pair(self, key: &str, value: &str) -> Self {
        let (client, request) = self.build_split();
        let mut request = request.expect("a request");
        request.url_mut().query_pairs_mut().append_pair(key, value);
        Self::from_parts(client, request)
    }
}

#[tokio::test]
async fn the_document_for_machines_names_every_code_and_no_address_that_is_not_there() {
    let keys = likeness_proxy::Keys {
        api_token: Some("token-of-the-test".to_owned()),
        bot_token: Some(crate::telegram::TOKEN.to_owned()),
        ..Default::default()
    };
    let server = TestServer::with_keys(&["--demo-speed", "1000"], keys).await;
    let reply = server.get("/api/v1/openapi.json").send().await.unwrap();
    let document: Value = serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap();
    let codes =
        &document["components"]["schemas"]["Refusal"]["properties"]["error"]["properties"]["code"];
    let known: Vec<&str> = likeness_api::ServerCode::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(codes["enum"], json!(known));
    for (path, operations) in document["paths"].as_object().unwrap() {
        let address = path.replace("{id}", "x").replace("{key}", "x").replace("{name}", "x");
        for method in operations.as_object().unwrap().keys() {
            let method = method.to_uppercase().parse().unwrap();
            let reply = client().request(method, server.url(&address)).send().await.unwrap();
            let status = reply.status().as_u16();
            let body: Value = serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap();
            assert!(status != 405 && body["error"]["code"] != "not_found", "{path}: {body}");
            let expected = operations.as_object().unwrap().values().next().unwrap();
            assert!(
                expected["responses"][status.to_string()].is_object(),
                "{path}: {status} is not in the document"
            );
        }
    }
}

#[tokio::test]
async fn of_very_many_issues_the_first_hundred_are_listed_and_the_rest_counted() {
    let server = TestServer::demo().await;
    let keys: String = (0..40_000).map(|at| format!(r#""k{at:05}":1,"#)).collect();
    let body = format!(r#"{{{keys}"prompt":"a harbour"}}"#);
    let ask =
        client().post(server.url("/api/v1/compose")).header("content-type", "application/json");
    let reply = ask.body(body).send().await.unwrap();
    assert_eq!(reply.status(), 422);
    let text = reply.text().await.unwrap();
    let told: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(told["issues"].as_array().unwrap().len(), 100);
    // The keys, and that there is no avatar and no preset.
    assert_eq!(told["more"], 40_000 + 2 - 100);
    assert!(text.len() < 64 << 10, "{}", text.len());
}
