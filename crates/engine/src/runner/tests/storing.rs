//! A store without room.

use super::*;

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
