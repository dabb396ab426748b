//! How fast one caller may ask and order, and one answer for equal questions.

use crate::ledger::User;
use crate::lockout::Lockout;
use crate::recent::Recent;
use crate::refusal::Refusal;
use crate::share::Who;
use crate::upstream::MEDIA_PATH;
use axum::http::Method;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use likeness_api::{ServerCode, address};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Bodies refused by FAL within [`REFUSALS_WINDOW`] after which a user has to wait: some models bill refusals.
const MOST_REFUSALS: usize = 5;
const REFUSALS_WINDOW: Duration = Duration::from_secs(60);

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Files of the app, and pictures and uploads of the demo.
    File,
    /// Everything that thinks, asks or signs in.
    Question,
    /// What may become an order, whether its body is fit to leave or not.
    Attempt,
    /// Pictures that are fetched for a caller.
    Picture,
}

impl Kind {
    /// The kind of a path; none for those that say how the server is.
    pub(crate) fn of(method: &Method, path: &str) -> Option<Self> {
        match path {
            address::HEALTH | address::READY => None,
            address::RELAY if *method == Method::POST => Some(Self::Attempt),
            address::IMAGE => Some(Self::Picture),
            _ if path.starts_with("/api/") && !path.starts_with(MEDIA_PATH) => Some(Self::Question),
            _ => Some(Self::File),
        }
    }

    /// So many in a second, and so many at once. In a demo many may come from one address, and nothing is asked of FAL.
    const fn quota(self, is_live: bool) -> (u32, u32) {
        match (self, is_live) {
            (Self::File, _) | (Self::Question, false) => (100, 400),
            (Self::Question, true) => (20, 60),
            (Self::Attempt, true) => (5, 60),
            (Self::Attempt, false) => (20, 100),
            (Self::Picture, _) => (5, 60),
        }
    }
}

/// Submits in a minute, and at once.
const fn orders(is_live: bool) -> (u32, u32) {
    if is_live { (30, 30) } else { (300, 100) }
}

type Limiter = DefaultKeyedRateLimiter<Who>;

fn limiter(quota: fn(NonZeroU32) -> Quota, (steady, burst): (u32, u32)) -> Limiter {
    let count = |count| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
    Limiter::keyed(quota(count(steady)).allow_burst(count(burst)))
}

/// The limits of pace.
pub(crate) struct Pace {
    files: Limiter,
    questions: Limiter,
    attempts: Limiter,
    pictures: Limiter,
    orders: Limiter,
    refusals: Lockout<User>,
}

impl Pace {
    pub(crate) fn new(is_live: bool) -> Self {
        let of = |kind: Kind| limiter(Quota::per_second, kind.quota(is_live));
        Self {
            files: of(Kind::File),
            questions: of(Kind::Question),
            attempts: of(Kind::Attempt),
            pictures: of(Kind::Picture),
            orders: limiter(Quota::per_minute, orders(is_live)),
            refusals: Lockout::new(MOST_REFUSALS, REFUSALS_WINDOW),
        }
    }

    /// Whether a caller may ask for this now. To be asked before any work.
    pub(crate) fn request(&self, who: Who, kind: Kind) -> Result<(), Refusal> {
        match kind {
            Kind::File => check(&self.files, who, ServerCode::TooManyRequests),
            Kind::Question => check(&self.questions, who, ServerCode::TooManyPolls),
            Kind::Attempt => check(&self.attempts, who, ServerCode::TooManySubmits),
            Kind::Picture => check(&self.pictures, who, ServerCode::TooManyRequests),
        }
    }

    /// Whether a caller may order now, on a user's account.
    pub(crate) fn order(&self, who: Who, user: &User) -> Result<(), Refusal> {
        if let Some(wait) = self.refusals.remaining(user) {
            return Err(Refusal::later(ServerCode::TooManySubmits, wait));
        }
        check(&self.orders, who, ServerCode::TooManySubmits)
    }

    /// FAL refused a body of this user.
    pub(crate) fn refused(&self, user: &User) {
        self.refusals.record_failure(user);
    }

    /// Forgets callers who have been quiet.
    pub(crate) fn forget(&self) {
        let Self { files, questions, attempts, pictures, orders, .. } = self;
        for limiter in [files, questions, attempts, pictures, orders] {
            limiter.retain_recent();
        }
        self.refusals.forget();
    }
}

fn check(limiter: &Limiter, who: Who, code: ServerCode) -> Result<(), Refusal> {
    limiter.check_key(&who).map_err(|not_yet| {
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
        turn(turned, slots);
        if let Some(slot) = slots.get(&question) {
            return Arc::clone(slot);
        }
        let slot = Slot::new(tokio::sync::Mutex::new(Held(None)));
        slots.insert(question, Arc::clone(&slot));
        slot
    }

    /// Forgets answers that are no longer fresh, also where nobody asks.
    pub(crate) fn forget(&self) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let (turned, slots) = &mut *slots;
        turn(turned, slots);
    }
}

fn turn<T>(turned: &mut Instant, slots: &mut Recent<String, Slot<T>>) {
    if turned.elapsed() >= FRESH {
        *turned = Instant::now();
        // Whoever waits for a slow answer holds the slot, and others may join.
        slots.turn(|slot| Arc::strong_count(slot) > 1);
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
        let (pace, ann, bob) = (Pace::new(true), User("ann".into()), Who::named("bob"));
        let who = Who::named("ann");
        let refusal = (0..200).find_map(|_| pace.request(who, Kind::Question).err()).unwrap();
        assert_eq!(refusal.code(), ServerCode::TooManyPolls);
        assert!(pace.request(bob, Kind::Question).is_ok());
        assert!(pace.request(who, Kind::File).is_ok(), "files are counted apart");
        for _ in 0..MOST_REFUSALS {
            assert!(pace.order(who, &ann).is_ok());
            pace.refused(&ann);
        }
        assert_eq!(pace.order(who, &ann).unwrap_err().code(), ServerCode::TooManySubmits);
    }

    #[test]
    fn every_path_has_a_pace_but_those_that_say_how_the_server_is() {
        for (path, kind) in [
            ("/healthz", None),
            ("/readyz", None),
            ("/", Some(Kind::File)),
            ("/healthz/x", Some(Kind::File)),
            ("/api/v1/demo/media/files/b/runs/x.jpg", Some(Kind::File)),
            ("/api/v1/image", Some(Kind::Picture)),
            ("/api/fal/proxy", Some(Kind::Question)),
            ("/api/v1/config", Some(Kind::Question)),
            ("/api/nowhere", Some(Kind::Question)),
        ] {
            assert_eq!(Kind::of(&Method::GET, path), kind, "{path}");
        }
        assert_eq!(Kind::of(&Method::POST, address::RELAY), Some(Kind::Attempt));
    }
}
