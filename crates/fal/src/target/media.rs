//! Addresses of finished pictures.

use super::MAX_URL;
use crate::host::is_media_host;
use core::fmt;

/// A canonical https address on one of FAL's media hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaUrl {
    url: String,
    path_at: usize,
}

impl MediaUrl {
    /// Reads the address of a picture. A query is allowed, because signed addresses carry one.
    ///
    /// # Errors
    /// `None` for another scheme or host, a port, user information, a fragment, dot or empty segments, or percent signs in the path.
    pub fn parse(url: &str) -> Option<Self> {
        let rest = url.strip_prefix("https://").filter(|_| url.len() <= MAX_URL)?;
        let (host, path) = rest.split_at(rest.find('/')?);
        let (path, query) =
            path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        let fits = is_media_host(host)
            && path[1..].split('/').all(is_segment)
            && query.is_none_or(is_query);
        fits.then(|| Self { url: url.to_owned(), path_at: "https://".len() + host.len() })
    }

    /// The exact host.
    pub fn host(&self) -> &str {
        &self.url["https://".len()..self.path_at]
    }

    /// Path and query, beginning with a slash.
    pub fn path_and_query(&self) -> &str {
        &self.url[self.path_at..]
    }
}

impl fmt::Display for MediaUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

fn is_segment(segment: &str) -> bool {
    segment.starts_with(|c: char| c != '.')
        && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte))
}

fn is_query(query: &str) -> bool {
    !query.is_empty()
        && query.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~-=&%+".contains(&byte))
}
