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
        (0..3usize).prop_map(|index| Event::PictureRefused { index }),
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

#[test]
fn a_job_rests_when_it_needs_nothing_and_nobody_is_asked_about_it() {
    let failed = || Event::Refused(Failure::of(FailureKind::Refused, Charge::No));
    for (events, is_active, is_at_rest) in [
        (vec![], true, false),
        (vec![Event::Held], true, false),
        (vec![Event::Sent], true, false),
        (vec![Event::Sent, Event::ReplyLost], false, false),
        (vec![Event::Sent, Event::ReplyLost, Event::OutcomeLost], false, true),
        (vec![Event::Held, Event::Changed(Box::new(order()))], false, true),
        (vec![Event::Reopened], false, true),
        (vec![failed()], false, true),
    ] {
        let job = job(events.clone());
        assert_eq!((job.is_active(), job.is_at_rest()), (is_active, is_at_rest), "{events:?}");
    }
}

#[test]
fn those_that_wait_stand_by_their_places_and_then_by_their_ids() {
    let waiting = |id: &str, place| {
        let job = Job { id: JobId(id.into()), ..job([Event::Held]) };
        job.apply(Event::Moved { place }, 1).unwrap()
    };
    assert!(waiting("b", 1).is_before(&waiting("a", 2)));
    assert!(!waiting("a", 2).is_before(&waiting("b", 1)));
    assert!(waiting("a", 1).is_before(&waiting("b", 1)));
    assert!(!waiting("b", 1).is_before(&waiting("a", 1)));
    assert!(!waiting("a", 1).is_before(&waiting("a", 1)));
}

#[test]
fn only_a_failed_job_says_when_to_try_again() {
    let failure = Failure { retry_at: Some(9), ..Failure::of(FailureKind::DaySpent, Charge::No) };
    assert_eq!(job([Event::Refused(failure)]).retry_at(), Some(9));
    assert_eq!(job([Event::Sent]).retry_at(), None);
}

#[test]
fn fals_handle_is_known_from_its_reply_until_the_pictures_are_stored() {
    assert_eq!(job([Event::Sent]).handle(), None);
    let delivered = Event::Delivered { pictures: vec![picture(false)], seed: None };
    let mut run = job(accepted());
    for event in [Event::SeenRunning, Event::SeenCompleted, delivered] {
        assert_eq!(run.handle(), Some(&handle()), "{}", run.state.name());
        run = run.apply(event, 1).unwrap();
    }
    assert_eq!(run.handle(), Some(&handle()));
    assert_eq!(run.apply(Event::PictureStored { index: 0 }, 1).unwrap().handle(), None);
}

#[test]
fn a_cancel_is_asked_of_fal_once_and_then_its_answer_is_awaited() {
    let run = job(accepted());
    let unasked = run.clone().apply(Event::CancelSent, 1);
    assert_eq!(unasked, Err(Illegal { state: "queued" }));
    let asked = run.apply(Event::CancelAsked, 1).unwrap();
    assert_eq!((asked.next(), asked.cancel), (Effect::Cancel, Cancel::Asked));
    let sent = asked.apply(Event::CancelSent, 1).unwrap();
    assert_eq!((sent.next(), sent.cancel), (Effect::Poll, Cancel::Sent));
    assert_eq!(sent.apply(Event::Cancelled, 1).unwrap().state, State::Cancelled);
    let over = job([Event::Reopened]).apply(Event::CancelAsked, 1);
    assert_eq!(over, Err(Illegal { state: "cancelled" }));
}

#[test]
fn a_run_that_is_completed_may_still_be_told_so_again_or_fail() {
    let completed = job(accepted().into_iter().chain([Event::SeenCompleted]));
    for event in [Event::SeenCompleted, Event::CancelTooLate] {
        assert_eq!(completed.clone().apply(event, 9).unwrap(), completed);
    }
    let failure = Failure::of(FailureKind::NoMedia, Charge::Maybe);
    let failed = completed.apply(Event::Failed(failure.clone()), 9).unwrap();
    assert_eq!(failed.state, State::Failed { failure });
}

#[test]
fn trouble_on_the_way_is_said_until_something_else_happens() {
    let run = job(accepted());
    let troubled = run.clone().apply(Event::Troubled(FailureKind::Network), 1).unwrap();
    assert_eq!((&troubled.state, &troubled.trouble), (&run.state, &Some(FailureKind::Network)));
    assert_eq!(troubled.apply(Event::SeenRunning, 1).unwrap().trouble, None);
    assert!(job([]).apply(Event::Troubled(FailureKind::Network), 1).is_err());
}

#[test]
fn an_address_that_is_refused_is_said_when_the_others_are_stored() {
    let delivered = Event::Delivered { pictures: vec![picture(false); 2], seed: None };
    let run = job(accepted().into_iter().chain([Event::SeenCompleted, delivered]));
    let left = run.apply(Event::PictureRefused { index: 0 }, 1).unwrap();
    assert_eq!(left.next(), Effect::FetchPicture { index: 1 });
    let State::Failed { failure } = left.apply(Event::PictureStored { index: 1 }, 1).unwrap().state
    else {
        panic!("one picture never came")
    };
    assert_eq!(
        (failure.kind, failure.said),
        (FailureKind::PictureRefused, Some(picture(false).url))
    );
}

#[test]
fn a_key_is_trusted_to_the_last_moment_of_an_hour_less_than_a_day() {
    assert_eq!(KEY_MEMORY, Millis::from(24 - 1_u32) * 60 * 60 * 1000);
    let held = job([Event::Held]);
    assert_eq!(held.clone().apply(Event::Reopened, KEY_MEMORY).unwrap(), held);
}

#[test]
fn an_order_is_free_only_where_both_ends_of_its_price_are_nothing() {
    let costs = |cost| Order { cost, ..order() }.is_free();
    assert!(costs(Some((0, 0))));
    assert!(!costs(Some((0, 1))) && !costs(None));
}

#[test]
fn an_order_has_a_route_if_this_version_knows_its_endpoint() {
    assert_eq!(order().route(), Some(crate::Route::FLUX_LORA));
    assert_eq!(Order { endpoint: "fal-ai/other".into(), ..order() }.route(), None);
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
