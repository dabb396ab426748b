//! What of a caller goes to FAL, and what of FAL comes back.

use crate::common::{FakeFal, ID, KEY, LORA_BODY, SUBMIT, TestServer, json};
use axum::body::Body;
use axum::response::{IntoResponse, Response};

#[tokio::test]
async fn the_key_is_added_and_nothing_of_the_callers_own_is_forwarded() {
    let fal = FakeFal::json(200, "{}").await;
    let server = TestServer::live(&fal).await;
    let mut request = server
        .submit(LORA_BODY)
        .header("x-fal-queue-priority", "low")
        .header("x-fal-request-timeout", "30");
    for name in [
        "authorization",
        "cookie",
        "origin",
        "referer",
        "x-fal-client-proxy",
        "x-other",
        "idempotency-key",
        "x-api-key",
    ] {
        request = request.header(name, "of-the-caller");
    }
    assert_eq!(request.send().await.unwrap().status(), 200);
    let seen = fal.seen().pop().unwrap();
    let mut names: Vec<&str> = seen.headers.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    let expected = [
        "accept",
        "accept-encoding",
        "authorization",
        "content-length",
        "content-type",
        "host",
        "user-agent",
        "x-fal-client-proxy",
        "x-fal-queue-priority",
        "x-fal-request-timeout",
    ];
    assert_eq!(names, expected);
    assert_eq!(seen.headers["authorization"], format!("Key {KEY}"));
    assert_eq!(seen.headers["accept-encoding"], "identity");
    assert!(!format!("{:?}", seen.headers).contains("of-the-caller"));
}

#[tokio::test]
async fn a_cancel_has_no_body_whatever_the_caller_sent() {
    let fal = FakeFal::json(202, r#"{"status":"CANCELLATION_REQUESTED"}"#).await;
    let server = TestServer::live(&fal).await;
    let request = server.relay("PUT", &format!("{SUBMIT}/requests/{ID}/cancel")).body("{\"a\":1}");
    assert_eq!(request.send().await.unwrap().status(), 202);
    assert!(fal.seen().pop().unwrap().body.is_empty());
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
        assert!(body.contains("bad key [redacted]"));
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
        assert!(!headers.contains_key(name), "{name}");
    }
}

#[tokio::test]
async fn a_page_from_upstream_is_plain_text_here() {
    let fal =
        FakeFal::start(|_| axum::response::Html("<script>alert(1)</script>").into_response()).await;
    let server = TestServer::live(&fal).await;
    let reply = server.relay("GET", &format!("{SUBMIT}/requests/{ID}")).send().await.unwrap();
    assert_eq!(reply.headers()["content-type"], "text/plain; charset=utf-8");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let evil = FakeFal::json(200, "{}").await;
    for status in [301, 302, 303, 307, 308] {
        let location = evil.base();
        let fal = FakeFal::start(move |_| {
            let mut reply = json(status, "{}");
            reply.headers_mut().insert("location", location.parse().unwrap());
            reply
        })
        .await;
        let server = TestServer::live(&fal).await;
        let question =
            server.relay("GET", &format!("{SUBMIT}/requests/{ID}")).send().await.unwrap();
        assert_eq!(crate::common::code(question).await, (502, "bad_reply".to_owned()), "{status}");
        let run = server.submit(LORA_BODY).send().await.unwrap();
        assert_eq!(crate::common::code(run).await, (500, "unknown_outcome".to_owned()), "{status}");
        let picture =
            server.get("/api/v1/image?url=https://v3.fal.media/a.png").send().await.unwrap();
        assert_eq!(picture.status(), 502);
    }
    assert!(evil.seen().is_empty());
}

#[tokio::test]
async fn a_compressed_reply_is_refused_because_nobody_asked_for_one() {
    let fal = FakeFal::start(|_| {
        let mut reply = json(200, "{}");
        reply.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
        reply
    })
    .await;
    let server = TestServer::live(&fal).await;
    let reply = server.relay("GET", &format!("{SUBMIT}/requests/{ID}")).send().await.unwrap();
    assert_eq!(crate::common::code(reply).await, (502, "bad_reply".to_owned()));
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
    assert_eq!(crate::common::code(reply).await, (502, "bad_reply".to_owned()));
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
    assert_eq!(reply.text().await.unwrap(), "data: [redacted]\n\n");
}
