//! Seeds mutated at random, the same ones in every run.

use std::time::{Duration, Instant};

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
const PIECES: [&[u8]; 23] = [
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
    b"&",
    b"=",
    b"%0A",
    b"&hash=",
    b"&auth_date=1",
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

/// The files of a folder: seeds that are kept, and inputs that once failed.
pub(crate) fn corpus(folder: &str) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder).expect("the corpus is part of the source");
    let mut paths: Vec<_> =
        entries.map(|entry| entry.expect("its files can be listed").path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{folder} is empty");
    paths.iter().map(|path| std::fs::read(path).expect("its files can be read")).collect()
}

/// How long one input may take. Reading is a matter of microseconds; what is worse than linear shows here.
const SOON: Duration = Duration::from_secs(1);
/// Somebody else may have the processor meanwhile, so an input is slow if it is slow so often.
const TRIES: u32 = 5;

/// Checks every seed and many mutations of them: `FUZZ_RUNS`, or as many as a test has time for.
pub(crate) fn fuzz(seeds: &[Vec<u8>], check: impl Fn(&[u8]) + std::panic::RefUnwindSafe) {
    let runs = std::env::var("FUZZ_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(20_000);
    let mut random = Random(1);
    let begun = Instant::now();
    for seed in seeds {
        check(seed);
    }
    for run in 0..runs {
        let input = mutate(&seeds[random.below(seeds.len())], &mut random);
        let is_soon = || {
            let begun = Instant::now();
            check(&input);
            begun.elapsed() < SOON
        };
        let ended = std::panic::catch_unwind(|| (0..TRIES).any(|_| is_soon()));
        let shown = || String::from_utf8_lossy(&input).into_owned();
        match ended {
            Ok(true) => {}
            Ok(false) => panic!("run {run} takes longer than {SOON:?}: {:?}", shown()),
            Err(_) => panic!("run {run}: {:?}\nin bytes: {input:?}", shown()),
        }
    }
    println!("{} seeds, {runs} runs in {:.1?}", seeds.len(), begun.elapsed());
}
