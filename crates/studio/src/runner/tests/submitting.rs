//! Submits whose replies are lost or refusals.

use super::*;

/// What our server says became of the submit.
fn submission(state: &str) -> Result<Reply, Lost> {
    reply(200, &format!(r#"{{"state":"{state}"}}"#))
}

fn answered(status: u16, said: &str) -> Result<Reply, Lost> {
    reply(
        200,
        &format!(r#"{{"state":"answered","status":{status},"headers":{{}},"reply":{said}}}"#),
    )
}

fn server_error(status: u16, code: &str) -> Result<Reply, Lost> {
    reply(
        status,
        &format!(
            r#"{{"error":{{"code":"{code}","message":"x","retryable":true,"retry_after_ms":90000}}}}"#
        ),
    )
}

#[test]
fn a_lost_reply_is_asked_about_and_never_sent_again() {
    for lost in [
        Err(Lost::Unknown),
        reply(200, "<html>"),
        reply(200, "{}"),
        server_error(500, "unknown_outcome"),
        server_error(409, "in_flight"),
        server_error(422, "key_reused"),
    ] {
        let (fake, job) = play(
            vec![
                lost,
                Err(Lost::Unknown),
                server_error(503, "ledger_away"),
                submission("in_flight"),
                submission("unknown"),
            ],
            |_| {},
        );
        assert_eq!(job.state, State::Unknown { inquiry: Inquiry::Closed });
        assert_eq!(submits(&fake), 1);
        assert_eq!(fake.sent.borrow()[1].1, "submissions/job-1");
    }
}

#[test]
fn the_answer_that_our_server_kept_is_read_as_if_it_had_come_then() {
    let script = vec![
        Err(Lost::Unknown),
        answered(200, SUBMITTED),
        reply(200, COMPLETED),
        reply(200, OUTPUT),
    ];
    let (fake, job) = play(script, |_| {});
    assert!(matches!(job.state, State::Done { .. }), "{job:?}");
    assert_eq!(submits(&fake), 1);

    let refusal = r#"{"detail":"User is locked. Reason: Exhausted balance."}"#;
    let (_, job) = play(vec![Err(Lost::Unknown), answered(403, refusal)], |_| {});
    let State::Failed { failure } = job.state else { panic!("{job:?}") };
    assert_eq!((failure.kind.name(), failure.charge), ("exhausted_balance", Charge::No));

    for nothing in [answered(200, "{}"), answered(500, r#"{"detail":"x"}"#)] {
        let (_, job) = play(vec![Err(Lost::Unknown), nothing], |_| {});
        assert_eq!(job.state, State::Unknown { inquiry: Inquiry::Closed }, "it will not say more");
    }
}

#[test]
fn a_key_that_the_server_does_not_know_twice_may_be_sent_again_by_a_press_under_the_same_key() {
    let absent = || server_error(404, "unknown_submission");
    let (fake, job) = play(vec![Err(Lost::Unknown), absent(), absent()], |_| {});
    assert_eq!(job.state, State::Unsent { offer: None });
    assert_eq!(fake.clock.get(), TRAVEL_TIME, "the first might still be travelling");
    assert_eq!(submits(&fake), 1, "nothing is sent silently");

    *fake.replies.borrow_mut() =
        vec![reply(200, SUBMITTED), reply(200, COMPLETED), reply(200, OUTPUT)].into();
    let runner = Runner::new(fake.clone());
    run(runner.resume(job));
    run(runner.send_again(&JobId("job-1".into())));
    assert_eq!(fake.pictures.borrow().len(), 1);
    let keys: Vec<_> = fake.sent.borrow().iter().filter_map(|(.., key)| key.clone()).collect();
    assert_eq!(keys, ["job-1", "job-1"]);
    run(runner.send_again(&JobId("job-1".into())));
    assert_eq!(submits(&fake), 2, "a second press does nothing");
}

/// The server said of an earlier attempt that it had not left, while the one that a press had sent was on its way.
#[test]
fn that_nothing_left_under_a_key_counts_only_when_it_is_said_again_after_the_travel_time() {
    let script = vec![
        Err(Lost::Unknown),
        submission("unsent"),
        answered(200, SUBMITTED),
        reply(200, COMPLETED),
        reply(200, OUTPUT),
    ];
    let (_, job) = play(script, |_| {});
    assert!(matches!(job.state, State::Done { .. }), "{job:?}");
    let (_, job) =
        play(vec![Err(Lost::Unknown), submission("unsent"), submission("unsent")], |_| {});
    assert_eq!(job.state, State::Unsent { offer: None });
}

#[test]
fn an_order_that_could_not_leave_costs_nothing() {
    let (_, job) = play(vec![Err(Lost::Unsent)], |_| {});
    let State::Failed { failure } = job.state else { panic!("{job:?}") };
    assert_eq!((failure.kind.name(), failure.charge), ("network", Charge::No));
}

#[test]
fn a_refusal_of_our_server_has_its_own_name_costs_nothing_and_says_when_to_try_again() {
    for code in TOLD_APART {
        let (_, job) = play(vec![server_error(code.status(), code.name())], |_| {});
        let State::Failed { failure } = job.state else { panic!("{job:?}") };
        assert_eq!((failure.kind.name(), failure.charge), (code.name(), Charge::No));
        assert_eq!(failure.retry_at, Some(90_000));
    }
}

#[test]
fn a_refused_order_names_the_field() {
    let body = r#"{"detail":[{"loc":["body","guidance_scale"],"msg":"x","type":"less_than_equal","ctx":{"le":35}}]}"#;
    let (_, job) = play(vec![reply(422, body)], |_| {});
    let State::Failed { failure } = job.state else { panic!("{job:?}") };
    assert_eq!(failure.field.as_deref(), Some("overrides.guidance_scale"));
}
