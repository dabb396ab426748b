//! What pictures on their way may take: places and memory.

use crate::common::{client, code, started};
use crate::sending::{ANN, PNG, Stage, stage};
use crate::telegram::{TOKEN, launch, now, sign_in};
use axum::body::Bytes;
use futures_util::{StreamExt, stream};
use likeness_simulator::BotFault;
use serde_json::Value;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

/// A body that begins and then gives a byte now and then.
fn dripping() -> reqwest::Body {
    let drops = stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        Some((Ok::<_, Infallible>(Bytes::from_static(b"x")), ()))
    });
    let begin = stream::iter([Ok(Bytes::from_static(&[0; 100]))]);
    reqwest::Body::wrap_stream(begin.chain(drops))
}

#[tokio::test]
async fn whoever_hands_over_slowly_keeps_nobody_else_out() {
    let stage = stage().await;
    let slow: Vec<_> =
        (0..3).map(|_| tokio::spawn(stage.post("/pictures").body(dripping()).send())).collect();
    let refused = loop {
        let reply = stage.post("/pictures").body(PNG).send().await.unwrap();
        if reply.status() != 201 {
            break reply;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(code(refused).await, (429, "too_many_pictures".to_owned()));
    let bob = Stage { token: sign_in(&stage.server, &launch(TOKEN, 7, now())).await, ..stage };
    assert!(bob.hand_over(PNG).await["picture_id"].is_string());
    for slow in slow {
        slow.abort();
    }
}

#[tokio::test]
async fn one_person_has_few_places_on_the_way_to_telegram() {
    let stage = stage().await;
    let id = stage.hand_over(PNG).await["picture_id"].clone();
    stage.telegram.play([BotFault::Slow { ms: 1500 }; 4]);
    let replies = futures_util::future::join_all((0..6).map(|_| stage.send(&id, "photo"))).await;
    let mut taken = 0;
    for reply in replies {
        if reply.status() == 200 {
            taken += 1;
        } else {
            assert!(reply.headers().contains_key("retry-after"));
            assert_eq!(code(reply).await, (429, "telegram_busy".to_owned()));
        }
    }
    assert_eq!(taken, 4);
    assert_eq!(stage.send(&id, "photo").await.status(), 200, "the places are free again");
}

#[tokio::test]
async fn a_message_that_cannot_be_taken_back_at_once_is_taken_back_later() {
    let stage = stage().await;
    let id = stage.hand_over(PNG).await["picture_id"].clone();
    // Of sending, preparing and taking back the third goes wrong, twice.
    stage.telegram.play([
        BotFault::Slow { ms: 0 },
        BotFault::Slow { ms: 0 },
        BotFault::TooMany { retry_after: 1 },
        BotFault::Down,
    ]);
    assert_eq!(stage.ask(&id, "share").await.status(), 200, "and the person does not wait for it");
    let left = || stage.telegram.messages_in(&ANN.to_string());
    for _ in 0..200 {
        if left() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(left(), 0, "{:?}", stage.telegram.calls());
}

/// Picture data of so many bytes. Nobody asks for checksums.
pub(crate) fn large(bytes: usize) -> Vec<u8> {
    let mut large = PNG[..33].to_vec();
    large.extend(u32::try_from(bytes).unwrap().to_be_bytes());
    large.extend(b"IDAT");
    large.extend(std::iter::repeat_n(7, bytes + 4));
    large.extend([0, 0, 0, 0]);
    large.extend(b"IEND\xae\x42\x60\x82");
    large
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_picture_is_in_memory_once_however_often_it_is_being_sent() {
    const SIZE: usize = 40 << 20;
    // A Telegram that accepts and then does not read.
    let telegram = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", telegram.local_addr().unwrap());
    let begun_sends = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&begun_sends);
    let stuck = tokio::spawn(async move {
        let mut all = Vec::new();
        while let Ok((mut stream, _)) = telegram.accept().await {
            stream.read_exact(&mut [0; 4096]).await.unwrap();
            count.fetch_add(1, Ordering::Relaxed);
            all.push(stream);
        }
    });
    let environment = [("TELEGRAM_BOT_TOKEN", TOKEN), ("TELEGRAM_API_BASE", base.as_str())];
    let (child, _, address) = started(&environment).await;
    let call = |path: &str| client().post(format!("{address}/api/v1/telegram{path}"));
    let session =
        call("/session").header("authorization", format!("tma {}", launch(TOKEN, 42, now())));
    let session = session.send().await.unwrap().bytes().await.unwrap();
    let session: Value = serde_json::from_slice(&session).unwrap();
    let token = session["token"].as_str().unwrap();
    let begun = peak(child.id().unwrap());
    let picture = call("/pictures").bearer_auth(token).body(large(SIZE)).send().await.unwrap();
    assert_eq!(picture.status(), 201);
    let picture: Value = serde_json::from_slice(&picture.bytes().await.unwrap()).unwrap();
    let id = picture["picture_id"].as_str().unwrap();
    let arrived = peak(child.id().unwrap());
    let sends: Vec<_> = (0..4)
        .map(|_| {
            let send = call(&format!("/pictures/{id}/send")).bearer_auth(token);
            let send = send.header("content-type", "application/json");
            tokio::spawn(send.body(r#"{"as":"document"}"#).send())
        })
        .collect();
    while begun_sends.load(Ordering::Relaxed) < 4 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // The connections take what they take.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let sending = peak(child.id().unwrap());
    assert!(sends.iter().all(|send| !send.is_finished()), "they are under way");
    println!(
        "at most {begun} kB before, {arrived} kB on arrival, {sending} kB while it is sent four times"
    );
    assert!(sending < arrived + (SIZE >> 10), "a copy was made: {arrived} kB, then {sending} kB");
    for send in sends {
        send.abort();
    }
    stuck.abort();
}

/// The most memory that a process had so far, in kB.
#[cfg(target_os = "linux")]
fn peak(process: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse().unwrap()
}
