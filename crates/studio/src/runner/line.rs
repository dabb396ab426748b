//! Orders that waited for the network, found in the store by a page that opens: in which order they leave, however long each call of the browser takes.

use super::{Runner, TAB_PATIENCE};
use crate::{
    picture::{Picture, PictureId},
    ports::{Exchange, Fetched, Lost, PictureError, Ports, Reply, StoreError},
};
use core::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    pin::Pin,
    task::{Context, Poll, Waker},
};
use likeness_core::job::{Handle, Job, JobId, Millis, Order, State};
use proptest::prelude::*;
use std::{
    collections::{BTreeMap, VecDeque},
    rc::Rc,
};

/// How much time passes while every task gets a turn.
const ROUND: Millis = 50;

/// A browser whose every answer takes as many rounds as the chances say.
#[derive(Default)]
struct Browser {
    clock: Cell<Millis>,
    chances: RefCell<VecDeque<u8>>,
    online_at: Cell<Millis>,
    stored: RefCell<BTreeMap<JobId, Job>>,
    /// Jobs that another tab drives, and keeps.
    taken: RefCell<Vec<JobId>>,
    /// Keys of submits, and when each left.
    sent: RefCell<Vec<(String, Millis)>>,
}

impl Browser {
    async fn delay(&self) {
        let chance = self.chances.borrow_mut().pop_front().unwrap_or(0);
        self.wait(ROUND * Millis::from(chance % 24)).await;
    }

    async fn wait(&self, duration: Millis) {
        let until = self.clock.get() + duration;
        poll_fn(|_| if self.clock.get() >= until { Poll::Ready(()) } else { Poll::Pending }).await;
    }

    fn keys(&self) -> Vec<String> {
        self.sent.borrow().iter().map(|(key, _)| key.clone()).collect()
    }
}

impl Ports for Rc<Browser> {
    type Bytes = ();
    type Claim = ();

    async fn exchange(&self, exchange: Exchange<'_>) -> Result<Reply, Lost> {
        if let Some(key) = exchange.idempotency_key {
            self.sent.borrow_mut().push((key.to_owned(), self.clock.get()));
        }
        self.delay().await;
        let body = match exchange.idempotency_key {
            Some(_) => r#"{"request_id":"abcdefgh-1"}"#,
            None if exchange.target.ends_with("/status") => r#"{"status":"COMPLETED"}"#,
            None => r#"{"images":[{"url":"https://v3.fal.media/files/a.jpg"}]}"#,
        };
        Ok(Reply { status: 200, headers: Vec::new(), body: body.into() })
    }
    async fn inquire(&self, _: &str) -> Result<Reply, Lost> {
        Err(Lost::Unsent)
    }
    async fn claim(&self, id: &JobId) {
        self.delay().await;
        if self.taken.borrow().contains(id) {
            core::future::pending::<()>().await;
        }
    }
    fn pass_cancel_on(&self, _: &JobId) {}
    fn pass_place_on(&self, _: &JobId, _: Millis) {}
    async fn is_free(&self) -> Option<bool> {
        self.delay().await;
        Some(false)
    }
    async fn load_job(&self, id: &JobId) -> Result<Option<Job>, StoreError> {
        self.delay().await;
        Ok(self.stored.borrow().get(id).cloned())
    }
    async fn fetch_picture(&self, _: &str) -> Result<Fetched<()>, PictureError> {
        let content_type = "image/jpeg".to_owned();
        Ok(Fetched { bytes: (), width: 8, height: 8, content_type, size: 9 })
    }
    async fn store_job(&self, job: &Job) -> Result<(), StoreError> {
        self.delay().await;
        self.stored.borrow_mut().insert(job.id.clone(), job.clone());
        Ok(())
    }
    async fn store_picture(&self, _: &Picture, _: Option<()>) -> Result<(), StoreError> {
        Ok(())
    }
    fn now(&self) -> Millis {
        self.clock.get()
    }
    async fn sleep(&self, duration: Millis) {
        self.wait(duration).await;
    }
    fn is_online(&self) -> bool {
        self.clock.get() >= self.online_at.get()
    }
    fn is_visible(&self) -> bool {
        true
    }
    fn job_changed(&self, _: &Job) {}
    fn job_gone(&self, _: &JobId) {}
    fn picture_arrived(&self, _: &Picture, _: Option<&()>) {}
    fn picture_kept(&self, _: &PictureId, _: Result<(), StoreError>) {}
}

fn order() -> Order {
    crate::order::tests::ordered()
}

/// An order that waits for the network since `created_at`, perhaps moved to another place.
fn held(id: &str, created_at: Millis, place: Option<Millis>) -> Job {
    let mut job = Job::new(JobId(id.into()), created_at, order());
    (job.state, job.place) = (State::Held, place);
    job
}

/// Opens a page with these jobs in its store, and lets it work until `end` or until nothing is left to do.
fn open(browser: &Rc<Browser>, jobs: Vec<Job>, end: Millis, mut meanwhile: impl FnMut(Millis)) {
    for job in &jobs {
        browser.stored.borrow_mut().insert(job.id.clone(), job.clone());
    }
    let runner = Rc::new(Runner::new(browser.clone()));
    runner.show_stored(&jobs);
    let resume = |job: Job| -> Pin<Box<dyn Future<Output = ()>>> {
        let runner = runner.clone();
        Box::pin(async move { runner.resume(job).await })
    };
    let mut tasks: Vec<_> = jobs.into_iter().map(resume).collect();
    while !tasks.is_empty() && browser.clock.get() < end {
        tasks.retain_mut(|task| {
            task.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending()
        });
        browser.clock.set(browser.clock.get() + ROUND);
        meanwhile(browser.clock.get());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn what_waited_leaves_once_each_in_the_order_shown_however_the_page_gets_hold_of_it(
        places in proptest::collection::vec(proptest::option::of(0_u64..8), 2..7),
        chances in proptest::collection::vec(any::<u8>(), 0..200),
        online_at in 0_u64..2_000,
        turn in 0_usize..7,
    ) {
        let browser = Rc::new(Browser::default());
        *browser.chances.borrow_mut() = chances.into();
        browser.online_at.set(online_at);
        let mut jobs: Vec<Job> = places
            .iter()
            .enumerate()
            .map(|(at, place)| held(&format!("job-{at}"), at as Millis, *place))
            .collect();
        let mut shown: Vec<&Job> = jobs.iter().collect();
        shown.sort_by_key(|job| (job.place(), job.id.clone()));
        let shown: Vec<String> = shown.into_iter().map(|job| job.id.0.clone()).collect();
        let turn = turn % jobs.len();
        jobs.rotate_left(turn);
        open(&browser, jobs, 3_600_000, |_| {});
        prop_assert_eq!(browser.keys(), shown);
        let is_done = |job: &Job| matches!(job.state, State::Done { .. });
        prop_assert!(browser.stored.borrow().values().all(is_done));
    }
}

#[test]
fn an_order_of_a_tab_that_sleeps_is_waited_for_only_so_long() {
    let browser = Rc::new(Browser::default());
    browser.taken.borrow_mut().push(JobId("asleep".into()));
    open(&browser, vec![held("asleep", 1, None), held("awake", 2, None)], 60_000, |_| {});
    let sent = browser.sent.borrow();
    assert!(matches!(&sent[..], [(key, at)] if key == "awake" && *at >= TAB_PATIENCE), "{sent:?}");
}

#[test]
fn an_order_follows_one_of_another_tab_as_soon_as_that_has_left_even_if_nobody_tells() {
    let browser = Rc::new(Browser::default());
    let other = held("theirs", 1, None);
    browser.taken.borrow_mut().push(other.id.clone());
    let leave = |now| {
        if now == 3_000 {
            let handle = Handle {
                request_id: "abcdefgh-2".into(),
                status_url: String::new(),
                response_url: String::new(),
                cancel_url: String::new(),
            };
            let state = State::Queued { handle, position: None };
            browser.stored.borrow_mut().insert(other.id.clone(), Job { state, ..other.clone() });
        }
    };
    open(&browser, vec![other.clone(), held("ours", 2, None)], 60_000, leave);
    let sent = browser.sent.borrow();
    assert!(
        matches!(&sent[..], [(key, at)] if key == "ours" && (3_000..TAB_PATIENCE).contains(at)),
        "{sent:?}"
    );
}
