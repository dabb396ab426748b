//! Names and seeds that nobody chose. Unpredictable enough for a demo; nothing secret hangs on
//! them.

use likeness_fal::target::RequestId;
use std::hash::{BuildHasher, RandomState};

/// 64 bits that differ from call to call.
pub(crate) fn random() -> u64 {
    RandomState::new().hash_one(0_u8)
}

/// A seed as FAL draws them when none is sent: 32 bits.
pub(crate) fn seed() -> u64 {
    random() >> 32
}

/// A new request id, in the form of a random UUID.
pub(crate) fn request_id() -> RequestId {
    let (a, b) = (random(), random());
    let text = format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        a >> 32,
        (a >> 16) & 0xffff,
        a & 0xfff,
        0x8000 | ((b >> 48) & 0x3fff),
        b & 0xffff_ffff_ffff
    );
    RequestId::parse(&text).expect("a UUID is hexadecimal digits and hyphens, 36 in all")
}
