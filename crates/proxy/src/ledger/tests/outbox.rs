//! The outbox, in every store.

use super::*;

#[tokio::test]
async fn a_message_is_in_one_hand_at_a_time_until_it_is_delivered() {
    on_every_store(LIMITS, |ledger| async move {
        let Ok(ledger) = Arc::try_unwrap(ledger) else { panic!("nobody else has it") };
        let ledger = ledger.with_outbox_of(Some(User("api".to_owned())));
        let (id, other) = (
            RequestId::parse("764cabcf-b745-4b3e-ae38-1200304cf45b").unwrap(),
            RequestId::parse("864cabcf-b745-4b3e-ae38-1200304cf45b").unwrap(),
        );
        for (user, id) in [("api", &id), ("ann", &other)] {
            let ticket = granted(&ledger, claim(user, None, 1)).await;
            ledger.settle(&ticket, answered(true), Some(id)).await.unwrap();
        }
        let taken = ledger.lease_messages(9).await.unwrap();
        let [message] = &taken[..] else { panic!("{taken:?}") };
        assert_eq!(
            (message.run.as_str(), message.endpoint.as_str()),
            (id.as_str(), "fal-ai/flux-lora")
        );
        assert_eq!((&message.message, message.tries), (&None, 0));
        assert_eq!(ledger.lease_messages(9).await.unwrap(), [], "it is in hand");
        let said = Message { message: Some("{}".to_owned()), tries: 1, ..message.clone() };
        ledger.put_message(&said, 60_000).await.unwrap();
        assert_eq!(ledger.lease_messages(9).await.unwrap(), [], "it waits");
        // By a clock that was far ahead, and is right again.
        ledger.put_message(&said, 3 * HOUR).await.unwrap();
        assert_eq!(ledger.lease_messages(0).await.unwrap(), []);
        assert_eq!(ledger.lease_messages(9).await.unwrap(), std::slice::from_ref(&said));
        ledger.put_message(&said, 0).await.unwrap();
        assert_eq!(ledger.lease_messages(9).await.unwrap(), std::slice::from_ref(&said));
        ledger.acknowledge(&said).await.unwrap();
        // Who comes late, with what was paid by another, does not bring it back.
        ledger.put_message(&said, 0).await.unwrap();
        assert_eq!(ledger.lease_messages(9).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn what_a_dead_server_had_in_hand_is_taken_up_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.redb");
    let open = async || {
        let ledger = Ledger::in_file(&path, LIMITS, None).await.unwrap();
        ledger.with_outbox_of(Some(User("api".to_owned())))
    };
    let id = RequestId::parse("764cabcf-b745-4b3e-ae38-1200304cf45b").unwrap();
    {
        let ledger = open().await;
        let ticket = granted(&ledger, claim("api", None, 1)).await;
        ledger.settle(&ticket, answered(true), Some(&id)).await.unwrap();
        assert_eq!(ledger.lease_messages(9).await.unwrap().len(), 1);
    }
    assert_eq!(open().await.lease_messages(9).await.unwrap().len(), 1);
}
