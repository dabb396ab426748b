//! How much one person may do at once and in a minute, and all together at once.

use crate::holders::{Held, Holders};
use crate::refusal::Refusal;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use likeness_api::ServerCode;
use likeness_telegram::UserId;
use std::num::NonZeroU32;
use std::time::Duration;

/// When to come again while others are at it.
const A_MOMENT: Duration = Duration::from_secs(3);

/// What a gate lets through.
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

/// Lets people through who do something that takes a while.
pub(super) struct Gate {
    limits: Limits,
    pace: DefaultKeyedRateLimiter<UserId>,
    inside: Holders<UserId>,
}

/// A place behind a gate, which is free again when this is dropped.
pub(super) type Place = Held<UserId>;

impl Gate {
    pub(super) fn new(limits: Limits) -> Self {
        let pace = DefaultKeyedRateLimiter::keyed(Quota::per_minute(limits.per_minute));
        Self { limits, pace, inside: Holders::default() }
    }

    /// Lets somebody through.
    ///
    /// # Errors
    /// Too many are inside, too many of this person, or this person was too often; with the time to wait.
    pub(super) fn enter(&self, user: UserId) -> Result<Place, Refusal> {
        let Limits { at_once, at_once_of_one, refusal, .. } = self.limits;
        let place = self.inside.hold(user, at_once_of_one, at_once);
        let place = place.ok_or(Refusal::later(refusal, A_MOMENT))?;
        self.pace.check_key(&user).map_err(|not_yet| {
            let wait = not_yet.wait_time_from(DefaultClock::default().now());
            Refusal::later(refusal, wait)
        })?;
        Ok(place)
    }

    /// Forgets people who were not here for a while.
    pub(super) fn forget(&self) {
        self.pace.retain_recent();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: u64) -> UserId {
        id.try_into().unwrap()
    }

    fn gate(per_minute: u32) -> Gate {
        Gate::new(Limits {
            at_once: 3,
            at_once_of_one: 2,
            per_minute: per_minute.try_into().unwrap(),
            refusal: ServerCode::TelegramBusy,
        })
    }

    #[test]
    fn one_person_leaves_room_for_others_and_a_place_is_free_again() {
        let gate = gate(100);
        let first = gate.enter(user(1)).ok().unwrap();
        let _second = gate.enter(user(1)).ok().unwrap();
        assert_eq!(gate.enter(user(1)).err().unwrap().code(), ServerCode::TelegramBusy);
        let _third = gate.enter(user(2)).ok().unwrap();
        assert!(gate.enter(user(3)).is_err(), "three at once are all");
        drop(first);
        drop(gate.enter(user(3)).ok().unwrap());
        assert!(gate.enter(user(1)).is_ok());
    }

    #[test]
    fn nobody_comes_more_often_than_they_may_and_a_refusal_counts_for_nothing() {
        let gate = gate(2);
        let place = gate.enter(user(1)).ok().unwrap();
        drop((place, gate.enter(user(1)).ok().unwrap()));
        assert!(gate.enter(user(1)).is_err(), "twice a minute");
        assert!(gate.enter(user(2)).is_ok());
        assert!(gate.inside.is_empty(), "nobody is inside");
    }
}
