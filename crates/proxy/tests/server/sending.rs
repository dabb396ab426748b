//! Pictures on their way from the app into chats, onto the device and into stories.

mod faults;
#[cfg(target_os = "linux")]
mod log;

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
