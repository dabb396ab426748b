//! The simulator: the queue, a clock, and somebody who draws.

use likeness_core::Route;
use likeness_fal::target::RequestId;
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::account::Account;
use crate::background;
use crate::caller::Lane;
use crate::caller::{Caller, DrawLimit};
use crate::config::Config;
use crate::entropy;
use crate::order::Order;
use crate::pace::Pace;
use crate::player::Player;
use crate::queue::{Queue, Stats};
use crate::run::{Phase, Run};
use crate::script::{Call, Effect, Fault, Script};
use crate::uploads::Uploads;

/// A stand-in FAL. Clones share everything.
#[derive(Debug, Clone)]
pub struct Simulator(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: Config,
    pace: Pace,
    queue: Mutex<Queue>,
    uploads: Mutex<Uploads>,
    player: Mutex<Player>,
    account: Mutex<Account>,
    /// For how long nobody shall be able to connect, until the listener hears of it.
    refusal: Mutex<Option<Duration>>,
    refused: Notify,
    /// Rung whenever the queue changes other than by time.
    changed: Notify,
    draw_limit: DrawLimit,
}

impl Simulator {
    /// A simulator with an empty queue.
    pub fn new(config: Config) -> Self {
        let pace = Pace::new(config.speed);
        let queue = Queue::new(config.at_once, pace.dispatch(), config.keep, config.most_runs);
        Self(Arc::new(Inner {
            pace,
            queue: Mutex::new(queue),
            uploads: Mutex::default(),
            player: Mutex::default(),
            account: Mutex::default(),
            refusal: Mutex::default(),
            refused: Notify::new(),
            changed: Notify::new(),
            draw_limit: DrawLimit::default(),
            config,
        }))
    }

    /// What it has done so far.
    pub fn stats(&self) -> Stats {
        self.queue().stats()
    }

    /// Begins a script; the one before ends.
    pub fn play(&self, script: Script) {
        *lock(&self.0.player) = Player::new(script);
    }

    /// Closes the listener and every connection of [`serve`](Self::serve) for so long.
    pub fn refuse_connections(&self, length: Duration) {
        *lock(&self.0.refusal) = Some(length);
        self.0.refused.notify_one();
    }

    /// What was asked for so far, and what it costs.
    pub fn account(&self) -> Account {
        let delivered_micro_usd = self.queue().stats().delivered_micro_usd;
        let struck = lock(&self.0.player).struck();
        Account { delivered_micro_usd, struck, ..lock(&self.0.account).clone() }
    }

    /// What the script does to this request.
    pub(crate) fn fault(&self, call: Call, id: Option<&str>) -> Option<(Fault, Effect)> {
        lock(&self.0.player).draw(call, id)
    }

    /// Notes that a run was asked for.
    pub(crate) fn receive(&self, body: &[u8]) {
        lock(&self.0.account).receive(body);
    }

    /// Notes that a run was started.
    pub(crate) fn accept(&self, body: &[u8], price: u64) {
        lock(&self.0.account).accept(body, price);
    }

    /// Waits until connections shall be refused, and for how long.
    pub(crate) async fn refusal(&self) -> Duration {
        loop {
            self.0.refused.notified().await;
            if let Some(length) = lock(&self.0.refusal).take() {
                return length;
            }
        }
    }

    /// How it is set up.
    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    /// The queue, at the present time.
    pub(crate) fn queue(&self) -> MutexGuard<'_, Queue> {
        let mut queue = lock(&self.0.queue);
        queue.advance(Instant::now());
        queue
    }

    /// The uploaded files.
    pub(crate) fn uploads(&self) -> MutexGuard<'_, Uploads> {
        lock(&self.0.uploads)
    }

    /// Tells those who wait that the queue has changed.
    pub(crate) fn announce_change(&self) {
        self.0.changed.notify_waiters();
    }

    /// A run of this body, not yet in the queue.
    pub(crate) fn new_run(&self, route: Route, lane: Lane, body: &Value) -> Run {
        let order = Order::read(route, body);
        let takes = match &order {
            Ok(order) => self.0.pace.work(order),
            Err(_) => self.0.pace.refusal(),
        };
        Run {
            id: entropy::request_id(),
            route,
            lane,
            number: 0,
            order: order.map(Arc::new).map_err(Arc::from),
            submitted: Instant::now(),
            wall: SystemTime::now(),
            takes,
            phase: Phase::Waiting,
        }
    }

    /// Waits until a run is over; none if it is forgotten meanwhile.
    pub(crate) async fn finished(&self, account: &str, id: &RequestId) -> Option<Run> {
        loop {
            let changed = self.0.changed.notified();
            let next = {
                let queue = self.queue();
                let run = queue.run(account, id)?;
                if run.is_over() {
                    return Some(run.clone());
                }
                queue.next_event(&run.lane)
            };
            match next {
                Some(at) => {
                    tokio::select! {
                        () = tokio::time::sleep_until(at) => {}
                        () = changed => {}
                    }
                }
                None => changed.await,
            }
        }
    }

    /// Draws one picture of an order, away from the threads that answer requests.
    pub(crate) async fn draw(&self, order: Arc<Order>, index: u32, caller: Caller) -> Vec<u8> {
        let _turn = self.0.draw_limit.turn(caller).await;
        let drawing = background::run(move || order.draw(index));
        drawing.await.expect("drawing does not panic for sizes that the schema lets through")
    }
}

/// What a mutex holds. A panic elsewhere leaves it readable: every change is complete or not begun.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
