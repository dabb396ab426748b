use super::*;
use crate::bridge::{Event, Version};
use likeness_api::{ServerCode, ServerError};
use proptest::prelude::*;

const BOTH: Offer = Offer { send: true, save: true };
const QUARTER: u64 = 15 * 60 * 1000;
const P: &str = "picture-1";

/// Answers as the server does, and gives the requests.
fn serve(counter: &mut Counter, now: u64) -> Vec<Ask> {
    let mut asked = Vec::new();
    while let Some(ask) = counter.ask(P, now) {
        counter.hear_server(P, &ask, &Answer::Reply(200, reply(&ask)), now);
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

fn desk(counter: &Counter) -> &Desk {
    counter.desk(P).unwrap()
}

fn said(counter: &Counter) -> Option<Said> {
    desk(counter).said()
}

/// The next request is answered so.
fn answer(counter: &mut Counter, answer: &Answer, now: u64) {
    let ask = counter.ask(P, now).unwrap();
    counter.hear_server(P, &ask, answer, now);
}

fn opened() -> Counter {
    let mut counter = Counter::default();
    assert!(counter.open(P, BOTH));
    assert_eq!(serve(&mut counter, 0), [Ask::HandOver, Ask::Link("p".into())]);
    assert_eq!((desk(&counter).work(), said(&counter)), (None, None));
    assert!(desk(&counter).is_marked());
    counter
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
        let mut counter = Counter::default();
        counter.open(P, BOTH);
        assert!(desk(&counter).can_send(), "until then it is taken to be able");
        let handed = json!({ "picture_id": "p", "photo": true, "send": send, "expires_in": 900 });
        answer(&mut counter, &Answer::Reply(201, handed), 0);
        assert_eq!(desk(&counter).can_send(), can);
    }
}

#[test]
fn what_was_made_ready_is_finished_in_the_turn_of_the_press() {
    let mut counter = opened();
    let Press::Finish(call, data) = counter.press(P, Way::Save, 1) else { panic!("not ready") };
    assert_eq!(call, Call::Download);
    assert_eq!(data, json!({ "url": "https://s.example/f?key=k", "file_name": "l.png" }));
    assert_eq!(said(&counter), Some(Said::Asked(Way::Save)));
    // A client that drops it can be asked again.
    assert!(matches!(counter.press(P, Way::Save, 2), Press::Finish(..)));
    assert_eq!(counter.hear_client(&Event::Download(true)), Heard::Said(P.into()));
    assert_eq!(said(&counter), Some(Said::Saving));
    assert!(matches!(counter.press(P, Way::Story, 2), Press::Finish(Call::Story, _)));
}

#[test]
fn a_message_for_any_chat_takes_two_presses_and_can_be_sent_once() {
    let mut counter = opened();
    assert_eq!(counter.press(P, Way::Share, 0), Press::Work);
    assert_eq!(counter.press(P, Way::Photo, 0), Press::Nothing, "one thing at a time");
    assert!(matches!(counter.press(P, Way::Save, 0), Press::Finish(..)), "but what is ready");
    assert!(counter.is_at_work());
    assert_eq!(serve(&mut counter, 0), [Ask::Share("p".into())]);
    assert_eq!(said(&counter), Some(Said::Ready(Way::Share)));
    let ready = Press::Finish(Call::PreparedMessage, json!({ "id": "m" }));
    assert_eq!(counter.press(P, Way::Share, 0), ready);
    counter.hear_client(&Event::PreparedMessage(Err("USER_DECLINED".into())));
    assert_eq!(said(&counter), Some(Said::Declined));
    assert!(!desk(&counter).is_out());
    assert_eq!(counter.press(P, Way::Share, 0), ready);
    counter.hear_client(&Event::PreparedMessage(Ok(())));
    assert_eq!(said(&counter), Some(Said::Shared));
    assert!(desk(&counter).is_out());
    assert_eq!(counter.press(P, Way::Share, 0), Press::Work);
    serve(&mut counter, 0);
    assert_eq!(counter.press(P, Way::Share, 0), ready);
    counter.hear_client(&Event::PreparedMessage(Err("MESSAGE_EXPIRED".into())));
    assert_eq!(counter.press(P, Way::Share, 0), Press::Work);
}

#[test]
fn what_is_pressed_while_it_is_made_ready_comes_next() {
    for (presses_after, expected) in [(0, vec!["", "send"]), (1, vec!["", "link", "send"])] {
        let mut counter = Counter::default();
        counter.open(P, BOTH);
        let mut asked = Vec::new();
        while let Some(ask) = counter.ask(P, 0) {
            if asked.len() == presses_after {
                assert_eq!(counter.press(P, Way::Photo, 0), Press::Nothing);
            }
            counter.hear_server(P, &ask, &Answer::Reply(200, reply(&ask)), 0);
            asked.push(ask.path().rsplit('/').next().unwrap().replace("pictures", ""));
        }
        assert_eq!(asked, expected);
        assert_eq!(said(&counter), Some(Said::Sent { is_file_instead: false }));
    }
}

#[test]
fn closing_a_panel_forgets_nothing() {
    let mut counter = opened();
    counter.press(P, Way::Photo, 0);
    assert!(!counter.open(P, BOTH), "nothing is handed over twice");
    assert_eq!(counter.press(P, Way::Photo, 0), Press::Nothing, "nor sent twice");
    answer(&mut counter, &busy(5_000), 0);
    assert!(counter.open("picture-2", BOTH));
    let other = counter.ask("picture-2", 0).unwrap();
    counter.hear_server("picture-2", &other, &Answer::Unsent, 0);
    assert_eq!(counter.press("picture-2", Way::Photo, 4_999), Press::Nothing, "one pause for all");
    assert_eq!(counter.press("picture-2", Way::Photo, 5_000), Press::Work);
}

#[test]
fn an_answer_belongs_to_the_picture_that_was_asked_for() {
    let mut counter = opened();
    counter.open("picture-2", BOTH);
    assert_eq!(counter.hear_client(&Event::Download(true)), Heard::Nothing, "nobody asked");
    counter.press(P, Way::Save, 0);
    assert_eq!(counter.hear_client(&Event::Download(true)), Heard::Said(P.into()));
    assert_eq!(counter.hear_client(&Event::MainButton), Heard::Nothing);
    assert_eq!(counter.desk("picture-2").unwrap().said(), None);
}

#[test]
fn what_the_server_has_forgotten_is_handed_over_again_once() {
    let mut counter = opened();
    assert_eq!(counter.press(P, Way::Photo, QUARTER), Press::Work);
    assert_eq!(serve(&mut counter, QUARTER).len(), 2, "handed over, sent");

    let mut counter = opened();
    counter.press(P, Way::Photo, 1);
    answer(&mut counter, &refused(ServerCode::PictureGone), 1);
    assert_eq!(counter.ask(P, 1), Some(Ask::HandOver));
    answer(&mut counter, &Answer::Reply(201, reply(&Ask::HandOver)), 1);
    answer(&mut counter, &refused(ServerCode::PictureGone), 1);
    assert_eq!((counter.ask(P, 1), said(&counter)), (None, Some(Said::Failed(Trouble::Other))));
}

#[test]
fn what_was_wanted_is_sent_once_the_bot_may_write() {
    let mut counter = opened();
    counter.press(P, Way::File, 0);
    answer(&mut counter, &refused(ServerCode::WriteAccessRequired), 0);
    assert_eq!((said(&counter), desk(&counter).work()), (Some(Said::NoAccess), None));
    counter.ask_access(P);
    assert_eq!(said(&counter), Some(Said::AccessAsked));
    assert_eq!(counter.hear_client(&Event::WriteAccess(false)), Heard::Said(P.into()));
    assert_eq!(said(&counter), Some(Said::AccessDenied));
    let allowed = Event::WriteAccess(true);
    assert_eq!(counter.hear_client(&allowed), Heard::Go(P.into(), Way::File));
    assert_eq!(counter.hear_client(&allowed), Heard::Nothing, "and only once");
}

#[test]
fn a_pause_stops_what_needs_the_server_and_nothing_else() {
    let mut counter = opened();
    counter.press(P, Way::Photo, 0);
    answer(&mut counter, &busy(6_500), 0);
    assert_eq!((said(&counter), counter.pause(500)), (Some(Said::Pause(7)), 6_000));
    assert_eq!(counter.press(P, Way::Share, 6_499), Press::Nothing);
    counter.end_pause(6_499);
    assert_eq!(said(&counter), Some(Said::Pause(1)), "too early, and said how much");
    assert!(matches!(counter.press(P, Way::Save, 6_499), Press::Finish(..)));
    assert_eq!(counter.press(P, Way::Photo, 6_500), Press::Work);
    answer(&mut counter, &busy(1_000), 6_500);
    counter.end_pause(7_500);
    assert_eq!(said(&counter), Some(Said::PauseOver));
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
        let mut counter = opened();
        counter.press(P, way, 0);
        answer(&mut counter, &answered, 0);
        assert_eq!(said(&counter), Some(Said::Failed(trouble)), "{answered:?}");
    }
    let mut counter = Counter::default();
    counter.open(P, BOTH);
    answer(&mut counter, &Answer::Lost, 0);
    assert_eq!(said(&counter), Some(Said::Failed(Trouble::NoNetwork)), "bytes alone send nothing");
}

proptest! {
    /// Whatever the server answers, whatever is pressed: work ends, and a press outside of it always does something.
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
        let mut counter = Counter::default();
        counter.open(P, BOTH);
        let mut answers = answers.into_iter().cycle();
        let mut now = 0;
        for way in ways {
            let mut requests = 0;
            while let Some(ask) = counter.ask(P, now) {
                let (status, body) = answers.next().unwrap();
                counter.hear_server(P, &ask, &Answer::Reply(status, bodies[body].clone()), now);
                requests += 1;
                prop_assert!(requests < 20);
            }
            prop_assert_eq!(desk(&counter).work(), None);
            now += counter.pause(now);
            prop_assert_ne!(counter.press(P, Way::ALL[way], now), Press::Nothing);
        }
    }
}

#[test]
fn a_late_permission_sends_nothing_that_was_sent_meanwhile() {
    let mut counter = opened();
    counter.press(P, Way::Photo, 0);
    answer(&mut counter, &refused(ServerCode::WriteAccessRequired), 0);
    counter.ask_access(P);
    assert_eq!(counter.press(P, Way::Photo, 0), Press::Work);
    serve(&mut counter, 0);
    let sent = Some(Said::Sent { is_file_instead: false });
    for is_allowed in [false, true, true] {
        assert_eq!(counter.hear_client(&Event::WriteAccess(is_allowed)), Heard::Nothing);
        assert_eq!(said(&counter), sent);
    }
}

#[test]
fn a_permission_belongs_to_the_picture_it_was_asked_for_and_holds_for_all() {
    let mut counter = opened();
    counter.press(P, Way::Photo, 0);
    answer(&mut counter, &refused(ServerCode::WriteAccessRequired), 0);
    counter.open("other", BOTH);
    while let Some(ask) = counter.ask("other", 0) {
        counter.hear_server("other", &ask, &Answer::Reply(200, reply(&ask)), 0);
    }
    counter.press("other", Way::File, 0);
    let ask = counter.ask("other", 0).unwrap();
    counter.hear_server("other", &ask, &refused(ServerCode::WriteAccessRequired), 0);
    counter.ask_access(P);
    assert!(matches!(counter.press("other", Way::Save, 0), Press::Finish(..)));
    let allowed = counter.hear_client(&Event::WriteAccess(true));
    assert_eq!(allowed, Heard::Go(P.into(), Way::Photo));
    assert_eq!(counter.hear_client(&Event::Download(true)), Heard::Said("other".into()));
}

#[test]
fn an_address_that_leads_nowhere_is_not_kept() {
    let mut counter = opened();
    assert!(matches!(counter.press(P, Way::Save, 0), Press::Finish(..)));
    counter.lose_link(P, Trouble::Gone);
    assert_eq!(counter.hear_client(&Event::Download(true)), Heard::Nothing);
    assert_eq!(said(&counter), Some(Said::Failed(Trouble::Gone)));
    assert_eq!(counter.press(P, Way::Save, 0), Press::Work);
    assert_eq!(serve(&mut counter, 0), [Ask::HandOver, Ask::Link("p".into())]);
    assert!(desk(&counter).is_ready(Way::Save, 0));
}

#[test]
fn a_picture_is_out_once_a_chat_has_it_or_telegram_saves_it() {
    let mut counter = opened();
    assert!(!desk(&counter).is_out());
    assert!(matches!(counter.press(P, Way::Save, 0), Press::Finish(..)));
    counter.hear_client(&Event::Download(false));
    assert!(!desk(&counter).is_out(), "the person thought better of it");
    assert!(matches!(counter.press(P, Way::Save, 0), Press::Finish(..)));
    counter.hear_client(&Event::Download(true));
    assert!(desk(&counter).is_out());
    counter.lose_link(P, Trouble::Gone);
    assert!(!desk(&counter).is_out(), "nothing was saved");
    assert_eq!(counter.press(P, Way::Photo, 0), Press::Work);
    serve(&mut counter, 0);
    assert!(desk(&counter).is_out());
    counter.lose_link(P, Trouble::Gone);
    assert!(desk(&counter).is_out(), "the chat has it still");
}

#[test]
fn a_full_server_is_no_pause_and_what_could_not_be_opened_is_opened_again() {
    let mut counter = opened();
    assert!(!counter.open(P, BOTH), "all is ready");
    counter.open("other", BOTH);
    let full = refused(ServerCode::TooManyPictures);
    counter.hear_server("other", &Ask::HandOver, &full, 0);
    assert_eq!(counter.desk("other").unwrap().said(), Some(Said::Failed(Trouble::Busy)));
    assert_eq!(counter.press(P, Way::Photo, 0), Press::Work);
    assert!(counter.open("other", BOTH));
    assert_eq!(counter.desk("other").unwrap().said(), None);
}

#[test]
fn without_an_address_a_picture_can_still_be_sent() {
    let mut counter = Counter::default();
    counter.open(P, BOTH);
    answer(&mut counter, &Answer::Reply(200, reply(&Ask::HandOver)), 0);
    let link = counter.ask(P, 0).unwrap();
    assert_eq!(link, Ask::Link("p".into()));
    counter.press(P, Way::Photo, 0);
    counter.hear_server(P, &link, &Answer::Reply(500, Value::Null), 0);
    assert_eq!(serve(&mut counter, 0), [Ask::Send("p".into(), SendAs::Photo)]);
}
