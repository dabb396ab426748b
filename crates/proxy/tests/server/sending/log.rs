//! What stands in the log.

use super::*;

#[tokio::test]
async fn neither_token_nor_launch_nor_address_of_a_picture_is_in_the_log() {
    let (telegram, base) = bot_api().await;
    let mut child = tokio::process::Command::new(env!("CARGO_BIN_EXE_likeness-proxy"))
        .env_clear()
        .envs([
            ("LIKENESS_LISTEN", "127.0.0.1:0"),
            ("LIKENESS_LEDGER", "memory"),
            ("RUST_LOG", "trace"),
        ])
        .envs([
            ("TELEGRAM_BOT_TOKEN", TOKEN),
            ("LIKENESS_ACCESS", "telegram"),
            ("TELEGRAM_API_BASE", &base),
        ])
        .env("LIKENESS_PUBLIC_URL", "https://pictures.example")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut log = child.stderr.take().unwrap();
    let read_log = tokio::spawn(async move {
        let mut text = String::new();
        log.read_to_string(&mut text).await.unwrap();
        text
    });
    // The address that it listens on is in no line of its output, since it is called by its public
    // one; the log has it.
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).await.unwrap();
    assert!(line.contains("https://pictures.example"), "{line}");
    let port = port_of(child.id().unwrap());
    let call = |path: &str| client().post(format!("http://127.0.0.1:{port}/api/v1/telegram{path}"));
    let raw = launch(TOKEN, ANN, now());
    let session =
        read(call("/session").header("authorization", format!("tma {raw}")).send().await.unwrap())
            .await;
    let session = session["token"].as_str().unwrap().to_owned();
    let picture =
        read(call("/pictures").bearer_auth(&session).body(JPEG).send().await.unwrap()).await;
    let id = picture["picture_id"].as_str().unwrap();
    let link =
        read(call(&format!("/pictures/{id}/link")).bearer_auth(&session).send().await.unwrap())
            .await;
    let key = link["url"].as_str().unwrap().split_once("key=").unwrap().1.to_owned();
    let file = format!(
        "http://127.0.0.1:{port}/api/v1/telegram/files/{}?key={key}",
        link["file_name"].as_str().unwrap()
    );
    assert_eq!(client().get(file).send().await.unwrap().status(), 200);
    for fault in [None, Some(BotFault::Unauthorized), Some(BotFault::Forbidden)] {
        telegram.play(fault);
        let send = call(&format!("/pictures/{id}/send")).bearer_auth(&session);
        send.header("content-type", "application/json")
            .body(r#"{"as":"photo"}"#)
            .send()
            .await
            .unwrap();
    }
    assert_eq!(telegram.calls().len(), 3);
    let pid = child.id().unwrap().to_string();
    assert!(
        tokio::process::Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .await
            .unwrap()
            .success()
    );
    let log = read_log.await.unwrap();
    assert!(log.contains("Telegram refused a call"), "{log}");
    let secret = TOKEN.split_once(':').unwrap().1;
    let hash = raw.rsplit_once("hash=").unwrap().1;
    let signature = session.rsplit_once('.').unwrap().1;
    for (what, text) in
        [("token", secret), ("launch", hash), ("session", signature), ("address", key.as_str())]
    {
        assert!(!log.contains(text), "the {what} is in the log: {log}");
    }
}

/// The port on which a process listens.
fn port_of(process: u32) -> u16 {
    let sockets: Vec<String> = std::fs::read_dir(format!("/proc/{process}/fd"))
        .unwrap()
        .filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .filter_map(|link| {
            Some(link.to_str()?.strip_prefix("socket:[")?.trim_end_matches(']').to_owned())
        })
        .collect();
    let table = std::fs::read_to_string(format!("/proc/{process}/net/tcp")).unwrap();
    let listening = table.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    let own =
        listening.filter(|line| line[3] == "0A").find(|line| sockets.contains(&line[9].to_owned()));
    u16::from_str_radix(own.unwrap()[1].rsplit_once(':').unwrap().1, 16).unwrap()
}
