//! The example bots, against the demo and a stand-in for Telegram.

use crate::common::{TestServer, client};
use crate::sending::{bot_api, bot_api_of};
use crate::telegram::TOKEN;
use axum::Json;
use axum::http::StatusCode;
use likeness_proxy::Keys;
use likeness_simulator::{BotApi, BotCall, BotFault};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

const API_TOKEN: &str = "token-of-the-example";
/// A bot that has done nothing for so long does nothing any more.
const PATIENCE: Duration = Duration::from_secs(60);

/// The bot at its work, with this avatar, at these two addresses.
fn started(interpreter: &str, script: &str, avatar: &str, telegram: &str, likeness: &str) -> Child {
    of(&mut Command::new(interpreter), script, avatar, telegram, likeness).spawn().unwrap()
}

fn of<'a>(
    interpreter: &'a mut Command,
    script: &str,
    avatar: &str,
    telegram: &str,
    likeness: &str,
) -> &'a mut Command {
    interpreter
        .args([script, avatar])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/bots"))
        .env("TELEGRAM_BOT_TOKEN", TOKEN)
        .env("TELEGRAM_API_BASE", telegram)
        .env("LIKENESS_API_TOKEN", API_TOKEN)
        .env("LIKENESS_URL", likeness)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .kill_on_drop(true)
}

/// Its first calls, once there are so many. It has to live as long.
async fn called(bot: &mut Child, telegram: &BotApi, count: usize) -> Vec<BotCall> {
    let begun = Instant::now();
    while telegram.calls().len() < count {
        assert!(begun.elapsed() < PATIENCE, "the bot stands still: {:?}", telegram.calls());
        assert!(bot.try_wait().unwrap().is_none(), "the bot ended: {:?}", telegram.calls());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    telegram.calls()
}

async fn answers(interpreter: &str, script: &str) {
    let keys = Keys { api_token: Some(API_TOKEN.to_owned()), ..Keys::default() };
    let server = TestServer::with_keys(&["--demo-speed", "1000"], keys).await;
    let (telegram, base) = bot_api().await;
    telegram.say(7, "/generate in medieval armor");
    for (chat, text) in
        [(8, "/generate  "), (9, "/start"), (10, "/help"), (11, "hello"), (12, "/draw")]
    {
        telegram.say(chat, text);
    }
    telegram.hear(json!({ "chat": { "id": 13, "type": "private" }, "sticker": {} }));
    let group = |text: &str| {
        let chat = json!({ "id": -100, "type": "supergroup", "is_forum": true });
        json!({ "chat": chat, "text": text, "message_thread_id": 33, "is_topic_message": true })
    };
    for others in ["/generate@another_bot a castle", "/draw a castle", "let us talk"] {
        telegram.hear(group(others));
    }
    let asked = telegram.hear(group(&format!("/generate@{}\na castle", BotApi::NAME)));
    // As the app exports avatars; the other test has one alone.
    let alone: Value =
        serde_json::from_str(include_str!("../../../../examples/bots/avatar.json")).unwrap();
    let exported = json!({ "format": "likeness avatars 1", "avatars": [alone] });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("likeness-avatars.json");
    std::fs::write(&file, exported.to_string()).unwrap();
    let mut bot = started(interpreter, script, file.to_str().unwrap(), &base, &server.url(""));
    // Two of the messages in the group ask who is meant.
    let calls = called(&mut bot, &telegram, 8 + 2).await;
    // They are answered side by side.
    let to = |chat: &str| {
        calls.iter().find(|call| call.texts.get("chat_id").is_some_and(|to| to == chat)).unwrap()
    };
    let photo = to("7");
    assert_eq!(photo.method, "sendPhoto");
    let picture = client().get(&photo.texts["photo"]).send().await.unwrap();
    assert_eq!(picture.headers()["content-type"], "image/jpeg");
    for chat in ["8", "9", "10", "11", "12", "13"] {
        let help = &to(chat).texts["text"];
        assert!(help.contains("/generate a castle in the fog") && !help.contains('\n'), "{help}");
    }
    let photo = to("-100");
    assert_eq!(
        (photo.method.as_str(), photo.texts["message_thread_id"].as_str()),
        ("sendPhoto", "33")
    );
    let beside: Value = serde_json::from_str(&photo.texts["reply_parameters"]).unwrap();
    assert_eq!(beside["message_id"], asked);
}

/// Two bots whose updates have the same numbers, with one server: each order has its own key.
async fn keys_of(interpreter: &str, script: &str) -> Vec<String> {
    let keys = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = Arc::clone(&keys);
    let generate = move |headers: axum::http::HeaderMap| async move {
        seen.lock().unwrap().push(headers["idempotency-key"].to_str().unwrap().to_owned());
        Json(json!({ "image_url": "https://pictures.example/a.jpg" }))
    };
    let likeness = serve(axum::routing::post(generate)).await;
    for number in [1, 2] {
        let token = format!("{number}{TOKEN}");
        let (telegram, base) = bot_api_of(&token).await;
        telegram.say(7, "/generate a castle");
        let mut bot = Command::new(interpreter);
        let mut bot = of(&mut bot, script, "avatar.json", &base, &likeness)
            .env("TELEGRAM_BOT_TOKEN", token)
            .spawn()
            .unwrap();
        called(&mut bot, &telegram, 1).await;
    }
    keys.lock().unwrap().clone()
}

#[tokio::test]
async fn two_bots_on_one_server_have_keys_of_their_own() {
    for (interpreter, script) in [("node", "bot.mjs"), ("python3", "bot.py")] {
        let keys = keys_of(interpreter, script).await;
        assert_eq!(keys.len(), 2);
        assert_ne!(keys[0], keys[1]);
    }
}

/// A server that is busy at first, and then has a picture.
async fn busy(times: usize) -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let generate = move || async move {
        let refusal = |status: u16, code: &str| {
            let error = json!({ "code": code, "message": "Busy.", "retryable": true, "retry_after_ms": 50 });
            (StatusCode::from_u16(status).unwrap(), Json(json!({ "error": error })))
        };
        match count.fetch_add(1, Ordering::Relaxed) {
            at if at >= times => {
                (StatusCode::OK, Json(json!({ "image_url": "https://pictures.example/a.jpg" })))
            }
            at if at % 2 == 0 => refusal(409, "in_flight"),
            _ => refusal(429, "too_many_calls"),
        }
    };
    (serve(axum::routing::post(generate)).await, asked)
}

/// A server in which the picture of whoever asks for something slow is never ready, and how often
/// that was asked for.
async fn slow() -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let generate = move |Json(wish): Json<Value>| async move {
        if wish["prompt"] != "slow" {
            let told = json!({ "image_url": "https://pictures.example/a.jpg" });
            return (StatusCode::OK, Json(told));
        }
        count.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(100)).await;
        (StatusCode::ACCEPTED, Json(json!({ "status": "queued" })))
    };
    (serve(axum::routing::post(generate)).await, asked)
}

async fn serve(generate: axum::routing::MethodRouter) -> String {
    let router = axum::Router::new().route("/api/v1/generate", generate);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    base
}

async fn serves_side_by_side(interpreter: &str, script: &str) {
    let (likeness, slow) = slow().await;
    let (telegram, base) = bot_api().await;
    let begun = async |bot: &mut Child| {
        slow.store(0, Ordering::Relaxed);
        let begun = Instant::now();
        while slow.load(Ordering::Relaxed) == 0 {
            assert!(bot.try_wait().unwrap().is_none() && begun.elapsed() < PATIENCE);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let mut bot = started(interpreter, script, "avatar.json", &base, &likeness);
    telegram.say(7, "/generate slow");
    begun(&mut bot).await;
    for chatter in 0..200 {
        let chat = json!({ "id": -9, "type": "group" });
        telegram.hear(json!({ "chat": chat, "text": format!("{chatter}") }));
    }
    telegram.say(8, "/generate quick");
    assert_eq!(called(&mut bot, &telegram, 1).await[0].texts["chat_id"], "8");
    // One that is started again gets what it had not answered, if not too much has come since.
    telegram.say(7, "/generate slow");
    begun(&mut bot).await;
    bot.kill().await.unwrap();
    let mut bot = started(interpreter, script, "avatar.json", &base, &likeness);
    begun(&mut bot).await;
}

async fn goes_on(interpreter: &str, script: &str) {
    let (likeness, asked) = busy(3).await;
    let (telegram, base) = bot_api().await;
    let mut bot = started(interpreter, script, "avatar.json", &base, &likeness);
    // The first picture is no photo for Telegram, the second person has blocked the bot.
    telegram.play([BotFault::BadDimensions, BotFault::Slow { ms: 0 }]);
    telegram.play([BotFault::Forbidden, BotFault::Down]);
    for (chat, count) in [(7, 2), (8, 4), (9, 5)] {
        telegram.say(chat, "/generate in medieval armor");
        called(&mut bot, &telegram, count).await;
    }
    let calls = telegram.calls();
    let calls: Vec<_> =
        calls.iter().map(|call| (call.method.as_str(), call.texts["chat_id"].as_str())).collect();
    let [photo, text] = ["sendPhoto", "sendMessage"];
    assert_eq!(calls, [(photo, "7"), (text, "7"), (photo, "8"), (text, "8"), (photo, "9")]);
    assert!(telegram.calls()[1].texts["text"].starts_with("https://"));
    assert_eq!(asked.load(Ordering::Relaxed), 3 + 3, "three refusals that pass, three pictures");
}

#[tokio::test]
async fn the_bot_in_node_lets_nobody_wait_for_the_picture_of_somebody_else() {
    serves_side_by_side("node", "bot.mjs").await;
}

#[tokio::test]
async fn the_bot_in_python_lets_nobody_wait_for_the_picture_of_somebody_else() {
    serves_side_by_side("python3", "bot.py").await;
}

#[tokio::test]
async fn the_bot_in_node_goes_on_after_refusals() {
    goes_on("node", "bot.mjs").await;
}

#[tokio::test]
async fn the_bot_in_python_goes_on_after_refusals() {
    goes_on("python3", "bot.py").await;
}

#[tokio::test]
async fn the_bot_in_node_answers_with_a_picture() {
    answers("node", "bot.mjs").await;
}

#[tokio::test]
async fn the_bot_in_python_answers_with_a_picture() {
    answers("python3", "bot.py").await;
}
