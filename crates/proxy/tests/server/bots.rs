//! The example bots, against the demo and a stand-in for Telegram.

use crate::common::{TestServer, client};
use crate::sending::bot_api;
use crate::telegram::TOKEN;
use likeness_proxy::Keys;
use std::time::Duration;
use tokio::process::Command;

const API_TOKEN: &str = "token-of-the-example";

async fn answers(interpreter: &str, script: &str) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/bots");
    let keys = Keys { api_token: Some(API_TOKEN.to_owned()), ..Keys::default() };
    let server = TestServer::with_keys(&["--demo-speed", "1000"], keys).await;
    let (telegram, base) = bot_api().await;
    telegram.say(7, "hello");
    telegram.say(7, "/generate in medieval armor");
    telegram.say(8, "/generate  ");
    let mut bot = Command::new(interpreter)
        .args([script, "avatar.json"])
        .current_dir(folder)
        .env("TELEGRAM_BOT_TOKEN", TOKEN)
        .env("TELEGRAM_API_BASE", &base)
        .env("LIKENESS_API_TOKEN", API_TOKEN)
        .env("LIKENESS_URL", server.url(""))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    while telegram.calls().len() < 2 {
        assert!(bot.try_wait().unwrap().is_none(), "the bot ended: {:?}", telegram.calls());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let calls = telegram.calls();
    assert_eq!([calls[0].method.as_str(), &calls[1].method], ["sendPhoto", "sendMessage"]);
    assert_eq!([&calls[0].texts["chat_id"], &calls[1].texts["chat_id"]], ["7", "8"]);
    let picture = client().get(&calls[0].texts["photo"]).send().await.unwrap();
    assert_eq!(picture.headers()["content-type"], "image/jpeg");
    assert!(calls[1].texts["text"].len() > 10, "{:?}", calls[1]);
}

#[tokio::test]
async fn the_bot_in_node_answers_with_a_picture() {
    answers("node", "bot.mjs").await;
}

#[tokio::test]
async fn the_bot_in_python_answers_with_a_picture() {
    answers("python3", "bot.py").await;
}
