//! Files that were uploaded to be used as inputs. A few, and not for long.

use axum::body::Bytes;
use std::collections::{BTreeMap, VecDeque};
use std::hash::{DefaultHasher, Hasher};
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

use crate::entropy;

/// All uploaded files together, with those on their way, in bytes. FAL's clients send more than a
/// hundred million in parts.
const MOST_BYTES: usize = 128 << 20;
/// What a part is kept in, in bytes.
const PIECE: usize = 64 << 10;
/// Files remembered, whether their bytes came or not.
const MOST_FILES: usize = 64;
/// Parts of a file.
const MOST_PARTS: usize = 1000;
/// Tokens remembered.
const MOST_TOKENS: usize = 256;
/// How long an address to upload to is good after something came to it; FAL's presigned ones live
/// about as long.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long a file can be read after the last that came of it.
const LIFE: Duration = Duration::from_secs(3600);
/// How long a token is good.
const TOKEN_LIFE: Duration = Duration::from_secs(3600);

/// One file, announced or there.
#[derive(Debug)]
struct Upload {
    name: String,
    touched: Instant,
    parts: BTreeMap<u32, Part>,
    state: State,
}

impl Upload {
    fn length(&self) -> usize {
        self.parts.values().map(|part| part.length).sum()
    }

    fn is_old(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.touched) > LIFE
    }
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    /// Its bytes are to come at once.
    Announced,
    /// They come in parts, under this id.
    InParts(String),
    /// They are there.
    There,
}

/// What came in one request: a file, or a part of one.
#[derive(Debug)]
pub(crate) struct Part {
    pieces: Vec<Bytes>,
    length: usize,
    etag: String,
}

/// A part while it comes, in pieces of one size, so that a large one is neither copied nor hashed
/// at once while others wait.
#[derive(Debug, Default)]
pub(crate) struct Arrival {
    full: Vec<Bytes>,
    last: Vec<u8>,
    hasher: DefaultHasher,
}

impl Arrival {
    /// Takes what came next.
    pub(crate) fn push(&mut self, mut bytes: &[u8]) {
        self.hasher.write(bytes);
        while !bytes.is_empty() {
            if self.last.capacity() == 0 {
                self.last.reserve_exact(PIECE);
            }
            let (fits, rest) = bytes.split_at(bytes.len().min(PIECE - self.last.len()));
            self.last.extend_from_slice(fits);
            if self.last.len() == PIECE {
                self.full.push(std::mem::take(&mut self.last).into());
            }
            bytes = rest;
        }
    }

    /// All of it.
    pub(crate) fn finish(mut self) -> Part {
        if !self.last.is_empty() {
            self.last.shrink_to_fit();
            self.full.push(self.last.into());
        }
        let length = self.full.iter().map(Bytes::len).sum();
        Part { pieces: self.full, length, etag: format!("\"{:016x}\"", self.hasher.finish()) }
    }
}

/// Why bytes are not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Nobody announced this file, or long ago.
    Expired,
    /// More than fits.
    TooLarge,
    /// The parts are not those that came.
    OtherParts,
}

/// The files, and the tokens by which more may come.
#[derive(Debug, Default)]
pub(crate) struct Uploads {
    files: VecDeque<Upload>,
    /// Bytes that are on their way.
    arriving: usize,
    tokens: VecDeque<(String, Instant)>,
}

impl Uploads {
    /// A new token, and when it ends.
    pub(crate) fn token(&mut self, now: Instant) -> (String, SystemTime) {
        let token = format!("{:016x}{:016x}", entropy::random(), entropy::random());
        self.tokens.push_back((token.clone(), now + TOKEN_LIFE));
        if self.tokens.len() > MOST_TOKENS {
            self.tokens.pop_front();
        }
        (token, SystemTime::now() + TOKEN_LIFE)
    }

    /// Whether a token is one of these, and still good.
    pub(crate) fn knows(&self, token: &str, now: Instant) -> bool {
        self.tokens.iter().any(|(known, until)| known == token && now <= *until)
    }

    /// Expects a file of this name.
    pub(crate) fn announce(&mut self, name: &str, now: Instant) {
        self.expect(name, State::Announced, now);
    }

    /// Expects a file of this name in parts. Gives the id that they come under.
    pub(crate) fn announce_parts(&mut self, name: &str, now: Instant) -> String {
        let id = format!("{:016x}", entropy::random());
        self.expect(name, State::InParts(id.clone()), now);
        id
    }

    fn expect(&mut self, name: &str, state: State, touched: Instant) {
        let (name, parts) = (name.to_owned(), BTreeMap::new());
        self.files.retain(|upload| !upload.is_old(touched));
        self.files.push_back(Upload { name, touched, parts, state });
        self.trim();
    }

    /// Takes the bytes of an announced file.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub(crate) fn store(&mut self, name: &str, part: Part, now: Instant) -> Result<(), Refusal> {
        let is_fit = |state: &State| matches!(state, State::Announced | State::There);
        let upload = self.expected(name, now).filter(|upload| is_fit(&upload.state));
        let upload = upload.ok_or(Refusal::Expired)?;
        upload.parts = BTreeMap::from([(1, part)]);
        upload.state = State::There;
        self.trim();
        Ok(())
    }

    /// Takes one part of a file. Gives its tag.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub(crate) fn store_part(
        &mut self,
        name: &str,
        id: &str,
        number: u32,
        part: Part,
        now: Instant,
    ) -> Result<String, Refusal> {
        let upload = self.in_parts(name, id, now)?;
        if upload.parts.len() >= MOST_PARTS {
            return Err(Refusal::TooLarge);
        }
        let etag = part.etag.clone();
        upload.parts.insert(number, part);
        upload.touched = now;
        self.trim();
        Ok(etag)
    }

    /// Puts a file together from parts that came, in the order of their numbers.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub(crate) fn complete(
        &mut self,
        name: &str,
        id: &str,
        parts: &[(u32, String)],
        now: Instant,
    ) -> Result<(), Refusal> {
        let upload = self.in_parts(name, id, now)?;
        let came = |(number, etag): &(u32, String)| {
            upload.parts.get(number).is_some_and(|part| part.etag == *etag)
        };
        if parts.is_empty() || !parts.iter().all(came) {
            return Err(Refusal::OtherParts);
        }
        upload.parts.retain(|number, _| parts.iter().any(|(named, _)| named == number));
        upload.state = State::There;
        Ok(())
    }

    /// The bytes of a file, in pieces.
    pub(crate) fn file(&mut self, name: &str, now: Instant) -> Option<Vec<Bytes>> {
        self.files.retain(|upload| !upload.is_old(now));
        let is_it = |upload: &&Upload| upload.name == name && upload.state == State::There;
        let upload = self.files.iter().find(is_it)?;
        Some(upload.parts.values().flat_map(|part| part.pieces.iter().cloned()).collect())
    }

    /// Makes room for bytes that are on their way.
    ///
    /// # Errors
    /// Too many are.
    pub(crate) fn expect_bytes(&mut self, count: usize) -> Result<(), Refusal> {
        if self.arriving + count > MOST_BYTES {
            return Err(Refusal::TooLarge);
        }
        self.arriving += count;
        self.trim();
        Ok(())
    }

    /// They have come, or will not.
    pub(crate) fn expect_no_more(&mut self, count: usize) {
        self.arriving = self.arriving.saturating_sub(count);
    }

    fn expected(&mut self, name: &str, now: Instant) -> Option<&mut Upload> {
        let is_it = |upload: &&mut Upload| {
            upload.name == name && now.saturating_duration_since(upload.touched) <= PATIENCE
        };
        self.files.iter_mut().find(is_it)
    }

    fn in_parts(&mut self, name: &str, id: &str, now: Instant) -> Result<&mut Upload, Refusal> {
        let is_it =
            |upload: &&mut Upload| matches!(&upload.state, State::InParts(own) if own == id);
        self.expected(name, now).filter(is_it).ok_or(Refusal::Expired)
    }

    /// Makes room, oldest first.
    fn trim(&mut self) {
        let held = |files: &VecDeque<Upload>| files.iter().map(Upload::length).sum::<usize>();
        while self.files.len() > MOST_FILES || held(&self.files) + self.arriving > MOST_BYTES {
            if self.files.pop_front().is_none() {
                break;
            }
        }
    }
}
