//! A server on the open internet: access code, names from a front proxy, and whose run is whose.

use crate::common::{FakeFal, ID, KEY, LORA_BODY, SUBMIT, TestServer, code, json, row};
use likeness_proxy::Keys;

const CODE: &str = "correct-horse-battery";
const ACCEPTED: &str =
    r#"{"request_id":"764cabcf-b745-4b3e-ae38-1200304cf45b","status":"IN_QUEUE"}"#;

#[tokio::test]
async fn an_access_code_is_asked_for_everything_that_spends_or_shows() {
    let fal = FakeFal::json(200, ACCEPTED).await;
    let base = fal.base();
    let keys = Keys {
        fal_key: Some(KEY.to_owned()),
        access_code: Some(CODE.to_owned()),
        ..Keys::default()
    };
    let arguments = ["--access", "password", "--fal-queue", &base, "--fal-media", &base];
    let server = TestServer::with_keys(&arguments, keys).await;
    let image = "/api/v1/image?url=https://v3.fal.media/files/a.png";
    for request in [
        server.submit(LORA_BODY),
        server.relay("GET", &format!("{SUBMIT}/requests/{ID}/status")),
        server.get("/api/v1/submissions/k"),
        server.get("/api/v1/spending"),
        server.get(image),
    ] {
        // The name of the host says nothing about who is calling.
        let request = request.header("host", "pictures.example");
        let reply = request.try_clone().unwrap().send().await.unwrap();
        row("F1", "without the code", (401, "sign_in_required".to_owned()), code(reply).await);
    }
    row("F1", "calls to FAL", 0, fal.seen().len());
    for open in ["/healthz", "/readyz", "/api/v1/config"] {
        assert_eq!(server.get(open).send().await.unwrap().status(), 200, "{open}");
    }
    let with = |code: &str| server.submit(LORA_BODY).bearer_auth(code).send();
    assert_eq!(with(CODE).await.unwrap().status(), 200);
    assert!(fal.seen()[0].headers["authorization"].to_str().unwrap().starts_with("Key "));
    for _ in 0..5 {
        assert_eq!(code(with("wrong").await.unwrap()).await, (401, "wrong_code".to_owned()));
    }
    let reply = with(CODE).await.unwrap();
    assert!(reply.headers().contains_key("retry-after"));
    row("F6", "after five wrong codes", (429, "too_many_attempts".to_owned()), code(reply).await);
}

#[tokio::test]
async fn each_user_has_a_budget_and_runs_of_their_own() {
    let fal = FakeFal::start(|seen| {
        if seen.method == "POST" {
            json(200, ACCEPTED)
        } else {
            json(200, r#"{"status":"IN_QUEUE"}"#)
        }
    })
    .await;
    let base = fal.base();
    let arguments = [
        "--access",
        "header",
        "--user-header",
        "x-user",
        "--front-proxy",
        "127.0.0.1",
        "--fal-queue",
        &base,
        "--budget-user-day",
        "0.07",
    ];
    let server = TestServer::start(&arguments, Some(KEY)).await;
    let nobody = server.submit(LORA_BODY).send().await.unwrap();
    assert_eq!(code(nobody).await, (401, "sign_in_required".to_owned()));
    let submit = |name: &str| server.submit(LORA_BODY).header("x-user", name.to_owned()).send();
    assert_eq!(submit("ann").await.unwrap().status(), 200);
    assert_eq!(code(submit("ann").await.unwrap()).await, (429, "user_day_spent".to_owned()));
    let status = format!("{SUBMIT}/requests/{ID}/status");
    let ask = |name: &str| server.relay("GET", &status).header("x-user", name.to_owned()).send();
    assert_eq!(ask("ann").await.unwrap().status(), 200);
    let seen = fal.seen().len();
    let stranger = code(ask("bob").await.unwrap()).await;
    row("B3", "the run of another user", (404, "unknown_run".to_owned()), stranger);
    assert_eq!(fal.seen().len(), seen);
    // FAL gives the same id to both here; what matters is that the budget is the caller's own.
    assert_eq!(submit("bob").await.unwrap().status(), 200);
}
