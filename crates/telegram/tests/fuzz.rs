//! Launch data mutated at random: what is believed, a second implementation believes too. Half of
//! the inputs are signed after they were changed, so that odd but genuine data come up as well.
//! `FUZZ_RUNS` sets how many.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stdout, reason = "how much was tried is for people to read")]

use likeness_telegram::init_data::{Bot, BotId, Bots};
use mutation::{corpus, fuzz};
use reference::{TOKEN, key_pair, pairs, sign, sign_publicly, user_by_key, user_by_token};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

#[path = "../../fal/tests/support/mutation.rs"]
mod mutation;
#[allow(dead_code, reason = "shared with the other test, which uses the rest")]
mod reference;

const NOW: u64 = 1_662_771_700;
const BOT: u64 = 99;

#[test]
fn what_is_believed_a_second_implementation_believes_too() {
    let (key, public) = key_pair();
    let by_token = Bots::new(vec![Bot::with_token(TOKEN).unwrap()]);
    let by_key = Bots::new(vec![Bot::with_id(BotId::parse("99").unwrap(), &public).unwrap()]);
    let (tried, believed) = (AtomicU64::new(0), AtomicU64::new(0));
    let check = |raw: &str| {
        if let Ok(verified) = by_token.verify(raw, NOW) {
            assert_eq!(user_by_token(raw, TOKEN, NOW), Some(verified.user.id.into()), "{raw}");
            believed.fetch_add(1, Relaxed);
        }
        if let Ok(verified) = by_key.verify(raw, NOW) {
            assert_eq!(user_by_key(raw, BOT, &public, NOW), Some(verified.user.id.into()), "{raw}");
            believed.fetch_add(1, Relaxed);
        }
    };
    let seeds = corpus(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/init_data"));
    fuzz(&seeds, |input| {
        let raw = String::from_utf8_lossy(input);
        check(&raw);
        match tried.fetch_add(1, Relaxed) % 16 {
            // A public signature takes as long as all the rest.
            0 => check(&sign_publicly(&pairs(&raw), BOT, &key)),
            1..8 => check(&sign(&pairs(&raw), TOKEN)),
            // Signed, but in the form in which it came.
            8..12 => {
                let signed = sign(&pairs(&raw), TOKEN);
                let hash = signed.rsplit_once("hash=").map_or("", |(_, hash)| hash);
                check(&format!("{raw}&hash={hash}"));
            }
            _ => {}
        }
    });
    println!("{} believed", believed.load(Relaxed));
    assert!(believed.load(Relaxed) > 100, "the test has to reach what is accepted");
}
