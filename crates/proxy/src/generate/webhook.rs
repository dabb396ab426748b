//! Tells the owner's address of runs that ended.
//!
//! The address comes from the configuration alone, never from a caller. What is posted is signed, so that the receiver knows it from a stranger's:
//! `x-likeness-signature: sha256=<hex>` is the HMAC-SHA256 of `<x-likeness-timestamp>.<body>` under the shared secret. A message may come twice and,
//! if this server dies, not at all: the truth is at `poll_url`.

use super::job::Job;
use crate::app::App;
use crate::config;
use crate::outgoing::{self, Client};
use crate::secret::Secret;
use crate::server::StartError;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use ring::hmac;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const TIMESTAMP: HeaderName = HeaderName::from_static("x-likeness-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("x-likeness-signature");
/// How long the receiver may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Pauses before the next attempt.
const PAUSES: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(25),
    Duration::from_secs(125),
];
/// How long a run is followed.
const LONGEST_WATCH: Duration = Duration::from_secs(1800);

/// Where to post, and the secret that both sides know.
pub(super) struct Webhook {
    client: Client,
    url: Uri,
    secret: Secret,
}

impl Webhook {
    pub(super) fn new(config: &config::Webhook) -> Result<Self, StartError> {
        let client = outgoing::client()?;
        Ok(Self { client, url: config.url.clone(), secret: config.secret.clone() })
    }

    /// Follows a run to its end and tells of it.
    pub(super) async fn watch(self: Arc<Self>, app: Arc<App>, job: Job) {
        let standing = job.wait(&app, LONGEST_WATCH).await;
        if !standing.is_over() {
            tracing::warn!("a run took too long to be told of");
            return;
        }
        let body = standing.told(&app, &job).to_string();
        for pause in PAUSES.into_iter().map(Some).chain([None]) {
            if self.post(&body).await {
                return;
            }
            let Some(pause) = pause else { break };
            tokio::time::sleep(pause).await;
        }
        tracing::error!("the end of a run could not be told to the webhook");
    }

    /// Whether the receiver took it. Neither address nor body is in the log: the first may hold a secret, the second is somebody's picture.
    async fn post(&self, body: &str) -> bool {
        let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let signature = HeaderValue::try_from(signature(&self.secret, at, body))
            .expect("a signature is hexadecimal");
        let headers: HeaderMap = [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (TIMESTAMP, HeaderValue::from(at)),
            (SIGNATURE, signature),
        ]
        .into_iter()
        .collect();
        let body = axum::body::Bytes::copy_from_slice(body.as_bytes());
        match outgoing::post(&self.client, &self.url, headers, body, PATIENCE).await {
            Ok((status, _)) if status.is_success() => true,
            Ok((status, _)) => {
                tracing::warn!(status = status.as_u16(), "the webhook refused a message");
                false
            }
            Err(error) => {
                tracing::warn!(%error, "the webhook gave no answer");
                false
            }
        }
    }
}

fn signature(secret: &Secret, at: u64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
    let tag = hmac::sign(&key, format!("{at}.{body}").as_bytes());
    tag.as_ref().iter().fold("sha256=".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_what_openssl_says() {
        // printf '1800000000.{"a":1}' | openssl dgst -sha256 -hmac correct-horse-battery
        let secret = Secret::parse("correct-horse-battery").unwrap();
        assert_eq!(
            signature(&secret, 1_800_000_000, r#"{"a":1}"#),
            "sha256=e92f6da481cbe0ebc5e5a9fab9fa221c325d61b4379144cabc572ccfc1850edc"
        );
    }
}
