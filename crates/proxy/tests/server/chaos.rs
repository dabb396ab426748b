//! Real faults of everything around the server, in a random mix, while people order: no run is
//! bought that nobody is told of, none is lost to its owner, no budget is exceeded, and the server
//! comes back by itself.
#![cfg(target_os = "linux")]

use crate::common::{KEY, LORA_BODY, SUBMIT, client, program, ready, rounds};
use crate::disk::{SmallDisk, fill};
use crate::redis_server::RedisServer;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{PipeReader, Read, pipe};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::process::Child;

/// People who order at a time.
const CALLERS: usize = 8;
/// So many rounds share a ledger and a budget, which they come to use up.
const ERA: u64 = 10;
const ORDERS_IN_BUDGET: u64 = 120;
/// What an order costs, in millionths of a dollar.
const ONE: u64 = 70_000;
/// Within this time the server has to be back, and to say how it is.
const SOON: Duration = Duration::from_secs(5);

/// Numbers that look random and are the same again for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most
    }
}

/// Every run that FAL was made to start: the key of the order, which stands in its prompt, and the
/// id.
type Bought = Arc<Mutex<Vec<(String, String)>>>;

/// FAL, which takes its time.
async fn fal() -> (String, Bought) {
    async fn answer(State(bought): State<Bought>, method: Method, body: Bytes) -> Response {
        let reply = if method == Method::POST {
            let order: Value = serde_json::from_slice(&body).unwrap();
            let key = order["prompt"].as_str().unwrap().to_owned();
            let id = {
                let mut bought = bought.lock().unwrap();
                let id = format!("764cabcf-b745-4b3e-ae38-{:012x}", bought.len());
                bought.push((key, id.clone()));
                id
            };
            tokio::time::sleep(Duration::from_millis(15)).await;
            json!({ "request_id": id, "status": "IN_QUEUE" })
        } else {
            json!({ "status": "IN_QUEUE", "queue_position": 1 })
        };
        ([("content-type", "application/json")], reply.to_string()).into_response()
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let bought = Bought::default();
    let router = Router::new().fallback(answer).with_state(Arc::clone(&bought));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (base, bought)
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// `kill -9` of the server.
    Kill,
    /// Whoever reads the log goes.
    LogGone,
    /// Whoever reads the log stands still.
    LogStands,
    /// The disk of the ledger is full.
    DiskFull,
    /// Redis has no memory left.
    RedisFull,
    /// Redis takes no writes.
    RedisReadOnly,
    /// Redis no longer writes to its disk before it confirms.
    RedisForgets,
    /// `kill -9` of Redis.
    RedisKill,
}

const OF_FILE: [Fault; 4] = [Fault::Kill, Fault::LogGone, Fault::LogStands, Fault::DiskFull];
const OF_REDIS: [Fault; 5] =
    [Fault::Kill, Fault::RedisFull, Fault::RedisReadOnly, Fault::RedisForgets, Fault::RedisKill];

enum Place {
    Disk(SmallDisk),
    Redis(RedisServer),
}

/// The server as its callers know it.
#[derive(Clone)]
struct Server(String);

/// The server and what it stands on.
struct Stage {
    place: Place,
    base: String,
    server: Server,
    child: Option<Child>,
    log: Option<Log>,
}

/// Whoever reads the log.
struct Log {
    stands: Arc<AtomicBool>,
    goes: Arc<AtomicBool>,
}

impl Log {
    fn read(mut from: PipeReader) -> Self {
        let (stands, goes) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let log = Self { stands: Arc::clone(&stands), goes: Arc::clone(&goes) };
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while !goes.load(Ordering::Relaxed) {
                if stands.load(Ordering::Relaxed) {
                    std::thread::sleep(Duration::from_millis(10));
                } else if matches!(from.read(&mut buffer), Ok(0) | Err(_)) {
                    break;
                }
            }
        });
        log
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.goes.store(true, Ordering::Relaxed);
    }
}

impl Stage {
    async fn set(place: Place, base: &str) -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let (base, server) = (base.to_owned(), Server(free.to_string()));
        let mut stage = Self { place, base, server, child: None, log: None };
        stage.start().await;
        stage
    }

    async fn start(&mut self) {
        let budget = format!("{:.2}", (ORDERS_IN_BUDGET * ONE) as f64 / 1e6);
        let (ledger, data) = match &self.place {
            Place::Disk(disk) => (String::new(), disk.folder().join("data")),
            Place::Redis(redis) => (redis.url(), std::env::temp_dir()),
        };
        let (reader, writer) = pipe().unwrap();
        let mut command = program(&[
            ("FAL_KEY", KEY),
            ("LIKENESS_LISTEN", self.server.0.as_str()),
            ("LIKENESS_FAL_QUEUE", self.base.as_str()),
            ("LIKENESS_LEDGER", ledger.as_str()),
            ("LIKENESS_DATA", data.to_str().unwrap()),
            ("LIKENESS_ACCESS", "header"),
            ("LIKENESS_USER_HEADER", "x-user"),
            ("LIKENESS_FRONT_PROXY", "127.0.0.1"),
            ("LIKENESS_BUDGET_DAY", budget.as_str()),
            ("LIKENESS_RUNS", "100000"),
            ("RUST_LOG", "debug"),
        ]);
        command.stderr(Stdio::from(writer));
        self.log = Some(Log::read(reader));
        let (child, line) = ready(command).await;
        assert!(line.contains(&self.server.0), "it starts: {line:?}");
        self.child = Some(child);
    }

    async fn begin(&mut self, fault: Fault) {
        match (fault, &mut self.place) {
            (Fault::Kill, _) => self.child.take().unwrap().kill().await.unwrap(),
            (Fault::LogGone, _) => self.log.take().into_iter().for_each(drop),
            (Fault::LogStands, _) => {
                self.log.iter().for_each(|log| log.stands.store(true, Ordering::Relaxed));
            }
            (Fault::DiskFull, Place::Disk(disk)) => fill(&disk.filler()),
            (Fault::RedisKill, Place::Redis(redis)) => redis.stop(),
            (_, Place::Redis(redis)) => tell(redis, settings(fault).0).await,
            (_, Place::Disk(_)) => unreachable!("{fault:?} is a fault of Redis"),
        }
    }

    async fn end(&mut self, fault: Fault) {
        match (fault, &mut self.place) {
            (Fault::Kill, _) => self.start().await,
            (Fault::LogGone, _) => {}
            (Fault::LogStands, _) => {
                self.log.iter().for_each(|log| log.stands.store(false, Ordering::Relaxed));
            }
            (Fault::DiskFull, Place::Disk(disk)) => std::fs::remove_file(disk.filler()).unwrap(),
            (Fault::RedisKill, Place::Redis(redis)) => assert!(redis.start_again("always")),
            (_, Place::Redis(redis)) => tell(redis, settings(fault).1).await,
            (_, Place::Disk(_)) => unreachable!("{fault:?} is a fault of Redis"),
        }
    }
}

impl Server {
    fn by(&self, user: &str, method: Method, path: &str) -> RequestBuilder {
        let request = client().request(method, format!("http://{}{path}", self.0));
        request.header("x-user", user).timeout(Duration::from_secs(8))
    }

    fn order(&self, user: &str, key: &str) -> RequestBuilder {
        let body = LORA_BODY.replace("a harbour", key);
        let order =
            self.by(user, Method::POST, "/api/fal/proxy").header("x-fal-target-url", SUBMIT);
        order.header("content-type", "application/json").header("idempotency-key", key).body(body)
    }

    async fn is_ready(&self) -> bool {
        let ready = self.by("anybody", Method::GET, "/readyz").send().await;
        ready.is_ok_and(|ready| ready.status() == 200)
    }

    async fn get(&self, user: &str, path: &str) -> Option<(u16, Value)> {
        let reply = self.by(user, Method::GET, path).send().await.ok()?;
        let status = reply.status().as_u16();
        Some((status, serde_json::from_slice(&reply.bytes().await.ok()?).unwrap_or_default()))
    }
}

/// How a fault of Redis begins, and how it ends.
fn settings(fault: Fault) -> (&'static [&'static str], &'static [&'static str]) {
    match fault {
        Fault::RedisFull => {
            (&["CONFIG", "SET", "maxmemory", "1"], &["CONFIG", "SET", "maxmemory", "0"])
        }
        // A replica of a server that is not there.
        Fault::RedisReadOnly => (&["REPLICAOF", "127.0.0.1", "1"], &["REPLICAOF", "NO", "ONE"]),
        _ => (&["CONFIG", "SET", "appendfsync", "no"], &["CONFIG", "SET", "appendfsync", "always"]),
    }
}

/// Gives a Redis server a command, in its own words.
async fn tell(redis: &RedisServer, command: &[&str]) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let url = redis.url();
    let place = url.trim_start_matches("redis://").trim_end_matches('/');
    let mut socket = tokio::net::TcpStream::connect(place).await.unwrap();
    socket.write_all(format!("{}\r\n", command.join(" ")).as_bytes()).await.unwrap();
    let mut reply = [0; 3];
    socket.read_exact(&mut reply).await.unwrap();
    assert_eq!(&reply, b"+OK", "{command:?}");
}

/// What somebody was told of an order: the run, if the reply came.
struct Told {
    user: String,
    key: String,
    run: Option<String>,
}

/// Orders until it is enough.
async fn orders(server: &Server, user: String, enough: &AtomicBool) -> Vec<Told> {
    let mut told = Vec::new();
    while !enough.load(Ordering::Relaxed) && told.len() < 25 {
        let key = format!("{user}-{}", told.len());
        let reply = server.order(&user, &key).send().await;
        let run = match reply {
            Ok(reply) if reply.status() == 200 => reply.bytes().await.ok().and_then(|reply| {
                let reply: Value = serde_json::from_slice(&reply).ok()?;
                Some(reply["request_id"].as_str()?.to_owned())
            }),
            _ => None,
        };
        told.push(Told { user: user.clone(), key, run });
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    told
}

/// Until `/readyz` says of the server what an order meets, both ways.
async fn says_how_it_is(server: &Server, name: &str, fault: Fault) {
    let begun = Instant::now();
    for number in 0.. {
        let before = server.is_ready().await;
        let order = server.order(name, &format!("{name}-{number}")).send().await.unwrap();
        let may_order = order.status() != 503;
        if before == may_order && before == server.is_ready().await {
            return;
        }
        assert!(begun.elapsed() < SOON, "{fault:?}: ready {before}, orders {may_order}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// What the rounds came to.
#[derive(Debug, Default)]
struct Sum {
    faults: HashMap<String, u64>,
    ordered: usize,
    bought: usize,
    unknown: usize,
    slowest: Duration,
}

/// One fault while people order, and what became of everything.
async fn round(
    stage: &mut Stage,
    fault: Fault,
    name: &str,
    random: &mut Random,
    bought: &Bought,
    sum: &mut Sum,
) {
    let since = bought.lock().unwrap().len();
    let enough = AtomicBool::new(false);
    let server = stage.server.clone();
    let names = (0..CALLERS).map(|caller| format!("{name}-{caller}"));
    let ordering = futures_util::future::join_all(names.map(|user| orders(&server, user, &enough)));
    let (before, during) = (Duration::from_millis(random.below(250)), random.below(400));
    let happening = async {
        tokio::time::sleep(before).await;
        stage.begin(fault).await;
        tokio::time::sleep(Duration::from_millis(during)).await;
        if fault != Fault::Kill {
            says_how_it_is(&server, &format!("{name}-d"), fault).await;
        }
        stage.end(fault).await;
        let ended = Instant::now();
        while !server.is_ready().await {
            assert!(ended.elapsed() < SOON, "{fault:?}: it does not come back");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let back = ended.elapsed();
        says_how_it_is(&server, &format!("{name}-a"), fault).await;
        enough.store(true, Ordering::Relaxed);
        back
    };
    let (ordered, back) = tokio::join!(ordering, happening);
    let ordered: Vec<Told> = ordered.into_iter().flatten().collect();
    sum.slowest = sum.slowest.max(back);
    *sum.faults.entry(format!("{fault:?}")).or_default() += 1;
    sum.ordered += ordered.len();

    let runs: Vec<(String, String)> = bought.lock().unwrap()[since..].to_vec();
    sum.bought += runs.len();
    let mut of_key: HashMap<&str, &str> = HashMap::new();
    for (key, run) in &runs {
        assert!(of_key.insert(key, run).is_none(), "{fault:?}: {key} was bought twice");
    }
    for (key, run) in &runs {
        let user = key.rsplit_once('-').unwrap().0;
        let (_, told) = server.get(user, &format!("/api/v1/submissions/{key}")).await.unwrap();
        match told["state"].as_str() {
            Some("answered") => assert_eq!(told["reply"]["request_id"], **run, "{fault:?} {key}"),
            // A server that died cannot know what came of it; it may be said later where others may
            // have it.
            Some("unknown" | "in_flight") if fault == Fault::Kill => sum.unknown += 1,
            _ => panic!("{fault:?}: {key} was bought as {run}, and its owner is told {told}"),
        }
    }
    for Told { user, key, run } in ordered.iter().filter(|told| told.run.is_some()) {
        let run = run.as_deref().unwrap();
        assert_eq!(of_key.get(key.as_str()), Some(&run), "{fault:?} {key}");
        let status = server.by(user, Method::GET, "/api/fal/proxy");
        let status = status.header("x-fal-target-url", format!("{SUBMIT}/requests/{run}/status"));
        assert_eq!(status.send().await.unwrap().status(), 200, "{fault:?}: {key} is lost");
        let told = server.get(user, &format!("/api/v1/submissions/{key}")).await.unwrap().1;
        assert_eq!(told["reply"]["request_id"], run, "{fault:?}: {key} is told {told}");
    }
}

/// So many rounds on ledgers of one kind; none where that kind cannot be had here.
async fn lane(faults: &[Fault], rounds: u64, seed: u64) -> Option<Sum> {
    let (mut random, mut sum) = (Random(seed), Sum::default());
    let mut left = rounds;
    while left > 0 {
        let place = if faults.contains(&Fault::RedisKill) {
            Place::Redis(RedisServer::start()?)
        } else {
            Place::Disk(SmallDisk::mount()?)
        };
        let (base, bought) = fal().await;
        let mut stage = Stage::set(place, &base).await;
        for round_of_era in 0..left.min(ERA) {
            let fault = faults[usize::try_from(random.below(faults.len() as u64)).unwrap()];
            let name = format!("r{}x{round_of_era}", rounds - left);
            round(&mut stage, fault, &name, &mut random, &bought, &mut sum).await;
        }
        left -= left.min(ERA);
        let (_, spending) = stage.server.get("anybody", "/api/v1/spending").await.unwrap();
        let of = |what: &str| spending["day"][what].as_u64().unwrap();
        let (spent, held) = (of("spent"), of("held"));
        let (cost, budget) = (bought.lock().unwrap().len() as u64 * ONE, ORDERS_IN_BUDGET * ONE);
        assert!(cost <= spent + held && spent + held <= budget, "{cost} {spent} {held} {budget}");
    }
    Some(sum)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn real_faults_lose_no_run_overshoot_no_budget_and_need_no_help() {
    let rounds = rounds(10).min(200);
    let given = std::env::var("LIKENESS_SEED").ok().and_then(|seed| seed.parse().ok());
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let seed = given.unwrap_or(u64::from(now.subsec_nanos()));
    println!("LIKENESS_SEED={seed}");
    let (file, redis) = tokio::join!(
        lane(&OF_FILE, rounds / 2, seed),
        lane(&OF_REDIS, rounds / 2, seed.wrapping_add(1))
    );
    for (what, sum) in [("a file", file), ("Redis", redis)] {
        let Some(sum) = sum else {
            println!("NOT TRIED: {what} cannot be had here");
            continue;
        };
        println!("R4   ledger in {what}: {sum:?}, 0 lost, 0 overshoot");
    }
}
