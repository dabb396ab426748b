//! A store without room.

use super::*;

#[test]
fn a_full_disk_before_the_submit_sends_nothing() {
    let (fake, job) = play(vec![], |fake| fake.is_full.set(true));
    assert!(
        matches!(job.state, State::Failed { ref failure } if failure.kind == FailureKind::StorageFull),
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
    assert!(fake.troubles.borrow().contains(&Some(FailureKind::StorageFull)));
}

const TWO: &str = r#"{"images":[{"url":"https://v3.fal.media/files/a.jpg"},{"url":"https://v3.fal.media/files/b.jpg"}]}"#;

#[test]
fn a_picture_is_shown_before_it_is_stored_and_fetched_once_however_often_storing_fails() {
    let (fake, job) =
        play(vec![reply(200, SUBMITTED), reply(200, COMPLETED), reply(200, OUTPUT)], |fake| {
            *fake.store_errors.borrow_mut() = [StoreError::Failed; 3].into();
        });
    assert!(matches!(job.state, State::Done { .. }), "{job:?}");
    assert_eq!(fake.fetched.borrow().len(), 1);
    assert_eq!(fake.shown.borrow().len(), 1);
    let kept: Vec<_> = fake.kept.borrow().iter().map(|(_, outcome)| *outcome).collect();
    let failed = Err(StoreError::Failed);
    assert_eq!(kept, [failed, failed, failed, Ok(())], "and the screen is told of each attempt");
}

#[test]
fn every_picture_is_on_the_screen_before_the_first_is_stored() {
    let fake = Rc::new(Fake::default());
    *fake.replies.borrow_mut() =
        [reply(200, SUBMITTED), reply(200, COMPLETED), reply(200, TWO)].into();
    *fake.store_errors.borrow_mut() = [StoreError::Failed].into();
    let shown = Rc::new(Cell::new(0));
    let (weak, count) = (Rc::downgrade(&fake), shown.clone());
    *fake.on_sleep.borrow_mut() = Some(Box::new(move |_| {
        let Some(fake) = weak.upgrade() else { return };
        if fake.kept.borrow().len() == 2 && count.get() == 0 {
            count.set(fake.shown.borrow().len());
            assert_eq!(fake.pictures.borrow().len(), 1, "the second is stored at once");
        }
    }));
    let runner = Runner::new(fake.clone());
    let id = JobId("job-1".into());
    run(runner.order(id.clone(), order()));
    assert!(matches!(runner.job(&id).unwrap().state, State::Done { .. }));
    assert_eq!(shown.get(), 2, "both, while the first waits for another attempt");
    assert_eq!(fake.fetched.borrow().len(), 2);
}

#[test]
fn an_address_that_our_server_refuses_for_good_ends_the_run_with_the_address() {
    let (fake, job) =
        play(vec![reply(200, SUBMITTED), reply(200, COMPLETED), reply(200, TWO)], |fake| {
            fake.picture_errors.borrow_mut().push_back(PictureError::Refused);
        });
    let State::Failed { failure } = job.state else { panic!("{:?}", job.state) };
    assert_eq!((failure.kind.name(), failure.charge), ("picture_refused", Charge::Maybe));
    assert_eq!(failure.said.as_deref(), Some("https://v3.fal.media/files/a.jpg"));
    assert_eq!(fake.pictures.borrow().len(), 1, "the other one is stored");
    assert_eq!(fake.fetched.borrow().len(), 2, "neither is asked for again");
}

#[test]
fn a_run_whose_own_address_is_refused_for_good_ends_with_the_address() {
    let refused = r#"{"error":{"code":"bad_target","message":"x","retryable":false}}"#;
    let status = "https://queue.fal.run/fal-ai/flux-lora/requests/abcdefgh-1/status";
    let result = "https://queue.fal.run/fal-ai/flux-lora/requests/abcdefgh-1";
    for (script, address) in [
        (vec![reply(200, SUBMITTED), reply(400, refused)], status),
        (vec![reply(200, SUBMITTED), reply(200, COMPLETED), reply(400, refused)], result),
    ] {
        let (_, job) = play(script, |_| {});
        let State::Failed { failure } = job.state else { panic!("{:?}", job.state) };
        assert_eq!(failure.said.as_deref(), Some(address));
        assert_eq!(failure.charge, Charge::Maybe, "it may have been made and paid for");
    }
}

#[test]
fn bytes_that_cannot_be_shown_are_said_to_be_that() {
    let (fake, job) =
        play(vec![reply(200, SUBMITTED), reply(200, COMPLETED), reply(200, OUTPUT)], |fake| {
            fake.picture_errors.borrow_mut().push_back(PictureError::Corrupt);
        });
    assert!(matches!(job.state, State::Done { .. }), "{job:?}");
    assert!(fake.troubles.borrow().contains(&Some(FailureKind::Unreadable)));
}
