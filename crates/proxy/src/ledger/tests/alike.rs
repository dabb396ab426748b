//! The rules stand in `rules` for the file and in scripts for Redis. Both are one ledger: whatever
//! happens, they answer alike.

use super::*;
use crate::ledger::rules::MEMORY;
use std::hash::{BuildHasher, Hasher, RandomState};

/// Numbers that a seed makes, so that a failure can be played again.
struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// What a claim came to, without what two ledgers may differ in.
#[derive(Debug, PartialEq)]
enum Came {
    Granted,
    Known(Outcome),
    Over(Limit),
}

async fn claimed(ledger: &Ledger, claim: Claim, tickets: &mut Vec<Ticket>) -> Came {
    match ledger.claim(claim).await.unwrap() {
        Claimed::Granted(ticket) => {
            tickets.push(ticket);
            Came::Granted
        }
        Claimed::Known(record) => Came::Known(record.outcome),
        Claimed::Refused { limit, .. } => Came::Over(limit),
    }
}

#[tokio::test]
async fn a_file_and_a_redis_server_answer_alike_whatever_happens() {
    const STEPS: u64 = 1_500;
    let Some(server) = RedisServer::start() else {
        return println!("no redis-server here: not tried");
    };
    let limits = Limits { user_day: 60, day: 100, month: 1_500, user_runs: 4, runs: 7 };
    let api = Some(User("u0".to_owned()));
    let both = [
        Ledger::in_memory(limits).unwrap().with_outbox_of(api.clone()),
        Ledger::in_redis(&server.url(), limits, None).await.unwrap().with_outbox_of(api),
    ];
    let seed = std::env::var("LIKENESS_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| RandomState::new().build_hasher().finish());
    println!("LIKENESS_SEED={seed}");
    let mut random = Random(seed);
    let mut tickets = [Vec::new(), Vec::new()];
    let (mut granted_at, mut seen) = (Vec::new(), [0_u32; 3]);
    // Ahead of the system's clock, so that time stands still for both but where the test moves it.
    let mut now = system_now() + HOUR;
    for step in 0..STEPS {
        both.iter().for_each(|ledger| _ = ledger.clock.advance(now));
        let (kind, pick) = (random.below(10), random.below(1 << 30));
        let user = format!("u{}", random.below(3));
        let id = RequestId::parse(&format!("{:032x}", pick % 40)).unwrap();
        match kind {
            0..=3 => {
                let key = (pick % 4 > 0).then(|| format!("k{}", pick % 9));
                let claim = claim(&user, key.as_deref(), 1 + pick % 20);
                let one = claimed(&both[0], claim.clone(), &mut tickets[0]).await;
                let other = claimed(&both[1], claim, &mut tickets[1]).await;
                assert_eq!(one, other, "step {step} of LIKENESS_SEED={seed}");
                seen[match one {
                    Came::Granted => {
                        granted_at.push(now);
                        0
                    }
                    Came::Known(_) => 1,
                    Came::Over(_) => 2,
                }] += 1;
            }
            4..=6 if !tickets[0].is_empty() => {
                // Mostly one of the last, sometimes one that was settled long ago.
                let count = tickets[0].len() as u64;
                let back = if pick % 5 == 0 { pick % count } else { pick % count.min(4) };
                let at = usize::try_from(count - 1 - back).unwrap();
                // Redis forgets by its own clock.
                if now - granted_at[at] >= MEMORY {
                    continue;
                }
                let outcome = match random.below(4) {
                    0 => Outcome::Unsent,
                    1 => Outcome::Unknown,
                    kind => answered(kind == 2),
                };
                let run =
                    matches!(outcome, Outcome::Answered { is_spent: true, .. }).then_some(&id);
                for (ledger, tickets) in both.iter().zip(&tickets) {
                    ledger.settle(&tickets[at], outcome.clone(), run).await.unwrap();
                }
            }
            7 => {
                let units = (pick % 2 == 0).then_some("2");
                for ledger in &both {
                    ledger.run_ended(&id, units).await.unwrap();
                }
            }
            8 => {
                now += [1_000, 60_000, 5 * 60_000, 20 * 60_000, 7 * HOUR]
                    [usize::try_from(pick % 5).unwrap()];
                both.iter().for_each(|ledger| _ = ledger.clock.advance(now));
                for ledger in &both {
                    ledger.sweep().await.unwrap();
                }
            }
            _ => {}
        }
        let (user, key) = (User(user), format!("k{}", pick % 9));
        let mut states = Vec::new();
        for ledger in &both {
            let run = ledger.run(&id).await.unwrap().map(|run| (run.user, run.amount, run.units));
            let submission = ledger.submission(&user, &key).await.unwrap();
            states.push((ledger.totals(&user).await.unwrap(), submission, run));
        }
        assert_eq!(states[0], states[1], "step {step} of LIKENESS_SEED={seed}");
    }
    println!("granted, known, over a limit: {seen:?}");
    assert!(seen.iter().all(|times| *times > 0), "{seen:?}");
}
