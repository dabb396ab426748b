//! Ten people who use the server as it is meant, and how long they wait.

use crate::Mode;
use crate::common::{LORA_BODY, SUBMIT, client};
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::LocalSet;

/// How many they are, and how long each pauses between two questions.
const CALLERS: usize = 10;
const PAUSE: Duration = Duration::from_millis(100);
/// Whoever waits longer than that has no answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// A picture of the demo, from the order to its last byte.
const SMALL: &str = r#"{"prompt":"a harbour","image_size":{"width":512,"height":512},"loras":[{"path":"https://x.example/t.safetensors"}]}"#;

/// How long they waited, in milliseconds.
#[derive(Default)]
pub(crate) struct Waits {
    all: Vec<f64>,
    /// From an order to its picture.
    pictures: Vec<f64>,
    pub(crate) refused: usize,
}

impl Waits {
    /// So many of a hundred waited no longer.
    pub(crate) fn percentile(&self, share: usize) -> f64 {
        let mut sorted = self.all.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[(sorted.len() * share).div_ceil(100) - 1]
    }

    /// The longest wait for a picture, in seconds, if there were any.
    pub(crate) fn picture(&self) -> Option<f64> {
        self.pictures.iter().copied().reduce(f64::max).map(|wait| wait / 1000.0)
    }
}

struct Caller {
    client: Client,
    name: String,
    from: String,
    /// A run of theirs.
    run: String,
}

/// All of them.
pub(crate) struct Ordinary {
    address: String,
    mode: Mode,
    callers: Vec<Rc<Caller>>,
}

impl Ordinary {
    /// They arrive, and each orders something.
    pub(crate) async fn at(address: &str, mode: Mode) -> Self {
        let mut callers = Vec::new();
        for number in 0..CALLERS {
            let (name, from) = (format!("ordinary {number}"), format!("198.51.100.{number}"));
            let mut caller = Caller { client: client(), name, from, run: String::new() };
            let order = relay(&caller, address, reqwest::Method::POST, SUBMIT);
            let reply = order.header("content-type", "application/json").body(LORA_BODY);
            let reply = reply.send().await.unwrap();
            assert_eq!(reply.status(), 200);
            let reply: Value = serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap();
            caller.run = reply["request_id"].as_str().unwrap().to_owned();
            callers.push(Rc::new(caller));
        }
        Self { address: address.to_owned(), mode, callers }
    }

    /// They ask for so long.
    pub(crate) async fn ask(&self, length: Duration, waits: &mut Waits) {
        let all = Rc::new(RefCell::new(std::mem::take(waits)));
        let tasks = LocalSet::new();
        let end = Instant::now() + length;
        for (number, caller) in self.callers.iter().enumerate() {
            let (caller, address, all) = (Rc::clone(caller), self.address.clone(), Rc::clone(&all));
            tasks.spawn_local(async move {
                tokio::time::sleep(PAUSE * u32::try_from(number).unwrap() / CALLERS as u32).await;
                let mut ticks = tokio::time::interval(PAUSE);
                for turn in number.. {
                    ticks.tick().await;
                    if Instant::now() > end {
                        break;
                    }
                    // Whoever waits asks the next question all the same.
                    let asked = question(&caller, &address, turn);
                    let all = Rc::clone(&all);
                    tokio::task::spawn_local(async move { wait(asked, &all).await });
                }
            });
        }
        if self.mode == Mode::Demo {
            let (caller, address) = (Rc::clone(&self.callers[0]), self.address.clone());
            let all = Rc::clone(&all);
            tasks.spawn_local(async move {
                while Instant::now() < end {
                    let begun = Instant::now();
                    if picture(&caller, &address).await.is_none() {
                        all.borrow_mut().refused += 1;
                    }
                    all.borrow_mut().pictures.push(millis(begun));
                    tokio::time::sleep(Duration::from_millis(300)).await;
                }
            });
        }
        tasks.await;
        *waits = std::mem::take(&mut *all.borrow_mut());
    }
}

/// From somebody, behind the front proxy.
fn by(caller: &Caller, request: RequestBuilder) -> RequestBuilder {
    let request = request.header("x-user", &caller.name).header("x-forwarded-for", &caller.from);
    request.timeout(PATIENCE)
}

fn relay(caller: &Caller, address: &str, method: reqwest::Method, target: &str) -> RequestBuilder {
    let request = caller.client.request(method, format!("{address}/api/fal/proxy"));
    by(caller, request).header("x-fal-target-url", target)
}

/// What an open page asks for.
fn question(caller: &Caller, address: &str, turn: usize) -> RequestBuilder {
    let status = format!("{SUBMIT}/requests/{}/status", caller.run);
    match turn % 4 {
        0 => by(caller, caller.client.get(format!("{address}/api/v1/config"))),
        1 => {
            let body = r#"{"avatar":{"finetune_id":"f"},"prompt":"a harbour","preset":"fast"}"#;
            by(caller, caller.client.post(format!("{address}/api/v1/compose")))
                .header("content-type", "application/json")
                .body(body)
        }
        _ => relay(caller, address, reqwest::Method::GET, &status),
    }
}

fn millis(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1000.0
}

async fn wait(asked: RequestBuilder, all: &RefCell<Waits>) {
    let begun = Instant::now();
    let reply = asked.send().await;
    let is_good = match reply {
        Ok(reply) => reply.status().is_success() && reply.bytes().await.is_ok(),
        Err(_) => false,
    };
    let mut all = all.borrow_mut();
    all.all.push(millis(begun));
    all.refused += usize::from(!is_good);
}

/// A picture of the demo, from the order to its last byte.
async fn picture(caller: &Caller, address: &str) -> Option<usize> {
    let direct = "https://fal.run/fal-ai/flux-lora";
    let order = relay(caller, address, reqwest::Method::POST, direct).body(SMALL);
    let reply = order.header("content-type", "application/json").send().await.ok()?;
    let reply: Value = serde_json::from_slice(&reply.bytes().await.ok()?).ok()?;
    let url = reply["images"][0]["url"].as_str()?;
    let reply = by(caller, caller.client.get(url)).send().await.ok()?;
    Some(reply.bytes().await.ok()?.len())
}
