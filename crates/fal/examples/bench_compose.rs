//! How long composing and checking a request takes on this machine. `cargo xtask bench core` runs it.
#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use likeness_fal::compose::compose;
use serde_json::{Value, json};
use std::{hint::black_box, time::Instant};

const ROUNDS: usize = 2_000;

fn request(prompt: &str) -> Value {
    json!({
        "avatar": {
            "kind": "portrait", "trigger_word": "TOK", "trigger_phrase": "a photo of TOK person",
            "lora_url": "https://v3.fal.media/files/lion/vera.safetensors",
        },
        "prompt": prompt, "preset": "quality", "overrides": { "seed": "9007199254740993", "guidance_scale": 4.2 },
    })
}

/// Microseconds of the median and of the slowest of a hundred.
fn measure(request: &Value) -> (f64, f64) {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            let _ = black_box(compose(black_box(request), 0));
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    (times[ROUNDS / 2], times[ROUNDS * 99 / 100])
}

fn main() {
    let latin = "a castle in the fog, token of old times, ".repeat(80);
    let cyrillic = "замок в тумане, низкое солнце, старый парк. ".repeat(80);
    let cases = [
        ("58 characters", "in a red wool coat on a frosty embankment, low morning sun".to_owned()),
        ("3,000 Latin characters", latin.chars().take(3_000).collect()),
        ("3,000 Cyrillic characters", cyrillic.chars().take(3_000).collect()),
    ];
    println!("{:<28} {:>10} {:>10}", "compose and check", "median µs", "p99 µs");
    for (name, prompt) in cases {
        let (median, slowest) = measure(&request(&prompt));
        println!("{name:<28} {median:>10.1} {slowest:>10.1}");
    }
}
