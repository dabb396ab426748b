//! How much one person may do at once and in a minute, and all together at once.

use crate::permit::{Permit, Permits};
use crate::rate_limit::check;
use crate::refusal::Refusal;
use governor::{DefaultKeyedRateLimiter, Quota};
use likeness_api::ServerCode;
use likeness_telegram::UserId;
use std::num::NonZeroU32;
use std::time::Duration;

/// When to come again while others are at it.
const A_MOMENT: Duration = Duration::from_secs(3);

/// What a limiter lets through.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// At the same time, of all people.
    pub(super) at_once: usize,
    /// At the same time, of one person.
    pub(super) at_once_of_one: usize,
    /// In a minute, of one person; so many may come at once.
    pub(super) per_minute: NonZeroU32,
    /// What those are told who have to wait.
    pub(super) refusal: ServerCode,
}

/// Limits something that takes a while.
pub(super) struct Limiter {
    limits: Limits,
    rate: DefaultKeyedRateLimiter<UserId>,
    permits: Permits<UserId>,
}

/// Leave to do it, which is given back when this is dropped.
pub(super) type UserPermit = Permit<UserId>;

impl Limiter {
    pub(super) fn new(limits: Limits) -> Self {
        let rate = DefaultKeyedRateLimiter::keyed(Quota::per_minute(limits.per_minute));
        Self { limits, rate, permits: Permits::default() }
    }

    /// Gives leave to one person.
    ///
    /// # Errors
    /// Too many are at it, too many of this person, or this person too often; with the time to
    /// wait.
    pub(super) fn admit(&self, user: UserId) -> Result<UserPermit, Refusal> {
        let Limits { at_once, at_once_of_one, refusal, .. } = self.limits;
        let permit = self.permits.acquire(user, at_once_of_one, at_once);
        let permit = permit.ok_or(Refusal::later(refusal, A_MOMENT))?;
        check(&self.rate, &user, refusal)?;
        Ok(permit)
    }

    /// Forgets people who have been quiet.
    pub(super) fn forget(&self) {
        self.rate.retain_recent();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: u64) -> UserId {
        id.try_into().unwrap()
    }

    fn limiter(per_minute: u32) -> Limiter {
        Limiter::new(Limits {
            at_once: 3,
            at_once_of_one: 2,
            per_minute: per_minute.try_into().unwrap(),
            refusal: ServerCode::TelegramBusy,
        })
    }

    #[test]
    fn one_person_leaves_room_for_others_and_a_place_is_free_again() {
        let limiter = limiter(100);
        let first = limiter.admit(user(1)).ok().unwrap();
        let _second = limiter.admit(user(1)).ok().unwrap();
        assert_eq!(limiter.admit(user(1)).err().unwrap().code(), ServerCode::TelegramBusy);
        let _third = limiter.admit(user(2)).ok().unwrap();
        assert!(limiter.admit(user(3)).is_err(), "three at once are all");
        drop(first);
        drop(limiter.admit(user(3)).ok().unwrap());
        assert!(limiter.admit(user(1)).is_ok());
    }

    #[test]
    fn nobody_comes_more_often_than_they_may_and_a_refusal_counts_for_nothing() {
        let limiter = limiter(2);
        let permit = limiter.admit(user(1)).ok().unwrap();
        drop((permit, limiter.admit(user(1)).ok().unwrap()));
        assert!(limiter.admit(user(1)).is_err(), "twice a minute");
        assert!(limiter.admit(user(2)).is_ok());
        assert!(limiter.permits.is_empty(), "nobody is inside");
    }
}
