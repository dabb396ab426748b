//! Whole lives of jobs under random faults, reloads and crashes, against a model of our server that counts what reaches FAL.
//!
//! A crash is a port that never answers: the future is dropped where it stands, and a new runner begins with what lies on the disk.

mod world;

use super::Runner;
use likeness_core::job::{Charge, Inquiry, JobId, State};
use proptest::prelude::*;
use std::{
    pin::pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};
use world::{Fate, World, order};

const ID: &str = "job-1";
/// An hour, in milliseconds.
const HOUR: u64 = 3_600_000;

/// Lets a tab work until it rests or crashes.
fn work(future: impl Future<Output = ()>) -> Poll<()> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// A page is opened: what is stored goes on.
fn open(world: &Rc<World>) -> Rc<Runner<Rc<World>>> {
    world.reopen();
    let runner = Rc::new(Runner::new(world.clone()));
    world.attach(&runner);
    for job in world.stored_jobs() {
        let _ = work(runner.resume(job));
    }
    runner
}

/// One life: an order, crashes and presses until the faults are used up, and then a quiet day.
fn live(world: &Rc<World>, naps: &[u64]) {
    let id = JobId(ID.to_owned());
    let runner = open(world);
    let _ = work(runner.order(id.clone(), order()));
    for nap in naps {
        world.pass(*nap);
        let runner = open(world);
        if world.presses() {
            let _ = work(runner.send_again(&id));
        }
    }
    world.heal();
    let runner = open(world);
    assert!(!world.has_crashed(), "without faults nothing stands still");
    assert!(runner.job(&id).is_none_or(|job| job.is_at_rest()), "{:?}", runner.job(&id));
}

/// A night, a freeze, a reload; also longer than the server remembers.
fn nap() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), Just(5_000), Just(600_000), Just(10 * HOUR), Just(26 * HOUR)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_made_twice_nothing_that_reached_us_is_lost_and_the_rest_is_said_to_be_unknown(
        chances in proptest::collection::vec(any::<u8>(), 0..120),
        naps in proptest::collection::vec(nap(), 0..6),
    ) {
        let world = World::new(chances);
        live(&world, &naps);
        let record = world.record(ID);

        // The server may see the key again; FAL sees one run at most.
        prop_assert!(record.runs <= 1, "{record:?}");
        // Each submit beyond the first is one that a person pressed for.
        prop_assert!(record.submits <= 1 + record.presses, "{record:?}");

        let Some(job) = world.stored_job(ID) else {
            // The page crashed before the intent was on the disk.
            prop_assert_eq!(record.submits, 0);
            return Ok(());
        };
        match &job.state {
            State::Done { .. } => prop_assert!(record.runs == 1 && world.has_picture(ID), "{record:?}"),
            State::Cancelled => prop_assert!(record.runs == 0 || record.was_dropped, "{record:?}"),
            State::Failed { failure } => {
                prop_assert_eq!(failure.charge, Charge::No, "this world fails nothing that it made");
                prop_assert_eq!(record.runs, 0, "{:?}", record);
            }
            State::Unsent { .. } => prop_assert_eq!(record.runs, 0, "{:?}", record),
            State::Unknown { inquiry: Inquiry::Closed } => {
                // Nobody can tell any more: FAL's answer never reached the server, or the server has forgotten the key.
                prop_assert!(record.fate == Some(Fate::Lost) || world.is_forgotten(ID), "{record:?}");
            }
            other => prop_assert!(false, "{other:?} is not at rest"),
        }
        if record.was_stored && !record.was_dropped {
            prop_assert!(matches!(job.state, State::Done { .. }), "its id was on the disk: {job:?}");
        }
        if record.was_told && !world.is_forgotten(ID) && !record.was_dropped {
            prop_assert!(matches!(job.state, State::Done { .. }), "its id had reached us: {job:?}");
        }
    }
}
