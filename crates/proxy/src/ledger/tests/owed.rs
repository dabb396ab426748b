//! Messages that are owed, in every store.

use super::*;

#[tokio::test]
async fn what_is_owed_is_in_one_hand_at_a_time_until_it_is_paid() {
    on_every_store(LIMITS, |ledger| async move {
        let Ok(ledger) = Arc::try_unwrap(ledger) else { panic!("nobody else has it") };
        let ledger = ledger.telling(Some(User("api".to_owned())));
        let (id, other) = (
            RequestId::parse("764cabcf-b745-4b3e-ae38-1200304cf45b").unwrap(),
            RequestId::parse("864cabcf-b745-4b3e-ae38-1200304cf45b").unwrap(),
        );
        for (user, id) in [("api", &id), ("ann", &other)] {
            let ticket = granted(&ledger, claim(user, None, 1)).await;
            ledger.settle(&ticket, answered(true), Some(id)).await.unwrap();
        }
        let taken = ledger.take_owed(9).await.unwrap();
        let [owed] = &taken[..] else { panic!("{taken:?}") };
        assert_eq!((owed.run.as_str(), owed.endpoint.as_str()), (id.as_str(), "fal-ai/flux-lora"));
        assert_eq!((&owed.message, owed.tries), (&None, 0));
        assert_eq!(ledger.take_owed(9).await.unwrap(), [], "it is in hand");
        let said = Owed { message: Some("{}".to_owned()), tries: 1, ..owed.clone() };
        ledger.put_owed(&said, 60_000).await.unwrap();
        assert_eq!(ledger.take_owed(9).await.unwrap(), [], "it waits");
        // By a clock that was far ahead, and is right again.
        ledger.put_owed(&said, 3 * HOUR).await.unwrap();
        assert_eq!(ledger.take_owed(0).await.unwrap(), []);
        assert_eq!(ledger.take_owed(9).await.unwrap(), std::slice::from_ref(&said));
        ledger.put_owed(&said, 0).await.unwrap();
        assert_eq!(ledger.take_owed(9).await.unwrap(), std::slice::from_ref(&said));
        ledger.pay(&said).await.unwrap();
        // Who comes late, with what was paid by another, does not bring it back.
        ledger.put_owed(&said, 0).await.unwrap();
        assert_eq!(ledger.take_owed(9).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn what_a_dead_server_had_in_hand_is_taken_up_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.redb");
    let open = async || {
        let ledger = Ledger::in_file(&path, LIMITS, None).await.unwrap();
        ledger.telling(Some(User("api".to_owned())))
    };
    let id = RequestId::parse("764cabcf-b745-4b3e-ae38-1200304cf45b").unwrap();
    {
        let ledger = open().await;
        let ticket = granted(&ledger, claim("api", None, 1)).await;
        ledger.settle(&ticket, answered(true), Some(&id)).await.unwrap();
        assert_eq!(ledger.take_owed(9).await.unwrap().len(), 1);
    }
    assert_eq!(open().await.take_owed(9).await.unwrap().len(), 1);
}
