//! Published launch data, and what becomes of them when somebody changes them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use likeness_telegram::InitDataError::{self, Early, Empty, Forged, Malformed, NoUser, Old};
use likeness_telegram::init_data::{BadBot, Bot, BotId, Bots, PRODUCTION_KEY, Verified};
use reference::{TOKEN, hex, hmac_sha256, key_pair, pairs, sign, sign_publicly, written};

#[allow(dead_code, reason = "shared with the other test, which uses the rest")]
mod reference;

const FIRST: &str = include_str!("corpus/init_data/bot-5768337691.txt");
const SECOND: &str = include_str!("corpus/init_data/signed-twice.txt");
const CHAT: &str = include_str!("corpus/init_data/chat-and-receiver.txt");
const SECOND_TOKEN: &str = "7342037359:AAFZehRPBRs8Seg40oDjTMIW8uTGPuW1zfQ";
/// Telegram's key for its test environment.
const TEST_KEY: [u8; 32] = [
    0x40, 0x05, 0x50, 0x58, 0xa4, 0xee, 0x38, 0x15, 0x6a, 0x06, 0x56, 0x2e, 0x52, 0xee, 0xce, 0x92,
    0xa7, 0x71, 0xbc, 0xd8, 0x34, 0x6a, 0x8c, 0x46, 0x15, 0xcb, 0x73, 0x76, 0xed, 0xdf, 0x72, 0xec,
];

fn with_token(token: &str) -> Bots {
    Bots::new(vec![Bot::with_token(token).unwrap()])
}

fn with_id(id: &str, key: [u8; 32]) -> Bots {
    Bots::new(vec![Bot::with_id(BotId::parse(id).unwrap(), &key).unwrap()])
}

fn user(verified: Result<Verified, InitDataError>) -> u64 {
    verified.unwrap().user.id.into()
}

#[test]
fn the_primitives_are_those_of_the_published_vectors() {
    let secret = hmac_sha256(b"WebAppData", b"my-secret-token");
    assert_eq!(hex(&secret), "fe37f490481d351837ed49f3b369c886c61013d6d036656fc3c9c92e163e3477");
    assert_eq!(
        hex(&hmac_sha256(&secret, b"abc")),
        "6ecc2e9b51f30dde6877ce374ede54eb626c84e78a5d9a9dcac54d2d248f6bde"
    );
    let secret = |token: &str| hex(&hmac_sha256(b"WebAppData", token.as_bytes()));
    assert_eq!(secret(TOKEN), "a5c609aa52f63cb5e6d8ceb6e4138726ea82bbc36bb786d64482d445ea38ee5f");
    assert_eq!(
        secret(SECOND_TOKEN),
        "c0881d6d547967540dcb06d7378a2c2b2c79a8f915ae70a4a37a8a04de0da32b"
    );
}

#[test]
fn published_launches_are_believed_with_their_bots_token() {
    assert_eq!(user(with_token(TOKEN).verify(FIRST, 1_662_771_648)), 279_058_397);
    assert_eq!(user(with_token(TOKEN).verify(CHAT, 1)), 222);
    let second = with_token(SECOND_TOKEN).verify(SECOND, 1_733_584_800).unwrap();
    assert_eq!(second.user.first_name, "Vladislav + - ? /");
    assert!(second.user.photo_url.as_deref().unwrap().starts_with("https://t.me/i/userpic/"));
    assert!(second.user.allows_write_to_pm);
    assert_eq!((u64::from(second.bot), second.launched_at), (7_342_037_359, 1_733_584_787));
}

#[test]
fn the_signature_belongs_to_what_the_hash_covers() {
    // Known to be what a validator gets that leaves `signature` out.
    let wrong = "0cdc77548b2aa9ddf9101d394f91fe165b272d58b2334043fb0766bc6997c4f5";
    let right = "2174df5b000556d044f3f020384e879c8efcab55ddea2ced4eb752e93e7080d6";
    let without: Vec<_> = pairs(SECOND).into_iter().filter(|(key, _)| key != "signature").collect();
    assert!(sign(&without, SECOND_TOKEN).ends_with(wrong));
    assert!(sign(&pairs(SECOND), SECOND_TOKEN).ends_with(right));
    let swapped = SECOND.replace(right, wrong);
    assert_eq!(with_token(SECOND_TOKEN).verify(&swapped, 1_733_584_800), Err(Forged));
}

#[test]
fn telegrams_own_signature_is_believed_where_only_the_number_is_known() {
    let now = 1_733_584_800;
    assert_eq!(user(with_id("7342037359", PRODUCTION_KEY).verify(SECOND, now)), 279_058_397);
    assert_eq!(with_id("7342037359", TEST_KEY).verify(SECOND, now), Err(Forged));
    assert_eq!(with_id("7342037358", PRODUCTION_KEY).verify(SECOND, now), Err(Forged));
    // Launches of before the signature cannot be judged by it.
    assert_eq!(with_id("5768337691", PRODUCTION_KEY).verify(FIRST, 1_662_771_648), Err(Forged));
    // Neither `hash` nor `signature` is in what it covers.
    let bare: Vec<_> = pairs(SECOND).into_iter().filter(|(key, _)| key != "hash").collect();
    assert_eq!(
        user(with_id("7342037359", PRODUCTION_KEY).verify(&written(&bare), now)),
        279_058_397
    );
}

#[test]
fn several_bots_share_a_server_and_each_is_told_apart() {
    let (key, public) = key_pair();
    let bots = Bots::new(vec![
        Bot::with_token(TOKEN).unwrap(),
        Bot::with_token(SECOND_TOKEN).unwrap(),
        Bot::with_id(BotId::parse("99").unwrap(), &public).unwrap(),
    ]);
    let bot = |raw: &str, now| u64::from(bots.verify(raw, now).unwrap().bot);
    assert_eq!(bot(FIRST, 1_662_771_648), 5_768_337_691);
    assert_eq!(bot(SECOND, 1_733_584_787), 7_342_037_359);
    assert_eq!(bot(&sign_publicly(&pairs(CHAT), 99, &key), 1), 99);
    assert_eq!(
        bots.verify(
            &sign_publicly(&pairs(SECOND), 98, &key).replace("&hash=2", "&hash=3"),
            1_733_584_787
        ),
        Err(Forged)
    );
}

#[test]
fn a_key_that_is_none_or_lets_anybody_sign_is_refused() {
    let refused = |key| Bot::with_id(BotId::parse("99").unwrap(), &key).unwrap_err();
    let mut neutral = [0; 32];
    neutral[0] = 1;
    assert_eq!(refused(neutral), BadBot::Key, "the neutral element");
    assert_eq!(refused([0; 32]), BadBot::Key, "a point of order 4");
    let mut no_point = [0; 32];
    no_point[0] = 2;
    assert_eq!(refused(no_point), BadBot::Key, "no point has this y");
}

#[test]
fn parts_may_come_in_any_order() {
    let bots = with_token(SECOND_TOKEN);
    let mut parts: Vec<&str> = SECOND.split('&').collect();
    for _ in 0..parts.len() {
        parts.rotate_left(1);
        for swap in 1..parts.len() {
            parts.swap(0, swap);
            assert_eq!(user(bots.verify(&parts.join("&"), 1_733_584_800)), 279_058_397);
            parts.swap(0, swap);
        }
    }
}

#[test]
fn every_changed_character_is_noticed() {
    for (raw, token, now) in [(FIRST, TOKEN, 1_662_771_648), (SECOND, SECOND_TOKEN, 1_733_584_787)]
    {
        let bots = with_token(token);
        for at in 0..raw.len() {
            let mut bytes = raw.as_bytes().to_vec();
            bytes[at] ^= 1;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            // The same text written in another way is no change: `%2B` and `%2b`.
            if pairs(&changed) != pairs(raw) {
                assert!(
                    matches!(bots.verify(&changed, now), Err(Forged | Malformed)),
                    "{at}: {changed}"
                );
            }
        }
        let wrong = with_token(&format!("{token}A"));
        assert_eq!(wrong.verify(raw, now), Err(Forged));
    }
}

#[test]
fn what_is_missing_added_or_doubled_is_noticed() {
    let bots = with_token(TOKEN);
    let verify = |raw: &str| bots.verify(raw, 1_662_771_648).unwrap_err();
    assert_eq!(verify(""), Empty);
    let hash = FIRST.find("&hash=").unwrap();
    assert_eq!(verify(&FIRST[..hash]), Forged);
    for hash in
        ["", "&hash=", "&hash=c501b71e", "&hash=zz", &format!("&hash={}", "C501".repeat(16))]
    {
        assert_eq!(
            verify(&format!("{}{hash}", &FIRST[..FIRST.find("&hash=").unwrap()])),
            Forged,
            "{hash}"
        );
    }
    for more in ["&user=%7B%22id%22%3A1%7D", "&%75ser=x", "&hash=0", "&auth_date=1"] {
        assert_eq!(verify(&format!("{FIRST}{more}")), Malformed, "{more}");
    }
    for more in ["&start_param=x", "&chat_type=private"] {
        assert_eq!(verify(&format!("{FIRST}{more}")), Forged, "{more}");
    }
    for part in FIRST.split('&').filter(|part| !part.starts_with("hash=")) {
        let left: Vec<&str> = FIRST.split('&').filter(|other| *other != part).collect();
        assert_eq!(verify(&left.join("&")), Forged, "{part}");
    }
}

#[test]
fn genuine_data_that_are_old_early_undated_or_nobodys_sign_nobody_in() {
    let bots = with_token(TOKEN);
    let (launched, day) = (1_662_771_648, 24 * 3600);
    assert!(
        bots.verify(FIRST, launched + day).is_ok() && bots.verify(FIRST, launched - 60).is_ok()
    );
    assert_eq!(bots.verify(FIRST, launched + day + 1), Err(Old));
    assert_eq!(bots.verify(FIRST, launched - 61), Err(Early));
    let with = |key: &str, value: Option<&str>| {
        let kept = pairs(FIRST).into_iter().filter(|(known, _)| known != key);
        let more = value.map(|value| (key.to_owned(), value.to_owned()));
        bots.verify(&sign(&kept.chain(more).collect(), TOKEN), launched)
    };
    assert_eq!(with("auth_date", None), Err(Malformed));
    assert_eq!(with("auth_date", Some("AAA")), Err(Malformed));
    assert_eq!(with("auth_date", Some("18446744073709551615")), Err(Early));
    assert_eq!(with("user", None), Err(NoUser));
    assert_eq!(with("user", Some("{\"id\":-1}")), Err(NoUser));
    assert!(with("unheard_of", Some("a=b")).is_ok());
}

#[test]
fn a_bot_is_given_by_a_token_or_a_number() {
    for token in [
        "",
        "5768337691",
        "5768337691:",
        ":AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8",
        "x:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8",
        "1:short",
        "0:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8",
        "1:AAH5YkoiEuPk8-FZa32hS/../x",
    ] {
        let error = Bot::with_token(token).unwrap_err().to_string();
        assert!(!error.contains("AAH5"), "{error}");
    }
    assert!(!format!("{:?}", Bot::with_token(TOKEN).unwrap()).contains("AAH5"));
    for id in ["", "0", "-1", "1x", "12345678901234567"] {
        assert!(BotId::parse(id).is_err(), "{id}");
    }
}
