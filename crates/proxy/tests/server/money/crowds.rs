//! Many at once, on one server and on two.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_with_one_key_are_one_run() {
    let fal = FakeFal::start(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        json(200, ACCEPTED)
    })
    .await;
    let server = Arc::new(TestServer::live(&fal).await);
    let calls: Vec<_> = (0..16)
        .map(|_| {
            let server = Arc::clone(&server);
            tokio::spawn(async move {
                server
                    .submit(LORA_BODY)
                    .header("idempotency-key", "k")
                    .send()
                    .await
                    .unwrap()
                    .status()
                    .as_u16()
            })
        })
        .collect();
    let mut statuses = Vec::new();
    for call in calls {
        statuses.push(call.await.unwrap());
    }
    assert!(statuses.iter().all(|status| matches!(status, 200 | 409)), "{statuses:?}");
    assert_eq!(fal.seen().len(), 1);
}

/// Sixty-four callers at once on servers that share a budget for ten. Returns how many were let
/// through and what the ledger holds.
async fn stampede(servers: &[Arc<TestServer>]) -> (usize, (u64, u64)) {
    let calls: Vec<_> = (0..64)
        .map(|caller| {
            let server = Arc::clone(&servers[caller % servers.len()]);
            tokio::spawn(async move {
                let user = format!("user{}", caller % 7);
                server.submit(LORA_BODY).header("x-user", user).send().await.unwrap().status()
                    == 200
            })
        })
        .collect();
    let mut sent = 0;
    for call in calls {
        sent += usize::from(call.await.unwrap());
    }
    (sent, day(&servers[0]).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_callers_never_spend_more_than_there_is() {
    let rounds = rounds(2);
    for _ in 0..rounds {
        let fal = FakeFal::json(200, ACCEPTED).await;
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().to_string_lossy().into_owned();
        let arguments = [&SHARED[..], &["--ledger", "", "--data", &data]].concat();
        let server = Arc::new(server(&fal, &arguments).await);
        let (sent, total) = stampede(&[server]).await;
        assert_eq!((sent, fal.seen().len(), total), (10, 10, (10 * ONE, 0)));
    }
    println!("F3   {rounds} rounds of 64 callers on a budget for 10: overshoot 0, left reserved 0");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_on_one_redis_never_spend_more_than_there_is() {
    let rounds = rounds(2);
    for _ in 0..rounds {
        let Some(redis) = RedisServer::start() else {
            println!("no redis-server here: not tried");
            return;
        };
        let fal = FakeFal::json(200, ACCEPTED).await;
        let url = redis.url();
        let arguments = [&SHARED[..], &["--ledger", &url]].concat();
        let servers =
            [Arc::new(server(&fal, &arguments).await), Arc::new(server(&fal, &arguments).await)];
        let (sent, total) = stampede(&servers).await;
        assert_eq!((sent, fal.seen().len(), total), (10, 10, (10 * ONE, 0)));
        // A key that one of them knows, the other knows too.
        let submit = |server: &TestServer| {
            server.submit(LORA_BODY).header("x-user", "user0").header("idempotency-key", "k").send()
        };
        let refused = [submit(&servers[0]).await.unwrap(), submit(&servers[1]).await.unwrap()];
        assert!(refused.iter().all(|reply| reply.status() == 429));
    }
    println!(
        "{rounds} rounds of 64 callers on two servers with one Redis: overshoot 0, left reserved 0"
    );
}
