//! SHA-256, for policies and entity tags.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

/// Base64 with padding, as a content security policy wants it.
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(digest(&SHA256, bytes))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_digest_of_nothing_is_the_well_known_one() {
        assert_eq!(super::base64(b""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}
