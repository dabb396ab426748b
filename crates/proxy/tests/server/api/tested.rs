//! The test of an avatar's address.

use super::*;

/// What a test of an address answers.
async fn tested(server: &TestServer, body: &str) -> (u16, Value) {
    let request = client().post(server.url("/api/v1/avatars/test"));
    let request = request.header("content-type", "application/json").body(body.to_owned());
    let reply = request.send().await.unwrap();
    let status = reply.status().as_u16();
    (status, serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap())
}

#[tokio::test]
async fn an_address_is_tested_by_a_live_server_that_calls_nobody_on_its_own_network() {
    let finding = |state: &str| json!({ "state": state, "bytes": null, "content_type": null });
    let address = json!({ "lora_url": "https://a.example/b.safetensors" }).to_string();
    assert_eq!(tested(&TestServer::demo().await, &address).await, (200, finding("untested")));

    let fal = FakeFal::json(200, "{}").await;
    let server = TestServer::live(&fal).await;
    let port = fal.address.port();
    for host in ["127.0.0.1", "localhost", "[::1]", "2130706433"] {
        let body = json!({ "lora_url": format!("https://{host}:{port}/") }).to_string();
        assert_eq!(tested(&server, &body).await, (200, finding("unreachable")), "{host}");
    }
    assert!(fal.seen().is_empty());
    for body in ["{}", r#"{"lora_url":"user/repo"}"#, r#"{"lora_url":["https://a.example"]}"#] {
        let (status, reply) = tested(&server, body).await;
        assert_eq!((status, &reply["issues"][0]["field"]), (422, &json!("lora_url")), "{body}");
    }
    let waiting = async {
        loop {
            let (status, reply) = tested(&server, r#"{"lora_url":"https://127.0.0.1/"}"#).await;
            if status != 200 {
                return (status, reply["error"]["code"].clone());
            }
        }
    };
    assert_eq!(waiting.await, (429, json!("too_many_polls")));
}

#[tokio::test]
async fn an_address_is_judged_by_its_test_as_by_compose() {
    let server = TestServer::demo().await;
    for (address, is_mended) in [
        ("\"http://a.example/b.safetensors\"", true),
        ("\" a.example/b.safetensors \"", true),
        ("\"https://a.example/b c.safetensors\"", true),
        ("\"https://a.example/b\\ud83d.safetensors\"", true),
        ("\"user/repo\"", false),
        ("\"\\ud83d\"", true),
        ("\"  \"", false),
        ("7", false),
        ("[\"https://a.example\"]", false),
    ] {
        let (status, told) = tested(&server, &format!(r#"{{"lora_url":{address}}}"#)).await;
        let body = format!(
            r#"{{"avatar":{{"kind":"portrait","trigger_word":"TOK","lora_url":{address}}},"prompt":"x","preset":"fast"}}"#
        );
        let composed = compose(&server, body).send().await.unwrap();
        let composed = composed.text().await.unwrap().replace("avatar.lora_url", "lora_url");
        let mut composed: Value = serde_json::from_str(&composed).unwrap();
        if composed["issues"][0]["code"] == "required" {
            // Another sentence for the same: there is no avatar here.
            composed["issues"][0]["message"] = told["issues"][0]["message"].clone();
        }
        assert_eq!((status, &told), (422, &composed), "{address}");
        let issues = told["issues"].as_array().unwrap();
        assert_eq!((issues.len(), issues[0].get("fix").is_some()), (1, is_mended), "{told}");
    }
    let (_, told) = tested(&server, r#"{"lora_url":"http://a.example/b","x":1}"#).await;
    let fixes: Vec<_> = told["issues"].as_array().unwrap().iter().map(|i| &i["fix"]).collect();
    let right = json!({ "field": "lora_url", "value": "https://a.example/b" });
    assert_eq!(fixes, [&json!({ "field": "x", "value": null }), &right]);
}

#[tokio::test]
async fn an_address_that_has_ended_is_told_from_one_that_has_not() {
    let server = TestServer::demo().await;
    let said = async |until: u64| {
        let body = json!({
            "avatar": { "trigger_word": "TOK", "lora_url": format!("https://a.example/b.safetensors?Expires={until}&Signature=x") },
            "prompt": "fog", "preset": "fast",
        });
        let reply = compose(&server, body.to_string()).send().await.unwrap();
        let reply: Value = serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap();
        let issue = reply["issues"][0].clone();
        assert_eq!(
            (&issue["code"], &issue["limit"]),
            (&json!("notice"), &json!({ "until": until }))
        );
        issue["message"].as_str().unwrap().to_owned()
    };
    let now = crate::telegram::now();
    assert_eq!(said(now - 60).await, likeness_core::Reason::EndedAddress.english());
    assert_eq!(said(now + 3600).await, likeness_core::Reason::EndingAddress.english());
}
