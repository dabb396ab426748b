//! Runs as the person sees them: which can be cancelled, which wait in line, what became of them.

use likeness_core::job::{Cancel, Charge, FailureKind, Job, JobId, Millis, State};

/// How many runs that are over are remembered beside the last one. Telegram forgets each within seconds, unless its client is silent.
const MOST_OVER: usize = 63;

/// Which runs are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those that nobody works on yet.
    Waiting,
    /// Every one.
    All,
}

impl Which {
    /// Whether this run is meant.
    pub const fn takes(self, job: &Job) -> bool {
        matches!(self, Self::All) || matches!(job.state, State::Held | State::Queued { .. })
    }
}

/// Whether there is something to cancel, and nobody asked yet.
pub const fn can_cancel(job: &Job) -> bool {
    matches!(job.state, State::Held | State::Queued { .. } | State::Running { .. })
        && matches!(job.cancel, Cancel::None)
}

/// Whether a run is over and provably cost nothing.
pub fn is_free_of_charge(job: &Job) -> bool {
    match &job.state {
        State::Cancelled | State::Unsent { .. } => true,
        State::Failed { failure } => failure.charge == Charge::No || job.order.is_free(),
        _ => false,
    }
}

/// What is wrong with a job.
pub fn trouble(job: &Job) -> Option<&FailureKind> {
    match &job.state {
        State::Failed { failure } => Some(&failure.kind),
        _ => job.trouble.as_ref(),
    }
}

const fn is_held(job: &Job) -> bool {
    matches!(job.state, State::Held)
}

/// Puts a job among the others, or in its own place: what waits for the network in the order in which it will leave, else the newest first.
pub fn put(jobs: &mut Vec<Job>, job: &Job) {
    let known = jobs.iter().position(|known| known.id == job.id);
    if let Some(at) = known {
        jobs.remove(at);
    }
    jobs.insert(rank(jobs, job).or(known).unwrap_or(0), job.clone());
}

/// Where an order that waits for the network belongs among the others.
fn rank(jobs: &[Job], job: &Job) -> Option<usize> {
    if !is_held(job) {
        return None;
    }
    let after = |other: &Job| is_held(other) && job.is_before(other);
    let behind = || jobs.iter().rposition(is_held).map(|at| at + 1);
    jobs.iter().position(after).or_else(behind)
}

/// The place of a job among those that wait for the network, and how many they are; none if it does not wait.
pub fn in_line(jobs: &[Job], id: &JobId) -> Option<(usize, usize)> {
    let mut held = jobs.iter().filter(|job| is_held(job));
    let all = held.clone().count();
    Some((held.position(|job| job.id == *id)?, all))
}

/// A job that waits for the network, and the one so many places behind it.
pub fn pair<'a>(jobs: &'a [Job], id: &JobId, by: isize) -> Option<(&'a Job, &'a Job)> {
    let held: Vec<_> = jobs.iter().filter(|job| is_held(job)).collect();
    let at = held.iter().position(|job| job.id == *id)?;
    Some((held[at], held.get(at.checked_add_signed(by)?)?))
}

/// The places that two jobs have once they have changed them.
pub fn changed_places(job: &Job, other: &Job) -> (Millis, Millis) {
    let place = job.place();
    let other_place = match other.place() {
        // A page that closed between the two writes of a change leaves two orders in one place.
        shared if shared == place && job.is_before(other) => shared + 1,
        shared if shared == place => shared.saturating_sub(1),
        own => own,
    };
    (other_place, place)
}

/// What to do with a run that an earlier page began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adoption {
    /// It is over: whoever still keeps it may forget it.
    Over,
    /// Nobody follows it.
    Follow,
    /// It is followed already.
    Leave,
}

impl Adoption {
    /// By what the library knows of it, and whether a run that it does not know came to its end in this browser.
    pub fn of(known: Option<&Job>, has_seen_end: impl FnOnce() -> bool) -> Self {
        match known {
            None if has_seen_end() => Self::Over,
            None => Self::Follow,
            Some(known) if known.is_at_rest() => Self::Over,
            Some(_) => Self::Leave,
        }
    }
}

/// Whether a run is among the last ones that are over, as [`with_over`] writes them.
pub fn is_over(over: &str, id: &JobId) -> bool {
    over.split(',').any(|known| known == id.0)
}

/// The ids of the last runs that are over, with commas between, and this one.
pub fn with_over(over: &str, id: &JobId) -> String {
    let others = over.split(',').filter(|known| !known.is_empty()).take(MOST_OVER);
    let all: Vec<_> = std::iter::once(&*id.0).chain(others).collect();
    all.join(",")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::order::tests::ordered;
    use likeness_core::job::Failure;

    pub(crate) fn job(id: &str, state: State) -> Job {
        Job { state, ..Job::new(JobId(id.into()), 0, ordered()) }
    }

    pub(crate) fn failed(id: &str, charge: Charge) -> Job {
        job(id, State::Failed { failure: Failure::of("network".to_owned().into(), charge) })
    }

    fn held(id: &str, place: Millis) -> Job {
        Job { place: Some(place), ..job(id, State::Held) }
    }

    fn ids(jobs: &[Job]) -> Vec<&str> {
        jobs.iter().map(|job| &*job.id.0).collect()
    }

    #[test]
    fn the_newest_run_comes_first_and_a_known_one_keeps_its_place() {
        let mut jobs = Vec::new();
        for id in ["a", "b", "c"] {
            put(&mut jobs, &job(id, State::Intended));
        }
        put(&mut jobs, &job("b", State::Sent));
        assert_eq!(ids(&jobs), ["c", "b", "a"]);
        assert_eq!(jobs[1].state, State::Sent);
    }

    #[test]
    fn what_waits_for_the_network_stands_in_the_order_in_which_it_leaves() {
        let mut jobs = vec![job("sent", State::Sent)];
        for (id, place) in [("b", 20), ("c", 30), ("a", 10)] {
            put(&mut jobs, &job(id, State::Intended));
            put(&mut jobs, &held(id, place));
        }
        assert_eq!(ids(&jobs), ["a", "b", "c", "sent"]);
        put(&mut jobs, &held("a", 25));
        assert_eq!(ids(&jobs), ["b", "a", "c", "sent"]);
        assert_eq!(in_line(&jobs, &JobId("a".into())), Some((1, 3)));
        assert_eq!(in_line(&jobs, &JobId("sent".into())), None);
    }

    #[test]
    fn only_what_waits_changes_places_and_only_with_one_that_is_there() {
        let jobs = [held("a", 10), job("sent", State::Sent), held("b", 20)];
        let beside = |id: &str, by| {
            pair(&jobs, &JobId(id.into()), by).map(|(job, other)| (&*job.id.0, &*other.id.0))
        };
        assert_eq!(beside("a", 1), Some(("a", "b")));
        assert_eq!(beside("b", -1), Some(("b", "a")));
        assert_eq!((beside("a", -1), beside("b", 1), beside("sent", 1)), (None, None, None));
    }

    #[test]
    fn two_that_share_a_place_stand_the_other_way_round_afterwards() {
        for (job, other) in [(held("a", 10), held("b", 20)), (held("a", 10), held("b", 10))] {
            for (job, other) in [(&job, &other), (&other, &job)] {
                let (place, other_place) = changed_places(job, other);
                let (moved, passed) = (held(&job.id.0, place), held(&other.id.0, other_place));
                assert_ne!(job.is_before(other), moved.is_before(&passed));
            }
        }
    }

    #[test]
    fn a_run_is_cancelled_once_and_only_while_it_goes_on() {
        assert!(can_cancel(&job("a", State::Held)));
        assert!(!can_cancel(&Job { cancel: Cancel::Asked, ..job("a", State::Held) }));
        assert!(!can_cancel(&job("a", State::Sent)) && !can_cancel(&job("a", State::Cancelled)));
        assert!(Which::All.takes(&job("a", State::Sent)));
        assert!(!Which::Waiting.takes(&job("a", State::Sent)));
    }

    #[test]
    fn a_failure_is_free_only_where_that_is_proved_or_nothing_costs() {
        assert!(is_free_of_charge(&failed("a", Charge::No)));
        let mut job = failed("a", Charge::Maybe);
        assert!(!is_free_of_charge(&job) && !is_free_of_charge(&failed("a", Charge::Unknown)));
        job.order.cost = Some((0, 0));
        assert!(is_free_of_charge(&job));
    }

    #[test]
    fn a_run_of_an_earlier_page_is_followed_once() {
        let never = || unreachable!("the library knows");
        assert_eq!(Adoption::of(None, || false), Adoption::Follow);
        assert_eq!(Adoption::of(None, || true), Adoption::Over);
        assert_eq!(Adoption::of(Some(&job("a", State::Sent)), never), Adoption::Leave);
        assert_eq!(Adoption::of(Some(&job("a", State::Cancelled)), never), Adoption::Over);
    }

    #[test]
    fn the_last_runs_that_are_over_are_remembered_the_newest_first() {
        let mut over = String::new();
        for number in 0..70 {
            over = with_over(&over, &JobId(number.to_string()));
        }
        assert!(over.starts_with("69,68,"));
        assert_eq!(over.split(',').count(), 64);
        assert!(is_over(&over, &JobId("6".into())) && !is_over(&over, &JobId("5".into())));
        assert!(!is_over("", &JobId("5".into())));
    }
}
