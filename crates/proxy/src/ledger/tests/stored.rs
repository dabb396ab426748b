//! Ledgers that version 0.1.0 has written are read. See `tests/fixtures/README.md`.

use super::*;
use crate::ledger::{file::FileStore, redis::RedisStore};

const FILE: &[u8] = include_bytes!("../../../../../tests/fixtures/0.1.0/ledger.redb");
const REDIS: &str = include_str!("../../../../../tests/fixtures/0.1.0/ledger.redis.jsonl");
/// 30 November 2026, when they were written.
const THEN: Millis = 1_796_021_850_000;
const KEYS: [&str; 6] = ["answered", "refused", "free", "unsent", "unknown", "sending"];

/// What each key of Ann's came to.
fn outcome(key: &str) -> Outcome {
    let answered = |status, header: Option<&str>, body: &str, is_spent| {
        let headers = header.map(|id| ("x-fal-request-id".to_owned(), id.to_owned()));
        let stored =
            Stored { status, headers: headers.into_iter().collect(), body: body.to_owned() };
        Outcome::Answered { stored, is_spent }
    };
    match key {
        "answered" => answered(200, None, "{}", true),
        "refused" => answered(422, Some("a1"), "{\"detail\":[]}", true),
        "free" => answered(403, None, "{\"detail\":\"Exhausted balance\"}", false),
        "unsent" => Outcome::Unsent,
        "unknown" => Outcome::Unknown,
        _ => Outcome::Sending,
    }
}

fn windows() -> [String; 3] {
    Windows::at(THEN, &User("ann".to_owned())).names()
}

/// What was spent by Ann, by all on that day and in that month; what was on its way is held.
const TOTALS: [Total; 3] =
    [Total { spent: 30, held: 7 }, Total { spent: 33, held: 7 }, Total { spent: 33, held: 7 }];

fn is_ended(run: Option<Run>) {
    let run = run.expect("the run is known");
    assert_eq!((run.user.as_str(), run.amount, run.units.as_deref()), ("ann", 10, Some("2")));
}

const RUN: &str = "764cabcf-b745-4b3e-ae38-1200304cf45b";

fn is_announced(message: &[Message]) {
    let [message] = message else { panic!("{message:?}") };
    assert_eq!((message.run.as_str(), message.tries), ("864cabcf-b745-4b3e-ae38-1200304cf45b", 0));
}

#[tokio::test]
async fn a_file_says_what_it_said_then() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.redb");
    std::fs::write(&path, FILE).unwrap();
    let store = FileStore::open(&path).unwrap();
    for key in KEYS {
        let record = store.record(&name_of("ann", key)).await.unwrap().expect(key);
        assert_eq!(record.outcome, outcome(key), "{key}");
    }
    assert_eq!(store.totals(&windows()).await.unwrap(), TOTALS);
    is_ended(store.run(RUN).await.unwrap());
    is_announced(&store.lease_messages(THEN, 9).await.unwrap());
    assert!(store.clock().await.unwrap() > THEN);
}

#[tokio::test]
#[allow(clippy::print_stdout, reason = "a test that was not run is said")]
async fn a_redis_server_says_what_it_said_then() {
    let Some(server) = RedisServer::start() else {
        return println!("no redis-server here: the test was not run");
    };
    let client = ::redis::Client::open(server.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    for line in REDIS.lines() {
        let words: Vec<String> = serde_json::from_str(line).unwrap();
        let () =
            ::redis::cmd(&words[0]).arg(&words[1..]).query_async(&mut connection).await.unwrap();
    }
    let store = RedisStore::connect(&server.url()).await.unwrap();
    for key in KEYS {
        let record = store.record(&name_of("ann", key)).await.unwrap().expect(key);
        assert_eq!(record.outcome, outcome(key), "{key}");
    }
    assert_eq!(store.totals(&windows()).await.unwrap(), TOTALS);
    is_ended(store.run(RUN).await.unwrap());
    is_announced(&store.lease_messages(THEN, 9).await.unwrap());
    assert!(store.clock().await.unwrap() > THEN);
}
