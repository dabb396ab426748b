//! Pictures on their way from the app into chats, onto the device and into stories.

use crate::common::{FakeFal, KEY, TestServer, client, code};
use crate::telegram::{TOKEN, launch, launch_by_number, now, sign_in};
use likeness_proxy::Keys;
use likeness_simulator::{BotApi, BotFault};
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};

pub(crate) const PNG: &[u8] = include_bytes!("../../../files/tests/corpus/pictures/marked.png");
const JPEG: &[u8] = include_bytes!("../../../files/tests/corpus/pictures/marked.jpg");
pub(crate) const ANN: u64 = 42;

/// A server, the stand-in for Telegram behind it, and somebody's session.
pub(crate) struct Stage {
    pub(crate) server: TestServer,
    pub(crate) telegram: BotApi,
    pub(crate) token: String,
}

pub(crate) async fn stage() -> Stage {
    stage_at(&["--public-url", "https://pictures.example"]).await
}

pub(crate) async fn bot_api() -> (BotApi, String) {
    bot_api_of(TOKEN).await
}

pub(crate) async fn bot_api_of(token: &str) -> (BotApi, String) {
    let telegram = BotApi::new(token);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = telegram.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (telegram, base)
}

async fn stage_at(more: &[&str]) -> Stage {
    let (telegram, base) = bot_api().await;
    let fal = FakeFal::json(200, "{}").await;
    let more = [&["--telegram-api", &base], more].concat();
    let server = crate::telegram::server(TOKEN, &fal, &more).await;
    let token = sign_in(&server, &launch(TOKEN, ANN, now())).await;
    Stage { server, telegram, token }
}

impl Stage {
    pub(crate) fn post(&self, path: &str) -> reqwest::RequestBuilder {
        client().post(self.server.url(&format!("/api/v1/telegram{path}"))).bearer_auth(&self.token)
    }

    pub(crate) async fn hand_over(&self, bytes: &[u8]) -> Value {
        let reply = self.post("/pictures").body(bytes.to_vec()).send().await.unwrap();
        assert_eq!(reply.status(), 201);
        read(reply).await
    }

    pub(crate) async fn send(&self, id: &Value, way: &str) -> reqwest::Response {
        let request = self.post(&format!("/pictures/{}/send", id.as_str().unwrap()));
        let request = request.header("content-type", "application/json");
        request.body(json!({ "as": way }).to_string()).send().await.unwrap()
    }

    pub(crate) async fn ask(&self, id: &Value, what: &str) -> reqwest::Response {
        self.post(&format!("/pictures/{}/{what}", id.as_str().unwrap())).send().await.unwrap()
    }
}

async fn read(reply: reqwest::Response) -> Value {
    serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn a_picture_goes_into_ones_own_chat_without_what_made_it() {
    let stage = stage().await;
    let picture = stage.hand_over(JPEG).await;
    assert_eq!(
        (&picture["width"], &picture["height"], &picture["photo"]),
        (&json!(8), &json!(6), &json!(true))
    );
    assert_eq!(picture["mark"], "trainedAlgorithmicMedia");
    let id = &picture["picture_id"];
    assert_eq!(
        read(stage.send(id, "photo").await).await,
        json!({ "sent": "photo", "reason": null })
    );
    assert_eq!(read(stage.send(id, "document").await).await["sent"], "document");
    let calls = stage.telegram.calls();
    assert_eq!([calls[0].method.as_str(), &calls[1].method], ["sendPhoto", "sendDocument"]);
    for call in &calls {
        assert_eq!(call.texts["chat_id"], ANN.to_string());
        let file = call.file.as_ref().unwrap();
        assert!(file.name.starts_with("likeness-") && file.name.ends_with(".jpg"));
        assert!(!holds(&file.bytes, "sentinel") && holds(&file.bytes, "trainedAlgorithmicMedia"));
    }
    assert_eq!(calls[1].texts["disable_content_type_detection"], "true");
}

#[tokio::test]
async fn what_telegram_refuses_as_a_photo_goes_as_a_document() {
    let stage = stage().await;
    let picture = stage.hand_over(PNG).await;
    stage.telegram.play([BotFault::BadDimensions]);
    let sent = read(stage.send(&picture["picture_id"], "photo").await).await;
    assert_eq!(sent, json!({ "sent": "document", "reason": "refused" }));
    // What it would refuse is not offered: width and height stand in the header, whose checksum
    // nobody asks for.
    let mut wide = PNG.to_vec();
    wide[16..20].copy_from_slice(&9_000_u32.to_be_bytes());
    let wide = stage.hand_over(&wide).await;
    assert_eq!(wide["photo"], false);
    let sent = read(stage.send(&wide["picture_id"], "photo").await).await;
    assert_eq!(sent, json!({ "sent": "document", "reason": "too_narrow" }));
    let methods: Vec<String> = stage.telegram.calls().into_iter().map(|call| call.method).collect();
    assert_eq!(methods, ["sendPhoto", "sendDocument", "sendDocument"]);
}

#[tokio::test]
async fn a_message_for_any_chat_is_prepared_and_leaves_nothing_behind() {
    let stage = stage().await;
    let picture = stage.hand_over(JPEG).await;
    let shared = read(stage.ask(&picture["picture_id"], "share").await).await;
    assert!(shared["prepared_message_id"].is_string() && shared["expires_at"].is_u64(), "{shared}");
    let calls = stage.telegram.calls();
    let methods: Vec<&str> = calls.iter().map(|call| call.method.as_str()).collect();
    assert_eq!(methods, ["sendPhoto", "savePreparedInlineMessage", "deleteMessage"]);
    assert_eq!(calls[0].texts["disable_notification"], "true");
    assert_eq!(calls[1].texts["user_id"], ANN.to_string());
    assert_eq!(stage.telegram.messages_in(&ANN.to_string()), 0);
}

#[tokio::test]
async fn a_share_whose_caller_hangs_up_leaves_nothing_behind_either() {
    let stage = stage().await;
    let picture = stage.hand_over(JPEG).await;
    stage.telegram.play([BotFault::Slow { ms: 400 }]);
    let share = stage.ask(&picture["picture_id"], "share");
    assert!(tokio::time::timeout(Duration::from_millis(200), share).await.is_err(), "it hangs up");
    let is_over = || stage.telegram.calls().last().is_some_and(|it| it.method == "deleteMessage");
    for _ in 0..100 {
        if is_over() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(is_over(), "{:?}", stage.telegram.calls());
    assert_eq!(stage.telegram.messages_in(&ANN.to_string()), 0);
}

#[tokio::test]
async fn an_address_for_telegrams_clients_needs_no_sign_in_and_serves_head_and_parts() {
    let stage = stage().await;
    let picture = stage.hand_over(PNG).await;
    let link = read(stage.ask(&picture["picture_id"], "link").await).await;
    let url = link["url"].as_str().unwrap();
    let path = url.strip_prefix("https://pictures.example").unwrap();
    assert!(link["expires_in"].as_u64().unwrap() <= 900);
    let fetch = || stage.server.get(path).header("sec-fetch-site", "cross-site");
    let whole = fetch().send().await.unwrap();
    let name = link["file_name"].as_str().unwrap();
    for (header, value) in [
        ("content-type", "image/png"),
        ("content-disposition", &format!("attachment; filename=\"{name}\"")),
        ("access-control-allow-origin", "https://web.telegram.org"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("accept-ranges", "bytes"),
    ] {
        assert_eq!(whole.headers()[header], value, "{header}");
    }
    let bytes = whole.bytes().await.unwrap();
    assert_eq!(picture["bytes"], bytes.len());
    let head = client().head(stage.server.url(path)).send().await.unwrap();
    assert_eq!(
        (head.status().as_u16(), head.headers()["content-length"].to_str().unwrap()),
        (200, bytes.len().to_string().as_str())
    );
    let part = fetch().header("range", "bytes=8-15").send().await.unwrap();
    assert_eq!(
        (part.status().as_u16(), &part.headers()["content-range"]),
        (206, &format!("bytes 8-15/{}", bytes.len()).parse().unwrap())
    );
    assert_eq!(part.bytes().await.unwrap(), bytes[8..16]);
    assert_eq!(fetch().header("range", "bytes=9999-").send().await.unwrap().status(), 416);
    // As often as the client likes, and nothing else under another key or name.
    assert_eq!(fetch().send().await.unwrap().bytes().await.unwrap(), bytes);
    for other in [
        path.replace("key=", "key=0"),
        path.replace(".png", ".jpg"),
        path.split('?').next().unwrap().to_owned(),
    ] {
        let reply = stage.server.get(&other).send().await.unwrap();
        assert_eq!(code(reply).await, (404, "picture_gone".to_owned()), "{other}");
    }
}

#[tokio::test]
async fn without_https_there_is_no_such_address() {
    let stage = stage_at(&[]).await;
    let picture = stage.hand_over(PNG).await;
    let reply = stage.ask(&picture["picture_id"], "link").await;
    assert_eq!(code(reply).await, (409, "no_https".to_owned()));
    let config = read(stage.server.get("/api/v1/config").send().await.unwrap()).await;
    assert_eq!(
        (&config["telegram"]["send"], &config["telegram"]["save"]),
        (&json!(true), &json!(false))
    );
}

#[tokio::test]
async fn what_telegram_refuses_is_told_in_words_of_ours() {
    let stage = stage().await;
    let picture = stage.hand_over(JPEG).await;
    for (fault, expected) in [
        (BotFault::Forbidden, (403, "write_access_required")),
        (BotFault::TooMany { retry_after: 7 }, (429, "telegram_busy")),
        (BotFault::Unauthorized, (500, "telegram_refused")),
        (BotFault::Garbled, (500, "telegram_unknown")),
        (BotFault::Down, (502, "telegram_away")),
        (BotFault::Broken, (502, "telegram_away")),
    ] {
        stage.telegram.play([fault]);
        let reply = stage.send(&picture["picture_id"], "photo").await;
        if let BotFault::TooMany { retry_after: seconds } = fault {
            assert_eq!(reply.headers()["retry-after"], seconds.to_string());
        }
        let (status, code) = code(reply).await;
        assert_eq!((status, code.as_str()), expected, "{fault:?}");
    }
    // The next attempt works: once the person has allowed it, for instance.
    assert_eq!(stage.send(&picture["picture_id"], "photo").await.status(), 200);
    stage.telegram.play([BotFault::Slow { ms: 200 }]);
    assert_eq!(stage.send(&picture["picture_id"], "photo").await.status(), 200);
    let down = stage_at(&["--telegram-api", "http://127.0.0.1:9"]).await;
    let picture = down.hand_over(JPEG).await;
    let reply = down.send(&picture["picture_id"], "photo").await;
    assert_eq!(code(reply).await, (502, "telegram_away".to_owned()));
}

#[tokio::test]
async fn a_telegram_with_a_fault_of_its_own_leaves_no_message_of_a_share() {
    let stage = stage().await;
    let picture = stage.hand_over(JPEG).await;
    // The picture is sent, the message is not prepared, and taking the picture back does not work
    // at once.
    stage.telegram.play([
        BotFault::Slow { ms: 0 },
        BotFault::Down,
        BotFault::Broken,
        BotFault::Down,
    ]);
    let reply = stage.ask(&picture["picture_id"], "share").await;
    let status = reply.status();
    let body = read(reply).await;
    assert_eq!(status, 502);
    assert_eq!(
        (&body["error"]["code"], &body["error"]["retryable"]),
        (&json!("telegram_away"), &json!(true))
    );
    for _ in 0..100 {
        if stage.telegram.calls().len() >= 5 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let methods: Vec<_> = stage.telegram.calls().into_iter().map(|call| call.method).collect();
    let [send, prepare, delete] = ["sendPhoto", "savePreparedInlineMessage", "deleteMessage"];
    assert_eq!(methods, [send, prepare, delete, delete, delete]);
    assert_eq!(stage.telegram.messages_in(&ANN.to_string()), 0);
}

#[tokio::test]
async fn only_pictures_are_taken_and_only_their_owner_may_send_them() {
    let stage = stage().await;
    for bytes in [&b""[..], b"<svg/>", &PNG[..40], b"GIF89a"] {
        let reply = stage.post("/pictures").body(bytes.to_vec()).send().await.unwrap();
        assert_eq!(code(reply).await, (422, "bad_picture".to_owned()));
    }
    let id = stage.hand_over(PNG).await["picture_id"].clone();
    for body in
        [json!({}), json!({ "as": "voice" }), json!({ "as": "photo", "chat_id": 7 }), json!([])]
    {
        let request = stage.post(&format!("/pictures/{}/send", id.as_str().unwrap()));
        let reply = request
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        assert_eq!(code(reply).await, (422, "bad_way".to_owned()), "{body}");
    }
    let bob = Stage { token: sign_in(&stage.server, &launch(TOKEN, 7, now())).await, ..stage };
    for reply in
        [bob.send(&id, "photo").await, bob.ask(&id, "share").await, bob.ask(&id, "link").await]
    {
        assert_eq!(code(reply).await, (404, "picture_gone".to_owned()));
    }
    let nobody =
        client().post(bob.server.url("/api/v1/telegram/pictures")).body(PNG).send().await.unwrap();
    assert_eq!(code(nobody).await, (401, "sign_in_required".to_owned()));
    assert!(bob.telegram.calls().is_empty());
}

#[tokio::test]
async fn somebody_who_sends_too_much_has_to_wait() {
    let stage = stage().await;
    let id = stage.hand_over(JPEG).await["picture_id"].clone();
    let mut sent = 0;
    let reply = loop {
        let reply = stage.send(&id, "photo").await;
        if reply.status() != 200 {
            break reply;
        }
        sent += 1;
    };
    assert!(sent >= 20 && reply.headers().contains_key("retry-after"));
    assert_eq!(code(reply).await, (429, "telegram_busy".to_owned()));
}

#[tokio::test]
async fn a_bot_that_is_known_by_its_number_cannot_send() {
    let server = TestServer::with_keys(
        &["--bot-id", "99"],
        Keys { fal_key: Some(KEY.to_owned()), ..Keys::default() },
    )
    .await;
    let config = read(server.get("/api/v1/config").send().await.unwrap()).await;
    assert_eq!(config["telegram"]["send"], false);
}

#[tokio::test]
async fn what_is_larger_than_telegram_takes_is_refused_as_it_comes() {
    let stage = stage().await;
    let mut picture = PNG.to_vec();
    picture.resize(50_000_001, 0);
    let reply = stage.post("/pictures").body(picture).send().await.unwrap();
    assert_eq!(code(reply).await, (413, "body_too_large".to_owned()));
    assert!(stage.telegram.calls().is_empty());
}

#[tokio::test]
async fn of_several_bots_each_person_is_told_what_theirs_can_do() {
    let (raw, key) = launch_by_number();
    let more = ["--public-url", "https://pictures.example"];
    let mut stage =
        stage_at(&[&more[..], &["--bot-id", "99", "--telegram-key", &key]].concat()).await;
    assert_eq!(stage.hand_over(JPEG).await["send"], true);
    stage.token = sign_in(&stage.server, &raw).await;
    let picture = stage.hand_over(JPEG).await;
    assert_eq!(picture["send"], false);
    let reply = stage.send(&picture["picture_id"], "photo").await;
    assert_eq!(code(reply).await, (404, "telegram_off".to_owned()));
    assert_eq!(
        stage.ask(&picture["picture_id"], "link").await.status(),
        200,
        "and it can be saved"
    );
    assert!(stage.telegram.calls().is_empty());
}

#[cfg(target_os = "linux")]
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
#[cfg(target_os = "linux")]
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
