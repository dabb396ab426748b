//! The same properties for every store: a file, memory, and a real Redis server.

use super::*;
use redis_server::RedisServer;
use std::sync::Arc;

#[path = "../../tests/support/redis_server.rs"]
mod redis_server;

const LIMITS: Limits =
    Limits { user_day: 100, day: 150, month: 1_000, user_runs: 1_000, runs: 1_000 };

fn claim(user: &str, key: Option<&str>, amount: MicroUsd) -> Claim {
    Claim {
        user: User(user.to_owned()),
        key: key.map(str::to_owned),
        digest: "d".to_owned(),
        endpoint: "fal-ai/flux-lora".to_owned(),
        amount,
    }
}

fn answered(is_spent: bool) -> Outcome {
    let stored = Stored { status: 200, headers: vec![], body: "{}".to_owned() };
    Outcome::Answered { stored, is_spent }
}

async fn granted(ledger: &Ledger, claim: Claim) -> Ticket {
    match ledger.claim(claim).await.unwrap() {
        Claimed::Granted(ticket) => ticket,
        other => panic!("not granted: {other:?}"),
    }
}

async fn refused(ledger: &Ledger, claim: Claim) -> Limit {
    match ledger.claim(claim).await.unwrap() {
        Claimed::Refused { limit, .. } => limit,
        other => panic!("not refused: {other:?}"),
    }
}

async fn known(ledger: &Ledger, claim: Claim) -> Outcome {
    match ledger.claim(claim).await.unwrap() {
        Claimed::Known(record) => record.outcome,
        other => panic!("not known: {other:?}"),
    }
}

/// Runs a property on every store.
async fn on_every_store<F: Future<Output = ()>>(
    limits: Limits,
    property: impl Fn(Arc<Ledger>) -> F,
) {
    property(Arc::new(Ledger::in_memory(limits).unwrap())).await;
    let folder = tempfile::tempdir().unwrap();
    let file = Ledger::in_file(&folder.path().join("deep/ledger.redb"), limits, None).unwrap();
    property(Arc::new(file)).await;
    match RedisServer::start() {
        Some(server) => {
            property(Arc::new(Ledger::in_redis(&server.url(), limits, None).await.unwrap())).await
        }
        None => println!("no redis-server here: the property was not tried on it"),
    }
}

#[tokio::test]
async fn a_key_is_one_submit_whatever_becomes_of_it() {
    on_every_store(LIMITS, |ledger| async move {
        let first = granted(&ledger, claim("ann", Some("k"), 10)).await;
        assert_eq!(known(&ledger, claim("ann", Some("k"), 10)).await, Outcome::Sending);
        // Another user's key of the same name is another key.
        granted(&ledger, claim("bob", Some("k"), 10)).await;
        let id = RequestId::parse("764cabcf-b745-4b3e-ae38-1200304cf45b").unwrap();
        ledger.settle(&first, answered(true), Some(&id)).await.unwrap();
        assert_eq!(known(&ledger, claim("ann", Some("k"), 10)).await, answered(true));
        let ann = User("ann".to_owned());
        let record = ledger.submission(&ann, "k").await.unwrap().unwrap();
        assert_eq!((record.outcome, record.amount), (answered(true), 10));
        assert_eq!(ledger.submission(&ann, "other").await.unwrap(), None);
        let run = ledger.run(&id).await.unwrap().unwrap();
        assert_eq!((run.user.as_str(), run.amount, run.units), ("ann", 10, None));
        ledger.landed(&id, Some("2")).await.unwrap();
        assert_eq!(ledger.run(&id).await.unwrap().unwrap().units.as_deref(), Some("2"));
        // What is settled stays settled.
        ledger.settle(&first, Outcome::Unsent, None).await.unwrap();
        assert_eq!(known(&ledger, claim("ann", Some("k"), 10)).await, answered(true));
    })
    .await;
}

#[tokio::test]
async fn what_was_provably_not_sent_may_be_sent_again_and_costs_once() {
    on_every_store(LIMITS, |ledger| async move {
        let ann = User("ann".to_owned());
        for _ in 0..3 {
            let ticket = granted(&ledger, claim("ann", Some("k"), 60)).await;
            ledger.settle(&ticket, Outcome::Unsent, None).await.unwrap();
            assert_eq!(ledger.totals(&ann).await.unwrap(), Totals::default());
        }
        let ticket = granted(&ledger, claim("ann", Some("k"), 60)).await;
        ledger.settle(&ticket, Outcome::Unknown, None).await.unwrap();
        assert_eq!(known(&ledger, claim("ann", Some("k"), 60)).await, Outcome::Unknown);
        let spent = Total { spent: 60, held: 0 };
        let totals = ledger.totals(&ann).await.unwrap();
        assert_eq!((totals.user_day, totals.day, totals.month), (spent, spent, spent));
    })
    .await;
}

#[tokio::test]
async fn the_first_limit_that_trips_is_named_and_nothing_is_written() {
    on_every_store(LIMITS, |ledger| async move {
        let ticket = granted(&ledger, claim("ann", None, 100)).await;
        assert_eq!(refused(&ledger, claim("ann", None, 1)).await, Limit::UserDay);
        assert_eq!(refused(&ledger, claim("bob", None, 51)).await, Limit::Day);
        ledger.settle(&ticket, answered(false), None).await.unwrap();
        granted(&ledger, claim("bob", None, 51)).await;
        assert_eq!(refused(&ledger, claim("eve", None, MicroUsd::MAX)).await, Limit::UserDay);
    })
    .await;
    let few = Limits { user_runs: 2, runs: 3, ..Limits::default() };
    on_every_store(few, |ledger| async move {
        let id = RequestId::parse("764cabcf-b745-4b3e-ae38-1200304cf45b").unwrap();
        let ticket = granted(&ledger, claim("ann", None, 1)).await;
        ledger.settle(&ticket, answered(true), Some(&id)).await.unwrap();
        granted(&ledger, claim("ann", None, 1)).await;
        assert_eq!(refused(&ledger, claim("ann", None, 1)).await, Limit::UserRuns);
        granted(&ledger, claim("bob", None, 1)).await;
        assert_eq!(refused(&ledger, claim("eve", None, 1)).await, Limit::Runs);
        ledger.landed(&id, None).await.unwrap();
        granted(&ledger, claim("ann", None, 1)).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_at_once_never_exceed_a_budget_for_ten() {
    let ten = Limits { day: 100, user_day: 1_000, ..LIMITS };
    on_every_store(ten, |ledger| async move {
        let claims = (0..64).map(|index| {
            let ledger = Arc::clone(&ledger);
            tokio::spawn(async move {
                let user = format!("user{}", index % 7);
                match ledger.claim(claim(&user, None, 10)).await.unwrap() {
                    Claimed::Granted(ticket) => {
                        ledger.settle(&ticket, answered(true), None).await.unwrap();
                        true
                    }
                    _ => false,
                }
            })
        });
        let mut sent = 0;
        for task in claims.collect::<Vec<_>>() {
            sent += u32::from(task.await.unwrap());
        }
        assert_eq!(sent, 10);
        let totals = ledger.totals(&User("user0".to_owned())).await.unwrap();
        assert_eq!(totals.day, Total { spent: 100, held: 0 });
    })
    .await;
}

#[tokio::test]
async fn what_a_dead_server_left_is_spent_and_unknown_after_the_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.redb");
    let ann = User("ann".to_owned());
    {
        let ledger = Ledger::in_file(&path, LIMITS, None).unwrap();
        granted(&ledger, claim("ann", Some("k"), 60)).await;
        assert!(Ledger::in_file(&path, LIMITS, None).is_err(), "two servers on one file");
    }
    let ledger = Ledger::in_file(&path, LIMITS, None).unwrap();
    assert_eq!(ledger.totals(&ann).await.unwrap().day, Total { spent: 60, held: 0 });
    assert_eq!(known(&ledger, claim("ann", Some("k"), 60)).await, Outcome::Unknown);
    assert_eq!(refused(&ledger, claim("ann", None, 41)).await, Limit::UserDay);
}

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
    let ledger = Ledger::in_file(&path, LIMITS, None).unwrap();
    let tomorrow = ledger.clock.advance(ledger.clock.now() + 30 * HOUR);
    granted(&ledger, claim("ann", None, 100)).await;
    drop(ledger);
    let ledger = Ledger::in_file(&path, LIMITS, None).unwrap();
    assert!(ledger.clock.now() >= tomorrow, "the time outlives the process");
}

#[tokio::test]
async fn two_servers_share_one_budget_and_one_memory_of_keys() {
    let Some(server) = RedisServer::start() else {
        println!("no redis-server here: not tried");
        return;
    };
    let one = Ledger::in_redis(&server.url(), LIMITS, None).await.unwrap();
    let two = Ledger::in_redis(&server.url(), LIMITS, None).await.unwrap();
    let ticket = granted(&one, claim("ann", Some("k"), 60)).await;
    assert_eq!(known(&two, claim("ann", Some("k"), 60)).await, Outcome::Sending);
    assert_eq!(refused(&two, claim("ann", None, 41)).await, Limit::UserDay);
    // The first server dies: after a while the second one settles what it left.
    drop(one);
    two.clock.advance(two.clock.now() + LONGEST_SUBMIT + 1);
    two.sweep().await.unwrap();
    let totals = two.totals(&User("ann".to_owned())).await.unwrap();
    assert_eq!(totals.day, Total { spent: 60, held: 0 });
    two.settle(&ticket, Outcome::Unsent, None).await.unwrap();
    assert_eq!(known(&two, claim("ann", Some("k"), 60)).await, Outcome::Unknown);
}

#[tokio::test]
async fn a_redis_server_that_may_forget_or_is_away_spends_nothing() {
    let Some(mut server) = RedisServer::start() else {
        println!("no redis-server here: not tried");
        return;
    };
    let ledger = Ledger::in_redis(&server.url(), LIMITS, None).await.unwrap();
    server.stop();
    assert!(ledger.claim(claim("ann", None, 1)).await.is_err());
    assert!(!ledger.is_here().await);
    server.start_again("everysec");
    let refused = Ledger::in_redis(&server.url(), LIMITS, None).await.err().unwrap();
    assert!(refused.to_string().contains("appendfsync"), "{refused}");
    // The one that was there before finds it again.
    assert!(ledger.claim(claim("ann", None, 1)).await.is_ok());
}

#[tokio::test]
async fn what_is_owed_is_in_one_hand_at_a_time_until_it_is_paid() {
    on_every_store(LIMITS, |ledger| async move {
        let Ok(ledger) = Arc::try_unwrap(ledger) else { panic!("nobody else has it") };
        let ledger = ledger.telling(Some(User("api".to_owned())));
        let (id, other) = (
            RequestId::parse("764cabcf-b745-4b3e-ae38-1200304cf45b").unwrap(),
            RequestId::parse("864cabcf-b745-4b3e-ae38-1200304cf45b").unwrap(),
        );
        for (user, id) in [("api", &id), ("ann", &other)] {
            let ticket = granted(&ledger, claim(user, None, 1)).await;
            ledger.settle(&ticket, answered(true), Some(id)).await.unwrap();
        }
        let taken = ledger.take_owed(9).await.unwrap();
        let [owed] = &taken[..] else { panic!("{taken:?}") };
        assert_eq!((owed.run.as_str(), owed.endpoint.as_str()), (id.as_str(), "fal-ai/flux-lora"));
        assert_eq!((&owed.message, owed.tries), (&None, 0));
        assert_eq!(ledger.take_owed(9).await.unwrap(), [], "it is in hand");
        let said = Owed { message: Some("{}".to_owned()), tries: 1, ..owed.clone() };
        ledger.put_owed(&said, 60_000).await.unwrap();
        assert_eq!(ledger.take_owed(9).await.unwrap(), [], "it waits");
        // By a clock that was far ahead, and is right again.
        ledger.put_owed(&said, 3 * HOUR).await.unwrap();
        assert_eq!(ledger.take_owed(0).await.unwrap(), []);
        assert_eq!(ledger.take_owed(9).await.unwrap(), std::slice::from_ref(&said));
        ledger.put_owed(&said, 0).await.unwrap();
        assert_eq!(ledger.take_owed(9).await.unwrap(), std::slice::from_ref(&said));
        ledger.pay(&said).await.unwrap();
        // Who comes late, with what was paid by another, does not bring it back.
        ledger.put_owed(&said, 0).await.unwrap();
        assert_eq!(ledger.take_owed(9).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn what_a_dead_server_had_in_hand_is_taken_up_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.redb");
    let open =
        || Ledger::in_file(&path, LIMITS, None).unwrap().telling(Some(User("api".to_owned())));
    let id = RequestId::parse("764cabcf-b745-4b3e-ae38-1200304cf45b").unwrap();
    {
        let ledger = open();
        let ticket = granted(&ledger, claim("api", None, 1)).await;
        ledger.settle(&ticket, answered(true), Some(&id)).await.unwrap();
        assert_eq!(ledger.take_owed(9).await.unwrap().len(), 1);
    }
    assert_eq!(open().take_owed(9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_clock_that_was_far_ahead_is_told_and_set_right_by_naming_its_day_and_no_money_is_forgotten()
 {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.redb");
    let redis = RedisServer::start();
    let open = async |place: &str, wrong: Option<&WrongDay>| match place {
        "file" => Ledger::in_file(&path, LIMITS, wrong).ok(),
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

/// Something between a ledger and Redis that passes everything on, until it loses answers and hangs up.
struct Between {
    port: u16,
    loses: Arc<std::sync::atomic::AtomicBool>,
}

impl Between {
    async fn start(url: &str) -> Self {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let behind = url.trim_start_matches("redis://").trim_end_matches('/').to_owned();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let loses = Arc::<std::sync::atomic::AtomicBool>::default();
        let is_lossy = Arc::clone(&loses);
        tokio::spawn(async move {
            while let Ok((ledger, _)) = listener.accept().await {
                let redis = tokio::net::TcpStream::connect(&behind).await.unwrap();
                let (mut asks, mut hears) = ledger.into_split();
                let (mut says, mut reads) = redis.into_split();
                let is_lossy = Arc::clone(&is_lossy);
                let asking =
                    tokio::spawn(async move { tokio::io::copy(&mut asks, &mut reads).await });
                tokio::spawn(async move {
                    let mut bytes = vec![0; 65536];
                    while let Ok(length @ 1..) = says.read(&mut bytes).await {
                        if is_lossy.load(std::sync::atomic::Ordering::Relaxed)
                            || hears.write_all(&bytes[..length]).await.is_err()
                        {
                            break;
                        }
                    }
                    asking.abort();
                });
            }
        });
        Self { port, loses }
    }
}

#[tokio::test]
async fn a_claim_whose_confirmation_was_lost_is_released_once_redis_answers() {
    let Some(server) = RedisServer::start() else {
        println!("no redis-server here: not tried");
        return;
    };
    let ann = User("ann".to_owned());
    let between = Between::start(&server.url()).await;
    let url = format!("redis://127.0.0.1:{}/", between.port);
    let ledger = Ledger::in_redis(&url, LIMITS, None).await.unwrap();
    let watch = Ledger::in_redis(&server.url(), LIMITS, None).await.unwrap();
    // The script has to be known, so that what is lost is the answer to the claim itself.
    let ticket = granted(&ledger, claim("ann", None, 1)).await;
    ledger.settle(&ticket, Outcome::Unsent, None).await.unwrap();
    between.loses.store(true, std::sync::atomic::Ordering::Relaxed);
    assert!(ledger.claim(claim("ann", Some("k"), 60)).await.is_err());
    let held = watch.totals(&ann).await.unwrap().day;
    assert_eq!(held, Total { spent: 0, held: 60 }, "it had arrived");
    between.loses.store(false, std::sync::atomic::Ordering::Relaxed);
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        if watch.totals(&ann).await.unwrap().day.held == 0 {
            break;
        }
    }
    assert_eq!(watch.totals(&ann).await.unwrap(), Totals::default(), "given back, not spent");
    // The key is free, and the run counts once.
    granted(&ledger, claim("ann", Some("k"), 60)).await;
    assert_eq!(watch.totals(&ann).await.unwrap().day, Total { spent: 0, held: 60 });
}

#[tokio::test]
async fn a_claim_that_arrives_after_its_release_holds_nothing_and_no_other_is_released_by_it() {
    let Some(server) = RedisServer::start() else {
        println!("no redis-server here: not tried");
        return;
    };
    let ledger = Ledger::in_redis(&server.url(), LIMITS, None).await.unwrap();
    let Store::Redis(store) = &ledger.store else { panic!("it is on Redis") };
    let ann = User("ann".to_owned());
    let windows = Windows::at(ledger.clock.now(), &ann);
    let step = || Step {
        name: "ann\u{1f}k",
        user: "ann",
        record: Record {
            digest: "d".to_owned(),
            endpoint: "fal-ai/flux-lora".to_owned(),
            amount: 60,
            at: ledger.clock.now(),
            until: ledger.clock.now() + LONGEST_SUBMIT,
            windows: windows.names(),
            outcome: Outcome::Sending,
        },
        windows: &windows,
        limits: &ledger.limits,
        now: ledger.clock.now(),
    };
    assert!(!store.release("ann\u{1f}k", "first").await.unwrap());
    assert!(store.claim_as(step(), "first").await.is_err(), "it comes too late");
    assert_eq!(ledger.totals(&ann).await.unwrap(), Totals::default());
    assert!(matches!(store.claim_as(step(), "second").await, Ok((Stepped::Granted, _))));
    assert!(!store.release("ann\u{1f}k", "first").await.unwrap());
    assert_eq!(ledger.totals(&ann).await.unwrap().day, Total { spent: 0, held: 60 });
    assert!(store.release("ann\u{1f}k", "second").await.unwrap());
    assert_eq!(ledger.totals(&ann).await.unwrap(), Totals::default());
}
