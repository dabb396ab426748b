//! Orders that wait for the network.

use super::*;

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
