//! Runs that are cancelled.

use super::*;

/// A runner whose job is cancelled at the first wait.
fn cancelled(replies: Vec<Result<Reply, Lost>>) -> Job {
    cancelled_with(replies, |_| {})
}

#[test]
fn a_cancelled_run_that_fal_drops_is_cancelled() {
    let job = cancelled(vec![
        reply(200, SUBMITTED),
        reply(202, r#"{"status":"CANCELLATION_REQUESTED"}"#),
        reply(404, r#"{"status":"NOT_FOUND"}"#),
    ]);
    assert_eq!(job.state, State::Cancelled);
}

#[test]
fn a_cancelled_run_that_finished_anyway_keeps_its_picture() {
    let job = cancelled(vec![
        reply(200, SUBMITTED),
        reply(400, r#"{"status":"ALREADY_COMPLETED"}"#),
        reply(200, OUTPUT),
    ]);
    assert!(matches!(job.state, State::Done { .. }), "{job:?}");
}
