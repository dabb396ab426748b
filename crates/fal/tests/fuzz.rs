//! Readers of other people's bytes, fed with seeds that were mutated at random: none may panic, and what one accepts it must be able to say
//! again. `FUZZ_RUNS` sets how many inputs each target gets; a failure names the input, which then joins the seeds.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stdout, reason = "how much was tried is for people to read")]

use likeness_core::Route;
use likeness_core::json::parse_strict;
use likeness_fal::schema::{self, Extras};
use likeness_fal::target::{MediaUrl, Target};
use likeness_fal::wire::{Output, QueueStatus, SubmitReply};

/// A small generator (SplitMix64), so that a run can be repeated.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// Pieces that mean something to one of the readers.
const PIECES: [&[u8]; 18] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"null",
    b"-1",
    b"1e999",
    b"18446744073709551616",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\\ud800",
    b"/requests/",
    b"%2e",
    b"?logs=1",
    b"/..",
    b"@",
    b"\0",
];

fn mutate(seed: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        match random.below(5) {
            0 if at < bytes.len() => bytes[at] = random.next() as u8,
            1 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            2 => {
                let piece = PIECES[random.below(PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            3 => bytes.truncate(at),
            _ => {
                let from = random.below(bytes.len());
                let copy = bytes[from.min(at)..from.max(at).min(bytes.len())].to_vec();
                bytes.splice(at..at, copy);
            }
        }
    }
    bytes
}

fn fuzz(seeds: &[&[u8]], check: impl Fn(&[u8]) + std::panic::RefUnwindSafe) {
    let runs = std::env::var("FUZZ_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(20_000);
    let mut random = Random(1);
    for seed in seeds {
        check(seed);
    }
    for run in 0..runs {
        let input = mutate(seeds[random.below(seeds.len())], &mut random);
        let ended = std::panic::catch_unwind(|| check(&input));
        assert!(ended.is_ok(), "run {run}: {:?}", String::from_utf8_lossy(&input));
    }
    println!("{runs} runs");
}

const BODIES: [&[u8]; 3] = [
    br#"{"prompt":"a","loras":[{"path":"https://x.example/a.safetensors","scale":1.0}],"image_size":{"width":512,"height":512},"num_images":1,"seed":7}"#,
    br#"{"prompt":"a","finetune_id":"f","finetune_strength":1.0,"image_size":"square_hd","safety_tolerance":"2"}"#,
    br#"{"prompt":"a","finetune_id":"f","aspect_ratio":"16:9","raw":false,"output_format":"png"}"#,
];

#[test]
fn an_address_that_is_accepted_is_the_one_that_leaves() {
    let seeds: [&[u8]; 4] = [
        b"https://queue.fal.run/fal-ai/flux-lora",
        b"https://queue.fal.run/fal-ai/flux-pro/requests/764cabcf-b745-4b3e-ae38-1200304cf45b/status?logs=1",
        b"https://fal.run/fal-ai/flux-pro/v1.1-ultra-finetuned",
        b"https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3",
    ];
    fuzz(&seeds, |input| {
        let Ok(text) = std::str::from_utf8(input) else { return };
        if let Ok(target) = Target::parse(text) {
            assert_eq!(target.to_string(), text);
        }
        let _ = MediaUrl::parse(text);
    });
}

#[test]
fn a_body_that_is_accepted_is_accepted_again_as_it_is_written() {
    fuzz(&BODIES, |input| {
        let Ok(body) = parse_strict(input) else { return };
        for route in Route::ALL {
            let judged = schema::check(route, &body, Extras::Refuse).is_ok();
            let written = parse_strict(body.to_string().as_bytes()).unwrap();
            assert_eq!(schema::check(route, &written, Extras::Refuse).is_ok(), judged);
        }
    });
}

#[test]
fn replies_of_any_bytes_are_read_or_refused() {
    let seeds: [&[u8]; 3] = [
        br#"{"status":"IN_QUEUE","request_id":"764cabcf-b745-4b3e-ae38-1200304cf45b","queue_position":0,"status_url":"https://queue.fal.run/x"}"#,
        br#"{"status":"COMPLETED","request_id":"764cabcf-b745-4b3e-ae38-1200304cf45b","logs":[{"message":"m","timestamp":"t"}],"metrics":{"inference_time":1.5}}"#,
        br#"{"images":[{"url":"https://v3.fal.media/a.png","width":64,"height":64,"content_type":"image/png"}],"seed":18446744073709551615,"has_nsfw_concepts":[false]}"#,
    ];
    fuzz(&seeds, |input| {
        let _ = (SubmitReply::read(input), QueueStatus::read(input), Output::read(input));
    });
}
