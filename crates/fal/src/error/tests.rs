use super::*;
use likeness_api::ServerCode;
use proptest::prelude::*;
use serde_json::json;

fn read(call: Call, status: u16, headers: &[(&str, &str)], body: &str) -> FalError {
    let header = |name: &str| {
        headers.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    };
    FalError::read(call, status, &header, body.as_bytes())
}

fn key(call: Call, status: u16, body: &str) -> String {
    read(call, status, &[], body).kind().failure().into()
}

#[test]
fn recorded_replies_are_told_apart() {
    use Call::{Result, Status, Submit};
    let cases = [
        (Submit, 401, r#"{"detail":"No user found for Key ID and Secret"}"#, "unauthorized"),
        (Submit, 401, r#"{"detail":"Authorization header is required"}"#, "unauthorized"),
        (
            Submit,
            403,
            r#"{"detail":"User is locked. Reason: Exhausted balance. Top up your balance."}"#,
            "exhausted_balance",
        ),
        (
            Submit,
            401,
            r#"{"detail":"User is locked. Reason: Exhausted balance."}"#,
            "exhausted_balance",
        ),
        (Result, 402, r#"{"detail":"Payment required"}"#, "exhausted_balance"),
        (Submit, 403, r#"{"detail":"Cannot access application"}"#, "forbidden"),
        (Submit, 404, r#"{"detail":"Application \"flux-pro\" not found"}"#, "endpoint_gone"),
        (Result, 404, r#"{"detail":"Application \"flux-pro\" not found"}"#, "endpoint_gone"),
        (Result, 404, r#"{"detail":"Request not found"}"#, "unknown_request"),
        (Status, 404, r#"{"status":"NOT_FOUND"}"#, "unknown_request"),
        (Status, 404, r#"{"detail":"Application \"x\" not found"}"#, "unknown_request"),
        (
            Result,
            422,
            r#"{"detail":[{"loc":["body","prompt"],"msg":"flagged","type":"content_policy_violation"}]}"#,
            "content_policy",
        ),
        (
            Result,
            422,
            r#"{"detail":[{"loc":["body"],"msg":"nothing","type":"no_media_generated"}]}"#,
            "no_media",
        ),
        (
            Result,
            422,
            r#"{"detail":[{"loc":["body","loras",0,"path"],"msg":"could not download","type":"file_download_error"}]}"#,
            "dead_lora",
        ),
        (
            Result,
            422,
            r#"{"detail":[{"loc":["body","loras"],"msg":"Failed to load","type":"value_error"}]}"#,
            "dead_lora",
        ),
        (Result, 422, r#"{"detail":"Finetune f-1 does not exist (yet)."}"#, "finetune_missing"),
        (
            Result,
            422,
            r#"{"detail":[{"loc":["body","finetune_id"],"msg":"bad","type":"value_error"}]}"#,
            "finetune_missing",
        ),
        (
            Result,
            422,
            r#"{"detail":[{"loc":["body","num_images"],"msg":"m","type":"less_than_equal","ctx":{"le":4}}]}"#,
            "validation",
        ),
        (Submit, 422, r#"{"detail":"Unprocessable"}"#, "validation"),
        (
            Result,
            400,
            r#"{"detail":[{"loc":["body"],"msg":"m","type":"downstream_service_error"}]}"#,
            "upstream",
        ),
        (
            Result,
            500,
            r#"{"detail":[{"loc":["body"],"msg":"m","type":"internal_server_error"}]}"#,
            "upstream",
        ),
        (
            Result,
            504,
            r#"{"detail":[{"loc":["body"],"msg":"m","type":"generation_timeout"}]}"#,
            "timeout",
        ),
        (
            Result,
            503,
            r#"{"detail":"no runner","error_type":"runner_scheduling_failure"}"#,
            "upstream",
        ),
        (Result, 499, r#"{"detail":"gone","error_type":"client_cancelled"}"#, "cancelled"),
        (
            Submit,
            429,
            r#"{"detail":"Too many","error_type":"concurrent_requests_limit"}"#,
            "rate_limited",
        ),
        (Submit, 429, r#"{"detail":"Queue is longer than fal_max_queue_length"}"#, "queue_full"),
        (Submit, 400, r#"{"detail":"bad","error_type":"bad_request"}"#, "refused"),
        (Submit, 413, "", "too_large"),
        (Status, 502, "<html><h1>Bad Gateway</h1></html>", "garbled"),
        (Status, 200, r#"{"status":"COMP"#, "garbled"),
        (Submit, 200, "", "garbled"),
        (Submit, 302, "", "garbled"),
        (Submit, 404, "<html>404</html>", "garbled"),
        (Submit, 401, "<html>", "unauthorized"),
    ];
    for (call, status, body, expected) in cases {
        assert_eq!(key(call, status, body), expected, "{call:?} {status} {body}");
    }
}

#[test]
fn a_refused_value_is_named_by_its_path_in_the_request() {
    let body = json!({ "detail": [
        { "loc": ["body", "num_images"], "msg": "Input should be less than or equal to 4", "type": "less_than_equal" },
        { "loc": ["body", "loras", 0, "scale"], "msg": "m", "type": "t" }, { "loc": ["body", "loras", 0, "path"], "msg": "m", "type": "t" },
        { "loc": ["body", "image_size", "width"], "msg": "m" }, { "loc": ["body", "finetune_id"], "msg": "m" }, { "msg": "no place" },
        "just text",
    ] });
    let error = read(Call::Result, 422, &[], &body.to_string());
    let Kind::Validation(problems) = error.kind() else { panic!("{error:?}") };
    assert_eq!(problems[0].message, "Input should be less than or equal to 4");
    assert_eq!(problems[1].field, "loras.0.scale");
    let fields: Vec<_> = problems.iter().map(FieldProblem::request_field).collect();
    let expected = [
        "overrides.num_images",
        "overrides.lora_scale",
        "avatar.lora_url",
        "overrides.image_size",
        "avatar.finetune_id",
    ];
    assert_eq!(fields[..5], expected.map(|field| Some(field.to_owned())));
    assert_eq!(fields[5], None);
    assert_eq!(error.field().as_deref(), Some("overrides.num_images"));
}

#[test]
fn a_verdict_ends_the_run_and_a_gateways_stumble_does_not() {
    let detail = r#"{"detail":[{"loc":["body"],"msg":"m","type":"internal_server_error"}]}"#;
    assert!(read(Call::Result, 500, &[], detail).is_verdict());
    let headers = [("x-fal-error-type", "runner_disconnected")];
    assert!(read(Call::Result, 503, &headers, r#"{"detail":"m"}"#).is_verdict());
    for (status, body) in
        [(502, "<html>"), (503, r#"{"detail":"m"}"#), (200, "{"), (429, ""), (504, "")]
    {
        for call in [Call::Result, Call::Status] {
            assert!(!read(call, status, &[], body).is_verdict(), "{call:?} {status} {body}");
        }
    }
}

#[test]
fn of_a_lost_submit_nobody_knows_what_it_cost() {
    for error in [
        FalError::network(Call::Submit),
        read(Call::Submit, 500, &[], "{}"),
        read(Call::Submit, 502, &[], "<html>"),
        read(Call::Submit, 200, &[], "{"),
        read(Call::Submit, 504, &[], r#"{"detail":"m"}"#),
        read(Call::Run, 200, &[], ""),
    ] {
        assert_eq!(error.costs(), Charge::Unknown, "{error:?}");
    }
    assert_eq!(FalError::network(Call::Status).costs(), Charge::Maybe);
}

#[test]
fn the_servers_own_errors_cost_nothing_but_a_lost_answer() {
    let of = |code: ServerCode| {
        read(
            Call::Submit,
            code.status(),
            &[],
            &ServerError::new(code, Some("r1".to_owned())).reply().to_string(),
        )
    };
    let unreachable = of(ServerCode::Unreachable);
    assert_eq!((unreachable.costs(), unreachable.request_id()), (Charge::No, Some("r1")));
    let unknown = of(ServerCode::UnknownOutcome);
    assert_eq!((unknown.kind(), unknown.costs()), (&Kind::UnknownOutcome, Charge::Unknown));
    assert_eq!(of(ServerCode::LoopbackOnly).costs(), Charge::No);
}

#[test]
fn what_was_held_back_cost_nothing_and_what_fal_refused_may_have() {
    let body = r#"{"detail":[{"loc":["body","num_images"],"msg":"m","type":"less_than_equal"}]}"#;
    assert_eq!(read(Call::Submit, 422, &[("x-likeness-sent", "no")], body).costs(), Charge::No);
    assert_eq!(read(Call::Submit, 422, &[], body).costs(), Charge::Maybe);
    assert_eq!(read(Call::Result, 422, &[], body).costs(), Charge::Maybe);
    for (call, status, body) in [
        (Call::Submit, 401, "{}"),
        (Call::Submit, 403, r#"{"detail":"User is locked"}"#),
        (Call::Submit, 404, "{}"),
        (Call::Submit, 429, "{}"),
        (Call::Submit, 413, ""),
        (Call::Result, 404, r#"{"detail":"Application \"x\" not found"}"#),
        (Call::Submit, 404, "<html>"),
    ] {
        assert_eq!(read(call, status, &[], body).costs(), Charge::No, "{status} {body}");
    }
}

#[test]
fn a_time_limit_of_the_caller_is_told_from_one_of_fal() {
    let body = r#"{"detail":"timed out","error_type":"request_timeout"}"#;
    let error = read(Call::Run, 504, &[("x-fal-request-timeout-type", "user")], body);
    assert_eq!((error.kind(), error.costs()), (&Kind::StartTimeout, Charge::No));
    assert_eq!(read(Call::Run, 504, &[], body).kind(), &Kind::Timeout);
}

#[test]
fn a_wait_is_believed_of_fal_up_to_an_hour_and_of_our_server_up_to_a_month() {
    for (value, expected) in [
        ("3", Some(3000)),
        ("99999999999999999999", None),
        ("18446744073709551615", Some(3_600_000)),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("-1", None),
    ] {
        let error = read(Call::Status, 429, &[("retry-after", value)], "{}");
        assert_eq!(error.retry_after_ms(), expected, "{value}");
    }
    const DAY: u64 = 24 * 3_600_000;
    for (told, expected) in [(9 * DAY, 9 * DAY), (u64::MAX, 31 * DAY)] {
        let mut server = ServerError::new(ServerCode::MonthSpent, None);
        server.retry_after_ms = Some(told);
        let error = read(Call::Submit, 429, &[], &server.reply().to_string());
        assert_eq!(error.retry_after_ms(), Some(expected));
    }
}

#[test]
fn what_the_other_side_said_is_kept_short_and_never_a_page() {
    let long = json!({ "detail": "x".repeat(5000) }).to_string();
    assert_eq!(read(Call::Status, 500, &[], &long).said().unwrap().len(), 300);
    assert_eq!(read(Call::Status, 500, &[], "<html>secret</html>").said(), None);
    assert_eq!(read(Call::Status, 500, &[], r#"{"message":" plain "}"#).said(), Some("plain"));
}

#[test]
fn a_result_without_pictures_ends_the_run_and_one_that_is_no_json_does_not() {
    for body in ["{}", "[]", "null", r#"{"images":[]}"#] {
        let error = read(Call::Result, 200, &[], body);
        assert_eq!((error.kind(), error.costs()), (&Kind::NoMedia, Charge::Maybe), "{body}");
        assert!(error.is_verdict() && error.ends_run());
        assert!(!read(Call::Status, 200, &[], body).ends_run());
    }
    for body in ["", "{", "<html>"] {
        assert!(!read(Call::Result, 200, &[], body).ends_run(), "{body}");
    }
    assert!(read(Call::Status, 404, &[], "{}").ends_run());
}

#[test]
fn a_submit_may_be_sent_again_where_it_started_nothing_and_may_later() {
    let again = |status, body| read(Call::Submit, status, &[], body).may_be_sent_again();
    assert!(again(429, "{}") && again(429, r#"{"detail":"The queue is full"}"#));
    for (status, body) in [
        (401, "{}"),
        (403, "{}"),
        (422, "{}"),
        (500, "{}"),
        (502, "<html>"),
        (200, "{"),
        (403, "<html>"),
        (404, ""),
        (408, ""),
        (499, "<html>"),
    ] {
        assert!(!again(status, body), "{status}");
    }
    assert!(!read(Call::Status, 429, &[], "{}").may_be_sent_again());
}

proptest! {
    #[test]
    fn any_reply_is_sorted_without_a_panic(status in 0_u16..1000, body in prop_oneof![any::<String>(), r#"\{"(detail|error|status)":("x"|\[\{"loc":\["body",0\]\}\]|null|7)\}"#]) {
        for call in [Call::Submit, Call::Run, Call::Status, Call::Result, Call::Cancel, Call::Upload] {
            let error = read(call, status, &[("retry-after", &body)], &body);
            let _ = (error.kind().failure(), error.field(), error.to_string());
            prop_assert!(!(error.costs() == Charge::Unknown && error.may_be_sent_again()));
        }
    }
}
