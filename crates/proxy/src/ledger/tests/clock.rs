//! The ledger's clock: never back, and set right by its owner alone.

use super::*;

#[tokio::test]
async fn a_clock_that_steps_back_gives_no_money_back() {
    on_every_store(LIMITS, |ledger| async move {
        let tomorrow = ledger.clock.now() + 30 * HOUR;
        ledger.clock.advance(tomorrow);
        granted(&ledger, claim("ann", None, 100)).await;
        assert!(ledger.clock.now() >= tomorrow);
        assert_eq!(refused(&ledger, claim("ann", None, 1)).await, Limit::UserDay);
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.redb");
    let ledger = Ledger::in_file(&path, LIMITS, None).await.unwrap();
    let tomorrow = ledger.clock.advance(ledger.clock.now() + 30 * HOUR);
    granted(&ledger, claim("ann", None, 100)).await;
    drop(ledger);
    let ledger = Ledger::in_file(&path, LIMITS, None).await.unwrap();
    assert!(ledger.clock.now() >= tomorrow, "the time outlives the process");
}

#[tokio::test]
async fn a_clock_that_was_far_ahead_is_told_and_set_right_by_naming_its_day_and_no_money_is_forgotten()
 {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.redb");
    let redis = RedisServer::start();
    let open = async |place: &str, wrong: Option<&WrongDay>| match place {
        "file" => Ledger::in_file(&path, LIMITS, wrong).await.ok(),
        url => Ledger::in_redis(url, LIMITS, wrong).await.ok(),
    };
    let url = redis.as_ref().map(RedisServer::url);
    if url.is_none() {
        println!("no redis-server here: not tried on it");
    }
    for place in ["file"].into_iter().chain(url.as_deref()) {
        let ann = User("ann".to_owned());
        let ledger = open(place, None).await.unwrap();
        assert_eq!(ledger.ahead(), None);
        let ticket = granted(&ledger, claim("ann", None, 30)).await;
        ledger.settle(&ticket, answered(true), None).await.unwrap();
        // A year ahead, longer than windows are kept.
        let far = ledger.clock.advance(system_now() + 366 * 24 * HOUR);
        let ticket = granted(&ledger, claim("ann", None, 60)).await;
        ledger.settle(&ticket, answered(true), None).await.unwrap();
        ledger.sweep().await.unwrap();
        assert_eq!(refused(&ledger, claim("ann", None, 41)).await, Limit::UserDay);
        drop(ledger);
        let ledger = open(place, None).await.unwrap();
        let ahead = ledger.ahead().unwrap();
        assert!(ahead.to_string().contains(&window::day(far)), "{ahead}");
        drop(ledger);
        // Another day changes nothing.
        let other = WrongDay::parse("2001-01-01").unwrap();
        let ledger = open(place, Some(&other)).await.unwrap();
        assert!(ledger.ahead().is_some());
        drop(ledger);
        let wrong = WrongDay::parse(&window::day(far)).unwrap();
        for _ in 0..2 {
            // Left in the settings, it does nothing a second time.
            let ledger = open(place, Some(&wrong)).await.unwrap();
            assert_eq!(ledger.ahead(), None, "{place}");
            let spent = Total { spent: 90, held: 0 };
            let totals = ledger.totals(&ann).await.unwrap();
            assert_eq!((totals.user_day, totals.day, totals.month), (spent, spent, spent));
            assert_eq!(refused(&ledger, claim("ann", None, 11)).await, Limit::UserDay);
        }
    }
}

#[test]
fn a_wrong_day_is_ten_characters_of_a_date() {
    assert!(WrongDay::parse("2027-03-01").is_some());
    for text in ["", "2027-3-1", "2027/03/01", "today", "2027-03-01T00:00:00Z", "20270301--"] {
        assert!(WrongDay::parse(text).is_none(), "{text}");
    }
}

#[tokio::test]
async fn servers_on_redis_with_submits_on_their_way_keep_their_clock() {
    let Some(server) = RedisServer::start() else {
        println!("no redis-server here: not tried");
        return;
    };
    let one = Ledger::in_redis(&server.url(), LIMITS, None).await.unwrap();
    let far = one.clock.advance(system_now() + 48 * HOUR);
    let _on_its_way = granted(&one, claim("ann", None, 30)).await;
    let wrong = WrongDay::parse(&window::day(far)).unwrap();
    let refused = Ledger::in_redis(&server.url(), LIMITS, Some(&wrong)).await.err().unwrap();
    assert!(refused.to_string().contains("LIKENESS_ACCEPT_CLOCK"), "{refused}");
}
