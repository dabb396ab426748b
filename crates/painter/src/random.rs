//! Repeatable chance. Everything a picture leaves open is decided here, from numbers that the
//! request carries, so that the same request draws the same picture.

/// A small generator (SplitMix64): good enough for brush strokes, and the same on every machine.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    /// A generator for `seed`, independent of the ones for other `purpose`s.
    pub(super) fn new(seed: u64, purpose: &str) -> Self {
        let mut random = Self(seed ^ hash(purpose.as_bytes()));
        random.next();
        random
    }

    /// The next 64 bits.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0.0..1.0`.
    pub(super) fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// A number between `low` and `high`.
    pub(super) fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// A number between `-reach` and `reach`.
    pub(super) fn around(&mut self, reach: f32) -> f32 {
        self.range(-reach, reach)
    }

    /// One of `choices`.
    pub(super) fn pick<T: Copy, const N: usize>(&mut self, choices: [T; N]) -> T {
        choices[(self.next() % N as u64) as usize]
    }

    /// True in `share` of all cases.
    pub(super) fn chance(&mut self, share: f32) -> bool {
        self.unit() < share
    }

    /// 1 or -1.
    pub(super) fn side(&mut self) -> f32 {
        if self.chance(0.5) { 1.0 } else { -1.0 }
    }
}

/// FNV-1a with a final mix: turns a text into a number.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    let fnv = bytes.iter().fold(0xcbf2_9ce4_8422_2325, |h: u64, b| {
        (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3)
    });
    (fnv ^ (fnv >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
