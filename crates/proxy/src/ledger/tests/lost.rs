//! Claims whose confirmation was lost between Redis and the ledger.

use super::*;
use crate::ledger::redis::RedisStore;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Something between a ledger and Redis that passes everything on, until it loses answers and hangs
/// up.
struct Between {
    port: u16,
    loses: Arc<AtomicBool>,
}

impl Between {
    async fn start(url: &str) -> Self {
        let behind = url.trim_start_matches("redis://").trim_end_matches('/').to_owned();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let loses = Arc::<AtomicBool>::default();
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
                        if is_lossy.load(Ordering::Relaxed)
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
    between.loses.store(true, Ordering::Relaxed);
    assert!(ledger.claim(claim("ann", Some("k"), 60)).await.is_err());
    let held = watch.totals(&ann).await.unwrap().day;
    assert_eq!(held, Total { spent: 0, held: 60 }, "it had arrived");
    between.loses.store(false, Ordering::Relaxed);
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
    let store = RedisStore::connect(&server.url()).await.unwrap();
    let ann = User("ann".to_owned());
    let windows = Windows::at(ledger.clock.now(), &ann);
    let reservation = |claim: &str| Reservation {
        name: "ann\u{1f}k".to_owned(),
        record: Record {
            claim: claim.to_owned(),
            digest: "d".to_owned(),
            endpoint: "fal-ai/flux-lora".to_owned(),
            amount: 60,
            at: ledger.clock.now(),
            until: ledger.clock.now() + LONGEST_SUBMIT,
            windows: windows.names(),
            outcome: Outcome::Sending,
        },
        limits: ledger.limits,
        now: ledger.clock.now(),
    };
    assert!(!store.release("ann\u{1f}k", "first").await.unwrap());
    assert!(store.claim_once(reservation("first")).await.is_err(), "it comes too late");
    assert_eq!(ledger.totals(&ann).await.unwrap(), Totals::default());
    assert!(matches!(store.claim_once(reservation("second")).await, Ok((Verdict::Granted, _))));
    assert!(!store.release("ann\u{1f}k", "first").await.unwrap());
    assert_eq!(ledger.totals(&ann).await.unwrap().day, Total { spent: 0, held: 60 });
    assert!(store.release("ann\u{1f}k", "second").await.unwrap());
    assert_eq!(ledger.totals(&ann).await.unwrap(), Totals::default());
}
