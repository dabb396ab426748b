//! How fast one user may ask and order, and one answer for equal questions.

use crate::ledger::User;
use crate::recent::Recent;
use crate::refusal::Refusal;
use crate::strikes::Strikes;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use likeness_fal::ServerCode;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Questions of one user in a second, and at once.
const POLLS: (u32, u32) = (20, 60);
/// Submits of one user in a minute, and at once.
const SUBMITS: (u32, u32) = (30, 30);
/// Bodies refused by FAL within [`REFUSALS_WINDOW`] after which a user has to wait: some models bill refusals.
const MOST_REFUSALS: usize = 5;
const REFUSALS_WINDOW: Duration = Duration::from_secs(60);

/// The limits of pace.
pub(crate) struct Pace {
    polls: DefaultKeyedRateLimiter<User>,
    submits: DefaultKeyedRateLimiter<User>,
    refusals: Strikes<User>,
}

impl Pace {
    pub(crate) fn new() -> Self {
        let count = |count| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
        let polls = Quota::per_second(count(POLLS.0)).allow_burst(count(POLLS.1));
        let submits = Quota::per_minute(count(SUBMITS.0)).allow_burst(count(SUBMITS.1));
        Self {
            polls: DefaultKeyedRateLimiter::keyed(polls),
            submits: DefaultKeyedRateLimiter::keyed(submits),
            refusals: Strikes::new(MOST_REFUSALS, REFUSALS_WINDOW),
        }
    }

    /// Whether the user may ask now.
    pub(crate) fn question(&self, user: &User) -> Result<(), Refusal> {
        check(&self.polls, user, ServerCode::TooManyPolls)
    }

    /// Whether the user may order now.
    pub(crate) fn order(&self, user: &User) -> Result<(), Refusal> {
        if let Some(wait) = self.refusals.pause(user) {
            return Err(Refusal::later(ServerCode::TooManySubmits, wait));
        }
        check(&self.submits, user, ServerCode::TooManySubmits)
    }

    /// FAL refused a body of this user.
    pub(crate) fn refused(&self, user: &User) {
        self.refusals.strike(user);
    }

    /// Forgets users who have been quiet.
    pub(crate) fn forget(&self) {
        self.polls.retain_recent();
        self.submits.retain_recent();
        self.refusals.forget();
    }
}

fn check(
    limiter: &DefaultKeyedRateLimiter<User>,
    user: &User,
    code: ServerCode,
) -> Result<(), Refusal> {
    limiter.check_key(user).map_err(|not_yet| {
        Refusal::later(code, not_yet.wait_time_from(DefaultClock::default().now()))
    })
}

/// How long an answer counts as the answer to the same question.
const FRESH: Duration = Duration::from_millis(300);
/// The largest answer that is kept, in bytes.
const MOST_ANSWER: usize = 16 << 20;

type Slot = Arc<tokio::sync::Mutex<Option<(Instant, Answer)>>>;

/// A finished answer, to be given more than once.
#[derive(Clone)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// Asks one of several equal questions, and gives all of them its answer.
pub(crate) struct Coalescer {
    slots: Mutex<(Instant, Recent<String, Slot>)>,
}

impl Default for Coalescer {
    fn default() -> Self {
        Self { slots: Mutex::new((Instant::now(), Recent::default())) }
    }
}

impl Coalescer {
    /// The answer to `question`, by asking or from someone who asked the same a moment ago.
    pub(crate) async fn ask(
        &self,
        question: String,
        ask: impl Future<Output = Result<Response, Refusal>>,
    ) -> Result<Response, Refusal> {
        let slot = self.slot(question);
        let mut held = slot.lock().await;
        if let Some((at, answer)) = held.as_ref()
            && at.elapsed() < FRESH
        {
            return Ok(answer.clone().into_response());
        }
        let (parts, body) = ask.await?.into_parts();
        let body = to_bytes(body, MOST_ANSWER).await.map_err(|_| ServerCode::BadReply)?;
        let answer = Answer { status: parts.status, headers: parts.headers, body };
        *held = Some((Instant::now(), answer.clone()));
        Ok(answer.into_response())
    }

    fn slot(&self, question: String) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let (turned, slots) = &mut *slots;
        if turned.elapsed() >= FRESH {
            *turned = Instant::now();
            // Whoever waits for a slow answer holds the slot, and others may join.
            slots.turn(|slot| Arc::strong_count(slot) > 1);
        }
        if let Some(slot) = slots.get(&question) {
            return Arc::clone(slot);
        }
        let slot = Slot::default();
        slots.insert(question, Arc::clone(&slot));
        slot
    }
}

impl Answer {
    fn into_response(self) -> Response {
        let mut reply = Response::new(Body::from(self.body));
        *reply.status_mut() = self.status;
        *reply.headers_mut() = self.headers;
        reply
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[tokio::test]
    async fn equal_questions_are_asked_once() {
        let (coalescer, asked) = (Coalescer::default(), AtomicU32::new(0));
        let ask = || async {
            asked.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok(Response::new(Body::from("answer")))
        };
        let (one, two) =
            tokio::join!(coalescer.ask("q".into(), ask()), coalescer.ask("q".into(), ask()));
        assert!(one.is_ok() && two.is_ok());
        coalescer.ask("other".into(), ask()).await.unwrap();
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn who_asks_or_is_refused_too_often_has_to_wait() {
        let (pace, ann) = (Pace::new(), User("ann".into()));
        let refusal = (0..200).find_map(|_| pace.question(&ann).err()).unwrap();
        assert_eq!(refusal.code(), ServerCode::TooManyPolls);
        assert!(pace.question(&User("bob".into())).is_ok());
        for _ in 0..MOST_REFUSALS {
            assert!(pace.order(&ann).is_ok());
            pace.refused(&ann);
        }
        assert_eq!(pace.order(&ann).unwrap_err().code(), ServerCode::TooManySubmits);
    }
}
