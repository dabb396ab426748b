//! What of a caller goes to FAL, and what of FAL comes back.

use crate::common::{FakeFal, ID, KEY, LORA_BODY, SUBMIT, TestServer, json, row};
use axum::body::Body;
use axum::response::{IntoResponse, Response};

#[tokio::test]
async fn a_cancel_has_no_body_whatever_the_caller_sent() {
    let fal = FakeFal::json(202, r#"{"status":"CANCELLATION_REQUESTED"}"#).await;
    let server = TestServer::live(&fal).await;
    let request = server.relay("PUT", &format!("{SUBMIT}/requests/{ID}/cancel")).body("{\"a\":1}");
    assert_eq!(request.send().await.unwrap().status(), 202);
    row("C3", "the body of a cancel", 0, fal.seen().pop().unwrap().body.len());
}

#[tokio::test]
async fn a_key_that_fal_echoes_is_not_in_the_reply() {
    let fal = FakeFal::start(|_| {
        let body = format!(r#"{{"detail":"bad key {KEY}","half":"sentinel-secret-0123456789"}}"#);
        let mut reply = json(401, &body);
        for name in
            ["x-fal-request-id", "x-fal-error-type", "x-anything", "location", "retry-after"]
        {
            reply.headers_mut().insert(name, format!("Key {KEY}").parse().unwrap());
        }
        reply
    })
    .await;
    let server = TestServer::live(&fal).await;
    for request in
        [server.submit(LORA_BODY), server.relay("GET", &format!("{SUBMIT}/requests/{ID}"))]
    {
        let reply = request.send().await.unwrap();
        assert_eq!(reply.status(), 401);
        let headers = format!("{:?}", reply.headers());
        let body = reply.text().await.unwrap();
        assert!(!headers.contains("sentinel") && !body.contains("sentinel"), "{headers} {body}");
        row("D1", "an error that quotes the key", true, body.contains("bad key [redacted]"));
    }
}

#[tokio::test]
async fn of_fals_headers_only_the_useful_ones_pass() {
    let fal = FakeFal::start(|_| {
        let mut reply = json(200, "{}");
        let useful = [
            ("x-fal-request-id", ID),
            ("x-fal-billable-units", "1.05"),
            ("x-fal-retryable", "true"),
            ("retry-after", "3"),
        ];
        let harmful = [
            ("set-cookie", "a=b"),
            ("location", "https://evil.example"),
            ("access-control-allow-origin", "*"),
            ("server", "x"),
            ("content-security-policy", "default-src *"),
            ("clear-site-data", "*"),
            ("refresh", "0"),
            ("link", "<x>"),
        ];
        for (name, value) in useful.into_iter().chain(harmful) {
            reply.headers_mut().insert(name, value.parse().unwrap());
        }
        reply
    })
    .await;
    let server = TestServer::live(&fal).await;
    let reply = server.submit(LORA_BODY).send().await.unwrap();
    let headers = reply.headers();
    assert_eq!(
        (&headers["x-fal-request-id"], &headers["x-fal-billable-units"]),
        (&ID.parse().unwrap(), &"1.05".parse().unwrap())
    );
    assert_eq!(
        (&headers["cache-control"], &headers["x-content-type-options"]),
        (&"no-store".parse().unwrap(), &"nosniff".parse().unwrap())
    );
    assert_eq!(headers["content-security-policy"], "default-src 'none'; frame-ancestors 'none'");
    for name in [
        "set-cookie",
        "location",
        "access-control-allow-origin",
        "server",
        "clear-site-data",
        "refresh",
        "link",
    ] {
        row("C5", name, false, headers.contains_key(name));
    }
}

#[tokio::test]
async fn a_page_from_upstream_is_plain_text_here() {
    let fal =
        FakeFal::start(|_| axum::response::Html("<script>alert(1)</script>").into_response()).await;
    let server = TestServer::live(&fal).await;
    let reply = server.relay("GET", &format!("{SUBMIT}/requests/{ID}")).send().await.unwrap();
    let kind = reply.headers()["content-type"].to_str().unwrap();
    row("C5", "a page", "text/plain; charset=utf-8", kind);
}

#[tokio::test]
async fn an_endless_reply_is_cut_off() {
    let fal = FakeFal::start(|_| {
        let chunks =
            futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 1 << 16]));
        Response::new(Body::from_stream(chunks))
    })
    .await;
    let server = TestServer::live(&fal).await;
    let reply = server.relay("GET", &format!("{SUBMIT}/requests/{ID}")).send().await.unwrap();
    let got = crate::common::code(reply).await;
    row("E4", "an endless reply", (502, "bad_reply".to_owned()), got);
}

#[tokio::test]
async fn events_pass_one_by_one_and_without_the_key() {
    let (send, receive) = tokio::sync::mpsc::unbounded_channel::<String>();
    let receive = std::sync::Mutex::new(Some(receive));
    let fal = FakeFal::start(move |_| {
        let receive = receive.lock().unwrap().take().unwrap();
        let chunks = futures_util::stream::unfold(receive, |mut receive| async move {
            receive.recv().await.map(|text| (Ok::<_, std::io::Error>(text), receive))
        });
        ([("content-type", "text/event-stream")], Body::from_stream(chunks)).into_response()
    })
    .await;
    let server = TestServer::live(&fal).await;
    let target = format!("{SUBMIT}/requests/{ID}/status/stream?logs=1");
    send.send("data: {\"status\":\"IN_QUEUE\"}\n\n".to_owned()).unwrap();
    let mut reply = server.relay("GET", &target).send().await.unwrap();
    assert_eq!(reply.headers()["content-type"], "text/event-stream");
    assert_eq!(fal.seen()[0].headers["accept"], "text/event-stream");
    // The first event is here although the second has not been sent.
    assert_eq!(reply.chunk().await.unwrap().unwrap(), "data: {\"status\":\"IN_QUEUE\"}\n\n");
    let (left, right) = KEY.split_at(9);
    send.send(format!("data: {left}")).unwrap();
    send.send(format!("{right}\n\n")).unwrap();
    drop(send);
    let text = reply.text().await.unwrap();
    row(
        "D1",
        "a key cut in two by the border of two events",
        "data: [redacted]\n\n",
        text.as_str(),
    );
}
