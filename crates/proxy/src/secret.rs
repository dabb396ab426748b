//! The key: who may see it (nobody) and how it is kept out of everything that leaves.

use axum::http::HeaderValue;
use bytes::Bytes;
use core::fmt;
use likeness_api::ServerCode;
use memchr::memmem::Finder;
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// A key of FAL, an access code or a token. It has no `Display` and no `Serialize`, and its `Debug`
/// says nothing.
#[derive(Clone)]
pub struct Secret(Arc<str>);

/// The text cannot be a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// Blanks, line breaks or other characters that no header takes.
    #[error("it holds a blank, a line break or another character that no key has")]
    Characters,
    /// What a script writes when it has no key.
    #[error("it is the word that a script writes when it has no key")]
    Placeholder,
}

impl Secret {
    /// Takes a key as it stands in the environment.
    ///
    /// # Errors
    /// What cannot be a key. The message does not repeat it.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        if matches!(text, "undefined" | "null" | "None" | "false") {
            return Err(BadKey::Placeholder);
        }
        let fits = !text.is_empty()
            && text.len() <= 1024
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Self(text.into())) } else { Err(BadKey::Characters) }
    }

    /// Whether a text is the secret, in a time that does not depend on where they differ. Digests
    /// are compared, so the length does not show either.
    pub(crate) fn is(&self, text: &str) -> bool {
        let digest = |text: &str| ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
        digest(text).as_ref().ct_eq(digest(&self.0).as_ref()).into()
    }

    /// [`Secret::is`], as the answer to whoever shows the text.
    pub(crate) fn check(&self, text: &str) -> Result<(), ServerCode> {
        if self.is(text) { Ok(()) } else { Err(ServerCode::WrongCode) }
    }

    /// The secret itself, for whom it was made and for nobody else.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// The `Authorization` header for FAL, marked so that nothing prints it.
    pub(crate) fn authorization(&self) -> HeaderValue {
        let mut value = HeaderValue::try_from(format!("Key {}", self.0))
            .expect("parse allows visible ASCII only");
        value.set_sensitive(true);
        value
    }

    /// Takes the key out of bytes that leave.
    pub(crate) fn scrubber(&self) -> Scrubber {
        // The part behind the colon is the secret proper; the part before it is an id.
        let half =
            self.0.split_once(':').map(|(_, secret)| secret).filter(|secret| secret.len() >= 8);
        let needles = [Some(&*self.0), half].into_iter().flatten();
        Scrubber::of(
            needles
                .filter(|needle| needle.len() >= 4)
                .map(|needle| needle.as_bytes().to_vec())
                .collect(),
        )
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What stands where the key stood.
const REDACTED: &[u8] = b"[redacted]";

/// Takes secrets out of a stream of bytes, also where one is cut by a chunk border. Only bytes that
/// may begin a secret are held back, so events of a stream pass at once.
#[derive(Clone, Default)]
pub(crate) struct Scrubber {
    needles: Arc<[Finder<'static>]>,
    held: Vec<u8>,
}

impl Scrubber {
    fn of(needles: Vec<Vec<u8>>) -> Self {
        let needles = needles.iter().map(|needle| Finder::new(needle).into_owned()).collect();
        Self { needles, held: Vec::new() }
    }

    /// Whether a secret stands in the bytes.
    pub(crate) fn finds_in(&self, bytes: &[u8]) -> bool {
        self.needles.iter().any(|needle| needle.find(bytes).is_some())
    }

    /// A whole text, clean.
    pub(crate) fn clean(&self, bytes: Bytes) -> Bytes {
        if !self.finds_in(&bytes) {
            return bytes;
        }
        let mut scrubber = Self { needles: Arc::clone(&self.needles), held: Vec::new() };
        let mut clean = scrubber.push(&bytes);
        clean.extend(scrubber.finish());
        clean.into()
    }

    /// The next bytes, clean.
    pub(crate) fn push(&mut self, chunk: &[u8]) -> Vec<u8> {
        let mut data = std::mem::take(&mut self.held);
        data.extend_from_slice(chunk);
        let mut clean = Vec::with_capacity(data.len());
        let mut rest = &data[..];
        loop {
            let whole = self.first_in(rest);
            let begun = self.begun_in(rest);
            match whole {
                Some((at, length)) if at <= begun => {
                    clean.extend_from_slice(&rest[..at]);
                    clean.extend_from_slice(REDACTED);
                    rest = &rest[at + length..];
                }
                _ => {
                    clean.extend_from_slice(&rest[..begun]);
                    self.held = rest[begun..].to_vec();
                    return clean;
                }
            }
        }
    }

    /// Where the first secret stands, and how long it is: the longer of two that begin together.
    fn first_in(&self, bytes: &[u8]) -> Option<(usize, usize)> {
        let found = |needle: &Finder<'_>| Some((needle.find(bytes)?, needle.needle().len()));
        self.needles.iter().filter_map(found).min_by_key(|(at, length)| (*at, usize::MAX - length))
    }

    /// Where at the end a secret may have begun; the end itself if none has.
    fn begun_in(&self, bytes: &[u8]) -> usize {
        let longest = self.needles.iter().map(|needle| needle.needle().len()).max().unwrap_or(0);
        let from = bytes.len().saturating_sub(longest.saturating_sub(1));
        let begins = |at: &usize| {
            self.needles.iter().any(|needle| needle.needle().starts_with(&bytes[*at..]))
        };
        (from..bytes.len()).find(begins).unwrap_or(bytes.len())
    }

    /// What was held back, once nothing follows.
    pub(crate) fn finish(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.held)
    }
}

#[cfg(test)]
#[allow(clippy::print_stdout, reason = "the catalogue of attacks is for people to read")]
mod tests {
    use super::*;

    const KEY: &str = "3f1c-id:5e4d3c2b1a0f";

    #[test]
    fn a_key_is_never_printed() {
        let secret = Secret::parse(KEY).unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert_eq!(format!("{:?}", secret.authorization()), "Sensitive");
    }

    #[test]
    fn what_cannot_be_a_key_is_refused() {
        for text in ["", " ", "a b", "a\n", "undefined", "null", "ключ", "a\u{0}"] {
            assert!(Secret::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_key_is_taken_out_wherever_the_chunks_are_cut() {
        let text = format!("Key {KEY}; half 5e4d3c2b1a0f; end 3f1c-");
        for cut in 0..text.len() {
            let mut scrubber = Secret::parse(KEY).unwrap().scrubber();
            let (left, right) = text.as_bytes().split_at(cut);
            let clean = [scrubber.push(left), scrubber.push(right), scrubber.finish()].concat();
            assert_eq!(
                String::from_utf8(clean).unwrap(),
                "Key [redacted]; half [redacted]; end 3f1c-"
            );
        }
    }

    /// By how many standard errors the means of two samples differ, without the slowest tenth of
    /// each, in which somebody else had the processor.
    fn difference(mut samples: [Vec<f64>; 2]) -> f64 {
        let [one, other] = samples.each_mut().map(|sample| {
            sample.sort_by(f64::total_cmp);
            sample.truncate(sample.len() * 9 / 10);
            let count = sample.len() as f64;
            let mean = sample.iter().sum::<f64>() / count;
            let variance = sample.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / (count - 1.0);
            (mean, variance / count)
        });
        (one.0 - other.0).abs() / (one.1 + other.1).sqrt()
    }

    #[test]
    #[ignore = "a timing, which whoever else uses the machine disturbs: run it alone, with --release"]
    fn how_much_of_a_guess_is_right_does_not_show_in_the_time_it_takes() {
        let text = "x".repeat(1000);
        let secret = Secret::parse(&text).unwrap();
        let guesses = [format!("y{}", &text[1..]), format!("{}y", &text[1..])];
        let measure = || {
            let mut samples = [Vec::new(), Vec::new()];
            for turn in 0..100_000_usize {
                // Not in strict alternation: what happens at every second call would count as a
                // difference.
                let which = (turn * 7 + turn / 3) % 2;
                let begun = std::time::Instant::now();
                assert!(!std::hint::black_box(secret.is(&guesses[which])));
                samples[which].push(begun.elapsed().as_nanos() as f64);
            }
            difference(samples)
        };
        // Others use this machine; a true difference is there each time.
        let least = (0..4).map(|_| measure()).fold(f64::INFINITY, f64::min);
        println!(
            "D6   wrong at the first letter, or at the last: |t|{:21} expected < 4.5 got {least:.2}",
            ""
        );
        assert!(least < 4.5, "{least}");
    }

    #[test]
    fn bytes_that_cannot_begin_a_key_pass_at_once() {
        let mut scrubber = Secret::parse(KEY).unwrap().scrubber();
        assert_eq!(scrubber.push(b"data: {}\n\n"), b"data: {}\n\n");
        assert!(scrubber.finds_in(KEY.as_bytes()) && !scrubber.finds_in(b"3f1c-id"));
        assert_eq!(Scrubber::default().push(KEY.as_bytes()), KEY.as_bytes());
    }
}
