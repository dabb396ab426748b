//! Whole runs against a scripted FAL and a clock that moves only when someone waits.

mod cancelling;
mod holding;
mod storing;
mod submitting;

use super::*;
use crate::{
    picture::{Picture, PictureId},
    ports::{Exchange, Fetched, Lost, Method, PictureError, Reply},
};
use core::{
    cell::Cell,
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};
use likeness_core::job::{Inquiry, TRAVEL_TIME};
use std::{collections::VecDeque, rc::Rc};

/// Nothing here ever waits for anything outside, so one poll is enough.
fn run<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a fake port waited for something"),
    }
}

/// Called at the end of every wait, with the time.
type Hook = Box<dyn FnMut(Millis)>;

#[derive(Default)]
struct Fake {
    clock: Cell<Millis>,
    replies: RefCell<VecDeque<Result<Reply, Lost>>>,
    sent: RefCell<Vec<(Method, String, Option<String>)>>,
    stored: RefCell<Vec<Job>>,
    pictures: RefCell<Vec<Picture>>,
    /// Pictures in the order in which the screen was told of them.
    shown: RefCell<Vec<PictureId>>,
    kept: RefCell<Vec<(PictureId, Result<(), StoreError>)>>,
    /// Addresses of pictures that were fetched.
    fetched: RefCell<Vec<String>>,
    picture_errors: RefCell<VecDeque<PictureError>>,
    store_errors: RefCell<VecDeque<StoreError>>,
    is_full: Cell<bool>,
    is_offline: Cell<bool>,
    is_free: Cell<bool>,
    /// How often our server gives no answer.
    silence: Cell<u32>,
    passed_on: RefCell<Vec<JobId>>,
    on_sleep: RefCell<Option<Hook>>,
    troubles: RefCell<Vec<Option<FailureKind>>>,
}

impl Ports for Rc<Fake> {
    type Bytes = ();
    type Claim = ();

    async fn exchange(&self, exchange: Exchange<'_>) -> Result<Reply, Lost> {
        let key = exchange.idempotency_key.map(str::to_owned);
        self.sent.borrow_mut().push((exchange.method, exchange.target.to_owned(), key));
        self.replies.borrow_mut().pop_front().expect("the script has an answer for every call")
    }
    async fn inquire(&self, key: &str) -> Result<Reply, Lost> {
        self.sent.borrow_mut().push((Method::Get, format!("submissions/{key}"), None));
        self.replies.borrow_mut().pop_front().expect("the script has an answer for every call")
    }
    async fn claim(&self, _: &JobId) {}
    fn pass_cancel_on(&self, id: &JobId) {
        self.passed_on.borrow_mut().push(id.clone());
    }
    fn pass_place_on(&self, id: &JobId, _: Millis) {
        self.passed_on.borrow_mut().push(id.clone());
    }
    async fn is_free(&self) -> Option<bool> {
        let left = self.silence.get();
        self.silence.set(left.saturating_sub(1));
        (left == 0).then(|| self.is_free.get())
    }
    async fn load_job(&self, id: &JobId) -> Result<Option<Job>, StoreError> {
        let stored = self.stored.borrow();
        // What a test takes from elsewhere is not in this store.
        stored.iter().rfind(|job| job.id == *id).cloned().map(Some).ok_or(StoreError::Failed)
    }
    fn is_online(&self) -> bool {
        !self.is_offline.get()
    }
    fn job_gone(&self, _: &JobId) {}
    async fn fetch_picture(&self, url: &str) -> Result<Fetched<()>, PictureError> {
        self.fetched.borrow_mut().push(url.to_owned());
        match self.picture_errors.borrow_mut().pop_front() {
            Some(error) => Err(error),
            None => Ok(Fetched {
                bytes: (),
                width: 1024,
                height: 768,
                content_type: "image/jpeg".into(),
                size: 9,
            }),
        }
    }
    async fn store_job(&self, job: &Job) -> Result<(), StoreError> {
        if self.is_full.get() {
            return Err(StoreError::Full);
        }
        self.stored.borrow_mut().push(job.clone());
        Ok(())
    }
    async fn store_picture(&self, picture: &Picture, _: Option<()>) -> Result<(), StoreError> {
        if let Some(error) = self.store_errors.borrow_mut().pop_front() {
            return Err(error);
        }
        self.pictures.borrow_mut().push(picture.clone());
        Ok(())
    }
    fn now(&self) -> Millis {
        self.clock.get()
    }
    async fn sleep(&self, duration: Millis) {
        self.clock.set(self.clock.get() + duration);
        if let Some(hook) = self.on_sleep.borrow_mut().as_mut() {
            hook(self.clock.get());
        }
    }
    fn is_visible(&self) -> bool {
        true
    }
    fn job_changed(&self, job: &Job) {
        self.troubles.borrow_mut().push(job.trouble.clone());
    }
    fn picture_arrived(&self, picture: &Picture, _: Option<&()>) {
        self.shown.borrow_mut().push(picture.id.clone());
    }
    fn picture_kept(&self, id: &PictureId, outcome: Result<(), StoreError>) {
        self.kept.borrow_mut().push((id.clone(), outcome));
    }
}

fn order() -> Order {
    crate::order::tests::ordered()
}

fn reply(status: u16, body: &str) -> Result<Reply, Lost> {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Ok(Reply { status, headers, body: body.as_bytes().to_vec() })
}

const SUBMITTED: &str = r#"{"status":"IN_QUEUE","request_id":"abcdefgh-1","queue_position":1,
    "status_url":"https://queue.fal.run/fal-ai/flux-lora/requests/abcdefgh-1/status",
    "response_url":"https://queue.fal.run/fal-ai/flux-lora/requests/abcdefgh-1",
    "cancel_url":"https://queue.fal.run/fal-ai/flux-lora/requests/abcdefgh-1/cancel"}"#;
const QUEUED: &str = r#"{"status":"IN_QUEUE","queue_position":0}"#;
const RUNNING: &str = r#"{"status":"IN_PROGRESS","logs":null}"#;
const COMPLETED: &str = r#"{"status":"COMPLETED"}"#;
const OUTPUT: &str =
    r#"{"images":[{"url":"https://v3.fal.media/files/a.jpg"}],"seed":9007199254740993}"#;

/// Plays a script and gives the platform and the job at its end.
fn play(replies: Vec<Result<Reply, Lost>>, prepare: impl FnOnce(&Rc<Fake>)) -> (Rc<Fake>, Job) {
    let fake = Rc::new(Fake::default());
    *fake.replies.borrow_mut() = replies.into();
    prepare(&fake);
    let runner = Runner::new(fake.clone());
    let id = JobId("job-1".into());
    run(runner.order(id.clone(), order()));
    let job = runner.job(&id).unwrap();
    (fake, job)
}

fn submits(fake: &Fake) -> usize {
    fake.sent.borrow().iter().filter(|(method, ..)| *method == Method::Post).count()
}

/// A runner whose job is cancelled at the first wait, once `prepare` is done.
fn cancelled_with(replies: Vec<Result<Reply, Lost>>, prepare: impl FnOnce(&Fake)) -> Job {
    let fake = Rc::new(Fake::default());
    prepare(&fake);
    *fake.replies.borrow_mut() = replies.into();
    let runner = Rc::new(Runner::new(fake.clone()));
    let id = JobId("job-1".into());
    let (weak, cancelled) = (Rc::downgrade(&runner), id.clone());
    *fake.on_sleep.borrow_mut() = Some(Box::new(move |_| {
        if let Some(runner) = weak.upgrade() {
            run(runner.cancel(&cancelled));
        }
    }));
    run(runner.order(id.clone(), order()));
    runner.job(&id).unwrap()
}

#[test]
fn a_run_ends_with_its_pictures_stored() {
    let script = vec![
        reply(200, SUBMITTED),
        reply(202, QUEUED),
        reply(202, RUNNING),
        reply(200, COMPLETED),
        reply(200, OUTPUT),
    ];
    let (fake, job) = play(script, |_| {});
    assert!(matches!(job.state, State::Done { .. }), "{job:?}");
    let picture = &fake.pictures.borrow()[0];
    assert_eq!(picture.seed.as_deref(), Some("9007199254740993"));
    assert_eq!((picture.width, picture.height), (1024, 768));
    assert_eq!(fake.sent.borrow()[0].2.as_deref(), Some("job-1"), "the submit carries its key");
}

#[test]
fn the_intent_is_stored_before_the_submit_and_the_handle_right_after() {
    let (fake, _) =
        play(vec![reply(200, SUBMITTED), reply(200, COMPLETED), reply(200, OUTPUT)], |_| {});
    let states: Vec<_> = fake.stored.borrow().iter().map(|job| job.state.name()).collect();
    assert_eq!(states, ["intended", "sent", "queued", "completed", "delivered", "done"]);
}

#[test]
fn ten_minutes_without_a_timer_harm_nothing() {
    let script = vec![
        reply(200, SUBMITTED),
        reply(202, QUEUED),
        reply(202, RUNNING),
        reply(200, COMPLETED),
        reply(200, OUTPUT),
    ];
    let (_, job) = play(script, |fake| {
        let weak = Rc::downgrade(fake);
        *fake.on_sleep.borrow_mut() = Some(Box::new(move |now| {
            if let Some(fake) = weak.upgrade() {
                fake.clock.set(now + 600_000);
            }
        }));
    });
    assert!(matches!(job.state, State::Done { .. }), "{job:?}");
}

#[test]
fn lost_and_broken_polls_are_tried_again() {
    let mut script = vec![reply(200, SUBMITTED)];
    for _ in 0..9 {
        script.push(Err(Lost::Unknown));
    }
    script.extend([
        reply(502, "bad gateway"),
        reply(200, "<html>"),
        reply(202, RUNNING),
        reply(200, COMPLETED),
    ]);
    script.extend([reply(503, "{}"), Err(Lost::Unsent), reply(200, OUTPUT)]);
    let (fake, job) = play(script, |fake| {
        *fake.picture_errors.borrow_mut() = [PictureError::Network, PictureError::Corrupt].into();
    });
    assert!(matches!(job.state, State::Done { .. }), "{job:?}");
    let submits = fake.sent.borrow().iter().filter(|(method, ..)| *method == Method::Post).count();
    assert_eq!(submits, 1);
}

#[test]
fn whoever_has_to_sign_in_for_a_picture_is_told_and_has_it_afterwards() {
    let (fake, job) =
        play(vec![reply(200, SUBMITTED), reply(200, COMPLETED), reply(200, OUTPUT)], |fake| {
            fake.picture_errors.borrow_mut().push_back(PictureError::Locked);
        });
    assert!(matches!(job.state, State::Done { .. }), "{job:?}");
    assert!(fake.troubles.borrow().contains(&Some(FailureKind::SignInRequired)));
}

#[test]
fn a_failure_that_comes_with_the_result_is_a_failure() {
    let policy =
        r#"{"detail":[{"loc":["body","prompt"],"msg":"x","type":"content_policy_violation"}]}"#;
    let (_, job) =
        play(vec![reply(200, SUBMITTED), reply(200, COMPLETED), reply(422, policy)], |_| {});
    let State::Failed { failure } = job.state else { panic!("{job:?}") };
    assert_eq!(failure.kind, FailureKind::ContentPolicy);
}

#[test]
fn a_blanked_picture_is_kept_as_blocked() {
    let output =
        r#"{"images":[{"url":"https://v3.fal.media/files/a.jpg"}],"has_nsfw_concepts":[true]}"#;
    let (fake, _) =
        play(vec![reply(200, SUBMITTED), reply(200, COMPLETED), reply(200, output)], |_| {});
    let picture = &fake.pictures.borrow()[0];
    assert!(picture.is_blocked && picture.bytes == 0);
}

#[test]
fn a_reopened_run_goes_on_where_it_was() {
    let fake = Rc::new(Fake::default());
    *fake.replies.borrow_mut() = [reply(200, COMPLETED), reply(200, OUTPUT)].into();
    let (seen, _) =
        play(vec![reply(200, SUBMITTED), reply(200, COMPLETED), reply(200, OUTPUT)], |_| {});
    let queued =
        seen.stored.borrow().iter().find(|job| job.state.name() == "queued").unwrap().clone();
    let runner = Runner::new(fake.clone());
    run(runner.resume(queued));
    assert_eq!(fake.pictures.borrow().len(), 1);
    assert!(
        fake.sent.borrow().iter().all(|(method, ..)| *method == Method::Get),
        "nothing is submitted"
    );
}

#[test]
fn a_picture_that_fal_has_deleted_is_asked_for_once_and_said_to_be_gone() {
    let script = vec![reply(200, SUBMITTED), reply(200, COMPLETED), reply(200, OUTPUT)];
    let (fake, job) =
        play(script, |fake| fake.picture_errors.borrow_mut().push_back(PictureError::Gone));
    let State::Failed { failure } = job.state else { panic!("{:?}", job.state) };
    assert_eq!((failure.kind.name(), failure.charge), ("picture_gone", Charge::Maybe));
    assert!(fake.pictures.borrow().is_empty());
}
