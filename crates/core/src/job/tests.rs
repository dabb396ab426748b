//! The states of a run, one by one and under random events.

use super::*;
use crate::Preset;
use proptest::prelude::*;

fn order() -> Order {
    Order {
        request: "{}".into(),
        endpoint: "fal-ai/flux-lora".into(),
        body: "{}".into(),
        preset: OrderedPreset::Known(Preset::Balanced),
        avatar_id: "a".into(),
        avatar_name: "Vera".into(),
        prompt: "at dawn".into(),
        count: 1,
        pixels: (1024, 1024),
        seconds: (25, 35),
        cost: Some((35_000, 70_000)),
    }
}

fn handle() -> Handle {
    let url =
        |tail: &str| format!("https://queue.fal.run/fal-ai/flux-lora/requests/abcdefgh{tail}");
    Handle {
        request_id: "abcdefgh".into(),
        status_url: url("/status"),
        response_url: url(""),
        cancel_url: url("/cancel"),
    }
}

fn picture(is_stored: bool) -> Delivery {
    Delivery {
        url: "https://v3.fal.media/files/a.jpg".into(),
        width: None,
        height: None,
        content_type: None,
        is_blocked: false,
        is_stored,
        is_gone: false,
        is_refused: false,
    }
}

fn job(events: impl IntoIterator<Item = Event>) -> Job {
    events
        .into_iter()
        .fold(Job::new(JobId("1".into()), 0, order()), |job, event| job.apply(event, 1).unwrap())
}

fn accepted() -> [Event; 2] {
    [Event::Sent, Event::Accepted { handle: handle(), position: Some(2) }]
}

#[test]
fn a_run_goes_from_intent_to_done() {
    let done = job(accepted().into_iter().chain([
        Event::SeenQueued { position: Some(0) },
        Event::SeenRunning,
        Event::SeenCompleted,
        Event::Delivered { pictures: vec![picture(false), picture(false)], seed: Some("7".into()) },
        Event::PictureStored { index: 1 },
        Event::PictureStored { index: 0 },
    ]));
    assert_eq!(done.state, State::Done { at: 1 });
}

#[test]
fn a_reload_between_submit_and_reply_is_unknown_and_asked_about() {
    let job = job([Event::Sent, Event::Reopened]);
    assert_eq!(
        (job.next(), job.state),
        (Effect::Inquire, State::Unknown { inquiry: Inquiry::Open })
    );
}

#[test]
fn a_reload_before_the_submit_sends_nothing() {
    assert_eq!(job([Event::Reopened]).state, State::Cancelled);
}

#[test]
fn a_status_that_goes_backwards_is_ignored() {
    let running = job(accepted().into_iter().chain([Event::SeenRunning]));
    let still = running.clone().apply(Event::SeenQueued { position: Some(4) }, 9).unwrap();
    assert_eq!(running, still);
}

#[test]
fn a_cancel_that_comes_too_late_keeps_the_picture() {
    let job = job(accepted().into_iter().chain([Event::CancelAsked, Event::CancelTooLate]));
    assert_eq!(job.next(), Effect::FetchResult);
}

#[test]
fn an_illegal_event_says_so() {
    let done = job([Event::Reopened]);
    assert_eq!(done.apply(Event::SeenRunning, 1), Err(Illegal { state: "cancelled" }));
}

#[test]
fn a_picture_that_is_gone_does_not_hold_the_others_up_and_alone_it_is_a_failure_that_may_have_cost()
{
    let delivered = |count| {
        let pictures = vec![picture(false); count];
        let state = State::Delivered { handle: handle(), pictures, seed: None };
        Job { state, ..Job::new(JobId("1".into()), 0, order()) }
    };
    let two = delivered(2).apply(Event::PictureGone { index: 0 }, 1).unwrap();
    assert_eq!(two.next(), Effect::FetchPicture { index: 1 });
    let two = two.apply(Event::PictureStored { index: 1 }, 2).unwrap();
    assert_eq!(two.state, State::Done { at: 2 });
    let one = delivered(1).apply(Event::PictureGone { index: 0 }, 1).unwrap();
    let State::Failed { failure } = one.state else { panic!("{:?}", one.state) };
    assert_eq!((failure.kind, failure.charge), (FailureKind::PictureGone, Charge::Maybe));
}

fn any_event() -> impl Strategy<Value = Event> {
    let failure = Failure::of(FailureKind::Refused, Charge::No);
    prop_oneof![
        Just(Event::Sent),
        Just(Event::Accepted { handle: handle(), position: None }),
        Just(Event::Refused(failure.clone())),
        Just(Event::ReplyLost),
        Just(Event::Held),
        Just(Event::InFlight),
        Just(Event::NotThere),
        Just(Event::OutcomeLost),
        Just(Event::SeenQueued { position: Some(1) }),
        Just(Event::SeenRunning),
        Just(Event::SeenCompleted),
        Just(Event::Troubled(FailureKind::Network)),
        (0..3usize).prop_map(|count| Event::Delivered {
            pictures: vec![picture(false); count],
            seed: None
        }),
        (0..3usize).prop_map(|index| Event::PictureStored { index }),
        (0..3usize).prop_map(|index| Event::PictureGone { index }),
        Just(Event::Failed(failure)),
        Just(Event::CancelAsked),
        Just(Event::CancelSent),
        Just(Event::Cancelled),
        Just(Event::CancelTooLate),
        Just(Event::Reopened),
        Just(Event::Moved { place: 3 }),
        Just(Event::Changed(Box::new(order()))),
    ]
}

#[test]
fn a_key_counts_as_unknown_only_when_that_is_said_again_after_the_travel_time() {
    let lost = job([Event::Sent, Event::ReplyLost]);
    let once = lost.apply(Event::NotThere, 100).unwrap();
    assert_eq!(once.next(), Effect::Inquire);
    let early = once.clone().apply(Event::NotThere, 99 + TRAVEL_TIME).unwrap();
    assert_eq!(early, once);
    let travelling = once.clone().apply(Event::InFlight, 200).unwrap();
    assert_eq!(travelling.state, State::Unknown { inquiry: Inquiry::Open }, "it begins anew");
    let twice = once.apply(Event::NotThere, 100 + TRAVEL_TIME).unwrap();
    assert_eq!((twice.next(), &twice.state), (Effect::Rest, &State::Unsent { offer: None }));
    assert_eq!(twice.apply(Event::Sent, 1).unwrap().state, State::Sent, "by a press");
}

#[test]
fn after_a_day_an_unknown_order_stays_unknown_and_a_held_one_waits_for_a_press() {
    let lost = job([Event::Sent, Event::ReplyLost]);
    let late = lost.apply(Event::NotThere, KEY_MEMORY + 1).unwrap();
    assert_eq!(
        (late.next(), late.state),
        (Effect::Rest, State::Unknown { inquiry: Inquiry::Closed })
    );
    let held = job([Event::Held]);
    assert_eq!(held.clone().apply(Event::Reopened, 2).unwrap().next(), Effect::Submit);
    assert_eq!(
        held.apply(Event::Reopened, KEY_MEMORY + 1).unwrap().state,
        State::Unsent { offer: None }
    );
}

#[test]
fn what_comes_to_something_else_by_now_rests_until_a_press_and_then_that_is_ordered() {
    let dearer = Order { cost: Some((9, 9)), ..order() };
    let changed = job([Event::Held, Event::Changed(Box::new(dearer.clone()))]);
    assert_eq!((changed.next(), &changed.order), (Effect::Rest, &order()));
    let sent = changed.apply(Event::Sent, 1).unwrap();
    assert_eq!((sent.state, sent.order), (State::Sent, dearer));
}

#[test]
fn only_what_waits_for_the_network_can_be_moved() {
    assert_eq!(job([Event::Held, Event::Moved { place: 7 }]).place(), 7);
    assert_eq!(job([Event::Held]).place(), job([]).created_at);
    assert!(job([Event::Sent]).apply(Event::Moved { place: 7 }, 1).is_err());
}

#[test]
fn an_unsent_job_of_an_older_version_is_one_without_an_offer() {
    let read: State = serde_json::from_str(r#"{"state":"unsent"}"#).unwrap();
    assert_eq!(read, State::Unsent { offer: None });
}

#[test]
fn an_order_that_waits_for_the_network_can_be_taken_back() {
    assert_eq!(job([Event::Held, Event::CancelAsked]).state, State::Cancelled);
}

#[test]
fn the_stored_reply_counts_as_if_it_had_come_then() {
    let lost = || job([Event::Sent, Event::ReplyLost]);
    let accepted = Event::Accepted { handle: handle(), position: None };
    assert_eq!(lost().apply(accepted, 1).unwrap().next(), Effect::Poll);
    let refused = Event::Refused(Failure::of(FailureKind::Refused, Charge::No));
    assert!(matches!(lost().apply(refused, 1).unwrap().state, State::Failed { .. }));
}

#[test]
fn an_unknown_job_of_an_older_version_is_read_as_one_to_ask_about() {
    let read: State = serde_json::from_str(r#"{"state":"unknown"}"#).unwrap();
    assert_eq!(read, State::Unknown { inquiry: Inquiry::Open });
}

proptest! {
    #[test]
    fn whatever_happens_a_submit_leaves_only_when_nothing_is_out_and_no_handle_is_lost(events in proptest::collection::vec(any_event(), 0..40)) {
        let mut job = Job::new(JobId("1".into()), 0, order());
        let mut had_handle = false;
        for event in events {
            let is_submit = event == Event::Sent;
            let Ok(after) = job.clone().apply(event, 1) else { continue };
            if is_submit {
                let is_pressed = matches!(job.state, State::Unsent { .. });
                prop_assert!(job.next() == Effect::Submit || is_pressed);
            }
            had_handle |= after.handle().is_some();
            if had_handle {
                let is_over = matches!(after.state, State::Done { .. } | State::Cancelled | State::Failed { .. });
                prop_assert!(after.handle().is_some() || is_over);
            }
            let stored = serde_json::to_string(&after).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Job>(&stored).unwrap(), &after);
            job = after;
        }
    }
}
