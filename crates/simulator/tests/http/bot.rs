//! The stand-in for Telegram, told over HTTP what goes wrong.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use likeness_simulator::BotApi;
use serde_json::{Value, json};
use tower::ServiceExt;

async fn ask(router: &Router, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let reply = router.clone().oneshot(request).await.unwrap();
    let status = reply.status().as_u16();
    let bytes = to_bytes(reply.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

#[tokio::test]
async fn faults_of_the_bot_strike_the_next_calls_in_their_order() {
    let api = BotApi::new("1:a");
    let router = api.router().merge(api.control_router());
    let message = json!({ "chat_id": 42, "text": "hello" });
    let (faults, send) = ("/_simulator/bot/faults", "/bot1:a/sendMessage");
    let list = json!([{ "kind": "too_many", "retry_after": 7 }, { "kind": "unauthorized" },
        { "kind": "down" }, { "kind": "garbled" }, { "kind": "slow", "ms": 60 }]);
    assert_eq!(ask(&router, "PUT", faults, &list).await.0, 204);
    let (status, reply) = ask(&router, "POST", send, &message).await;
    assert_eq!((status, &reply["parameters"]["retry_after"]), (429, &json!(7)));
    assert_eq!(ask(&router, "POST", send, &message).await.0, 401);
    assert_eq!(ask(&router, "POST", send, &message).await, (503, Value::Null));
    assert_eq!(api.messages_in("42"), 0);
    assert_eq!(ask(&router, "POST", send, &message).await, (200, Value::Null));
    assert_eq!(api.messages_in("42"), 1);
    let begun = std::time::Instant::now();
    assert_eq!(ask(&router, "POST", send, &message).await.0, 200);
    assert!(begun.elapsed().as_millis() >= 60);
    let (_, calls) = ask(&router, "GET", "/_simulator/bot/calls", &Value::Null).await;
    assert_eq!(calls.as_array().unwrap().len(), 5);
    assert_eq!(
        calls[0],
        json!({ "method": "sendMessage", "file": null,
        "texts": { "chat_id": "42", "text": "hello" } })
    );
}

#[tokio::test]
async fn faults_that_are_left_can_be_taken_back_and_unknown_ones_are_refused() {
    let api = BotApi::new("1:a");
    let router = api.router().merge(api.control_router());
    let faults = "/_simulator/bot/faults";
    assert_eq!(ask(&router, "PUT", faults, &json!([{ "kind": "down" }])).await.0, 204);
    assert_eq!(ask(&router, "PUT", faults, &json!([{ "kind": "odd" }])).await.0, 422);
    assert_eq!(ask(&router, "DELETE", faults, &Value::Null).await.0, 204);
    let message = json!({ "chat_id": 42, "text": "hello" });
    assert_eq!(ask(&router, "POST", "/bot1:a/sendMessage", &message).await.0, 200);
}
