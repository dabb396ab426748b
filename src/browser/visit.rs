//! Asks our server what lies at the address of a LoRA.

use super::fetch;
use likeness_api::FindingState;

/// What our server says of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visit {
    /// A file that may be a LoRA, of so many bytes.
    Found(Option<u64>),
    /// Nothing that FAL could fetch.
    NotFound,
    /// Something else than a LoRA.
    NoFile,
    /// Nobody answers there.
    Unreachable,
    /// A demo asks nobody.
    Untested,
    /// Too many were asked for.
    TooMany,
    /// Our own server does not know who asks.
    Locked,
    /// Our own server did not answer as it should.
    Away,
}

/// Has an address visited.
pub async fn visit(address: &str) -> Visit {
    match fetch::test_avatar(address).await {
        Some((401, _)) => Visit::Locked,
        Some((429, _)) => Visit::TooMany,
        Some((200, Some(finding))) => match finding.state {
            FindingState::Found => Visit::Found(finding.bytes),
            FindingState::NotFound => Visit::NotFound,
            FindingState::NoFile => Visit::NoFile,
            FindingState::Unreachable => Visit::Unreachable,
            FindingState::Untested => Visit::Untested,
        },
        _ => Visit::Away,
    }
}
