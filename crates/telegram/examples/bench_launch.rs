//! How long judging a launch takes on this machine. `cargo xtask bench core` runs it.
#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use likeness_telegram::init_data::{Bot, BotId, Bots, PRODUCTION_KEY};
use std::{hint::black_box, time::Instant};

const ROUNDS: usize = 2_000;
const LAUNCH: &str = include_str!("../tests/corpus/init_data/signed-twice.txt");
const TOKEN: &str = "7342037359:AAFZehRPBRs8Seg40oDjTMIW8uTGPuW1zfQ";
const NOW: u64 = 1_733_584_800;

/// Microseconds of the median and of the slowest of a hundred.
fn measure(bots: &Bots) -> (f64, f64) {
    assert!(bots.verify(LAUNCH, NOW).is_ok(), "the launch is genuine");
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            let _ = black_box(bots.verify(black_box(LAUNCH), NOW));
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    (times[ROUNDS / 2], times[ROUNDS * 99 / 100])
}

fn main() {
    let by_token = Bot::with_token(TOKEN).expect("the token is one");
    let id = BotId::parse("7342037359").expect("the number is one");
    let by_key = Bot::with_id(id, &PRODUCTION_KEY).expect("the key is Telegram's");
    println!("{:<28} {:>10} {:>10}", "judge a launch", "median µs", "p99 µs");
    for (name, bot) in [("by the bot's token", by_token), ("by Telegram's public key", by_key)] {
        let (median, slowest) = measure(&Bots::new(vec![bot]));
        println!("{name:<28} {median:>10.1} {slowest:>10.1}");
    }
}
