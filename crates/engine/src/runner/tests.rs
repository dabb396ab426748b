//! Whole runs against a scripted FAL and a clock that moves only when someone waits.

use super::*;
use crate::{
    picture::Picture,
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
    picture_errors: RefCell<VecDeque<PictureError>>,
    store_errors: RefCell<VecDeque<StoreError>>,
    is_full: Cell<bool>,
    is_offline: Cell<bool>,
    is_free: Cell<bool>,
    /// How often our server gives no answer.
    silence: Cell<u32>,
    passed_on: RefCell<Vec<JobId>>,
    on_sleep: RefCell<Option<Hook>>,
    troubles: RefCell<Vec<Option<String>>>,
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
    async fn fetch_picture(&self, _: &str) -> Result<Fetched<()>, PictureError> {
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
    fn picture_arrived(&self, _: &Picture) {}
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

/// What our server says became of the submit.
fn submission(state: &str) -> Result<Reply, Lost> {
    reply(200, &format!(r#"{{"state":"{state}"}}"#))
}

fn answered(status: u16, said: &str) -> Result<Reply, Lost> {
    reply(
        200,
        &format!(r#"{{"state":"answered","status":{status},"headers":{{}},"reply":{said}}}"#),
    )
}

fn server_error(status: u16, code: &str) -> Result<Reply, Lost> {
    reply(
        status,
        &format!(
            r#"{{"error":{{"code":"{code}","message":"x","retryable":true,"retry_after_ms":90000}}}}"#
        ),
    )
}

fn submits(fake: &Fake) -> usize {
    fake.sent.borrow().iter().filter(|(method, ..)| *method == Method::Post).count()
}

#[test]
fn a_lost_reply_is_asked_about_and_never_sent_again() {
    for lost in [
        Err(Lost::Unknown),
        reply(200, "<html>"),
        reply(200, "{}"),
        server_error(500, "unknown_outcome"),
        server_error(409, "in_flight"),
        server_error(422, "key_reused"),
    ] {
        let (fake, job) = play(
            vec![
                lost,
                Err(Lost::Unknown),
                server_error(503, "ledger_away"),
                submission("in_flight"),
                submission("unknown"),
            ],
            |_| {},
        );
        assert_eq!(job.state, State::Unknown { inquiry: Inquiry::Closed });
        assert_eq!(submits(&fake), 1);
        assert_eq!(fake.sent.borrow()[1].1, "submissions/job-1");
    }
}

#[test]
fn the_answer_that_our_server_kept_is_read_as_if_it_had_come_then() {
    let script = vec![
        Err(Lost::Unknown),
        answered(200, SUBMITTED),
        reply(200, COMPLETED),
        reply(200, OUTPUT),
    ];
    let (fake, job) = play(script, |_| {});
    assert!(matches!(job.state, State::Done { .. }), "{job:?}");
    assert_eq!(submits(&fake), 1);

    let refusal = r#"{"detail":"User is locked. Reason: Exhausted balance."}"#;
    let (_, job) = play(vec![Err(Lost::Unknown), answered(403, refusal)], |_| {});
    let State::Failed { failure } = job.state else { panic!("{job:?}") };
    assert_eq!((failure.kind.as_str(), failure.charge), ("exhausted_balance", Charge::No));

    for nothing in [answered(200, "{}"), answered(500, r#"{"detail":"x"}"#)] {
        let (_, job) = play(vec![Err(Lost::Unknown), nothing], |_| {});
        assert_eq!(job.state, State::Unknown { inquiry: Inquiry::Closed }, "it will not say more");
    }
}

#[test]
fn a_key_that_the_server_does_not_know_twice_may_be_sent_again_by_a_press_under_the_same_key() {
    let absent = || server_error(404, "unknown_submission");
    let (fake, job) = play(vec![Err(Lost::Unknown), absent(), absent()], |_| {});
    assert_eq!(job.state, State::Unsent { offer: None });
    assert_eq!(fake.clock.get(), TRAVEL_TIME, "the first might still be travelling");
    assert_eq!(submits(&fake), 1, "nothing is sent silently");

    *fake.replies.borrow_mut() =
        vec![reply(200, SUBMITTED), reply(200, COMPLETED), reply(200, OUTPUT)].into();
    let runner = Runner::new(fake.clone());
    run(runner.resume(job));
    run(runner.send_again(&JobId("job-1".into())));
    assert_eq!(fake.pictures.borrow().len(), 1);
    let keys: Vec<_> = fake.sent.borrow().iter().filter_map(|(.., key)| key.clone()).collect();
    assert_eq!(keys, ["job-1", "job-1"]);
    run(runner.send_again(&JobId("job-1".into())));
    assert_eq!(submits(&fake), 2, "a second press does nothing");
}

/// The server said of an earlier attempt that it had not left, while the one that a press had sent was on its way.
#[test]
fn that_nothing_left_under_a_key_counts_only_when_it_is_said_again_after_the_travel_time() {
    let script = vec![
        Err(Lost::Unknown),
        submission("unsent"),
        answered(200, SUBMITTED),
        reply(200, COMPLETED),
        reply(200, OUTPUT),
    ];
    let (_, job) = play(script, |_| {});
    assert!(matches!(job.state, State::Done { .. }), "{job:?}");
    let (_, job) =
        play(vec![Err(Lost::Unknown), submission("unsent"), submission("unsent")], |_| {});
    assert_eq!(job.state, State::Unsent { offer: None });
}

#[test]
fn an_order_without_a_network_waits_for_it_and_can_be_taken_back() {
    let online_at = |at: Option<Millis>| {
        move |fake: &Rc<Fake>| {
            fake.is_offline.set(true);
            let weak = Rc::downgrade(fake);
            *fake.on_sleep.borrow_mut() = Some(Box::new(move |now| {
                if let Some(fake) = weak.upgrade().filter(|_| at.is_some_and(|at| now >= at)) {
                    fake.is_offline.set(false);
                }
            }));
        }
    };
    let script = vec![reply(200, SUBMITTED), reply(200, COMPLETED), reply(200, OUTPUT)];
    let (fake, job) = play(script, online_at(Some(60_000)));
    assert!(matches!(job.state, State::Done { .. }), "{job:?}");
    assert_eq!(submits(&fake), 1);
    assert!(fake.stored.borrow().iter().any(|job| job.state == State::Held));
    assert!(fake.clock.get() >= 60_000);

    let held = cancelled_with(vec![], |fake| fake.is_offline.set(true));
    assert_eq!(held.state, State::Cancelled);
}

/// Plays an order that waits a minute for the network, while `meanwhile` happens.
fn held_while(script: Vec<Result<Reply, Lost>>, meanwhile: fn(&Fake)) -> (Rc<Fake>, Job) {
    play(script, |fake| {
        fake.is_offline.set(true);
        let weak = Rc::downgrade(fake);
        *fake.on_sleep.borrow_mut() = Some(Box::new(move |now| {
            if let Some(fake) = weak.upgrade().filter(|_| now >= 60_000) {
                meanwhile(&fake);
                fake.is_offline.set(false);
            }
        }));
    })
}

#[test]
fn an_order_whose_price_changed_while_it_waited_asks_and_a_press_orders_what_it_costs_now() {
    let (fake, job) = held_while(vec![], |fake| fake.is_free.set(true));
    let State::Unsent { offer: Some(offer) } = &job.state else { panic!("{job:?}") };
    assert_eq!((submits(&fake), offer.cost), (0, Some((0, 0))));
    assert_ne!(job.order.cost, offer.cost, "what was agreed on is still shown");

    let answers = [reply(200, SUBMITTED), reply(200, COMPLETED), reply(200, OUTPUT)];
    fake.replies.borrow_mut().extend(answers);
    let runner = Runner::new(fake.clone());
    run(runner.send_again(&job.id));
    let done = runner.job(&job.id).unwrap();
    assert!(matches!(done.state, State::Done { .. }), "{done:?}");
    assert_eq!((submits(&fake), done.order), (1, *offer.clone()));
}

#[test]
fn an_order_waits_until_our_server_says_what_it_is() {
    let script = vec![reply(200, SUBMITTED), reply(200, COMPLETED), reply(200, OUTPUT)];
    let (fake, job) = held_while(script, |fake| {
        if fake.is_offline.get() {
            fake.silence.set(3);
        }
    });
    assert!(matches!(job.state, State::Done { .. }), "{job:?}");
    assert_eq!((submits(&fake), fake.silence.get()), (1, 0));
    assert!(fake.clock.get() >= 60_000 + 3 * POLL_VISIBLE);
}

#[test]
fn orders_that_wait_leave_one_after_the_other_in_their_order() {
    let fake = Rc::new(Fake::default());
    let script = [SUBMITTED, COMPLETED, OUTPUT].map(|body| reply(200, body));
    fake.replies.borrow_mut().extend(script);
    let runner = Runner::new(fake.clone());
    let waiting = |id: &str, place| {
        let mut job = Job::new(JobId(id.into()), 0, order());
        (job.state, job.place) = (State::Held, Some(place));
        runner.show(job);
        runner.driven.borrow_mut().insert(JobId(id.into()));
    };
    waiting("later", 1);
    waiting("earlier", 2);
    run(runner.place(&JobId("later".into()), 3));
    let may_go = |id: &str| run(runner.may_go(&runner.job(&JobId(id.into())).unwrap(), 0));
    assert_eq!((may_go("later"), may_go("earlier")), (false, true));
    run(runner.follow(&JobId("earlier".into())));
    assert!(may_go("later"));
}

#[test]
fn an_order_that_could_not_leave_costs_nothing() {
    let (_, job) = play(vec![Err(Lost::Unsent)], |_| {});
    let State::Failed { failure } = job.state else { panic!("{job:?}") };
    assert_eq!((failure.kind.as_str(), failure.charge), ("network", Charge::No));
}

#[test]
fn a_refusal_of_our_server_has_its_own_name_costs_nothing_and_says_when_to_try_again() {
    for code in TOLD_APART {
        let (_, job) = play(vec![server_error(code.status(), code.name())], |_| {});
        let State::Failed { failure } = job.state else { panic!("{job:?}") };
        assert_eq!((failure.kind.as_str(), failure.charge), (code.name(), Charge::No));
        assert_eq!(failure.retry_at, Some(90_000));
    }
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
fn a_refused_order_names_the_field() {
    let body = r#"{"detail":[{"loc":["body","guidance_scale"],"msg":"x","type":"less_than_equal","ctx":{"le":35}}]}"#;
    let (_, job) = play(vec![reply(422, body)], |_| {});
    let State::Failed { failure } = job.state else { panic!("{job:?}") };
    assert_eq!(failure.field.as_deref(), Some("overrides.guidance_scale"));
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
fn a_failure_that_comes_with_the_result_is_a_failure() {
    let policy =
        r#"{"detail":[{"loc":["body","prompt"],"msg":"x","type":"content_policy_violation"}]}"#;
    let (_, job) =
        play(vec![reply(200, SUBMITTED), reply(200, COMPLETED), reply(422, policy)], |_| {});
    let State::Failed { failure } = job.state else { panic!("{job:?}") };
    assert_eq!(failure.kind, "content_policy");
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
fn a_full_disk_before_the_submit_sends_nothing() {
    let (fake, job) = play(vec![], |fake| fake.is_full.set(true));
    assert!(
        matches!(job.state, State::Failed { ref failure } if failure.kind == "storage_full"),
        "{job:?}"
    );
    assert!(fake.sent.borrow().is_empty());
}

#[test]
fn a_full_disk_after_the_run_keeps_trying_until_there_is_room() {
    let (fake, job) =
        play(vec![reply(200, SUBMITTED), reply(200, COMPLETED), reply(200, OUTPUT)], |fake| {
            *fake.store_errors.borrow_mut() = [StoreError::Full, StoreError::Failed].into();
        });
    assert!(matches!(job.state, State::Done { .. }), "{job:?}");
    assert_eq!(fake.pictures.borrow().len(), 1);
}

#[test]
fn a_picture_that_did_not_fit_is_stored_as_soon_as_room_is_made() {
    let took = |makes_room: bool| {
        let fake = Rc::new(Fake::default());
        *fake.replies.borrow_mut() =
            [reply(200, SUBMITTED), reply(200, COMPLETED), reply(200, OUTPUT)].into();
        *fake.store_errors.borrow_mut() = [StoreError::Full].into();
        let runner = Rc::new(Runner::new(fake.clone()));
        let (weak, errors) = (Rc::downgrade(&runner), Rc::downgrade(&fake));
        let refused_at = Cell::new(None);
        *fake.on_sleep.borrow_mut() = Some(Box::new(move |now| {
            let (Some(runner), Some(fake)) = (weak.upgrade(), errors.upgrade()) else { return };
            if fake.store_errors.borrow().is_empty() && refused_at.get().is_none() {
                refused_at.set(Some(now));
            }
            if makes_room && refused_at.get() == Some(now) {
                runner.room_was_made();
            }
        }));
        let id = JobId("job-1".into());
        run(runner.order(id.clone(), order()));
        assert!(matches!(runner.job(&id).unwrap().state, State::Done { .. }));
        fake.clock.get()
    };
    assert!(took(false) >= LONGEST_WAIT);
    assert!(took(true) < LONGEST_WAIT);
}

/// A runner whose job is cancelled at the first wait.
fn cancelled(replies: Vec<Result<Reply, Lost>>) -> Job {
    cancelled_with(replies, |_| {})
}

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
fn a_cancelled_run_that_fal_drops_is_cancelled() {
    let job = cancelled(vec![
        reply(200, SUBMITTED),
        reply(202, r#"{"status":"CANCELLATION_REQUESTED"}"#),
        reply(404, r#"{"status":"NOT_FOUND"}"#),
    ]);
    assert_eq!(job.state, State::Cancelled);
}

#[test]
fn a_cancelled_run_that_finished_anyway_keeps_its_picture() {
    let job = cancelled(vec![
        reply(200, SUBMITTED),
        reply(400, r#"{"status":"ALREADY_COMPLETED"}"#),
        reply(200, OUTPUT),
    ]);
    assert!(matches!(job.state, State::Done { .. }), "{job:?}");
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
    assert_eq!((failure.kind.as_str(), failure.charge), ("picture_gone", Charge::Maybe));
    assert!(fake.pictures.borrow().is_empty());
}

#[test]
fn a_step_that_cannot_be_stored_is_said_and_does_not_stop_a_paid_run() {
    let script =
        vec![reply(200, SUBMITTED), reply(202, QUEUED), reply(200, COMPLETED), reply(200, OUTPUT)];
    let (fake, job) = play(script, |fake| {
        // The intent is stored; then the disk fills up.
        let weak = Rc::downgrade(fake);
        *fake.on_sleep.borrow_mut() = Some(Box::new(move |_| {
            if let Some(fake) = weak.upgrade() {
                fake.is_full.set(true);
            }
        }));
    });
    assert!(matches!(job.state, State::Done { .. }), "{:?}", job.state);
    assert_eq!(fake.pictures.borrow().len(), 1);
    assert!(
        fake.troubles.borrow().iter().any(|trouble| trouble.as_deref() == Some("storage_full"))
    );
}
