//! One hostile user of each kind beside ten ordinary ones: how long those wait, and whether any of
//! them is refused. A benchmark, because whoever else uses the machine disturbs it; `cargo xtask
//! bench reliability hostile` runs it on the release build.
//!
//! Callers are other machines. So the server has a processor of its own, and the hostile one takes
//! of the other what the ordinary ones leave: what is measured is the server and not how Linux deals
//! out slices of a processor.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stdout, reason = "the table is for people to read")]

mod attacks;
#[path = "../server/common.rs"]
#[allow(dead_code, reason = "shared with another test program, which uses the rest")]
mod common;
mod ordinary;

use attacks::{ATTACKS, Attack, Target};
use axum::body::{Body, Bytes};
use axum::response::IntoResponse;
use common::{FakeFal, KEY, json, rounds, started};
use futures_util::stream::{self, StreamExt};
use ordinary::{Ordinary, Waits};
use rustix::thread::{CpuSet, gettid, sched_setaffinity};
use std::convert::Infallible;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::process::Child;
use tokio::sync::oneshot;

/// How long the ordinary callers are watched at a time, alone and beside the hostile one, in turns.
const WATCHED: Duration = Duration::from_secs(3);
/// How often, if nobody says otherwise.
const TURNS: u64 = 4;
/// Beside a hostile user they may wait so many times as long as in quiet.
const MOST: f64 = 2.0;
/// The bot of the server, so that there are sessions to ask for.
const BOT: &str = "5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8";

/// What the server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Live,
    Demo,
}

/// Runs what it is given beside everything else, until it is dropped.
struct Beside {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Beside {
    fn run(work: impl Future<Output = ()> + Send + 'static) -> Self {
        Self::begin(|| (), work)
    }

    /// The same, only while nobody else needs the processor.
    fn run_idle(work: impl Future<Output = ()> + Send + 'static) -> Self {
        let leave_the_rest = || {
            let thread = gettid().as_raw_nonzero().to_string();
            let left = Command::new("chrt").args(["--idle", "--pid", "0", &thread]).status();
            assert!(left.unwrap().success());
        };
        Self::begin(leave_the_rest, work)
    }

    fn begin(
        first: impl FnOnce() + Send + 'static,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            first();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                tokio::select! {
                    () = work => std::future::pending().await,
                    _ = stopped => {}
                }
            });
        });
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The processors of this thread, and of whatever it starts from now on.
fn pin(processor: usize) {
    let mut processors = CpuSet::new();
    processors.set(processor);
    sched_setaffinity(None, &processors).unwrap();
}

/// Starts the server on a processor of its own.
async fn alone(environment: &[(&str, &str)]) -> (Child, String) {
    pin(1);
    let (child, _, address) = started(environment).await;
    pin(0);
    (child, address)
}

/// FAL, which has pictures of some megabytes, streams that never end, and a result that is far too
/// large.
async fn fal() -> FakeFal {
    let (picture, result) = (Bytes::from(vec![7; 8 << 20]), format!("\"{}\"", "x".repeat(7 << 20)));
    let runs = AtomicU64::new(0);
    FakeFal::start(move |seen| {
        let path = seen.path.as_str();
        if path.ends_with("/status/stream") {
            let one = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"data: {}\n\n"))]);
            let body = Body::from_stream(one.chain(stream::pending()));
            ([("content-type", "text/event-stream")], body).into_response()
        } else if path.ends_with("/status") {
            json(202, r#"{"status":"IN_QUEUE","queue_position":3}"#)
        } else if path.contains("/requests/") {
            json(200, &result)
        } else if seen.method == "POST" {
            let run = runs.fetch_add(1, Ordering::Relaxed);
            json(200, &format!(r#"{{"request_id":"764cabcf-b745-4b3e-ae38-{run:012x}"}}"#))
        } else {
            ([("content-type", "image/jpeg")], picture.clone()).into_response()
        }
    })
    .await
}

/// FAL, until it is dropped; says where it is.
async fn begin_fal(tell: oneshot::Sender<String>) {
    let fal = fal().await;
    let _ = tell.send(fal.base());
    std::future::pending().await
}

/// The server, and FAL if it needs one.
async fn server(mode: Mode) -> (Child, String, Vec<Beside>) {
    if mode == Mode::Demo {
        let environment = [("LIKENESS_FRONT_PROXY", "127.0.0.1"), ("LIKENESS_DEMO_SPEED", "100")];
        let (child, address) = alone(&environment).await;
        return (child, address, Vec::new());
    }
    let (tell, told) = oneshot::channel();
    let (tell_media, told_media) = oneshot::channel();
    let queue = Beside::run(begin_fal(tell));
    // Only the hostile one asks for pictures.
    let media = Beside::run_idle(begin_fal(tell_media));
    let (base, media_base) = (told.await.unwrap(), told_media.await.unwrap());
    let (child, address) = alone(&[
        ("FAL_KEY", KEY),
        ("LIKENESS_FAL_QUEUE", &base),
        ("LIKENESS_FAL_MEDIA", &media_base),
        ("LIKENESS_FAL_REST", &base),
        ("LIKENESS_ACCESS", "header"),
        ("LIKENESS_USER_HEADER", "x-user"),
        ("LIKENESS_FRONT_PROXY", "127.0.0.1"),
        ("TELEGRAM_BOT_TOKEN", BOT),
        ("RUST_LOG", "off"),
    ])
    .await;
    (child, address, vec![queue, media])
}

/// What ten ordinary callers meet, alone and beside a hostile one.
async fn beside(attack: &Attack) -> (Waits, Waits, Arc<Target>) {
    let (child, address, fal) = server(attack.mode).await;
    let target = Arc::new(Target::new(address.clone()));
    let ordinary = Ordinary::at(&address, attack.mode).await;
    let (mut quiet, mut attacked) = (Waits::default(), Waits::default());
    ordinary.ask(Duration::from_secs(1), &mut Waits::default()).await;
    for _ in 0..rounds(TURNS) {
        ordinary.ask(WATCHED, &mut quiet).await;
        let hostile = Beside::run_idle((attack.begin)(Arc::clone(&target)));
        tokio::time::sleep(Duration::from_millis(500)).await;
        ordinary.ask(WATCHED, &mut attacked).await;
        drop(hostile);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    drop((child, fal));
    (quiet, attacked, target)
}

#[tokio::test]
#[ignore = "timings, which whoever else uses the machine disturbs: run it alone, with --release"]
async fn ordinary_callers_do_not_notice_a_hostile_one() {
    let only = std::env::var("LIKENESS_ONLY").unwrap_or_default();
    let mut noticed = Vec::new();
    println!(
        "{:<34} {:>16} {:>16} {:>6} {:>7} {:>18}",
        "beside", "quiet p50/p99 ms", "p50/p99 ms", "times", "refused", "hostile ok/refused"
    );
    for attack in ATTACKS.iter().filter(|attack| attack.name.contains(&only)) {
        let (quiet, attacked, target) = beside(attack).await;
        let times = attacked.percentile(99) / quiet.percentile(99);
        let both =
            |waits: &Waits| format!("{:.1}/{:.1}", waits.percentile(50), waits.percentile(99));
        let refused = quiet.refused + attacked.refused;
        println!(
            "{:<34} {:>16} {:>16} {times:>6.1} {refused:>7} {:>18}",
            attack.name,
            both(&quiet),
            both(&attacked),
            target.told()
        );
        if let (Some(alone), Some(beside)) = (quiet.picture(), attacked.picture()) {
            println!("{:<34} a picture of somebody else: {alone:.1} s, {beside:.1} s", "");
        }
        if times > MOST || refused > 0 {
            noticed.push(attack.name);
        }
    }
    assert!(noticed.is_empty(), "noticed: {noticed:?}");
}
