//! The owner's address is told of every end.

use super::*;

#[tokio::test]
async fn the_owners_address_is_told_of_every_end_and_can_tell_who_says_so() {
    let fal = fal(1, (200, OUTPUT)).await;
    let tries = AtomicU32::new(0);
    let bot = FakeFal::start(move |_| {
        json(if tries.fetch_add(1, Ordering::Relaxed) == 0 { 503 } else { 204 }, "")
    })
    .await;
    let hook = format!("{}/pictures?of=bot", bot.base());
    let keys = Keys { webhook_secret: Some(SECRET.to_owned()), ..keys() };
    let server = server(&fal, keys, &["--webhook", &hook]).await;
    generate(&server, &with("wait", 0)).send().await.unwrap();
    while bot.seen().len() < 2 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let seen = bot.seen().pop().unwrap();
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/pictures?of=bot"));
    let told: Value = serde_json::from_slice(&seen.body).unwrap();
    assert_eq!((&told["status"], &told["job_id"]), (&json!("completed"), &json!(ID)));
    let header = |name: &str| seen.headers[name].to_str().unwrap().to_owned();
    let signed = [header("x-likeness-timestamp").as_bytes(), b".", &seen.body].concat();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()), &signed);
    let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(header("x-likeness-signature"), format!("sha256={hex}"));
    assert!(!seen.headers.contains_key("authorization"));
    // Both attempts say the same under one name, so that the receiver can tell them from two
    // messages.
    let attempts = bot.seen();
    assert!(attempts.iter().all(|one| one.headers["x-likeness-delivery"] == ID));
    assert_eq!(attempts[0].body, attempts[1].body);
    // A repeated call is no second run, and what was taken is not said again.
    generate(&server, &with("wait", 0)).header("idempotency-key", "k").send().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    let so_far = bot.seen().len();
    generate(&server, &with("wait", 0)).header("idempotency-key", "k").send().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    assert_eq!((so_far, bot.seen().len()), (3, 3));
    let caller = with("webhook_url", "https://evil.example");
    assert_eq!(generate(&server, &caller).send().await.unwrap().status(), 422);
}

/// The program is killed while a run is under way, and again while its message is refused. It is
/// told all the same: signed, under one name, in the same words.
#[cfg(unix)]
#[tokio::test]
async fn a_run_is_told_of_although_the_server_was_killed_in_between() {
    let pending = Arc::new(AtomicU32::new(u32::MAX));
    let left = Arc::clone(&pending);
    let fal = FakeFal::start(move |seen| run(seen, &left, (200, OUTPUT))).await;
    let is_down = Arc::new(AtomicBool::new(true));
    let down = Arc::clone(&is_down);
    let bot =
        FakeFal::start(move |_| json(if down.load(Ordering::Relaxed) { 503 } else { 204 }, ""))
            .await;
    let data = tempfile::tempdir().unwrap();
    let (base, hook, data) = (fal.base(), bot.base(), data.path().to_string_lossy().into_owned());
    let environment = [
        ("FAL_KEY", KEY),
        ("LIKENESS_FAL_QUEUE", base.as_str()),
        ("LIKENESS_LEDGER", ""),
        ("LIKENESS_DATA", data.as_str()),
        ("LIKENESS_API_TOKEN", TOKEN),
        ("LIKENESS_WEBHOOK_URL", hook.as_str()),
        ("LIKENESS_WEBHOOK_SECRET", SECRET),
    ];
    let (mut child, _, address) = started(&environment).await;
    let order = client().post(format!("{address}/api/v1/generate")).bearer_auth(TOKEN);
    let order = order.header("content-type", "application/json").body(with("wait", 0).to_string());
    assert_eq!(order.send().await.unwrap().status(), 202);
    child.kill().await.unwrap();
    assert!(bot.seen().is_empty(), "the run has not ended");
    pending.store(0, Ordering::Relaxed);
    let until = async |count: usize| {
        let enough = async {
            while bot.seen().len() < count {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), enough).await.unwrap();
    };
    let (mut child, _, _) = started(&environment).await;
    until(1).await;
    child.kill().await.unwrap();
    is_down.store(false, Ordering::Relaxed);
    let refused = bot.seen().len();
    let (mut child, _, _) = started(&environment).await;
    until(refused + 1).await;
    // It was taken: neither this life nor the next one says it again.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    child.kill().await.unwrap();
    let (_child, _, _) = started(&environment).await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let seen = bot.seen();
    assert_eq!(seen.len(), refused + 1);
    for one in &seen {
        assert_eq!(
            (&one.body, &one.headers["x-likeness-delivery"]),
            (&seen[0].body, &ID.parse().unwrap())
        );
        let signed = [one.headers["x-likeness-timestamp"].as_bytes(), b".", &one.body].concat();
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()), &signed);
        let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(one.headers["x-likeness-signature"], format!("sha256={hex}"));
    }
    let told: Value = serde_json::from_slice(&seen[0].body).unwrap();
    assert_eq!((&told["status"], &told["job_id"]), (&json!("completed"), &json!(ID)));
    assert_eq!(submits(&fal), 1);
}
