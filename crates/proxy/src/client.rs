//! Whom limits count.

use likeness_simulator::Caller;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::sync::LazyLock;

/// A person where the access rule knows one, else an address; or the programs. As a number that
/// nobody outside can foresee, so that counting needs no copy of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Client {
    Other(u64),
    Programs,
}

impl Client {
    /// Whoever has this name.
    pub(crate) fn named(user: &str) -> Self {
        Self::Other(number(&(0_u8, user)))
    }

    /// Whoever calls from there.
    pub(crate) fn at(network: IpAddr) -> Self {
        Self::Other(number(&(1_u8, network)))
    }

    /// As the demo tells callers apart.
    pub(crate) const fn as_caller(self) -> Caller {
        match self {
            Self::Other(number) => Caller(number),
            Self::Programs => Caller(0),
        }
    }
}

fn number(what: &impl Hash) -> u64 {
    static KEYS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    KEYS.hash_one(what)
}
