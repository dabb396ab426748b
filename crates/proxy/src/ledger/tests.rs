//! The same properties for every store: a file, memory, and a real Redis server.

use super::*;
use likeness_core::MicroUsd;
use redis_server::RedisServer;
use std::sync::Arc;

mod alike;
mod clock;
mod faults;
mod lost;
mod outbox;
#[path = "../../tests/support/redis_server.rs"]
mod redis_server;
mod stored;

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
    let file =
        Ledger::in_file(&folder.path().join("deep/ledger.redb"), limits, None).await.unwrap();
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
        assert_eq!(ledger.submission(&ann, "k").await.unwrap(), Some(answered(true)));
        assert_eq!(ledger.submission(&ann, "other").await.unwrap(), None);
        let run = ledger.run(&id).await.unwrap().unwrap();
        assert_eq!((run.user.as_str(), run.amount, run.units), ("ann", 10, None));
        ledger.run_ended(&id, Some("2")).await.unwrap();
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
        let first = granted(&ledger, claim("ann", Some("k"), 60)).await;
        ledger.settle(&first, Outcome::Unsent, None).await.unwrap();
        let ticket = granted(&ledger, claim("ann", Some("k"), 60)).await;
        // An outcome whose confirmation was lost is told once more. It is that of the first, not of
        // this one.
        ledger.settle(&first, Outcome::Unsent, None).await.unwrap();
        assert_eq!(ledger.totals(&ann).await.unwrap().day, Total { spent: 0, held: 60 });
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
        ledger.run_ended(&id, None).await.unwrap();
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
        let ledger = Ledger::in_file(&path, LIMITS, None).await.unwrap();
        granted(&ledger, claim("ann", Some("k"), 60)).await;
        assert!(Ledger::in_file(&path, LIMITS, None).await.is_err(), "two servers on one file");
    }
    let ledger = Ledger::in_file(&path, LIMITS, None).await.unwrap();
    assert_eq!(ledger.totals(&ann).await.unwrap().day, Total { spent: 60, held: 0 });
    assert_eq!(known(&ledger, claim("ann", Some("k"), 60)).await, Outcome::Unknown);
    assert_eq!(refused(&ledger, claim("ann", None, 41)).await, Limit::UserDay);
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
    // It lives, and was only cut off: what FAL said is not lost.
    let id = RequestId::parse("764cabcf-b745-4b3e-ae38-1200304cf45b").unwrap();
    two.settle(&ticket, answered(true), Some(&id)).await.unwrap();
    assert_eq!(known(&two, claim("ann", Some("k"), 60)).await, answered(true));
    assert!(two.owns(&User("ann".to_owned()), &id).await.unwrap());
    assert_eq!(two.totals(&User("ann".to_owned())).await.unwrap().day, totals.day);
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
    assert!(ledger.check().await.is_err());
    server.start_again("everysec");
    let refused = Ledger::in_redis(&server.url(), LIMITS, None).await.err().unwrap();
    assert!(refused.to_string().contains("appendfsync"), "{refused}");
    // The one that was there before sees it too, and finds it again when it is set right.
    tokio::time::sleep(TRIED).await;
    assert!(ledger.recover().await.is_err());
    assert!(ledger.claim(claim("ann", None, 1)).await.is_err());
    server.stop();
    server.start_again("always");
    let mut seconds = 0;
    while ledger.recover().await.is_err() {
        tokio::time::sleep(Duration::from_secs(1)).await;
        seconds += 1;
        assert!(seconds < 10, "it does not come back");
    }
    assert!(ledger.claim(claim("ann", None, 1)).await.is_ok());
}

#[tokio::test]
async fn a_redis_server_without_room_or_leave_to_write_is_away_and_comes_back() {
    let Some(server) = RedisServer::start() else {
        println!("no redis-server here: not tried");
        return;
    };
    let (ann, id) =
        (User("ann".to_owned()), RequestId::parse("764cabcf-b745-4b3e-ae38-1200304cf45b").unwrap());
    let ledger = Ledger::in_redis(&server.url(), LIMITS, None).await.unwrap();
    let mut owner = ::redis::Client::open(server.url()).unwrap().get_connection().unwrap();
    let mut set = |name: &str, value: &str| {
        ::redis::cmd("CONFIG").arg("SET").arg(name).arg(value).exec(&mut owner).unwrap();
    };
    for (name, broken, well) in [
        ("maxmemory", "1", "0"),
        ("min-replicas-to-write", "1", "0"),
        ("appendfsync", "no", "always"),
    ] {
        let ticket = granted(&ledger, claim("ann", Some(name), 1)).await;
        set(name, broken);
        // A setting is seen when it is asked for; what fails by itself is seen at once.
        *ledger.tried.lock().await = None;
        assert!(ledger.check().await.is_err(), "{name}");
        assert!(ledger.claim(claim("ann", None, 1)).await.is_err(), "{name}");
        let is_settled = ledger.settle(&ticket, answered(true), Some(&id)).await.is_ok();
        // An outcome needs hardly any memory, and Redis takes it.
        assert_eq!(is_settled, name != "min-replicas-to-write", "{name}");
        assert!(ledger.owns(&ann, &id).await.unwrap(), "{name}");
        set(name, well);
        *ledger.tried.lock().await = None;
        ledger.recover().await.unwrap();
        assert!(ledger.check().await.is_ok() && ledger.pending.is_empty(), "{name}");
        assert_eq!(ledger.submission(&ann, name).await.unwrap(), Some(answered(true)));
    }
}

#[tokio::test]
async fn the_ledger_of_a_demo_does_not_grow_and_forgets_nothing_of_the_last_minute() {
    let ledger = Ledger::for_demo(100).unwrap();
    let submit =
        async |at: usize| ledger.claim(claim("open", Some(&at.to_string()), 0)).await.unwrap();
    let mut refused = 0;
    for at in 0..110 {
        match submit(at).await {
            Claimed::Granted(ticket) => {
                ledger.settle(&ticket, answered(true), None).await.unwrap();
            }
            Claimed::Refused { limit, .. } => {
                assert_eq!(limit, Limit::Runs);
                refused += 1;
            }
            Claimed::Known(_) => panic!("it is new"),
        }
    }
    assert_eq!(refused, 10);
    assert_eq!(known(&ledger, claim("open", Some("99"), 0)).await, answered(true));
    ledger.clock.advance(ledger.clock.now() + 61_000);
    assert!(matches!(submit(20_000).await, Claimed::Granted(_)), "older ones make room");
}
