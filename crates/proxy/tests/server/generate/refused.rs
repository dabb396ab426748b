//! What is refused, and what came to nothing.

use super::*;

#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once_and_nothing_is_sent() {
    let fal = fal(0, (200, OUTPUT)).await;
    let server = server(&fal, keys(), &[]).await;
    for (wait, problem) in [
        (json!("60"), "wrong_type"),
        (json!(1.5), "not_whole"),
        (json!(60.0), "wrong_type"),
        (json!(121), "out_of_range"),
        (json!(-1), "out_of_range"),
        (json!(true), "wrong_type"),
    ] {
        let mut wish = with("wait", wait.clone());
        wish["prompt"] = json!(7);
        wish["surprise"] = json!(1);
        let (status, reply) = read(generate(&server, &wish).send().await.unwrap()).await;
        assert_eq!(status, 422);
        let issues = reply["issues"].as_array().unwrap();
        let found = |field: &str| {
            issues
                .iter()
                .find(|issue| issue["field"] == field)
                .map(|issue| issue["code"].as_str().unwrap())
        };
        assert_eq!(found("wait"), Some(problem), "{wait}");
        assert_eq!((found("prompt"), found("surprise")), (Some("wrong_type"), Some("unknown_key")));
    }
    let (status, _) = read(generate(&server, &json!([])).send().await.unwrap()).await;
    assert_eq!(status, 422);
    let bad = generate(&server, &Value::Null).body("{").send().await.unwrap();
    assert_eq!(code(bad).await, (400, "malformed_body".to_owned()));
    assert!(fal.seen().is_empty());
}

#[tokio::test]
async fn a_program_needs_the_token_and_guessing_is_slow() {
    let fal = fal(0, (200, OUTPUT)).await;
    let server = server(&fal, keys(), &[]).await;
    let call = |token: Option<&str>, path: &str| {
        let request = if path.ends_with("generate") {
            client().post(server.url(path))
        } else {
            client().get(server.url(path))
        };
        let request = request.header("content-type", "application/json");
        match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
        .send()
    };
    let job = format!("/api/v1/jobs/{ID}");
    for path in ["/api/v1/generate", &job] {
        assert_eq!(
            code(call(None, path).await.unwrap()).await,
            (401, "sign_in_required".to_owned())
        );
    }
    for path in ["/api/v1/generate", &job, &job, &job, &job] {
        assert_eq!(
            code(call(Some("wrong"), path).await.unwrap()).await,
            (401, "wrong_code".to_owned())
        );
    }
    assert_eq!(
        code(call(Some(TOKEN), &job).await.unwrap()).await,
        (429, "too_many_attempts".to_owned())
    );
    assert!(fal.seen().is_empty());
    let without = TestServer::demo().await;
    let off = generate(&without, &wish()).send().await.unwrap();
    assert_eq!(code(off).await, (404, "api_off".to_owned()));
}

#[tokio::test]
async fn a_run_that_fails_says_why_in_one_shape() {
    for (result, status, expected) in [
        (
            (
                422,
                r#"{"detail":[{"loc":["body","prompt"],"msg":"flagged","type":"content_policy_violation"}]}"#,
            ),
            422,
            "content_policy",
        ),
        (
            (
                422,
                r#"{"detail":[{"loc":["body","loras",0,"path"],"msg":"no","type":"file_download_error"}]}"#,
            ),
            422,
            "dead_lora",
        ),
        (
            (500, r#"{"detail":[{"loc":["body"],"msg":"broke","type":"internal_server_error"}]}"#),
            500,
            "upstream",
        ),
    ] {
        let fal = fal(0, result).await;
        let server = server(&fal, keys(), &[]).await;
        let (got, reply) = read(generate(&server, &with("wait", 2)).send().await.unwrap()).await;
        assert_eq!((got, reply["error"]["code"].as_str()), (status, Some(expected)), "{reply}");
        assert_eq!((&reply["status"], &reply["job_id"]), (&json!("failed"), &json!(ID)));
        assert!(reply["error"]["message"].is_string() && reply["error"]["retryable"].is_boolean());
    }
    for (submit, status, expected) in [
        ((401, r#"{"detail":"no"}"#), 500, "unauthorized"),
        (
            (403, r#"{"detail":"User is locked. Reason: Exhausted balance."}"#),
            500,
            "exhausted_balance",
        ),
        ((429, r#"{"detail":"slow down"}"#), 429, "rate_limited"),
    ] {
        let fal = FakeFal::json(submit.0, submit.1).await;
        let server = server(&fal, keys(), &[]).await;
        let (got, reply) = read(generate(&server, &wish()).send().await.unwrap()).await;
        assert_eq!((got, reply["error"]["code"].as_str()), (status, Some(expected)), "{reply}");
    }
}
