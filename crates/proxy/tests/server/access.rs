//! Who is answered.

use crate::common::{FakeFal, LORA_BODY, TestServer, code};

#[tokio::test]
async fn a_server_with_a_key_answers_its_own_machine_only() {
    let fal = FakeFal::json(200, "{}").await;
    let server = TestServer::live(&fal).await;
    for (name, value) in [
        ("host", "pictures.example"),
        ("host", "127.0.0.1.nip.io"),
        ("forwarded", "for=127.0.0.1"),
        ("via", "1.1 x"),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-host", "localhost"),
        ("x-forwarded-proto", "https"),
    ] {
        for request in [
            server.submit(LORA_BODY),
            server.get("/"),
            server.get("/healthz"),
            server.get("/api/v1/config"),
        ] {
            let reply = request.header(name, value).send().await.unwrap();
            assert_eq!(code(reply).await, (403, "loopback_only".to_owned()), "{name}: {value}");
        }
    }
    assert!(fal.seen().is_empty());
    let port = server.address.port();
    for host in [format!("localhost:{port}"), format!("127.0.0.1:{port}"), "[::1]".to_owned()] {
        assert_eq!(
            server.submit(LORA_BODY).header("host", &host).send().await.unwrap().status(),
            200,
            "{host}"
        );
    }
}

#[tokio::test]
async fn the_demo_answers_everybody_because_there_is_nothing_to_spend() {
    let server = TestServer::demo().await;
    let reply = server
        .get("/api/v1/config")
        .header("host", "pictures.example")
        .header("x-forwarded-for", "203.0.113.9");
    assert_eq!(reply.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn pages_of_other_sites_are_refused_and_get_no_cors_header() {
    let fal = FakeFal::json(200, "{}").await;
    let server = TestServer::live(&fal).await;
    for site in ["cross-site", "same-site"] {
        let reply = server
            .submit(LORA_BODY)
            .header("sec-fetch-site", site)
            .header("origin", "https://evil.example");
        let reply = reply.send().await.unwrap();
        assert!(!reply.headers().keys().any(|name| name.as_str().starts_with("access-control")));
        assert_eq!(code(reply).await, (403, "cross_site".to_owned()));
    }
    assert!(fal.seen().is_empty());
    assert_eq!(
        server
            .submit(LORA_BODY)
            .header("sec-fetch-site", "same-origin")
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
}
