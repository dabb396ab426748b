//! The ledger of a program that was killed, cannot be opened, or is ahead.

use super::*;

/// Kills the server at random moments of submits that are on their way, and starts it again on the
/// same ledger. Whatever FAL counted is spent in the ledger, nothing more than the budget was let
/// through, and nothing stays reserved.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_kill_makes_the_ledger_forget_what_was_sent() {
    const ONE: u64 = 70_000;
    let kills = rounds(8);
    let fal = FakeFal::start(|_| {
        std::thread::sleep(Duration::from_millis(3));
        let id = format!("{:032x}", Instant::now().elapsed().as_nanos());
        crate::common::json(200, &format!(r#"{{"request_id":"{id}","status":"IN_QUEUE"}}"#))
    })
    .await;
    let data = tempfile::tempdir().unwrap();
    // Enough for half of what is tried, so that the limit is met too.
    let cents = kills * 28;
    let budget = format!("{}.{:02}", cents / 100, cents % 100);
    let (base, data) = (fal.base(), data.path().to_string_lossy().into_owned());
    let environment = [
        ("FAL_KEY", KEY),
        ("LIKENESS_FAL_QUEUE", base.as_str()),
        ("LIKENESS_LEDGER", ""),
        ("LIKENESS_DATA", data.as_str()),
        ("LIKENESS_BUDGET_USER_DAY", budget.as_str()),
        ("LIKENESS_BUDGET_DAY", "1000"),
        ("LIKENESS_BUDGET_MONTH", "1000"),
        ("LIKENESS_RUNS_PER_USER", "1000"),
        ("LIKENESS_RUNS", "1000"),
    ];
    for kill in 0..=kills {
        let (mut child, _, address) = started(&environment).await;
        let spending = client().get(format!("{address}/api/v1/spending")).send().await.unwrap();
        let spending: serde_json::Value =
            serde_json::from_slice(&spending.bytes().await.unwrap()).unwrap();
        let sent = u64::try_from(fal.seen().len()).unwrap() * ONE;
        let spent = spending["user_day"]["spent"].as_u64().unwrap();
        assert_eq!(spending["user_day"]["held"], 0, "after kill {kill}");
        assert!(sent <= spent && spent <= cents * 10_000, "after kill {kill}: {sent} {spent}");
        let submits: Vec<_> = (0..8)
            .map(|_| {
                let submit = client().post(format!("{address}/api/fal/proxy"));
                let submit = submit.header("x-fal-target-url", SUBMIT);
                let submit = submit.header("content-type", "application/json").body(LORA_BODY);
                tokio::spawn(submit.send())
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(2 + kill * 3 % 25)).await;
        child.kill().await.unwrap();
        for submit in submits {
            let _ = submit.await.unwrap();
        }
    }
    println!("F5   {kills} kills: overshoot 0, left reserved 0, nothing forgotten");
}

#[tokio::test]
async fn a_ledger_that_cannot_be_opened_is_named_with_what_to_do() {
    let environment =
        [("FAL_KEY", KEY), ("LIKENESS_LEDGER", ""), ("LIKENESS_DATA", "/proc/nowhere")];
    let output = program(&environment).output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("/proc/nowhere/ledger.redb") && said.contains("LIKENESS_DATA"), "{said}");
}

/// Redis takes commands in one line.
async fn told_redis(redis: &RedisServer, command: &str) -> String {
    use tokio::io::AsyncWriteExt;
    let place = redis.url().replace("redis://", "").replace('/', "");
    let mut stream = tokio::net::TcpStream::connect(place).await.unwrap();
    stream.write_all(format!("{command}\r\n").as_bytes()).await.unwrap();
    let mut reply = vec![0; 1024];
    let length = stream.read(&mut reply).await.unwrap();
    String::from_utf8_lossy(&reply[..length]).into_owned()
}

#[cfg(unix)]
#[tokio::test]
async fn a_ledger_that_is_ahead_says_so_everywhere_and_how_to_set_it_right() {
    let Some(redis) = RedisServer::start() else {
        println!("no redis-server here: not tried");
        return;
    };
    // 2100-01-01 12:00 UTC
    assert_eq!(told_redis(&redis, "SET likeness:clock 4102488000000").await, "+OK\r\n");
    let (url, free) = (redis.url(), std::net::TcpListener::bind("127.0.0.1:0").unwrap());
    let metrics = free.local_addr().unwrap().to_string();
    drop(free);
    let environment =
        [("FAL_KEY", KEY), ("LIKENESS_LEDGER", url.as_str()), ("LIKENESS_METRICS", &metrics)];
    let check = program(&environment).arg("--check").output().await.unwrap();
    let said = String::from_utf8_lossy(&check.stdout).into_owned();
    assert_eq!(check.status.code(), Some(0));
    assert!(said.starts_with("The settings are good.\nBut the ledger has seen"), "{said}");
    assert!(said.contains("LIKENESS_ACCEPT_CLOCK=2100-01-01"), "{said}");

    let ahead = async |address: &str| {
        let ready = client().get(format!("{address}/readyz")).send().await.unwrap();
        let numbers = client().get(format!("http://{metrics}/metrics")).send().await.unwrap();
        let numbers = numbers.text().await.unwrap();
        let line = numbers
            .lines()
            .find_map(|line| line.strip_prefix("likeness_ledger_clock_ahead_seconds "));
        let ready: serde_json::Value =
            serde_json::from_slice(&ready.bytes().await.unwrap()).unwrap();
        (ready["ledger_clock_ahead_seconds"].as_u64(), line.unwrap().parse::<u64>().unwrap())
    };
    let (mut child, _, address) = started(&environment).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let (ready, number) = ahead(&address).await;
    assert!(ready.unwrap() > 365 * 86_400 && number > 365 * 86_400, "{ready:?} {number}");
    child.kill().await.unwrap();
    let mut log = String::new();
    child.stderr.take().unwrap().read_to_string(&mut log).await.unwrap();
    assert_eq!(log.matches("LIKENESS_ACCEPT_CLOCK=2100-01-01").count(), 1, "{log}");

    let accepted = [&environment[..], &[("LIKENESS_ACCEPT_CLOCK", "2100-01-01")]].concat();
    let (_child, _, address) = started(&accepted).await;
    assert_eq!(ahead(&address).await, (None, 0));
    let wrong = [&environment[..], &[("LIKENESS_ACCEPT_CLOCK", "yesterday")]].concat();
    assert_eq!(program(&wrong).output().await.unwrap().status.code(), Some(78));
}

#[tokio::test]
async fn a_check_leaves_the_ledger_of_a_running_server_alone_and_says_whom_to_ask() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path().to_string_lossy().into_owned();
    let environment = [("FAL_KEY", KEY), ("LIKENESS_LEDGER", ""), ("LIKENESS_DATA", &data)];
    let check = async || {
        let check = program(&environment).arg("--check").output().await.unwrap();
        assert_eq!(check.status.code(), Some(0));
        String::from_utf8(check.stdout).unwrap()
    };
    assert_eq!(check().await, "The settings are good.\n", "there is no ledger yet");
    let (mut child, _, _) = started(&environment).await;
    let said = check().await;
    assert!(said.contains("ledger.redb") && said.contains("/readyz"), "{said}");
    child.kill().await.unwrap();
}
