//! How often one client may ask and order.

use crate::client::Client;
use crate::ledger::User;
use crate::lockout::Lockout;
use crate::refusal::Refusal;
use crate::upstream::MEDIA_PATH;
use axum::http::Method;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use likeness_api::{ServerCode, address};
use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

/// Bodies refused by FAL within [`REFUSALS_WINDOW`] after which a user has to wait: some models
/// bill refusals.
const MOST_REFUSALS: usize = 5;
const REFUSALS_WINDOW: Duration = Duration::from_secs(60);

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Files of the app, and pictures and uploads of the demo.
    File,
    /// Everything that thinks, asks or signs in.
    Question,
    /// What may become an order, whether its body is fit to leave or not.
    Attempt,
    /// Pictures that are fetched for a caller.
    Picture,
}

impl Class {
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

    /// So many in a second, and so many at once. In a demo many may come from one address, and
    /// nothing is asked of FAL.
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

type Limiter = DefaultKeyedRateLimiter<Client>;

/// A limiter of so many in the time of a quota, and so many at once.
pub(crate) fn limiter<K: Hash + Eq + Clone>(
    quota: fn(NonZeroU32) -> Quota,
    (steady, burst): (u32, u32),
) -> DefaultKeyedRateLimiter<K> {
    let count = |count| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
    DefaultKeyedRateLimiter::keyed(quota(count(steady)).allow_burst(count(burst)))
}

/// The limits of all clients.
pub(crate) struct RateLimits {
    files: Limiter,
    questions: Limiter,
    attempts: Limiter,
    pictures: Limiter,
    orders: Limiter,
    refusals: Lockout<User>,
}

impl RateLimits {
    pub(crate) fn new(is_live: bool) -> Self {
        let of = |kind: Class| limiter(Quota::per_second, kind.quota(is_live));
        Self {
            files: of(Class::File),
            questions: of(Class::Question),
            attempts: of(Class::Attempt),
            pictures: of(Class::Picture),
            orders: limiter(Quota::per_minute, orders(is_live)),
            refusals: Lockout::new(MOST_REFUSALS, REFUSALS_WINDOW),
        }
    }

    /// Whether a caller may ask for this now. To be asked before any work.
    pub(crate) fn request(&self, client: Client, kind: Class) -> Result<(), Refusal> {
        match kind {
            Class::File => check(&self.files, &client, ServerCode::TooManyRequests),
            Class::Question => check(&self.questions, &client, ServerCode::TooManyPolls),
            Class::Attempt => check(&self.attempts, &client, ServerCode::TooManySubmits),
            Class::Picture => check(&self.pictures, &client, ServerCode::TooManyRequests),
        }
    }

    /// Whether a caller may order now, on a user's account.
    pub(crate) fn order(&self, client: Client, user: &User) -> Result<(), Refusal> {
        if let Some(wait) = self.refusals.remaining(user) {
            return Err(Refusal::later(ServerCode::TooManySubmits, wait));
        }
        check(&self.orders, &client, ServerCode::TooManySubmits)
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

/// Whether one more is allowed now; else when it will be.
pub(crate) fn check<K: Hash + Eq + Clone>(
    limiter: &DefaultKeyedRateLimiter<K>,
    key: &K,
    code: ServerCode,
) -> Result<(), Refusal> {
    limiter.check_key(key).map_err(|not_yet| {
        Refusal::later(code, not_yet.wait_time_from(DefaultClock::default().now()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_or_is_refused_too_often_has_to_wait() {
        let (pace, ann, bob) = (RateLimits::new(true), User("ann".into()), Client::named("bob"));
        let client = Client::named("ann");
        let refusal = (0..200).find_map(|_| pace.request(client, Class::Question).err()).unwrap();
        assert_eq!(refusal.code(), ServerCode::TooManyPolls);
        assert!(pace.request(bob, Class::Question).is_ok());
        assert!(pace.request(client, Class::File).is_ok(), "files are counted apart");
        for _ in 0..MOST_REFUSALS {
            assert!(pace.order(client, &ann).is_ok());
            pace.refused(&ann);
        }
        assert_eq!(pace.order(client, &ann).unwrap_err().code(), ServerCode::TooManySubmits);
    }

    #[test]
    fn every_path_has_a_pace_but_those_that_say_how_the_server_is() {
        for (path, kind) in [
            ("/healthz", None),
            ("/readyz", None),
            ("/", Some(Class::File)),
            ("/healthz/x", Some(Class::File)),
            ("/api/v1/demo/media/files/b/runs/x.jpg", Some(Class::File)),
            ("/api/v1/image", Some(Class::Picture)),
            ("/api/fal/proxy", Some(Class::Question)),
            ("/api/v1/config", Some(Class::Question)),
            ("/api/nowhere", Some(Class::Question)),
        ] {
            assert_eq!(Class::of(&Method::GET, path), kind, "{path}");
        }
        assert_eq!(Class::of(&Method::POST, address::RELAY), Some(Class::Attempt));
    }
}
