//! A browser and a server that fail as the chances say. One list of numbers decides everything, so a failure shrinks to a few of them.

use crate::{
    picture::{Picture, PictureId},
    ports::{Exchange, Fetched, Lost, Method, PictureError, Ports, Reply, StoreError},
    runner::Runner,
};
use likeness_core::job::{Handle, Job, JobId, Millis, Order, State};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    pin::pin,
    rc::{Rc, Weak},
    task::{Context, Waker},
};

/// How long the server remembers a key.
const MEMORY: Millis = 24 * 3_600_000;

/// What the server knows of a submit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// FAL took it, and the server has the answer.
    Taken,
    /// FAL refused it.
    Refused,
    /// It left, and FAL's answer was lost.
    Lost,
    /// It provably never left.
    Unsent,
}

/// What happened to one key, seen by somebody who sees everything.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    /// Submits that left the browser.
    pub(super) submits: usize,
    /// Presses of "Send again".
    pub(super) presses: usize,
    /// Runs at FAL.
    pub(super) runs: usize,
    /// What the server knows.
    pub(super) fate: Option<Fate>,
    /// When it reached the server.
    since: Millis,
    /// Whether the browser was given the id of the run.
    pub(super) was_told: bool,
    /// Whether the id was stored.
    pub(super) was_stored: bool,
    /// Whether FAL dropped it on request.
    pub(super) was_dropped: bool,
    /// Questions about the run so far.
    polls: usize,
    /// A submit that is still travelling, and when it arrives.
    arrives: Option<Millis>,
}

pub(super) struct World {
    chances: RefCell<VecDeque<u8>>,
    clock: Cell<Millis>,
    jobs: RefCell<BTreeMap<JobId, Job>>,
    pictures: RefCell<Vec<Picture>>,
    records: RefCell<BTreeMap<String, Record>>,
    is_crashed: Cell<bool>,
    runner: RefCell<Weak<Runner<Rc<World>>>>,
    steps: Cell<usize>,
}

impl World {
    pub(super) fn new(chances: Vec<u8>) -> Rc<Self> {
        Rc::new(Self {
            chances: RefCell::new(chances.into()),
            clock: Cell::new(1_800_000_000_000),
            jobs: RefCell::default(),
            pictures: RefCell::default(),
            records: RefCell::default(),
            is_crashed: Cell::new(false),
            runner: RefCell::default(),
            steps: Cell::new(0),
        })
    }

    /// The next chance; 0, which is always the good one, when there are none left.
    fn chance(&self) -> u8 {
        self.chances.borrow_mut().pop_front().unwrap_or(0)
    }

    pub(super) fn heal(&self) {
        self.chances.borrow_mut().clear();
    }

    pub(super) fn reopen(&self) {
        self.is_crashed.set(false);
        *self.runner.borrow_mut() = Weak::new();
    }

    pub(super) fn attach(&self, runner: &Rc<Runner<Rc<Self>>>) {
        *self.runner.borrow_mut() = Rc::downgrade(runner);
    }

    pub(super) fn has_crashed(&self) -> bool {
        self.is_crashed.get()
    }

    pub(super) fn stored_jobs(&self) -> Vec<Job> {
        self.jobs.borrow().values().cloned().collect()
    }

    pub(super) fn stored_job(&self, id: &str) -> Option<Job> {
        self.jobs.borrow().get(&JobId(id.to_owned())).cloned()
    }

    pub(super) fn has_picture(&self, id: &str) -> bool {
        self.pictures.borrow().iter().any(|picture| picture.id.is_of(&JobId(id.to_owned())))
    }

    pub(super) fn record(&self, id: &str) -> Record {
        self.records.borrow().get(id).cloned().unwrap_or_default()
    }

    /// Whether the server has forgotten the key, or is about to.
    pub(super) fn is_forgotten(&self, id: &str) -> bool {
        let created = self.stored_job(id).map_or(0, |job| job.created_at);
        self.clock.get().saturating_sub(created) > MEMORY - 3_600_000
    }

    /// Whether someone presses "Send again" now.
    pub(super) fn presses(&self) -> bool {
        let is_press = self.chance() % 2 == 1;
        if is_press {
            for record in self.records.borrow_mut().values_mut() {
                record.presses += 1;
            }
        }
        is_press
    }

    /// Time passes without a page.
    pub(super) fn pass(&self, time: Millis) {
        self.clock.set(self.clock.get() + time);
        self.deliver();
    }

    /// Submits that were travelling arrive.
    fn deliver(&self) {
        let now = self.clock.get();
        let due: Vec<String> = self
            .records
            .borrow()
            .iter()
            .filter(|(_, record)| record.arrives.is_some_and(|at| at <= now))
            .map(|(key, _)| key.clone())
            .collect();
        for key in due {
            self.edit(&key, |record| record.arrives = None);
            self.arrive(&key);
        }
    }

    fn edit<T>(&self, key: &str, change: impl FnOnce(&mut Record) -> T) -> T {
        change(self.records.borrow_mut().entry(key.to_owned()).or_default())
    }

    /// A submit reaches the server, which does it once and keeps the answer for a day.
    fn arrive(&self, key: &str) {
        let now = self.clock.get();
        let chance = self.chance();
        self.edit(key, |record| {
            let is_known = record.fate.is_some_and(|fate| fate != Fate::Unsent)
                && now.saturating_sub(record.since) <= MEMORY;
            if is_known {
                return;
            }
            record.since = now;
            record.fate = Some(match chance % 8 {
                1 => Fate::Refused,
                2 => Fate::Lost,
                3 => Fate::Unsent,
                _ => Fate::Taken,
            });
            // A lost answer may have been to a run or to nothing.
            if record.fate == Some(Fate::Taken)
                || (record.fate == Some(Fate::Lost) && chance >= 128)
            {
                record.runs += 1;
            }
        });
    }

    /// What the server says to a submit.
    fn answer(&self, key: &str) -> Reply {
        let fate = self.edit(key, |record| {
            record.was_told |= record.fate == Some(Fate::Taken);
            record.fate
        });
        match fate {
            Some(Fate::Taken) => reply(200, SUBMITTED),
            Some(Fate::Refused) => reply(403, REFUSED),
            Some(Fate::Unsent) => {
                reply(502, r#"{"error":{"code":"unreachable","message":"x","retryable":true}}"#)
            }
            Some(Fate::Lost) | None => reply(
                500,
                r#"{"error":{"code":"unknown_outcome","message":"x","retryable":false}}"#,
            ),
        }
    }

    /// The page is gone. Whatever it waited for never comes.
    async fn crash<T>(&self) -> T {
        self.is_crashed.set(true);
        std::future::pending().await
    }

    /// Every call of a port comes by here.
    async fn step(&self) -> u8 {
        self.steps.set(self.steps.get() + 1);
        assert!(self.steps.get() < 20_000, "it does not come to an end");
        if self.is_crashed.get() {
            return self.crash().await;
        }
        self.chance()
    }

    async fn submit(&self, key: &str) -> Result<Reply, Lost> {
        self.edit(key, |record| record.submits += 1);
        match self.step().await % 16 {
            // It is lost before it leaves the machine, and nobody knows.
            1 => Err(Lost::Unknown),
            // The page crashes before or after it is gone.
            2 => self.crash().await,
            3 => {
                self.arrive(key);
                self.crash().await
            }
            // The answer is lost on the last stretch.
            4 | 5 => {
                self.arrive(key);
                Err(Lost::Unknown)
            }
            // It travels for some seconds, and the page does not wait.
            slow @ 6..=8 => {
                let arrives = self.clock.get() + 3_000 * (u64::from(slow) - 5);
                self.edit(key, |record| record.arrives = Some(arrives));
                Err(Lost::Unknown)
            }
            9 => {
                self.arrive(key);
                Ok(reply(200, "<html>"))
            }
            _ => {
                self.arrive(key);
                Ok(self.answer(key))
            }
        }
    }

    /// What FAL says of the one run, through the server.
    async fn ask(&self, method: Method, target: &str) -> Result<Reply, Lost> {
        let key = self.records.borrow().keys().next().cloned().unwrap_or_default();
        match self.step().await % 12 {
            1 => return Err(Lost::Unknown),
            2 => return Ok(reply(502, "<html>")),
            3 => return self.crash().await,
            4 => return Ok(reply(429, r#"{"detail":"Too many requests"}"#)),
            _ => {}
        }
        if method == Method::Put {
            let is_dropped = self.chance() % 2 == 1;
            self.edit(&key, |record| record.was_dropped |= is_dropped);
            return Ok(if is_dropped {
                reply(404, r#"{"status":"NOT_FOUND"}"#)
            } else {
                reply(400, r#"{"status":"ALREADY_COMPLETED"}"#)
            });
        }
        if target.ends_with("/status") {
            let polls = self.edit(&key, |record| {
                record.polls += 1;
                record.polls
            });
            return Ok(match polls {
                0..=2 => reply(202, r#"{"status":"IN_QUEUE","queue_position":0}"#),
                3..=4 => reply(202, r#"{"status":"IN_PROGRESS"}"#),
                _ => reply(200, r#"{"status":"COMPLETED"}"#),
            });
        }
        Ok(reply(200, r#"{"images":[{"url":"https://v3.fal.media/files/a.jpg"}],"seed":7}"#))
    }
}

impl Ports for Rc<World> {
    type Bytes = ();
    type Claim = ();

    async fn exchange(&self, exchange: Exchange<'_>) -> Result<Reply, Lost> {
        match exchange.idempotency_key {
            Some(key) => self.submit(key).await,
            None => self.ask(exchange.method, exchange.target).await,
        }
    }

    async fn inquire(&self, key: &str) -> Result<Reply, Lost> {
        match self.step().await % 8 {
            1 => return Err(Lost::Unknown),
            2 => {
                return Ok(reply(
                    503,
                    r#"{"error":{"code":"ledger_away","message":"x","retryable":true}}"#,
                ));
            }
            3 => return self.crash().await,
            4 => return Ok(reply(200, r#"{"state":"in_flight"}"#)),
            _ => {}
        }
        let record = self.record(key);
        let is_known = self.clock.get().saturating_sub(record.since) <= MEMORY;
        Ok(match record.fate.filter(|_| is_known) {
            None => reply(
                404,
                r#"{"error":{"code":"unknown_submission","message":"x","retryable":false}}"#,
            ),
            Some(Fate::Lost) => reply(200, r#"{"state":"unknown"}"#),
            Some(Fate::Unsent) => reply(200, r#"{"state":"unsent"}"#),
            Some(Fate::Taken | Fate::Refused) => {
                let kept = self.answer(key);
                let said = String::from_utf8_lossy(&kept.body).into_owned();
                let status = kept.status;
                reply(
                    200,
                    &format!(
                        r#"{{"state":"answered","status":{status},"headers":{{}},"reply":{said}}}"#
                    ),
                )
            }
        })
    }

    async fn claim(&self, _: &JobId) {}

    fn pass_cancel_on(&self, _: &JobId) {}

    fn pass_place_on(&self, _: &JobId, _: Millis) {}

    async fn is_free(&self) -> Option<bool> {
        // Away, or another server than before.
        match self.step().await % 16 {
            1 => None,
            2 => Some(true),
            3 => self.crash().await,
            _ => Some(false),
        }
    }

    async fn load_job(&self, id: &JobId) -> Result<Option<Job>, StoreError> {
        Ok(self.jobs.borrow().get(id).cloned())
    }

    async fn fetch_picture(&self, _: &str) -> Result<Fetched<()>, PictureError> {
        match self.step().await % 8 {
            1 => Err(PictureError::Network),
            2 => Err(PictureError::Corrupt),
            3 => self.crash().await,
            _ => Ok(Fetched {
                bytes: (),
                width: 8,
                height: 8,
                content_type: "image/png".into(),
                size: 9,
            }),
        }
    }

    async fn store_job(&self, job: &Job) -> Result<(), StoreError> {
        let write = || {
            if let Some(Handle { .. }) = job.handle() {
                self.edit(&job.id.0, |record| record.was_stored = true);
            }
            self.jobs.borrow_mut().insert(job.id.clone(), job.clone());
        };
        match self.step().await % 16 {
            1 => Err(StoreError::Full),
            2 => Err(StoreError::Failed),
            3 => self.crash().await,
            4 => {
                write();
                self.crash().await
            }
            _ => {
                write();
                Ok(())
            }
        }
    }

    async fn store_picture(&self, picture: &Picture, _: Option<()>) -> Result<(), StoreError> {
        match self.step().await % 8 {
            1 => Err(StoreError::Full),
            2 => self.crash().await,
            _ => {
                self.pictures.borrow_mut().push(picture.clone());
                Ok(())
            }
        }
    }

    fn now(&self) -> Millis {
        self.clock.get()
    }

    async fn sleep(&self, duration: Millis) {
        let chance = self.step().await;
        // Now and then the machine sleeps.
        let freeze = if chance == 77 { 600_000 } else { 0 };
        self.pass(duration + freeze);
        let runner = self.runner.borrow().upgrade();
        if let (100, Some(runner)) = (chance, runner) {
            let id = JobId("job-1".to_owned());
            // A cancel never waits for anything but the disk; if that crashes, so does the page.
            let _ = pin!(runner.cancel(&id)).poll(&mut Context::from_waker(Waker::noop()));
        }
    }

    fn is_online(&self) -> bool {
        self.chance() % 16 != 5
    }

    fn is_visible(&self) -> bool {
        true
    }

    fn job_changed(&self, job: &Job) {
        // Nothing is shown as done whose bytes are not stored.
        assert!(!matches!(job.state, State::Done { .. }) || self.has_picture(&job.id.0));
    }

    fn job_gone(&self, _: &JobId) {}

    fn picture_arrived(&self, _: &Picture, _: Option<&()>) {}

    fn picture_kept(&self, _: &PictureId, _: Result<(), StoreError>) {}
}

fn reply(status: u16, body: &str) -> Reply {
    Reply { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

const REFUSED: &str = r#"{"detail":"User is locked. Reason: Exhausted balance."}"#;
const SUBMITTED: &str = r#"{"status":"IN_QUEUE","request_id":"abcdefgh-1","queue_position":1,
    "status_url":"https://queue.fal.run/fal-ai/flux-lora/requests/abcdefgh-1/status",
    "response_url":"https://queue.fal.run/fal-ai/flux-lora/requests/abcdefgh-1",
    "cancel_url":"https://queue.fal.run/fal-ai/flux-lora/requests/abcdefgh-1/cancel"}"#;

pub(super) fn order() -> Order {
    crate::order::tests::ordered()
}
