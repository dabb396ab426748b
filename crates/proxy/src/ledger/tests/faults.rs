//! A disk that fails at random, under many callers: nothing is lost that anybody was told of, and
//! the ledger comes back by itself.

use super::*;
use crate::ledger::file::FileStore;
use redb::{Database, StorageBackend};
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// A file in memory, which stays when the database is closed. Every so many writes one fails, as on
/// a full disk.
#[derive(Clone, Debug, Default)]
struct Disk {
    bytes: Arc<Mutex<Vec<u8>>>,
    /// 0 if it never fails.
    fails_once_in: Arc<AtomicU64>,
    writes: Arc<AtomicU64>,
}

fn random(below: u64) -> u64 {
    RandomState::new().build_hasher().finish() % below
}

impl Disk {
    fn take(&self) -> io::Result<()> {
        self.writes.fetch_add(1, Ordering::Relaxed);
        match self.fails_once_in.load(Ordering::Relaxed) {
            0 => Ok(()),
            odds if random(odds) > 0 => Ok(()),
            _ => Err(io::ErrorKind::StorageFull.into()),
        }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.bytes.lock().unwrap().len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let at = usize::try_from(offset).unwrap();
        out.copy_from_slice(&self.bytes.lock().unwrap()[at..at + out.len()]);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.take()?;
        self.bytes.lock().unwrap().resize(usize::try_from(length).unwrap(), 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.take()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.take()?;
        let at = usize::try_from(offset).unwrap();
        self.bytes.lock().unwrap()[at..at + data.len()].copy_from_slice(data);
        Ok(())
    }
}

fn on(disk: &Disk, limits: Limits) -> Ledger {
    let disk = disk.clone();
    let open = move || Ok(Database::builder().create_with_backend(disk.clone())?);
    Ledger::of(FileStore::with(open).unwrap(), limits, Clock::default())
}

fn id(number: u64) -> RequestId {
    RequestId::parse(&format!("{number:032x}")).unwrap()
}

/// The ledger recovers, as its keeper makes it do every second.
async fn recovered(ledger: &Ledger) {
    for _ in 0..100 {
        *ledger.tried.lock().await = None;
        if ledger.recover().await.is_ok() {
            return;
        }
    }
    panic!("it does not come back");
}

#[tokio::test]
async fn after_a_moment_of_a_full_disk_everything_is_as_if_there_had_been_none() {
    let (disk, ann) = (Disk::default(), User("ann".to_owned()));
    let ledger = on(&disk, LIMITS);
    let ticket = granted(&ledger, claim("ann", Some("k"), 60)).await;
    disk.fails_once_in.store(1, Ordering::Relaxed);
    assert!(ledger.settle(&ticket, answered(true), Some(&id(1))).await.is_err());
    // What is still to be written down counts already.
    assert!(ledger.owns(&ann, &id(1)).await.unwrap());
    assert_eq!(ledger.submission(&ann, "k").await.unwrap(), Some(answered(true)));
    assert!(ledger.claim(claim("ann", Some("other"), 1)).await.is_err());
    assert!(ledger.check().await.is_err() && ledger.recover().await.is_err());
    disk.fails_once_in.store(0, Ordering::Relaxed);
    recovered(&ledger).await;
    assert!(ledger.check().await.is_ok() && ledger.pending.is_empty());
    assert!(ledger.owns(&ann, &id(1)).await.unwrap());
    assert_eq!(known(&ledger, claim("ann", Some("k"), 60)).await, answered(true));
    assert_eq!(ledger.totals(&ann).await.unwrap().day, Total { spent: 60, held: 0 });
    granted(&ledger, claim("ann", Some("other"), 1)).await;
}

#[tokio::test]
async fn an_order_alone_finds_a_disk_that_is_well_again() {
    let disk = Disk::default();
    let ledger = on(&disk, LIMITS);
    disk.fails_once_in.store(1, Ordering::Relaxed);
    assert!(ledger.claim(claim("ann", None, 1)).await.is_err());
    disk.fails_once_in.store(0, Ordering::Relaxed);
    granted(&ledger, claim("ann", None, 1)).await;
}

/// Whoever was granted a submit has bought a run. `LIKENESS_ROUNDS` says how many faults it takes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_faults_lose_no_run_and_overshoot_no_budget() {
    const CALLERS: u64 = 64;
    let rounds = std::env::var("LIKENESS_ROUNDS").ok().and_then(|rounds| rounds.parse().ok());
    let faults_wanted: u64 = rounds.unwrap_or(200);
    let disk = Disk::default();
    let budget = 10 * faults_wanted;
    let limits = Limits { user_runs: u32::MAX, runs: u32::MAX, day: budget, ..Limits::NONE };
    let ledger = Arc::new(on(&disk, limits));
    disk.fails_once_in.store(400, Ordering::Relaxed);
    let (faults, number) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let callers = (0..CALLERS).map(|caller| {
        let (ledger, faults, number) =
            (Arc::clone(&ledger), Arc::clone(&faults), Arc::clone(&number));
        tokio::spawn(async move {
            let mut bought = Vec::new();
            let user = format!("user {caller}");
            while faults.load(Ordering::Relaxed) < faults_wanted {
                let key = number.fetch_add(1, Ordering::Relaxed);
                let ticket = match ledger.claim(claim(&user, Some(&key.to_string()), 1)).await {
                    Ok(Claimed::Granted(ticket)) => ticket,
                    Ok(_) => break,
                    Err(_) => {
                        faults.fetch_add(1, Ordering::Relaxed);
                        let _ = ledger.recover().await;
                        continue;
                    }
                };
                bought.push(key);
                if ledger.settle(&ticket, answered(true), Some(&id(key))).await.is_err() {
                    faults.fetch_add(1, Ordering::Relaxed);
                }
                assert!(ledger.owns(&User(user.clone()), &id(key)).await.unwrap_or(true));
            }
            (user, bought)
        })
    });
    let callers = futures_util::future::join_all(callers).await;
    disk.fails_once_in.store(0, Ordering::Relaxed);
    recovered(&ledger).await;
    let mut all = 0;
    for caller in callers {
        let (user, bought) = caller.unwrap();
        let user = User(user);
        for key in &bought {
            let told = ledger.submission(&user, &key.to_string()).await.unwrap();
            assert_eq!(told, Some(answered(true)), "{user:?} {key}");
            let run = ledger.run(&id(*key)).await.unwrap();
            assert_eq!(run.map(|run| run.user), Some(user.0.clone()));
        }
        all += bought.len() as u64;
    }
    let faults = faults.load(Ordering::Relaxed);
    let day = ledger.totals(&User("user 0".to_owned())).await.unwrap().day;
    println!("R4   {faults} faults of the disk: {all} runs bought, 0 lost, {day:?} of {budget}");
    assert_eq!(day, Total { spent: all, held: 0 });
    assert!(all <= budget);
}
