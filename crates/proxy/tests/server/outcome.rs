//! What a caller is told when FAL answers badly or not at all. FAL's client repeats 429, 502, 503
//! and 504 by itself, so after a submit they may only mean that nothing was started.

use crate::common::{FakeFal, ID, KEY, LORA_BODY, SUBMIT, TestServer, code, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

async fn server_before(address: &str) -> TestServer {
    let base = format!("http://{address}");
    let stand_ins =
        ["--fal-queue", &base, "--fal-run", &base, "--fal-rest", &base, "--fal-media", &base];
    TestServer::start(&stand_ins, Some(KEY)).await
}

/// Takes a connection, reads the request, writes this, and hangs up.
async fn hangs_up_after(reply: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = vec![0; 65536];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(reply).await;
        }
    });
    address
}

fn question(server: &TestServer) -> reqwest::RequestBuilder {
    server.relay("GET", &format!("{SUBMIT}/requests/{ID}/status"))
}

#[tokio::test]
async fn a_submit_that_finds_no_connection_was_provably_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let server = server_before(&address).await;
    let reply = server.submit(LORA_BODY).send().await.unwrap();
    assert_eq!(code(reply).await, (502, "unreachable".to_owned()));
    assert_eq!(
        code(question(&server).send().await.unwrap()).await,
        (502, "unreachable".to_owned())
    );
}

#[tokio::test]
async fn a_submit_whose_reply_is_lost_has_an_unknown_outcome() {
    let half: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{\"request";
    for reply in [b"".as_slice(), b"HTTP/1.1 200", b"garbage\r\n\r\n", half] {
        let server = server_before(&hangs_up_after(reply).await).await;
        let submit = server.submit(LORA_BODY).send().await.unwrap();
        assert_eq!(code(submit).await, (500, "unknown_outcome".to_owned()), "{reply:?}");
        let asked = code(question(&server).send().await.unwrap()).await;
        assert_eq!(asked.0, 502, "{asked:?}");
    }
}

#[tokio::test]
async fn fals_own_refusals_of_a_submit_pass_with_status_and_words() {
    for (status, body) in [
        (401, r#"{"detail":"No user found for Key ID and Secret"}"#),
        (403, r#"{"detail":"User is locked. Reason: Exhausted balance."}"#),
        (404, r#"{"detail":"Application \"flux-lora\" not found"}"#),
        (
            422,
            r#"{"detail":[{"loc":["body","prompt"],"msg":"m","type":"content_policy_violation"}]}"#,
        ),
        (429, r#"{"detail":"too many"}"#),
        (500, r#"{"detail":"Internal","error_type":"internal_error"}"#),
    ] {
        let fal = FakeFal::json(status, body).await;
        let server = TestServer::live(&fal).await;
        let reply = server.submit(LORA_BODY).send().await.unwrap();
        assert_eq!(reply.status().as_u16(), status);
        assert_eq!(reply.headers()["content-type"], "application/json");
        assert_eq!(reply.text().await.unwrap(), body);
    }
}

#[tokio::test]
async fn a_gateways_stumble_over_a_submit_is_never_answered_with_a_status_that_clients_repeat() {
    for status in [502, 503, 504] {
        let fal = FakeFal::json(status, r#"{"detail":"no runner"}"#).await;
        let server = TestServer::live(&fal).await;
        let reply = server.submit(LORA_BODY).send().await.unwrap();
        assert_eq!(code(reply).await, (500, "unknown_outcome".to_owned()), "{status}");
        assert_eq!(fal.seen().len(), 1, "nothing is repeated by the server either");
        // A question may be asked again, so its status passes.
        assert_eq!(question(&server).send().await.unwrap().status().as_u16(), status);
    }
}

#[tokio::test]
async fn a_time_limit_of_the_callers_own_passes_because_nothing_was_started() {
    let fal = FakeFal::start(|_| {
        let mut reply = json(504, r#"{"detail":"timed out","error_type":"request_timeout"}"#);
        reply.headers_mut().insert("x-fal-request-timeout-type", "user".parse().unwrap());
        reply
    })
    .await;
    let server = TestServer::live(&fal).await;
    let reply = server.submit(LORA_BODY).send().await.unwrap();
    assert_eq!(
        (reply.status().as_u16(), &reply.headers()["x-fal-request-timeout-type"]),
        (504, &"user".parse().unwrap())
    );
}

#[tokio::test]
async fn a_submit_is_finished_even_if_its_caller_hangs_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (report, mut reported) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = vec![0; 65536];
        let _ = stream.read(&mut buffer).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        // Had the server given up, this read would end with the closed connection.
        let rest = tokio::time::timeout(Duration::from_millis(300), stream.read(&mut buffer)).await;
        let _ = report.send(rest.is_err());
    });
    let server = server_before(&address).await;
    let gone = server.submit(LORA_BODY).timeout(Duration::from_millis(100)).send().await;
    assert!(gone.is_err());
    assert_eq!(reported.recv().await, Some(true), "the connection to FAL is still open");
}

#[tokio::test]
async fn odd_replies_to_questions_pass_for_the_app_to_judge() {
    for (status, body) in [
        (200, "{\"status\":\"COMP"),
        (200, ""),
        (404, r#"{"status":"NOT_FOUND"}"#),
        (202, r#"{"status":"IN_QUEUE"}"#),
    ] {
        let fal = FakeFal::json(status, body).await;
        let server = TestServer::live(&fal).await;
        let reply = question(&server).send().await.unwrap();
        assert_eq!(reply.status().as_u16(), status);
        assert_eq!(reply.text().await.unwrap(), body);
    }
}

#[tokio::test]
async fn whoever_cannot_prove_to_be_fal_gets_neither_key_nor_prompt() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    let (report, mut reported) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = vec![0; 65536];
        let length = stream.read(&mut buffer).await.unwrap();
        buffer.truncate(length);
        let _ = report.send(String::from_utf8_lossy(&buffer).into_owned());
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
    });
    let server = TestServer::start(&["--fal-queue", &base], Some(KEY)).await;
    let reply = server.submit(LORA_BODY).send().await.unwrap();
    assert_eq!(code(reply).await, (502, "unreachable".to_owned()));
    let greeting = reported.recv().await.unwrap();
    assert!(
        !greeting.contains("sentinel")
            && !greeting.contains("harbour")
            && !greeting.contains("POST")
    );
}
