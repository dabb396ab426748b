//! The program as people start it.

mod ledger;

use crate::common::{FakeFal, KEY, LORA_BODY, SUBMIT, client, program, rounds, row, started};
use crate::redis_server::RedisServer;
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt;
use tokio::process::Command;

#[tokio::test]
async fn settings_that_cannot_work_end_with_78_and_a_sentence() {
    for (environment, word) in [
        (vec![("FAL_KEY", "a:1"), ("FAL_API_KEY", "b:2")], "differ"),
        (vec![("AVATAR_TEST_MODE", "false")], "FAL_KEY"),
        (vec![("AVATAR_TEST_MODE", "0")], "FAL_KEY"),
        (vec![("AVATAR_TEST_MODE", "perhaps")], "AVATAR_TEST_MODE"),
        (vec![("FAL_KEY", "undefined")], "not a key"),
        (vec![("FAL_KEY", KEY), ("LIKENESS_LISTEN", "0.0.0.0:0")], "loopback"),
        (
            vec![("FAL_KEY", KEY), ("LIKENESS_FAL_QUEUE", "https://evil.example")],
            "LIKENESS_FAL_QUEUE",
        ),
        (vec![("LIKENESS_ACCESS", "telegram")], "TELEGRAM_BOT_TOKEN"),
        (vec![("TELEGRAM_BOT_TOKEN", "sentinel")], "@BotFather"),
        (vec![("LIKENESS_ACCESS", "password")], "LIKENESS_ACCESS_CODE"),
        (vec![("LIKENESS_CONFIG", "/nowhere/likeness.toml")], "/nowhere/likeness.toml"),
        (vec![("LIKENESS_LISTEN", "nowhere")], "LIKENESS_LISTEN"),
        (
            vec![("LIKENESS_LISTEN", "127.0.0.1:9464"), ("LIKENESS_METRICS", "0.0.0.0:9464")],
            "LIKENESS_METRICS",
        ),
        (vec![("LIKENESS_PUBLIC_URL", "http://[::1")], "LIKENESS_PUBLIC_URL"),
        (vec![("LIKENESS_PUBLIC_URL", "http://a:b:c")], "LIKENESS_PUBLIC_URL"),
    ] {
        let output = program(&environment).output().await.unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(word) && !said.contains("sentinel"), "{said}");
        row(
            "D3",
            &format!("{environment:?}").replace(KEY, "a key"),
            Some(78),
            output.status.code(),
        );
    }
}

#[tokio::test]
async fn the_start_line_says_where_it_is_and_what_it_does() {
    for (environment, end) in [
        (vec![], "(demo: pictures are drawn, no key needed)"),
        (
            vec![("FAL_KEY", KEY), ("AVATAR_TEST_MODE", "true")],
            "(demo: pictures are drawn, the key is not used)",
        ),
        (vec![("FAL_KEY", KEY)], "(live: pictures come from FAL and cost money)"),
        (vec![("FAL_API_KEY", KEY)], "(live: pictures come from FAL and cost money)"),
    ] {
        let begun = Instant::now();
        let (_child, line, address) = started(&environment).await;
        assert_eq!(line, format!("Likeness is ready at {address} {end}\n"));
        assert!(begun.elapsed() < Duration::from_secs(5));
        assert_eq!(client().get(format!("{address}/readyz")).send().await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn an_address_in_use_is_named() {
    let (_child, _, address) = started(&[]).await;
    let listen = address.trim_start_matches("http://");
    let output = program(&[("LIKENESS_LISTEN", listen)]).output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains(listen));
}

#[cfg(unix)]
#[tokio::test]
async fn a_request_that_is_running_is_finished_before_the_program_ends() {
    let fal = FakeFal::start(|_| {
        std::thread::sleep(Duration::from_millis(500));
        crate::common::json(200, "{}")
    })
    .await;
    let base = fal.base();
    let (mut child, _, address) = started(&[("FAL_KEY", KEY), ("LIKENESS_FAL_QUEUE", &base)]).await;
    let submit =
        client().post(format!("{address}/api/fal/proxy")).header("x-fal-target-url", SUBMIT);
    let submit = submit.header("content-type", "application/json").body(LORA_BODY).send();
    let terminate = async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        let id = child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    };
    let (reply, ()) = tokio::join!(submit, terminate);
    assert_eq!(reply.unwrap().status(), 200);
    let ended = tokio::time::timeout(Duration::from_secs(5), child.wait()).await.unwrap().unwrap();
    assert!(ended.success());
}

#[cfg(unix)]
#[tokio::test]
async fn the_key_and_the_prompt_are_in_no_line_of_the_log() {
    let fal =
        FakeFal::start(|_| crate::common::json(401, &format!(r#"{{"detail":"{KEY}"}}"#))).await;
    let base = fal.base();
    let (mut child, _, address) = started(&[
        ("FAL_KEY", KEY),
        ("LIKENESS_FAL_QUEUE", &base),
        ("LIKENESS_FAL_MEDIA", &base),
        ("RUST_LOG", "trace"),
    ])
    .await;
    let body = r#"{"prompt":"a very private wish","num_images":NUM}"#;
    for number in ["1", "9", "x"] {
        let submit =
            client().post(format!("{address}/api/fal/proxy")).header("x-fal-target-url", SUBMIT);
        let body = body.replace("NUM", number);
        let _ = submit.header("content-type", "application/json").body(body).send().await.unwrap();
    }
    let _ = client()
        .get(format!("{address}/api/v1/image?url=https://v3.fal.media/a.png"))
        .send()
        .await
        .unwrap();
    // A line is a line, whatever stands in the path or in a header.
    for path in ["/a%0d%0a{\"forged\":1}", "/api/%1b[31m%e2%80%a8%e2%80%ae", "/api/v1/none"] {
        let request = client().get(format!("{address}{path}"));
        request.header("user-agent", "\t{\"forged\":1}").send().await.unwrap();
    }
    let id = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    let mut log = String::new();
    child.stderr.take().unwrap().read_to_string(&mut log).await.unwrap();
    row(
        "D2",
        "the key or the prompt in a log of everything",
        false,
        log.contains("sentinel") || log.contains("private wish"),
    );
    let lines: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let requests = lines
        .iter()
        .filter(|line| line["message"] == "request" && line["path"] == "/api/fal/proxy");
    assert_eq!(requests.count(), 3);
    row(
        "D7",
        "lines of the log with a forged field",
        0,
        lines.iter().filter(|line| line.get("forged").is_some()).count(),
    );
}

#[cfg(unix)]
#[tokio::test]
async fn no_access_code_is_in_the_log_be_it_right_or_wrong() {
    let (mut child, _, address) = started(&[
        ("FAL_KEY", KEY),
        ("LIKENESS_ACCESS", "password"),
        ("LIKENESS_ACCESS_CODE", "sentinel-of-the-door"),
        ("RUST_LOG", "trace"),
    ])
    .await;
    for (code, status) in [("sentinel-of-the-door", 200), ("sentinel-of-a-guess", 401)] {
        let spending = client().get(format!("{address}/api/v1/spending")).bearer_auth(code);
        assert_eq!(spending.send().await.unwrap().status(), status);
    }
    let id = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    let mut log = String::new();
    child.stderr.take().unwrap().read_to_string(&mut log).await.unwrap();
    assert!(log.contains("/api/v1/spending"), "{log}");
    row("D4", "an access code in a log of everything", false, log.contains("sentinel"));
}

#[tokio::test]
async fn neither_the_help_nor_the_arguments_of_the_program_hold_the_key() {
    let help = program(&[("FAL_KEY", KEY)]).arg("--help").output().await.unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(help.contains("--listen"));
    row("D2", "the key in --help", false, help.contains("sentinel"));
    #[cfg(target_os = "linux")]
    {
        let (child, line, _) = started(&[("FAL_KEY", KEY)]).await;
        let arguments = format!("/proc/{}/cmdline", child.id().unwrap());
        let shown = std::fs::read_to_string(arguments).unwrap() + &line;
        row("D2", "the key in the first line or the title", false, shown.contains("sentinel"));
    }
}

#[tokio::test]
async fn a_proxy_named_in_the_environment_is_not_used() {
    let elsewhere = FakeFal::json(200, "{}").await;
    let fal = FakeFal::json(200, "{}").await;
    let (elsewhere_base, base) = (elsewhere.base(), fal.base());
    let proxies = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"]
        .map(|name| (name, elsewhere_base.as_str()));
    let settings = [("FAL_KEY", KEY), ("LIKENESS_FAL_QUEUE", &base)];
    let (_child, _, address) = started(&[&proxies[..], &settings[..]].concat()).await;
    let submit =
        client().post(format!("{address}/api/fal/proxy")).header("x-fal-target-url", SUBMIT);
    let reply =
        submit.header("content-type", "application/json").body(LORA_BODY).send().await.unwrap();
    assert_eq!(reply.status(), 200);
    row(
        "A12",
        "proxies in the environment: calls to FAL, to them",
        (1, 0),
        (fal.seen().len(), elsewhere.seen().len()),
    );
}

#[tokio::test]
async fn a_check_judges_the_settings_and_does_not_start() {
    let output = program(&[("FAL_KEY", KEY)]).arg("--check").output().await.unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "The settings are good.\n");
    let output = program(&[("FAL_KEY", "undefined")]).arg("--check").output().await.unwrap();
    assert_eq!(output.status.code(), Some(78));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    for (data, code) in
        [(folder.path().join("new/data"), 0), (file, 78), ("/proc/nowhere".into(), 78)]
    {
        let data = data.to_str().unwrap();
        let environment = [("FAL_KEY", KEY), ("LIKENESS_LEDGER", ""), ("LIKENESS_DATA", data)];
        let output = program(&environment).arg("--check").output().await.unwrap();
        assert_eq!(output.status.code(), Some(code), "{data}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(code == 0 || said.contains("LIKENESS_DATA"), "{said}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");
}

#[cfg(unix)]
#[tokio::test]
async fn numbers_for_prometheus_have_an_address_of_their_own() {
    let free =
        std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let (_child, _, address) = started(&[("LIKENESS_METRICS", &free)]).await;
    client().get(format!("{address}/api/v1/config")).send().await.unwrap();
    let numbers = async |accept: &str| {
        let request = client().get(format!("http://{free}/metrics")).header("accept", accept);
        let reply = request.send().await.unwrap();
        let kind = reply.headers()["content-type"].to_str().unwrap().to_owned();
        (kind, reply.text().await.unwrap())
    };
    let (kind, open) = numbers("application/openmetrics-text;version=1.0.0,*/*;q=0.1").await;
    assert!(kind.starts_with("application/openmetrics-text") && open.ends_with("# EOF\n"));
    let (kind, plain) = numbers("text/plain;version=0.0.4").await;
    assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
    for numbers in [&open, &plain] {
        let sample = r#"likeness_requests_total{area="Api",status="200"} 1"#;
        assert!(numbers.contains(sample), "{numbers}");
    }
    assert!(plain.contains("# TYPE likeness_requests_total counter\n"), "{plain}");
    assert_eq!(client().get(format!("{address}/metrics")).send().await.unwrap().status(), 404);
}

#[cfg(unix)]
#[tokio::test]
async fn a_front_proxy_that_nobody_named_is_told_of_once() {
    let (mut child, _, address) = started(&[]).await;
    for caller in ["192.0.2.1", "192.0.2.2"] {
        let ask = client().get(format!("{address}/api/v1/config"));
        assert_eq!(ask.header("x-forwarded-for", caller).send().await.unwrap().status(), 200);
    }
    let id = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    let mut log = String::new();
    child.stderr.take().unwrap().read_to_string(&mut log).await.unwrap();
    assert_eq!(log.matches("LIKENESS_FRONT_PROXY").count(), 1, "{log}");
}
