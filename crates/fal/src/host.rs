//! FAL's hosts. Its endpoints are in [`likeness_core::route`].

/// A host of FAL that takes requests with a key. Media hosts take none: see [`is_media_host`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// Submits, status, results, cancelling.
    Queue,
    /// Direct runs that answer with the picture.
    Run,
    /// Where uploads begin.
    Rest,
}

impl Host {
    /// Every host.
    pub const ALL: [Self; 3] = [Self::Queue, Self::Run, Self::Rest];

    /// The exact name, lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queue => "queue.fal.run",
            Self::Run => "fal.run",
            Self::Rest => "rest.fal.ai",
        }
    }

    /// The host with exactly this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|host| host.name() == name)
    }
}

/// The domain of FAL's pictures. Its sub-domains change over the years (`v3`, `v3b`), so all of them count.
pub const MEDIA_DOMAIN: &str = "fal.media";

/// Whether pictures come from this host: `fal.media` or a sub-domain of it, in lower case.
pub fn is_media_host(host: &str) -> bool {
    let Some(prefix) = host.strip_suffix(MEDIA_DOMAIN) else { return false };
    let is_label = |label: &str| {
        label.starts_with(|c: char| c.is_ascii_alphanumeric())
            && label.ends_with(|c: char| c.is_ascii_alphanumeric())
            && label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    match prefix.strip_suffix('.') {
        Some(labels) => host.len() <= 253 && labels.split('.').all(is_label),
        None => prefix.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_hosts_are_the_domain_and_its_sub_domains_and_nothing_that_looks_like_it() {
        for host in ["fal.media", "v3.fal.media", "v3b.fal.media", "eu.v3b.fal.media"] {
            assert!(is_media_host(host), "{host}");
        }
        for host in [
            "",
            "media",
            "evilfal.media",
            "fal.media.evil.com",
            ".fal.media",
            "-.fal.media",
            "V3.fal.media",
            "fal.media.",
            "v3..fal.media",
            "v3b.fal.media:443",
            "a@fal.media",
            "fäl.media",
            "x/fal.media",
        ] {
            assert!(!is_media_host(host), "{host}");
        }
    }
}
