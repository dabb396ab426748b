//! The other hosts: direct runs, media, storage; and the whole program over a socket.

use crate::support::*;
use likeness_simulator::{Access, Config, Simulator};
use serde_json::{Value, json};

/// Width and height of a PNG, or of a JPEG by its frame header.
fn size_of(bytes: &[u8]) -> (u16, u16) {
    let at = |i: usize| u16::from_be_bytes([bytes[i], bytes[i + 1]]);
    if bytes.starts_with(b"\x89PNG") {
        return (at(18), at(22));
    }
    let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("a JPEG has a frame");
    (at(frame + 7), at(frame + 5))
}

/// Runs to the end and returns the result and the first picture.
async fn made(simulator: &Simulator, path: &str, body: &Value) -> (Value, Reply) {
    let output = call(simulator, "POST", path, &body.to_string()).await;
    assert_eq!(output.status, 200, "{}", output.json());
    let output = output.json();
    let url = output["images"][0]["url"].as_str().unwrap().to_owned();
    let picture =
        call_as(simulator, None, "GET", url.strip_prefix("http://media.test").unwrap(), "").await;
    (output, picture)
}

#[tokio::test(start_paused = true)]
async fn a_direct_run_answers_with_its_output_and_the_picture_is_public() {
    let simulator = simulator();
    for (format, content_type) in [("jpeg", "image/jpeg"), ("png", "image/png")] {
        let mut body = lora();
        body["output_format"] = json!(format);
        let (output, picture) = made(&simulator, "/run/fal-ai/flux-lora", &body).await;
        assert_eq!(output["images"][0]["content_type"], content_type);
        assert_eq!((picture.status, picture.header("content-type")), (200, content_type));
        assert_eq!(picture.header("access-control-allow-origin"), "*");
        assert_eq!(size_of(&picture.bytes), (64, 48));
    }
    assert_eq!((simulator.stats().direct_runs, simulator.stats().completed), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn the_same_body_and_seed_give_the_same_picture() {
    let simulator = simulator();
    let body = json!({ "prompt": "ARTST, castle in the fog", "finetune_id": "f-1", "finetune_strength": 1.0, "image_size": { "width": 80, "height": 60 }, "seed": 7 });
    let (_, first) = made(&simulator, "/run/fal-ai/flux-pro/finetuned", &body).await;
    let (_, second) = made(&simulator, "/run/fal-ai/flux-pro/finetuned", &body).await;
    assert_eq!(first.bytes, second.bytes);
}

#[tokio::test(start_paused = true)]
async fn ultra_delivers_four_megapixels_at_the_ratio() {
    let simulator = simulator();
    let body = json!({ "prompt": "x", "finetune_id": "f-1", "finetune_strength": 1.1, "aspect_ratio": "3:4" });
    let output =
        call(&simulator, "POST", "/run/fal-ai/flux-pro/v1.1-ultra-finetuned", &body.to_string())
            .await
            .json();
    assert_eq!(
        (&output["images"][0]["width"], &output["images"][0]["height"]),
        (&json!(1760), &json!(2368))
    );
}

#[tokio::test(start_paused = true)]
async fn a_direct_run_beyond_the_limit_is_refused_at_once() {
    let simulator = simulator();
    submit(&simulator, &lora()).await;
    submit(&simulator, &lora()).await;
    let reply = call(&simulator, "POST", "/run/fal-ai/flux-lora", &lora().to_string()).await;
    assert_eq!((reply.status, reply.header("x-fal-needs-retry")), (429, "1"));
    assert_eq!(reply.json()["error_type"], "concurrent_requests_limit");
    let wrong = call(&simulator, "POST", "/run/fal-ai/flux-lora", "{}").await;
    assert_eq!((wrong.status, &wrong.json()["detail"][0]["type"]), (422, &json!("missing")));
}

#[tokio::test(start_paused = true)]
async fn the_safety_checker_blanks_pictures_unless_it_is_off() {
    let simulator = simulator();
    let mut body = lora();
    body["prompt"] = json!("TOK person, nsfw-test");
    body["output_format"] = json!("png");
    body["num_images"] = json!(2);
    let (output, picture) = made(&simulator, "/run/fal-ai/flux-lora", &body).await;
    assert_eq!(output["has_nsfw_concepts"], json!([true, true]));
    assert_eq!(size_of(&picture.bytes), (64, 48));
    assert!(picture.bytes.len() < 1000, "64 × 48 black pixels take next to nothing");
    body["enable_safety_checker"] = json!(false);
    let (output, picture) = made(&simulator, "/run/fal-ai/flux-lora", &body).await;
    assert_eq!(output["has_nsfw_concepts"], json!([false, false]));
    assert!(picture.bytes.len() > 1000);
}

#[tokio::test(start_paused = true)]
async fn there_is_no_picture_before_the_run_is_over_nor_beyond_its_count() {
    let simulator = simulator();
    let id = submit(&simulator, &lora()).await;
    let picture = async |end: &str| {
        call(&simulator, "GET", &format!("/media/files/b/runs/{id}_{end}"), "").await.status
    };
    assert_eq!(picture("0.jpg").await, 404);
    seconds(5.0).await;
    assert_eq!(picture("0.jpg").await, 200);
    for other in ["1.jpg", "0.png", "00.jpg", "-0.jpg", "0"] {
        assert_eq!(picture(other).await, 404, "{other}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_is_announced_uploaded_without_a_key_and_read_back() {
    let simulator = simulator();
    let path = "/rest/storage/upload/initiate?storage_type=fal-cdn-v3";
    let announce =
        json!({ "content_type": "image/png", "file_name": "../мой файл.png" }).to_string();
    let reply = call(&simulator, "POST", path, &announce).await.json();
    let at = |key: &str| {
        reply[key].as_str().unwrap().strip_prefix("http://media.test").unwrap().to_owned()
    };
    let (upload, file) = (at("upload_url"), at("file_url"));
    assert_eq!(call_as(&simulator, None, "GET", &file, "").await.status, 404);
    assert_eq!(call_as(&simulator, None, "PUT", &upload, "bytes").await.status, 200);
    let stored = call_as(&simulator, None, "GET", &file, "").await;
    assert_eq!(stored.bytes.as_slice(), b"bytes");
    // What is no picture by its bytes is nothing that a browser shows, whatever its sender said.
    assert_eq!(stored.header("content-type"), "application/octet-stream");
    assert_eq!(stored.header("content-disposition"), "attachment");
    assert_eq!(stored.header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(stored.header("x-content-type-options"), "nosniff");
    seconds(121.0).await;
    assert_eq!(call_as(&simulator, None, "PUT", &upload, "later").await.status, 403);
    assert_eq!(call(&simulator, "POST", path, "{}").await.status, 422);
    seconds(3500.0).await;
    assert_eq!(call_as(&simulator, None, "GET", &file, "").await.status, 404, "after an hour");
}

#[tokio::test(start_paused = true)]
async fn an_upload_is_the_picture_that_its_bytes_are() {
    let simulator = simulator();
    let path = "/rest/storage/upload/initiate?storage_type=fal-cdn-v3";
    for (said, bytes, shown) in [
        ("text/html", "<script>alert(1)</script>", "application/octet-stream"),
        ("image/svg+xml", "<svg onload='alert(1)'/>", "application/octet-stream"),
        ("image/gif", "<html>", "application/octet-stream"),
        ("text/javascript", "GIF89a=1", "image/gif"),
        ("application/zip", "PK\u{3}\u{4}", "application/octet-stream"),
    ] {
        let announce = json!({ "content_type": said, "file_name": "a.html" }).to_string();
        let reply = call(&simulator, "POST", path, &announce).await.json();
        let at = |key: &str| reply[key].as_str().unwrap().replace("http://media.test", "");
        assert_eq!(call_as(&simulator, None, "PUT", &at("upload_url"), bytes).await.status, 200);
        let stored = call_as(&simulator, None, "GET", &at("file_url"), "").await;
        assert_eq!(
            (stored.bytes.as_slice(), stored.header("content-type")),
            (bytes.as_bytes(), shown)
        );
        assert_eq!(stored.header("content-security-policy"), "default-src 'none'; sandbox");
    }
}

#[tokio::test(start_paused = true)]
async fn one_key_can_be_the_only_one_and_an_open_simulator_asks_for_none() {
    let mut config = Config::at("http://media.test/media");
    config.access = Access::Key("right:1".to_owned());
    let strict = Simulator::new(config.clone());
    let body = lora().to_string();
    let try_with = async |key| {
        call_as(&strict, Some(key), "POST", "/queue/fal-ai/flux-lora", &body).await.status
    };
    assert_eq!((try_with("Key right:1").await, try_with("Key wrong:1").await), (200, 401));
    config.access = Access::Open;
    let open = Simulator::new(config);
    assert_eq!(call_as(&open, None, "POST", "/queue/fal-ai/flux-lora", &body).await.status, 200);
}

#[tokio::test]
async fn a_client_over_a_socket_gets_its_picture() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let mut config = Config::at(format!("{base}/media"));
    config.speed = 1000.0;
    config.queue_base = format!("{base}/queue");
    let server = axum::serve(listener, Simulator::new(config).router());
    tokio::spawn(async move { server.await.unwrap() });
    let read = async |url: &str| over_a_socket("GET", url, "").await;
    let parse = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap();
    let (_, bytes) =
        over_a_socket("POST", &format!("{base}/queue/fal-ai/flux-lora"), &lora().to_string()).await;
    let submitted = parse(&bytes);
    while read(submitted["status_url"].as_str().unwrap()).await.0 != 200 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let output = parse(&read(submitted["response_url"].as_str().unwrap()).await.1);
    let (status, picture) = read(output["images"][0]["url"].as_str().unwrap()).await;
    assert_eq!((status, size_of(&picture)), (200, (64, 48)));
    let stats = parse(&read(&format!("{base}/simulator/stats")).await.1);
    assert_eq!(
        (&stats["submits"], &stats["completed"], &stats["open"]),
        (&json!(1), &json!(1), &json!(0))
    );
}
