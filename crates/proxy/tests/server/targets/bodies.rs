//! Bodies, and what of them reaches FAL.

use super::*;

#[tokio::test]
async fn a_body_that_fal_would_refuse_gets_fals_answer_without_being_sent() {
    let fal = FakeFal::json(200, "{}").await;
    let server = TestServer::live(&fal).await;
    let cases = [
        (r#"{"loras":[]}"#, "prompt", "missing"),
        (r#"{"prompt":"x","num_images":5}"#, "num_images", "less_than_equal"),
        (r#"{"prompt":"x","num_images":1.5}"#, "num_images", "int_type"),
        (r#"{"prompt":"x","num_images":1e9}"#, "num_images", "less_than_equal"),
        (r#"{"prompt":"x","seed":-1.5}"#, "seed", "int_type"),
        (r#"{"prompt":"x","sync_mode":true}"#, "sync_mode", "feature_not_supported"),
        (
            r#"{"prompt":"x","image_url":"https://x.example/a.png"}"#,
            "image_url",
            "feature_not_supported",
        ),
        (
            r#"{"prompt":"x","fal_webhook":"https://x.example"}"#,
            "fal_webhook",
            "feature_not_supported",
        ),
    ];
    for (body, field, kind) in cases {
        let reply = server.submit(body).send().await.unwrap();
        assert_eq!(reply.status(), 422, "{body}");
        assert_eq!(reply.headers()["x-likeness-sent"], "no");
        let json: serde_json::Value =
            serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap();
        assert_eq!(json["detail"][0]["loc"], serde_json::json!(["body", field]), "{json}");
        assert_eq!(json["detail"][0]["type"], kind, "{json}");
    }
    let upload =
        server.relay("POST", "https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3");
    let reply = upload.header("content-type", "application/json").body("{}").send().await.unwrap();
    assert_eq!(reply.status(), 422);
    assert!(fal.seen().is_empty());
}

#[tokio::test]
async fn integers_reach_fal_digit_by_digit_and_unknown_fields_with_them() {
    let accepted = r#"{"request_id":"764cabcf-b745-4b3e-ae38-1200304cf45b"}"#;
    let fal = FakeFal::json(200, accepted).await;
    let server = TestServer::live(&fal).await;
    for (field, sent) in [
        (r#""seed":18446744073709551616"#, r#""seed":18446744073709551616"#),
        (r#""seed":18446744073709551615"#, r#""seed":18446744073709551615"#),
        (r#""seed":-9223372036854775809"#, r#""seed":-9223372036854775809"#),
        (r#""seed":-1"#, r#""seed":-1"#),
        (r#""num_inference_steps":28.0"#, r#""num_inference_steps":28.0"#),
        (r#""guidance_scale":1.3294539180715275"#, r#""guidance_scale":1.3294539180715275"#),
        (r#""guidance_scale":3.50"#, r#""guidance_scale":3.5"#),
        (
            r#""a_field_unheard_of":{"deep":[9007199254740993,1E2]}"#,
            r#""a_field_unheard_of":{"deep":[9007199254740993,100.0]}"#,
        ),
    ] {
        let body = format!("\u{feff} {{ {field} ,\n \"prompt\" : \"a \\u00e9\" }} ");
        let reply = server.submit(&body).send().await.unwrap();
        assert_eq!(reply.status(), 200, "{field}");
        let left = String::from_utf8(fal.seen().pop().unwrap().body.to_vec()).unwrap();
        let prompt = r#""prompt":"a é""#;
        let either = [format!("{{{sent},{prompt}}}"), format!("{{{prompt},{sent}}}")];
        assert!(either.contains(&left), "{left}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused_by_kind() {
    let fal = FakeFal::json(200, "{}").await;
    let server = TestServer::live(&fal).await;
    for body in ["", "{", "NaN", r#"{"prompt":"a","prompt":"b"}"#, r#"{"prompt":"x"} trailing"#] {
        let reply = server.submit(body).send().await.unwrap();
        assert_eq!(code(reply).await, (400, "malformed_body".to_owned()), "{body}");
    }
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
        let request = server.relay("POST", SUBMIT).header("content-type", kind).body(LORA_BODY);
        assert_eq!(
            code(request.send().await.unwrap()).await,
            (415, "not_json".to_owned()),
            "{kind}"
        );
    }
    let large = format!(r#"{{"prompt":"{}"}}"#, "x".repeat(300 << 10));
    assert_eq!(
        code(server.submit(&large).send().await.unwrap()).await,
        (413, "body_too_large".to_owned())
    );
    let odd = server.submit(LORA_BODY).header("x-fal-queue-priority", "highest");
    assert_eq!(code(odd.send().await.unwrap()).await, (400, "bad_header".to_owned()));
    assert!(fal.seen().is_empty());
}

#[tokio::test]
async fn what_leaves_is_what_was_judged_with_every_digit_of_the_seed() {
    let fal = FakeFal::json(200, "{}").await;
    let server = TestServer::live(&fal).await;
    let body = r#"{ "prompt" : "a\u0062c", "seed": 9007199254740993, "guidance_scale": 3.5, "loras": [], "sync_mode": false }"#;
    assert_eq!(server.submit(body).send().await.unwrap().status(), 200);
    let sent = fal.seen().pop().unwrap();
    let expected = r#"{"guidance_scale":3.5,"loras":[],"prompt":"abc","seed":9007199254740993,"sync_mode":false}"#;
    assert_eq!(std::str::from_utf8(&sent.body).unwrap(), expected);
}
