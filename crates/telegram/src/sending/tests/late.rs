//! Answers that come late, and what cannot be opened.

use super::*;

#[test]
fn a_late_permission_sends_nothing_that_was_sent_meanwhile() {
    let mut deliveries = opened();
    deliveries.press(P, Way::Photo, 0);
    answer(&mut deliveries, &refused(ServerCode::WriteAccessRequired), 0);
    deliveries.ask_access(P);
    assert_eq!(deliveries.press(P, Way::Photo, 0), Press::Work);
    serve(&mut deliveries, 0);
    let sent = Some(Said::Sent { is_file_instead: false });
    for is_allowed in [false, true, true] {
        assert_eq!(deliveries.hear_client(&Event::WriteAccess(is_allowed)), Heard::Nothing);
        assert_eq!(said(&deliveries), sent);
    }
}

#[test]
fn a_permission_belongs_to_the_picture_it_was_asked_for_and_holds_for_all() {
    let mut deliveries = opened();
    deliveries.press(P, Way::Photo, 0);
    answer(&mut deliveries, &refused(ServerCode::WriteAccessRequired), 0);
    deliveries.open("other", BOTH);
    while let Some(ask) = deliveries.ask("other", 0) {
        deliveries.hear_server("other", &ask, &Answer::Reply(200, reply(&ask)), 0);
    }
    deliveries.press("other", Way::File, 0);
    let ask = deliveries.ask("other", 0).unwrap();
    deliveries.hear_server("other", &ask, &refused(ServerCode::WriteAccessRequired), 0);
    deliveries.ask_access(P);
    assert!(matches!(deliveries.press("other", Way::Save, 0), Press::Finish(..)));
    let allowed = deliveries.hear_client(&Event::WriteAccess(true));
    assert_eq!(allowed, Heard::Go(P.into(), Way::Photo));
    assert_eq!(deliveries.hear_client(&Event::Download(true)), Heard::Said("other".into()));
}

#[test]
fn an_address_that_leads_nowhere_is_not_kept() {
    let mut deliveries = opened();
    assert!(matches!(deliveries.press(P, Way::Save, 0), Press::Finish(..)));
    deliveries.lose_link(P, Trouble::Gone);
    assert_eq!(deliveries.hear_client(&Event::Download(true)), Heard::Nothing);
    assert_eq!(said(&deliveries), Some(Said::Failed(Trouble::Gone)));
    assert_eq!(deliveries.press(P, Way::Save, 0), Press::Work);
    assert_eq!(serve(&mut deliveries, 0), [Ask::HandOver, Ask::Link("p".into())]);
    assert!(delivery(&deliveries).is_ready(Way::Save, 0));
}

#[test]
fn a_picture_is_out_once_a_chat_has_it_or_telegram_saves_it() {
    let mut deliveries = opened();
    assert!(!delivery(&deliveries).is_out());
    assert!(matches!(deliveries.press(P, Way::Save, 0), Press::Finish(..)));
    deliveries.hear_client(&Event::Download(false));
    assert!(!delivery(&deliveries).is_out(), "the person thought better of it");
    assert!(matches!(deliveries.press(P, Way::Save, 0), Press::Finish(..)));
    deliveries.hear_client(&Event::Download(true));
    assert!(delivery(&deliveries).is_out());
    deliveries.lose_link(P, Trouble::Gone);
    assert!(!delivery(&deliveries).is_out(), "nothing was saved");
    assert_eq!(deliveries.press(P, Way::Photo, 0), Press::Work);
    serve(&mut deliveries, 0);
    assert!(delivery(&deliveries).is_out());
    deliveries.lose_link(P, Trouble::Gone);
    assert!(delivery(&deliveries).is_out(), "the chat has it still");
}

#[test]
fn a_full_server_is_no_pause_and_what_could_not_be_opened_is_opened_again() {
    let mut deliveries = opened();
    assert!(!deliveries.open(P, BOTH), "all is ready");
    deliveries.open("other", BOTH);
    let full = refused(ServerCode::TooManyPictures);
    deliveries.hear_server("other", &Ask::HandOver, &full, 0);
    assert_eq!(deliveries.delivery("other").unwrap().said(), Some(Said::Failed(Trouble::Busy)));
    assert_eq!(deliveries.press(P, Way::Photo, 0), Press::Work);
    assert!(deliveries.open("other", BOTH));
    assert_eq!(deliveries.delivery("other").unwrap().said(), None);
}

#[test]
fn without_an_address_a_picture_can_still_be_sent() {
    let mut deliveries = Deliveries::default();
    deliveries.open(P, BOTH);
    answer(&mut deliveries, &Answer::Reply(200, reply(&Ask::HandOver)), 0);
    let link = deliveries.ask(P, 0).unwrap();
    assert_eq!(link, Ask::Link("p".into()));
    deliveries.press(P, Way::Photo, 0);
    deliveries.hear_server(P, &link, &Answer::Reply(500, Value::Null), 0);
    assert_eq!(serve(&mut deliveries, 0), [Ask::Send("p".into(), SendAs::Photo)]);
}
