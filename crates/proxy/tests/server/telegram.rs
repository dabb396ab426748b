//! People who come from Telegram: signing in, sessions, and whose run is whose.

use crate::common::{FakeFal, ID, KEY, LORA_BODY, SUBMIT, TestServer, client, code, json, row};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use likeness_proxy::Keys;
use ring::hmac;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::Value;
use std::time::{SystemTime, UNIX_EPOCH};

pub(crate) const TOKEN: &str = "5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8";
const OTHER: &str = "7342037359:AAFZehRPBRs8Seg40oDjTMIW8uTGPuW1zfQ";
const ACCEPTED: &str =
    r#"{"request_id":"764cabcf-b745-4b3e-ae38-1200304cf45b","status":"IN_QUEUE"}"#;

fn sign(key: &[u8], text: &[u8]) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text)
}

pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// A launch as Telegram signs it for the bot of this token.
pub(crate) fn launch(token: &str, user: u64, at: u64) -> String {
    let person = format!(r#"{{"id":{user},"first_name":"Ann \/ É","allows_write_to_pm":true}}"#);
    let lines = format!("auth_date={at}\nsignature=x\nuser={person}");
    let secret = sign(b"WebAppData", token.as_bytes());
    let hash: String = sign(secret.as_ref(), lines.as_bytes())
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("user={}&auth_date={at}&signature=x&hash={hash}", escaped(&person))
}

pub(crate) async fn server(bots: &str, fal: &FakeFal, more: &[&str]) -> TestServer {
    let base = fal.base();
    let keys =
        Keys { fal_key: Some(KEY.to_owned()), bot_token: Some(bots.to_owned()), ..Keys::default() };
    let arguments = ["--access", "telegram", "--fal-queue", &base, "--fal-media", &base];
    TestServer::with_keys(&[&arguments[..], more].concat(), keys).await
}

async fn ask(server: &TestServer, raw: &str) -> reqwest::Response {
    let request = client().post(server.url("/api/v1/telegram/session"));
    request.header("authorization", format!("tma {raw}")).send().await.unwrap()
}

pub(crate) async fn sign_in(server: &TestServer, raw: &str) -> String {
    let reply = ask(server, raw).await;
    assert_eq!(reply.status(), 200);
    let reply: Value = serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap();
    assert_eq!(reply["expires_in"], 3600);
    reply["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn who_opens_the_app_is_signed_in_and_told_who_they_are() {
    let fal = FakeFal::json(200, ACCEPTED).await;
    let server = server(&format!("{TOKEN},{OTHER}"), &fal, &[]).await;
    for bot in [TOKEN, OTHER] {
        let reply = ask(&server, &launch(bot, 42, now())).await;
        assert_eq!(reply.headers()["cache-control"], "no-store");
        let reply: Value = serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap();
        assert_eq!(reply["user"]["id"], 42);
        assert_eq!(reply["user"]["first_name"], "Ann / É");
        let token = reply["token"].as_str().unwrap();
        let submit = server.submit(LORA_BODY).bearer_auth(token);
        assert_eq!(submit.send().await.unwrap().status(), 200);
    }
    let config = server.get("/api/v1/config").send().await.unwrap().text().await.unwrap();
    assert!(!config.contains("AAH5"));
    let config: Value = serde_json::from_str(&config).unwrap();
    assert_eq!(config["access"], "telegram");
    assert_eq!(
        config["telegram"]["bots"],
        serde_json::json!([5_768_337_691_u64, 7_342_037_359_u64])
    );
}

#[tokio::test]
async fn nobody_else_is() {
    let fal = FakeFal::json(200, ACCEPTED).await;
    let server = server(TOKEN, &fal, &[]).await;
    let good = launch(TOKEN, 42, now());
    for (what, raw, expected) in [
        ("none", "", "init_data_missing"),
        ("a day old", &launch(TOKEN, 42, now() - 24 * 3600 - 5), "old_init_data"),
        ("of the future", &launch(TOKEN, 42, now() + 120), "early_init_data"),
        ("of another bot", &launch(OTHER, 42, now()), "bad_init_data"),
        ("of another person", &good.replace("%34", "%35"), "bad_init_data"),
        ("with a second user", &format!("{good}&user=x"), "bad_init_data"),
    ] {
        let got = code(ask(&server, raw).await).await;
        row("F7", &format!("a launch {what}"), (401, expected.to_owned()), got);
    }
    let bytes = |bytes: &[u8]| reqwest::header::HeaderValue::from_bytes(bytes).unwrap();
    let long = [good.as_bytes(), b"&x=", &[b'x'; 12_000]].concat();
    for (what, launch) in [
        ("cut off", good.as_bytes()[..good.len() / 2].to_vec()),
        ("of bytes", (128..=255).collect()),
        ("of 12 kB", long),
    ] {
        let request = client().post(server.url("/api/v1/telegram/session"));
        let request = request.header("authorization", bytes(&[b"tma ", &launch[..]].concat()));
        let got = code(request.send().await.unwrap()).await;
        row("F7", &format!("a launch {what}"), (401, "bad_init_data".to_owned()), got);
    }
    let request = client().post(server.url("/api/v1/telegram/session"));
    let huge = bytes(&[b"tma ", &[b'x'; 1 << 20][..]].concat());
    match request.header("authorization", huge).send().await {
        Ok(reply) => row("F7", "a launch of 1 MB", 431, reply.status().as_u16()),
        // The connection ended before all of it was sent; the next caller is served.
        Err(error) => assert!(error.is_request(), "{error:?}"),
    }
    let request = client().post(server.url("/api/v1/telegram/session"));
    assert_eq!(code(request.send().await.unwrap()).await, (401, "sign_in_required".to_owned()));
    for (header, expected) in [
        (None, "sign_in_required"),
        (Some(format!("tma {good}")), "sign_in_required"),
        (Some("Bearer guess".to_owned()), "session_over"),
        (Some(format!("Bearer {TOKEN}")), "session_over"),
    ] {
        let mut submit = server.submit(LORA_BODY);
        if let Some(header) = header {
            submit = submit.header("authorization", header);
        }
        assert_eq!(code(submit.send().await.unwrap()).await, (401, expected.to_owned()));
    }
    assert!(fal.seen().is_empty());
}

#[tokio::test]
async fn after_a_few_forged_launches_an_address_has_to_wait() {
    let fal = FakeFal::json(200, ACCEPTED).await;
    let server = server(TOKEN, &fal, &[]).await;
    // What is genuine but late is no attempt to guess.
    for _ in 0..6 {
        ask(&server, &launch(TOKEN, 42, now() - 25 * 3600)).await;
        ask(&server, "").await;
    }
    let token = sign_in(&server, &launch(TOKEN, 42, now())).await;
    for _ in 0..5 {
        let reply = ask(&server, &launch(OTHER, 42, now())).await;
        assert_eq!(code(reply).await, (401, "bad_init_data".to_owned()));
    }
    let reply = ask(&server, &launch(TOKEN, 42, now())).await;
    assert!(reply.headers().contains_key("retry-after"));
    assert_eq!(code(reply).await, (429, "too_many_attempts".to_owned()));
    // Whoever is signed in stays so.
    assert_eq!(server.submit(LORA_BODY).bearer_auth(token).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn each_person_has_a_budget_and_runs_of_their_own_over_a_restart() {
    let fal = FakeFal::start(|seen| {
        if seen.method == "POST" {
            json(200, ACCEPTED)
        } else {
            json(200, r#"{"status":"IN_QUEUE"}"#)
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_string_lossy().into_owned();
    let more = ["--budget-user-day", "0.07", "--ledger", "", "--data", &data];
    let mut first = server(TOKEN, &fal, &more).await;
    let ann = sign_in(&first, &launch(TOKEN, 1, now())).await;
    let submit =
        |server: &TestServer, token: &str| server.submit(LORA_BODY).bearer_auth(token).send();
    assert_eq!(submit(&first, &ann).await.unwrap().status(), 200);
    assert_eq!(code(submit(&first, &ann).await.unwrap()).await, (429, "user_day_spent".to_owned()));
    first.stop();
    let second = loop {
        // The file of the ledger is free once the first server has let go of it.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        if first.get("/healthz").send().await.is_err() {
            break server(TOKEN, &fal, &more).await;
        }
    };
    let status = format!("{SUBMIT}/requests/{ID}/status");
    let ask = |token: &str| second.relay("GET", &status).bearer_auth(token).send();
    // The session and the run are still hers, and the money is still spent.
    assert_eq!(ask(&ann).await.unwrap().status(), 200);
    assert_eq!(
        code(submit(&second, &ann).await.unwrap()).await,
        (429, "user_day_spent".to_owned())
    );
    let bob = sign_in(&second, &launch(TOKEN, 2, now())).await;
    assert_eq!(code(ask(&bob).await.unwrap()).await, (404, "unknown_run".to_owned()));
    assert_eq!(submit(&second, &bob).await.unwrap().status(), 200);
}

/// A token as the server would have made it some time ago.
fn token_of(user: u64, began: u64, until: u64) -> String {
    let text = format!("tg1.5768337691.{user}.{began}.{until}");
    let key = sign(TOKEN.as_bytes(), b"Likeness: sessions");
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(sign(key.as_ref(), text.as_bytes())))
}

#[tokio::test]
async fn a_session_that_is_used_gets_more_time_and_one_that_is_over_does_not() {
    let fal = FakeFal::json(200, ACCEPTED).await;
    let server = server(TOKEN, &fal, &[]).await;
    let ask = |token: &str| server.get("/api/v1/spending").bearer_auth(token).send();
    let fresh = ask(&token_of(42, now(), now() + 3600)).await.unwrap();
    assert!(fresh.status() == 200 && !fresh.headers().contains_key("x-likeness-session"));
    let used = ask(&token_of(42, now() - 3500, now() + 100)).await.unwrap();
    let renewed = used.headers()["x-likeness-session"].to_str().unwrap().to_owned();
    assert_eq!(ask(&renewed).await.unwrap().status(), 200);
    let until: u64 = renewed.split('.').nth(4).unwrap().parse().unwrap();
    assert!(until > now() + 3000);
    let last = ask(&token_of(42, now() - 24 * 3600 + 100, now() + 100)).await.unwrap();
    assert!(last.status() == 200 && !last.headers().contains_key("x-likeness-session"));
    let over = ask(&token_of(42, now() - 3601, now() - 1)).await.unwrap();
    assert_eq!(code(over).await, (401, "session_over".to_owned()));
}

/// A launch of the bot 99 as Telegram signs it for those who know its number alone, and the key
/// that proves it.
pub(crate) fn launch_by_number() -> (String, String) {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let key: String = pair.public_key().as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let at = now();
    let person = r#"{"id":42}"#;
    let signature = pair.sign(format!("99:WebAppData\nauth_date={at}\nuser={person}").as_bytes());
    let raw = format!(
        "user={}&auth_date={at}&signature={}&hash=0",
        escaped(person),
        URL_SAFE_NO_PAD.encode(signature)
    );
    (raw, key)
}

#[tokio::test]
async fn a_bots_number_is_enough_to_sign_in() {
    let (raw, key) = launch_by_number();
    let fal = FakeFal::json(200, ACCEPTED).await;
    let server = server("", &fal, &["--bot-id", "99", "--telegram-key", &key]).await;
    let token = sign_in(&server, &raw).await;
    assert_eq!(server.submit(LORA_BODY).bearer_auth(token).send().await.unwrap().status(), 200);
    // With Telegram's own key the same launch is forged.
    let server = self::server("", &fal, &["--bot-id", "99"]).await;
    assert_eq!(code(ask(&server, &raw).await).await, (401, "bad_init_data".to_owned()));
}

#[tokio::test]
async fn without_a_bot_there_is_nothing_of_telegram() {
    let server = TestServer::demo().await;
    assert_eq!(code(ask(&server, "x=1").await).await, (404, "telegram_off".to_owned()));
    let get = server.get("/api/v1/telegram/session").send().await.unwrap();
    assert_eq!(code(get).await, (405, "method_not_allowed".to_owned()));
    let page = server.get("/").header("accept", "text/html").send().await.unwrap();
    assert!(!format!("{:?}", page.headers()).contains("telegram"));
}

#[tokio::test]
async fn telegrams_web_client_may_show_the_page_and_other_sites_may_not_sign_in() {
    let fal = FakeFal::json(200, ACCEPTED).await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<!doctype html><title>Likeness</title>")
        .unwrap();
    let dist = folder.path().to_string_lossy().into_owned();
    let server = server(TOKEN, &fal, &["--static", &dist]).await;
    let page = server.get("/").header("accept", "text/html").send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.ends_with("frame-ancestors 'self' https://web.telegram.org"), "{policy}");
    assert!(!page.headers().contains_key("x-frame-options"));
    let request = client().post(server.url("/api/v1/telegram/session"));
    let request = request.header("authorization", format!("tma {}", launch(TOKEN, 42, now())));
    let reply = request.header("sec-fetch-site", "cross-site").send().await.unwrap();
    assert_eq!(code(reply).await, (403, "cross_site".to_owned()));
}
