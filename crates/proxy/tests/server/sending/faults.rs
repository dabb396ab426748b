//! What goes wrong at Telegram, and what is refused before it.

use super::*;

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
