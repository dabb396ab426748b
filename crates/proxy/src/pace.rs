//! How fast one user may ask and order, and one answer for equal questions.

use crate::ledger::User;
use crate::recent::Recent;
use crate::refusal::Refusal;
use crate::strikes::Strikes;
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
/// The answer to one question, while it is fresh. Whoever finds none asks, and the others wait at the lock.
pub(crate) struct Held<T>(Option<(Instant, T)>);

impl<T: Clone> Held<T> {
    /// The answer, if someone got it a moment ago.
    pub(crate) fn fresh(&self) -> Option<T> {
        self.0.as_ref().filter(|(at, _)| at.elapsed() < FRESH).map(|(_, answer)| answer.clone())
    }

    /// Keeps an answer for who asks next.
    pub(crate) fn keep(&mut self, answer: T) {
        self.0 = Some((Instant::now(), answer));
    }
}

type Slot<T> = Arc<tokio::sync::Mutex<Held<T>>>;

/// Lets one of several equal questions be asked, and gives all of them its answer.
pub(crate) struct Coalescer<T> {
    slots: Mutex<(Instant, Recent<String, Slot<T>>)>,
}

impl<T> Default for Coalescer<T> {
    fn default() -> Self {
        Self { slots: Mutex::new((Instant::now(), Recent::default())) }
    }
}

impl<T> Coalescer<T> {
    /// The place of a question.
    pub(crate) fn slot(&self, question: String) -> Slot<T> {
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
        let slot = Slot::new(tokio::sync::Mutex::new(Held(None)));
        slots.insert(question, Arc::clone(&slot));
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[tokio::test]
    async fn equal_questions_are_asked_once() {
        let (coalescer, asked) = (Coalescer::default(), AtomicU32::new(0));
        let ask = async |question: &str| {
            let slot = coalescer.slot(question.to_owned());
            let mut held = slot.lock().await;
            if held.fresh().is_none() {
                asked.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(20)).await;
                held.keep("answer");
            }
            held.fresh()
        };
        let (one, two) = tokio::join!(ask("q"), ask("q"));
        assert_eq!(
            (one, two, ask("other").await),
            (Some("answer"), Some("answer"), Some("answer"))
        );
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
