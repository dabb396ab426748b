//! Whom limits count, and how much of the server one of them may hold at a time: a share for others is always left.

use crate::holders::{Held, Holders};
use crate::refusal::Refusal;
use likeness_api::ServerCode;
use likeness_simulator::Caller;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::sync::LazyLock;
use std::time::Duration;

/// Requests under way, until the last byte of the reply is taken.
const REQUESTS: usize = 64;
/// The same of all programs together, which may wait two minutes for a picture.
const REQUESTS_OF_PROGRAMS: usize = 512;
/// Streams of events.
const STREAMS: usize = 8;
/// Uploads.
const UPLOADS: usize = 3;
/// When to come again.
const A_MOMENT: Duration = Duration::from_secs(1);

/// A person where the access rule knows one, else an address; or the programs. As a number that nobody outside can foresee, so that counting needs no
/// copy of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    Somebody(u64),
    Programs,
}

impl Who {
    /// Whoever has this name.
    pub(crate) fn named(user: &str) -> Self {
        Self::Somebody(number(&(0_u8, user)))
    }

    /// Whoever calls from there.
    pub(crate) fn at(network: IpAddr) -> Self {
        Self::Somebody(number(&(1_u8, network)))
    }

    /// As the demo tells callers apart.
    pub(crate) const fn as_caller(self) -> Caller {
        match self {
            Self::Somebody(number) => Caller(number),
            Self::Programs => Caller(0),
        }
    }
}

fn number(what: &impl Hash) -> u64 {
    static KEYS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    KEYS.hash_one(what)
}

/// A part of what one may hold, until it is dropped.
pub(crate) type Share = Held<Who>;

/// What everybody holds.
#[derive(Default)]
pub(crate) struct Shares {
    requests: Holders<Who>,
    streams: Holders<Who>,
    uploads: Holders<Who>,
}

impl Shares {
    /// One more request.
    ///
    /// # Errors
    /// Too many of this caller are under way.
    pub(crate) fn request(&self, who: Who) -> Result<Share, Refusal> {
        let most = if who == Who::Programs { REQUESTS_OF_PROGRAMS } else { REQUESTS };
        share(&self.requests, who, most)
    }

    /// One more stream of events.
    ///
    /// # Errors
    /// As above.
    pub(crate) fn stream(&self, who: Who) -> Result<Share, Refusal> {
        share(&self.streams, who, STREAMS)
    }

    /// One more upload.
    ///
    /// # Errors
    /// As above.
    pub(crate) fn upload(&self, who: Who) -> Result<Share, Refusal> {
        share(&self.uploads, who, UPLOADS)
    }
}

fn share(holders: &Holders<Who>, who: Who, most: usize) -> Result<Share, Refusal> {
    let held = holders.hold(who, most, usize::MAX);
    held.ok_or(Refusal::later(ServerCode::TooManyRequests, A_MOMENT))
}
