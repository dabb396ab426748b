use super::*;
use crate::target::RequestId;
use likeness_core::{Route, Seed};
use proptest::prelude::*;
use serde_json::json;

const ID: &str = "764cabcf-b745-4b3e-ae38-1200304cf45b";

fn bytes(value: serde_json::Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

#[test]
fn a_submit_reply_gives_the_addresses_that_fal_returned() {
    let base = format!("https://queue.fal.run/fal-ai/flux-pro/requests/{ID}");
    let reply = SubmitReply::read(&bytes(json!({
        "status": "IN_QUEUE", "request_id": ID, "response_url": format!("{base}/response"), "status_url": format!("{base}/status"),
        "cancel_url": format!("{base}/cancel"), "queue_position": 2, "gateway_request_id": ID,
    })))
    .unwrap();
    assert_eq!((reply.queue_position, &reply.status), (Some(2), &State::InQueue));
    let links = reply.links(Route::ULTRA_FINETUNED);
    assert_eq!(links.response_url, format!("{base}/response"));
    assert_eq!(links.status_url, format!("{base}/status"));
}

#[test]
fn addresses_that_are_missing_or_foreign_are_rebuilt_from_the_app() {
    let other = "https://queue.fal.run/fal-ai/flux-pro/requests/another-run-id/status";
    for status_url in
        [json!(null), json!(""), json!(7), json!("https://evil.example/status"), json!(other)]
    {
        let reply =
            SubmitReply::read(&bytes(json!({ "request_id": ID, "status_url": status_url })))
                .unwrap();
        let links = reply.links(Route::FLUX_PRO_FINETUNED);
        assert_eq!(
            links,
            Links::rebuilt(Route::FLUX_PRO_FINETUNED, &RequestId::parse(ID).unwrap())
        );
        assert_eq!(
            links.status_url,
            format!("https://queue.fal.run/fal-ai/flux-pro/requests/{ID}/status")
        );
        assert_eq!(
            links.cancel_url,
            format!("https://queue.fal.run/fal-ai/flux-pro/requests/{ID}/cancel")
        );
    }
}

#[test]
fn a_submit_reply_without_a_usable_id_is_unreadable() {
    for body in [
        "",
        "<html>",
        "[]",
        "null",
        "{}",
        r#"{"request_id":""}"#,
        r#"{"request_id":"../../x"}"#,
        r#"{"request_id":5}"#,
        "{\"request_id\":\"76",
    ] {
        assert!(SubmitReply::read(body.as_bytes()).is_err(), "{body}");
    }
}

#[test]
fn every_state_is_read_and_an_unknown_one_is_kept() {
    for (text, state) in [
        ("IN_QUEUE", State::InQueue),
        ("IN_PROGRESS", State::InProgress),
        ("COMPLETED", State::Completed),
        ("PAUSED", State::Other("PAUSED".to_owned())),
    ] {
        let status = QueueStatus::read(&bytes(json!({ "status": text }))).unwrap();
        assert_eq!(status.status, state);
        assert_eq!(serde_json::to_value(&status).unwrap(), json!({ "status": text, "logs": null }));
    }
    assert!(QueueStatus::read(b"{\"logs\":[]}").is_err());
}

#[test]
fn logs_and_metrics_may_be_absent_null_or_of_an_odd_shape() {
    let full = json!({ "status": "COMPLETED", "logs": [
        { "message": "loading", "level": "INFO", "source": "USER", "timestamp": "2026-11-01T10:00:00Z" },
        { "message": "bare" }, "text only", 7, { "level": "INFO" },
    ], "metrics": { "inference_time": 2.5 }, "error": "boom", "error_type": "runner_server_error" });
    let status = QueueStatus::read(&bytes(full)).unwrap();
    let messages: Vec<_> = status.logs.unwrap().into_iter().map(|entry| entry.message).collect();
    assert_eq!(messages, ["loading", "bare", "text only"]);
    assert_eq!(status.metrics.unwrap().inference_time, Some(2.5));
    assert_eq!(
        (status.error.as_deref(), status.error_type.as_deref()),
        (Some("boom"), Some("runner_server_error"))
    );

    for odd in [
        json!({"status":"COMPLETED"}),
        json!({"status":"COMPLETED","logs":null,"metrics":null}),
        json!({"status":"COMPLETED","logs":{},"metrics":[]}),
    ] {
        let status = QueueStatus::read(&bytes(odd)).unwrap();
        assert_eq!((status.logs, status.metrics), (None, None));
    }
    let status =
        QueueStatus::read(&bytes(json!({"status":"COMPLETED","metrics":{"inference_time":null}})))
            .unwrap();
    assert_eq!(status.metrics, Some(Metrics::default()));
}

#[test]
fn an_output_needs_nothing_but_a_picture_with_an_address() {
    let output =
        Output::read(&bytes(json!({ "images": [{ "url": "https://v3.fal.media/a.png" }] })))
            .unwrap();
    assert_eq!((output.seed, output.prompt.as_deref(), output.images[0].width), (None, None, None));
    assert!(!output.is_blocked(0));
    for body in [
        json!({}),
        json!({"images": []}),
        json!({"images": null}),
        json!({"images": [{"url": ""}, {}, 3]}),
        json!([]),
    ] {
        assert!(Output::read(&bytes(body.clone())).is_err(), "{body}");
    }
}

#[test]
fn a_full_output_is_read_exactly() {
    let output = Output::read(&bytes(json!({
        "images": [{ "url": "https://v3.fal.media/a.png", "width": 1024, "height": 1024.0, "content_type": "image/jpeg" }, { "url": "u", "width": null }],
        "timings": { "inference": 2.7, "note": "x" }, "seed": 196619188014358660_u64, "has_nsfw_concepts": [false, true], "prompt": "a harbour",
    })))
    .unwrap();
    assert_eq!(output.seed, Some(Seed::new(196_619_188_014_358_660)));
    assert_eq!((output.images[0].width, output.images[0].height), (Some(1024), Some(1024)));
    assert_eq!(output.timings.as_ref().unwrap().len(), 1);
    assert_eq!(
        (output.is_blocked(0), output.is_blocked(1), output.is_blocked(2)),
        (false, true, false)
    );
    assert_eq!(serde_json::to_value(&output).unwrap()["seed"], json!(196619188014358660_u64));
}

#[test]
fn a_seed_is_a_number_or_its_digits_and_never_a_rounded_one() {
    for (seed, expected) in [
        (json!(9007199254740993_u64), Some(9_007_199_254_740_993)),
        (json!("9007199254740993"), Some(9_007_199_254_740_993)),
        (json!(null), None),
        (json!(-1), None),
        (json!(1.5), None),
        (json!("abc"), None),
        (json!([]), None),
    ] {
        let output =
            Output::read(&bytes(json!({ "images": [{ "url": "u" }], "seed": seed }))).unwrap();
        assert_eq!(output.seed.map(Seed::get), expected);
    }
}

#[test]
fn odd_safety_flags_keep_their_places() {
    let read = |flags| {
        Output::read(&bytes(json!({ "images": [{ "url": "u" }], "has_nsfw_concepts": flags })))
            .unwrap()
    };
    assert_eq!(read(json!([null, true])).has_nsfw_concepts, Some(vec![false, true]));
    assert_eq!(read(json!(null)).has_nsfw_concepts, None);
    assert_eq!(read(json!(true)).has_nsfw_concepts, None);
}

#[test]
fn every_known_answer_to_a_cancel_is_understood() {
    use CancelOutcome::{AlreadyCompleted, NotFound, Requested};
    for (status, body, outcome) in [
        (202, r#"{"status":"CANCELLATION_REQUESTED"}"#, Requested),
        (200, r#"{"success":true}"#, Requested),
        (202, "", Requested),
        (200, r#"{"status":"OK"}"#, Requested),
        (200, r#"{"success":false}"#, AlreadyCompleted),
        (400, r#"{"status":"ALREADY_COMPLETED"}"#, AlreadyCompleted),
        (404, r#"{"status":"NOT_FOUND"}"#, NotFound),
        (404, "", NotFound),
    ] {
        assert_eq!(CancelOutcome::read(status, body.as_bytes()), Ok(outcome), "{status} {body}");
    }
    assert!(CancelOutcome::read(500, b"{}").is_err());
}

#[test]
fn a_byte_order_mark_does_not_hide_a_reply() {
    assert!(QueueStatus::read("\u{feff}{\"status\":\"IN_QUEUE\"}".as_bytes()).is_ok());
}

#[test]
fn an_upload_begins_with_two_addresses() {
    let reply = UploadReply::read(br#"{"upload_url":"https://a","file_url":"https://b"}"#).unwrap();
    assert_eq!((reply.upload_url.as_str(), reply.file_url.as_str()), ("https://a", "https://b"));
    assert!(UploadReply::read(br#"{"upload_url":"https://a"}"#).is_err());
    assert!(UploadRequest::read(&json!({ "file_name": "a.zip" })).is_err());
    assert_eq!(
        UploadRequest::read(&json!({ "content_type": "application/zip" })).unwrap().file_name,
        ""
    );
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), status in 100_u16..600) {
        let _ = SubmitReply::read(&bytes);
        let _ = QueueStatus::read(&bytes);
        let _ = Output::read(&bytes);
        let _ = UploadReply::read(&bytes);
        let _ = CancelOutcome::read(status, &bytes);
    }
}
