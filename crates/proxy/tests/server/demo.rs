//! The demo from submit to picture, through the same door as the real thing.

use crate::common::{ID, LORA_BODY, SUBMIT, TestServer, client, code};
use serde_json::{Value, json};
use std::time::Duration;

async fn json(reply: reqwest::Response) -> Value {
    serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap()
}

async fn finished(server: &TestServer, status_url: &str) -> Value {
    for _ in 0..200 {
        let reply = server.relay("GET", status_url).send().await.unwrap();
        let code = reply.status();
        let status = json(reply).await;
        if status["status"] == "COMPLETED" {
            assert_eq!(code, 200);
            return status;
        }
        assert_eq!(code, 202, "{status}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the run did not finish");
}

#[tokio::test]
async fn a_run_goes_from_submit_to_picture_without_a_key() {
    let server = TestServer::demo().await;
    let body = r#"{"prompt":"TOK, a harbour","loras":[{"path":"https://x.example/tok.safetensors"}],"image_size":"square","seed":9007199254740993,"output_format":"png"}"#;
    let accepted = server.submit(body).send().await.unwrap();
    assert_eq!(accepted.status(), 200);
    let accepted = json(accepted).await;
    let url = |key: &str| accepted[key].as_str().unwrap().to_owned();
    assert!(url("status_url").starts_with("https://queue.fal.run/fal-ai/flux-lora/requests/"));
    finished(&server, &url("status_url")).await;
    let result = server.relay("GET", &url("response_url")).send().await.unwrap();
    assert!(
        result.headers().contains_key("x-fal-request-id")
            && result.headers().contains_key("x-fal-billable-units")
    );
    let result = json(result).await;
    assert_eq!(result["seed"], json!(9_007_199_254_740_993_u64));
    let picture = result["images"][0]["url"].as_str().unwrap();
    assert!(picture.starts_with(&server.url("/api/v1/demo/media/")), "{picture}");
    let reply = client().get(picture).send().await.unwrap();
    assert_eq!(
        (reply.status().as_u16(), &reply.headers()["content-type"]),
        (200, &"image/png".parse().unwrap())
    );
    assert_eq!(reply.headers()["access-control-allow-origin"], "*");
    assert_eq!(reply.headers()["cross-origin-resource-policy"], "cross-origin");
    assert!(reply.bytes().await.unwrap().starts_with(b"\x89PNG"));
}

#[tokio::test]
async fn a_direct_run_a_stream_and_a_cancel_work_too() {
    let server = TestServer::demo().await;
    let direct = server
        .relay("POST", "https://fal.run/fal-ai/flux-lora")
        .header("content-type", "application/json");
    let direct = direct.body(LORA_BODY).send().await.unwrap();
    assert_eq!(direct.status(), 200);
    assert!(json(direct).await["images"][0]["url"].is_string());
    let accepted = json(server.submit(LORA_BODY).send().await.unwrap()).await;
    let stream = format!("{}/stream?logs=1", accepted["status_url"].as_str().unwrap());
    let events = server.relay("GET", &stream).send().await.unwrap();
    assert_eq!(events.headers()["content-type"], "text/event-stream");
    assert!(events.text().await.unwrap().contains("COMPLETED"));
    let cancel =
        server.relay("PUT", accepted["cancel_url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(cancel.status(), 400);
    assert_eq!(json(cancel).await["status"], "ALREADY_COMPLETED");
    let unknown =
        server.relay("GET", &format!("{SUBMIT}/requests/{ID}/status")).send().await.unwrap();
    assert_eq!(unknown.status(), 404);
}

#[tokio::test]
async fn a_file_can_be_uploaded_and_read_back() {
    let server = TestServer::demo().await;
    let target = "https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3";
    let request = server.relay("POST", target).header("content-type", "application/json");
    let reply = request
        .body(r#"{"content_type":"text/plain","file_name":"note.txt"}"#)
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 200);
    let addresses = json(reply).await;
    let put = client()
        .put(addresses["upload_url"].as_str().unwrap())
        .header("content-type", "text/plain")
        .body("hello");
    assert_eq!(put.send().await.unwrap().status(), 200);
    let back = client().get(addresses["file_url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(back.text().await.unwrap(), "hello");
}

#[tokio::test]
async fn the_demo_is_as_strict_as_the_real_thing() {
    let server = TestServer::demo().await;
    let reply = server.submit(r#"{"prompt":"x","num_images":7}"#).send().await.unwrap();
    assert_eq!(reply.status(), 422);
    let reply =
        server.relay("POST", "https://queue.fal.run/fal-ai/fast-sdxl").send().await.unwrap();
    assert_eq!(code(reply).await, (403, "unknown_endpoint".to_owned()));
}

#[tokio::test]
async fn pictures_bear_the_public_address_where_one_is_set() {
    let server = TestServer::start(
        &["--demo-speed", "1000", "--public-url", "https://pictures.example/"],
        None,
    )
    .await;
    assert!(
        server.start_line.starts_with("Likeness is ready at https://pictures.example (demo"),
        "{}",
        server.start_line
    );
    let accepted = json(server.submit(LORA_BODY).send().await.unwrap()).await;
    finished(&server, accepted["status_url"].as_str().unwrap()).await;
    let result =
        json(server.relay("GET", accepted["response_url"].as_str().unwrap()).send().await.unwrap())
            .await;
    let url = result["images"][0]["url"].as_str().unwrap();
    assert!(url.starts_with("https://pictures.example/api/v1/demo/media/"), "{url}");
}

#[tokio::test]
async fn unknown_media_and_a_preflight_are_answered() {
    let server = TestServer::demo().await;
    let missing = server.get("/api/v1/demo/media/files/b/runs/none_0.png").send().await.unwrap();
    assert_eq!(missing.status(), 404);
    let nothing = server.get("/api/v1/demo/media/else").send().await.unwrap();
    assert_eq!(code(nothing).await, (404, "not_found".to_owned()));
    let preflight = client()
        .request(reqwest::Method::OPTIONS, server.url("/api/v1/demo/media/files/b/uploads/x"));
    let preflight = preflight.send().await.unwrap();
    assert_eq!(
        (preflight.status().as_u16(), &preflight.headers()["access-control-allow-methods"]),
        (204, &"GET, HEAD, PUT".parse().unwrap())
    );
}

#[tokio::test]
async fn on_every_address_the_pictures_lie_where_the_caller_found_the_server() {
    let arguments = ["--listen", "0.0.0.0:0", "--demo-speed", "1000"];
    let server = TestServer::start(&arguments, None).await;
    let at = format!("127.0.0.1:{}", server.address.port());
    for host in ["studio.lan:8787", "192.0.2.7:8787", "[2001:db8::7]:8787", at.as_str()] {
        let ask = |request: reqwest::RequestBuilder| request.header("host", host);
        let relay = |method: reqwest::Method, target: &str| {
            let url = format!("http://{at}/api/fal/proxy");
            ask(client().request(method, url)).header("x-fal-target-url", target)
        };
        let direct = relay(reqwest::Method::POST, "https://fal.run/fal-ai/flux-lora");
        let direct = direct.header("content-type", "application/json").body(LORA_BODY);
        let direct = json(direct.send().await.unwrap()).await;
        let picture = direct["images"][0]["url"].as_str().unwrap().to_owned();
        assert!(picture.starts_with(&format!("http://{host}/api/v1/demo/media/")), "{picture}");
        let upload = "https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3";
        let upload =
            relay(reqwest::Method::POST, upload).header("content-type", "application/json");
        let upload = json(
            upload
                .body(r#"{"content_type":"image/png","file_name":"a.png"}"#)
                .send()
                .await
                .unwrap(),
        )
        .await;
        for key in ["file_url", "upload_url"] {
            let url = upload[key].as_str().unwrap();
            assert!(url.starts_with(&format!("http://{host}/api/v1/demo/media/")), "{url}");
        }
        let reply = client().get(picture.replace(host, &at)).send().await.unwrap();
        assert_eq!(reply.status(), 200);
    }
}

#[tokio::test]
async fn a_caller_with_many_large_pictures_keeps_nobody_else_waiting() {
    let arguments = ["--demo-speed", "10000", "--front-proxy", "127.0.0.1"];
    let server = std::sync::Arc::new(TestServer::start(&arguments, None).await);
    let large = LORA_BODY.replacen('{', r#"{"image_size":{"width":2048,"height":2048},"#, 1);
    let small = LORA_BODY.replacen('{', r#"{"image_size":{"width":512,"height":512},"#, 1);
    let made = async |body: &str, caller: &str| {
        let request = server.relay("POST", "https://fal.run/fal-ai/flux-lora");
        let request = request.header("content-type", "application/json");
        let request = request.header("x-forwarded-for", caller).body(body.to_owned());
        let reply = json(request.send().await.unwrap()).await;
        reply["images"][0]["url"].as_str().unwrap().to_owned()
    };
    let url = made(&large, "192.0.2.1").await;
    let greedy: Vec<_> = (0..20)
        .map(|_| tokio::spawn(client().get(&url).header("x-forwarded-for", "192.0.2.1").send()))
        .collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let url = made(&small, "192.0.2.2").await;
    let other = client().get(&url).header("x-forwarded-for", "192.0.2.2").send().await.unwrap();
    assert_eq!(other.status(), 200);
    let left = greedy.iter().filter(|picture| !picture.is_finished()).count();
    println!("DoS  {left} of 20 large drawings are still to come when somebody else has theirs");
    assert!(left >= 10, "{left}");
    for picture in greedy {
        picture.abort();
    }
}
