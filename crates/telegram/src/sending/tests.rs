//! Deliveries without a client: what is offered, asked for, answered and said.

mod late;

use super::*;
use crate::bridge::{Event, Version};
use likeness_api::{ServerCode, ServerError};
use proptest::prelude::*;

const BOTH: Offer = Offer { send: true, save: true };
const QUARTER: u64 = 15 * 60 * 1000;
const P: &str = "picture-1";

/// Answers as the server does, and gives the requests.
fn serve(deliveries: &mut Deliveries, now: u64) -> Vec<Ask> {
    let mut asked = Vec::new();
    while let Some(ask) = deliveries.ask(P, now) {
        deliveries.hear_server(P, &ask, &Answer::Reply(200, reply(&ask)), now);
        asked.push(ask);
        assert!(asked.len() < 5, "{asked:?}");
    }
    asked
}

fn reply(ask: &Ask) -> Value {
    match ask {
        Ask::HandOver => {
            json!({ "picture_id": "p", "photo": true, "mark": "made", "expires_in": 900 })
        }
        Ask::Send(..) => json!({ "sent": ask.body().unwrap()["as"], "reason": null }),
        Ask::Share(_) => json!({ "prepared_message_id": "m", "expires_at": 1 }),
        Ask::Link(_) => {
            json!({ "url": "https://s.example/f?key=k", "file_name": "l.png", "expires_in": 900 })
        }
    }
}

fn refused(code: ServerCode) -> Answer {
    Answer::Reply(code.status(), ServerError::new(code, None).reply())
}

fn busy(wait: u64) -> Answer {
    let mut error = ServerError::new(ServerCode::TelegramBusy, None);
    error.retry_after_ms = Some(wait);
    Answer::Reply(429, error.reply())
}

fn delivery(deliveries: &Deliveries) -> &Delivery {
    deliveries.delivery(P).unwrap()
}

fn said(deliveries: &Deliveries) -> Option<Said> {
    delivery(deliveries).said()
}

/// The next request is answered so.
fn answer(deliveries: &mut Deliveries, answer: &Answer, now: u64) {
    let ask = deliveries.ask(P, now).unwrap();
    deliveries.hear_server(P, &ask, answer, now);
}

fn opened() -> Deliveries {
    let mut deliveries = Deliveries::default();
    assert!(deliveries.open(P, BOTH));
    assert_eq!(serve(&mut deliveries, 0), [Ask::HandOver, Ask::Link("p".into())]);
    assert_eq!((delivery(&deliveries).work(), said(&deliveries)), (None, None));
    assert!(delivery(&deliveries).is_marked());
    deliveries
}

#[test]
fn a_client_is_offered_what_it_and_the_server_can_do() {
    let ways = |offer, version| Way::open(offer, |call| call.since() <= version);
    assert_eq!(ways(BOTH, Version::new(9, 1)), Way::ALL);
    assert_eq!(ways(BOTH, Version::FIRST), [Way::Photo, Way::File]);
    assert_eq!(ways(BOTH, Version::new(7, 8)), [Way::Photo, Way::File, Way::Story]);
    let save = Offer { send: false, save: true };
    assert_eq!(ways(save, Version::new(8, 0)), [Way::Save, Way::Story]);
    assert_eq!(ways(Offer::default(), Version::new(9, 1)), []);
}

#[test]
fn of_a_bot_without_a_token_it_is_known_as_soon_as_the_picture_was_handed_over() {
    for (send, can) in [(json!(true), true), (json!(false), false), (Value::Null, true)] {
        let mut deliveries = Deliveries::default();
        deliveries.open(P, BOTH);
        assert!(delivery(&deliveries).can_send(), "until then it is taken to be able");
        let handed = json!({ "picture_id": "p", "photo": true, "send": send, "expires_in": 900 });
        answer(&mut deliveries, &Answer::Reply(201, handed), 0);
        assert_eq!(delivery(&deliveries).can_send(), can);
    }
}

#[test]
fn what_was_made_ready_is_finished_in_the_turn_of_the_press() {
    let mut deliveries = opened();
    let Press::Finish(call, data) = deliveries.press(P, Way::Save, 1) else { panic!("not ready") };
    assert_eq!(call, Call::Download);
    assert_eq!(data, json!({ "url": "https://s.example/f?key=k", "file_name": "l.png" }));
    assert_eq!(said(&deliveries), Some(Said::Asked(Way::Save)));
    // A client that drops it can be asked again.
    assert!(matches!(deliveries.press(P, Way::Save, 2), Press::Finish(..)));
    assert_eq!(deliveries.hear_client(&Event::Download(true)), Heard::Said(P.into()));
    assert_eq!(said(&deliveries), Some(Said::Saving));
    assert!(matches!(deliveries.press(P, Way::Story, 2), Press::Finish(Call::Story, _)));
}

#[test]
fn a_message_for_any_chat_takes_two_presses_and_can_be_sent_once() {
    let mut deliveries = opened();
    assert_eq!(deliveries.press(P, Way::Share, 0), Press::Work);
    assert_eq!(deliveries.press(P, Way::Photo, 0), Press::Nothing, "one thing at a time");
    assert!(matches!(deliveries.press(P, Way::Save, 0), Press::Finish(..)), "but what is ready");
    assert!(deliveries.is_at_work());
    assert_eq!(serve(&mut deliveries, 0), [Ask::Share("p".into())]);
    assert_eq!(said(&deliveries), Some(Said::Ready(Way::Share)));
    let ready = Press::Finish(Call::PreparedMessage, json!({ "id": "m" }));
    assert_eq!(deliveries.press(P, Way::Share, 0), ready);
    deliveries.hear_client(&Event::PreparedMessage(Err("USER_DECLINED".into())));
    assert_eq!(said(&deliveries), Some(Said::Declined));
    assert!(!delivery(&deliveries).is_out());
    assert_eq!(deliveries.press(P, Way::Share, 0), ready);
    deliveries.hear_client(&Event::PreparedMessage(Ok(())));
    assert_eq!(said(&deliveries), Some(Said::Shared));
    assert!(delivery(&deliveries).is_out());
    assert_eq!(deliveries.press(P, Way::Share, 0), Press::Work);
    serve(&mut deliveries, 0);
    assert_eq!(deliveries.press(P, Way::Share, 0), ready);
    deliveries.hear_client(&Event::PreparedMessage(Err("MESSAGE_EXPIRED".into())));
    assert_eq!(deliveries.press(P, Way::Share, 0), Press::Work);
}

#[test]
fn what_is_pressed_while_it_is_made_ready_comes_next() {
    for (presses_after, expected) in [(0, vec!["", "send"]), (1, vec!["", "link", "send"])] {
        let mut deliveries = Deliveries::default();
        deliveries.open(P, BOTH);
        let mut asked = Vec::new();
        while let Some(ask) = deliveries.ask(P, 0) {
            if asked.len() == presses_after {
                assert_eq!(deliveries.press(P, Way::Photo, 0), Press::Nothing);
            }
            deliveries.hear_server(P, &ask, &Answer::Reply(200, reply(&ask)), 0);
            asked.push(ask.path().rsplit('/').next().unwrap().replace("pictures", ""));
        }
        assert_eq!(asked, expected);
        assert_eq!(said(&deliveries), Some(Said::Sent { is_file_instead: false }));
    }
}

#[test]
fn closing_a_panel_forgets_nothing() {
    let mut deliveries = opened();
    deliveries.press(P, Way::Photo, 0);
    assert!(!deliveries.open(P, BOTH), "nothing is handed over twice");
    assert_eq!(deliveries.press(P, Way::Photo, 0), Press::Nothing, "nor sent twice");
    answer(&mut deliveries, &busy(5_000), 0);
    assert!(deliveries.open("picture-2", BOTH));
    let other = deliveries.ask("picture-2", 0).unwrap();
    deliveries.hear_server("picture-2", &other, &Answer::Unsent, 0);
    assert_eq!(
        deliveries.press("picture-2", Way::Photo, 4_999),
        Press::Nothing,
        "one pause for all"
    );
    assert_eq!(deliveries.press("picture-2", Way::Photo, 5_000), Press::Work);
}

#[test]
fn an_answer_belongs_to_the_picture_that_was_asked_for() {
    let mut deliveries = opened();
    deliveries.open("picture-2", BOTH);
    assert_eq!(deliveries.hear_client(&Event::Download(true)), Heard::Nothing, "nobody asked");
    deliveries.press(P, Way::Save, 0);
    assert_eq!(deliveries.hear_client(&Event::Download(true)), Heard::Said(P.into()));
    assert_eq!(deliveries.hear_client(&Event::MainButton), Heard::Nothing);
    assert_eq!(deliveries.delivery("picture-2").unwrap().said(), None);
}

#[test]
fn what_the_server_has_forgotten_is_handed_over_again_once() {
    let mut deliveries = opened();
    assert_eq!(deliveries.press(P, Way::Photo, QUARTER), Press::Work);
    assert_eq!(serve(&mut deliveries, QUARTER).len(), 2, "handed over, sent");

    let mut deliveries = opened();
    deliveries.press(P, Way::Photo, 1);
    answer(&mut deliveries, &refused(ServerCode::PictureGone), 1);
    assert_eq!(deliveries.ask(P, 1), Some(Ask::HandOver));
    answer(&mut deliveries, &Answer::Reply(201, reply(&Ask::HandOver)), 1);
    answer(&mut deliveries, &refused(ServerCode::PictureGone), 1);
    assert_eq!(
        (deliveries.ask(P, 1), said(&deliveries)),
        (None, Some(Said::Failed(Trouble::Other)))
    );
}

#[test]
fn what_was_wanted_is_sent_once_the_bot_may_write() {
    let mut deliveries = opened();
    deliveries.press(P, Way::File, 0);
    answer(&mut deliveries, &refused(ServerCode::WriteAccessRequired), 0);
    assert_eq!((said(&deliveries), delivery(&deliveries).work()), (Some(Said::NoAccess), None));
    deliveries.ask_access(P);
    assert_eq!(said(&deliveries), Some(Said::AccessAsked));
    assert_eq!(deliveries.hear_client(&Event::WriteAccess(false)), Heard::Said(P.into()));
    assert_eq!(said(&deliveries), Some(Said::AccessDenied));
    let allowed = Event::WriteAccess(true);
    assert_eq!(deliveries.hear_client(&allowed), Heard::Go(P.into(), Way::File));
    assert_eq!(deliveries.hear_client(&allowed), Heard::Nothing, "and only once");
}

#[test]
fn a_pause_stops_what_needs_the_server_and_nothing_else() {
    let mut deliveries = opened();
    deliveries.press(P, Way::Photo, 0);
    answer(&mut deliveries, &busy(6_500), 0);
    assert_eq!((said(&deliveries), deliveries.pause(500)), (Some(Said::Pause(7)), 6_000));
    assert_eq!(deliveries.press(P, Way::Share, 6_499), Press::Nothing);
    deliveries.end_pause(6_499);
    assert_eq!(said(&deliveries), Some(Said::Pause(1)), "too early, and said how much");
    assert!(matches!(deliveries.press(P, Way::Save, 6_499), Press::Finish(..)));
    assert_eq!(deliveries.press(P, Way::Photo, 6_500), Press::Work);
    answer(&mut deliveries, &busy(1_000), 6_500);
    deliveries.end_pause(7_500);
    assert_eq!(said(&deliveries), Some(Said::PauseOver));
}

#[test]
fn whether_it_may_have_been_sent_is_said() {
    for (way, answered, trouble) in [
        (Way::Photo, Answer::Lost, Trouble::Unknown),
        (Way::Photo, Answer::Unsent, Trouble::NoNetwork),
        (Way::Share, Answer::Lost, Trouble::NoNetwork),
        (Way::Photo, refused(ServerCode::TelegramUnknown), Trouble::Unknown),
        (Way::Photo, refused(ServerCode::TelegramAway), Trouble::Away),
        (Way::File, refused(ServerCode::SessionOver), Trouble::NotSignedIn),
        (Way::File, Answer::Reply(500, Value::Null), Trouble::Other),
    ] {
        let mut deliveries = opened();
        deliveries.press(P, way, 0);
        answer(&mut deliveries, &answered, 0);
        assert_eq!(said(&deliveries), Some(Said::Failed(trouble)), "{answered:?}");
    }
    let mut deliveries = Deliveries::default();
    deliveries.open(P, BOTH);
    answer(&mut deliveries, &Answer::Lost, 0);
    assert_eq!(
        said(&deliveries),
        Some(Said::Failed(Trouble::NoNetwork)),
        "bytes alone send nothing"
    );
}

proptest! {
    /// Whatever the server answers, whatever is pressed: work ends, and a press outside of it
    /// always does something.
    #[test]
    fn no_answer_leaves_it_stuck(
        ways in prop::collection::vec(0..5_usize, 1..6),
        answers in prop::collection::vec((100..600_u16, 0..7_usize), 1..40),
    ) {
        let bodies = [
            Value::Null,
            json!([]),
            json!({ "picture_id": "p", "expires_in": 900 }),
            json!({ "picture_id": "p" }),
            json!({ "url": 1, "prepared_message_id": [], "expires_in": -1 }),
            json!({ "url": "u", "file_name": "f", "prepared_message_id": "m", "sent": "photo" }),
            ServerError::new(ServerCode::PictureGone, None).reply(),
        ];
        let mut deliveries = Deliveries::default();
        deliveries.open(P, BOTH);
        let mut answers = answers.into_iter().cycle();
        let mut now = 0;
        for way in ways {
            let mut requests = 0;
            while let Some(ask) = deliveries.ask(P, now) {
                let (status, body) = answers.next().unwrap();
                deliveries.hear_server(P, &ask, &Answer::Reply(status, bodies[body].clone()), now);
                requests += 1;
                prop_assert!(requests < 20);
            }
            prop_assert_eq!(delivery(&deliveries).work(), None);
            now += deliveries.pause(now);
            prop_assert_ne!(deliveries.press(P, Way::ALL[way], now), Press::Nothing);
        }
    }
}
