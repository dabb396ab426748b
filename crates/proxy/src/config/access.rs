//! Who may use the server.

use super::ConfigError;
use super::settings::bad;
use crate::secret::Secret;
use axum::http::HeaderName;
use std::net::IpAddr;

/// The access rule.
#[derive(Clone, Debug)]
pub enum Access {
    /// With a key this machine, without one everybody.
    Open,
    /// Whoever knows the access code.
    Password {
        /// The code.
        code: Secret,
        /// Front proxies whose `X-Forwarded-For` is believed.
        front: Vec<IpAddr>,
    },
    /// Whom a front proxy names.
    Header {
        /// The header with the user's name.
        name: HeaderName,
        /// The proxies that may set it.
        front: Vec<IpAddr>,
    },
    /// Whoever opens the app of one of the bots.
    Telegram {
        /// Front proxies whose `X-Forwarded-For` is believed.
        front: Vec<IpAddr>,
    },
}

/// Whether a header has no meaning of its own: one that every request has, or that a caller sets,
/// would make users of whatever stands in it.
fn names_nobody_else(name: &HeaderName) -> bool {
    const MEANT: [&str; 25] = [
        "authorization",
        "cookie",
        "connection",
        "date",
        "dnt",
        "expect",
        "forwarded",
        "from",
        "host",
        likeness_api::header::KEY,
        "keep-alive",
        "origin",
        "pragma",
        "priority",
        "range",
        "referer",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "upgrade-insecure-requests",
        "user-agent",
        "via",
        "x-real-ip",
        "x-request-id",
    ];
    const BEGINNINGS: [&str; 7] =
        ["accept", "cache-", "content-", "if-", "proxy-", "sec-", "x-fal-"];
    const FORWARDED: [&str; 6] = ["for", "host", "port", "proto", "scheme", "server"];
    let name = name.as_str();
    let is_forwarded =
        name.strip_prefix("x-forwarded-").is_some_and(|what| FORWARDED.contains(&what));
    !MEANT.contains(&name)
        && !BEGINNINGS.iter().any(|begin| name.starts_with(begin))
        && !is_forwarded
}

impl Access {
    /// Judges the settings of access together.
    pub(super) fn read(
        rule: Option<&str>,
        code: Option<Secret>,
        header: Option<&str>,
        front: Vec<IpAddr>,
    ) -> Result<Self, ConfigError> {
        match rule {
            None | Some("" | "open") => Ok(Self::Open),
            Some("password") => {
                let needs = "an access code in LIKENESS_ACCESS_CODE or LIKENESS_ACCESS_CODE_FILE";
                let code = code.ok_or(ConfigError::HalfAccess { rule: "password", needs })?;
                Ok(Self::Password { code, front })
            }
            Some("header") => {
                let half = |needs| ConfigError::HalfAccess { rule: "header", needs };
                let header = header.filter(|header| !header.is_empty());
                let header =
                    header.ok_or(half("the name of the header in LIKENESS_USER_HEADER"))?;
                let name = HeaderName::try_from(header).ok().filter(names_nobody_else);
                let name = name.ok_or_else(|| {
                    let expected = "a header that says nothing else, such as x-forwarded-user";
                    bad("LIKENESS_USER_HEADER", header, expected)
                })?;
                if front.is_empty() {
                    return Err(half("the address of the front proxy in LIKENESS_FRONT_PROXY"));
                }
                Ok(Self::Header { name, front })
            }
            Some("telegram") => Ok(Self::Telegram { front }),
            Some(other) => Err(bad("LIKENESS_ACCESS", other, "open, password, header or telegram")),
        }
    }

    /// What the app is told.
    pub(crate) const fn rule(&self) -> likeness_api::Access {
        match self {
            Self::Open => likeness_api::Access::Open,
            Self::Password { .. } => likeness_api::Access::Password,
            Self::Header { .. } => likeness_api::Access::Header,
            Self::Telegram { .. } => likeness_api::Access::Telegram,
        }
    }
}
