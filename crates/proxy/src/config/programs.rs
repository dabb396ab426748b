//! Programs that order by one call, and where they are told of ends.

use super::settings::bad;
use super::{ConfigError, Keys, Settings};
use crate::secret::Secret;
use axum::http::Uri;
use core::fmt;
use std::net::IpAddr;

/// What programs are let in by.
#[derive(Clone, Debug)]
pub struct Programs {
    /// The token.
    pub token: Secret,
    /// Where runs that ended are told of.
    pub webhook: Option<Webhook>,
    /// Front proxies whose `X-Forwarded-For` is believed.
    pub front: Vec<IpAddr>,
}

/// The owner's address for runs that ended.
#[derive(Clone)]
pub struct Webhook {
    /// The address. It may hold a secret, so it is never printed.
    pub url: Uri,
    /// Signs what is posted.
    pub secret: Secret,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Webhook(…)")
    }
}

impl Programs {
    /// Judges the settings of programs together; none if there is no token.
    pub(super) fn read(
        settings: &Settings,
        keys: &Keys,
        front: Vec<IpAddr>,
    ) -> Result<Option<Self>, ConfigError> {
        let (token, secret) = (keys.api_token()?, keys.webhook_secret()?);
        let url = settings.webhook.as_deref().filter(|url| !url.is_empty());
        let webhook = match (url, secret) {
            (Some(url), Some(secret)) => Some(Webhook { url: address(url)?, secret }),
            (None, None) => None,
            (Some(_), None) => return Err(ConfigError::HalfWebhook("LIKENESS_WEBHOOK_SECRET")),
            (None, Some(_)) => return Err(ConfigError::HalfWebhook("LIKENESS_WEBHOOK_URL")),
        };
        match token {
            Some(token) => Ok(Some(Self { token, webhook, front })),
            None if webhook.is_some() => Err(ConfigError::HalfWebhook("LIKENESS_API_TOKEN")),
            None => Ok(None),
        }
    }
}

fn address(url: &str) -> Result<Uri, ConfigError> {
    let read = url.parse::<Uri>().ok();
    let read = read.filter(|url| {
        matches!(url.scheme_str(), Some("https" | "http"))
            && url.authority().is_some_and(|authority| !authority.as_str().contains('@'))
    });
    // What was found is not repeated: it may hold a secret.
    read.ok_or_else(|| {
        bad("LIKENESS_WEBHOOK_URL", "no such address", "one such as https://bot.example/pictures")
    })
}
