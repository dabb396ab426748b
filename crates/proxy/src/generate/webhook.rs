//! Tells the owner's address of runs that ended.
//!
//! The address comes from the configuration alone, never from a caller. What is posted is signed,
//! so that the receiver knows it from a stranger's: `x-likeness-signature: sha256=<hex>` is the
//! HMAC-SHA256 of `<x-likeness-timestamp>.<body>` under the shared secret. A message lies in the
//! ledger's outbox from the moment in which FAL accepted the run, so a server that dies takes it up
//! again. A message may therefore come twice, under the same `x-likeness-delivery`, which is the id
//! of the job.

use super::job::Jobs;
use crate::config;
use crate::ledger::{Away, LEASE, Ledger, Message, Millis, system_now};
use crate::outgoing::{self, Client};
use crate::secret::Secret;
use crate::start_error::StartError;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use http_body_util::Full;
use likeness_core::Route;
use likeness_fal::RequestId;
use ring::hmac;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, Semaphore};

const TIMESTAMP: HeaderName = HeaderName::from_static("x-likeness-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("x-likeness-signature");
const DELIVERY: HeaderName = HeaderName::from_static("x-likeness-delivery");
/// How long the receiver may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Seconds before the next attempt, the last one again and again.
const PAUSES: [Millis; 7] = [1, 5, 25, 125, 600, 1800, 3600];
/// After so many attempts, which take about a day, a message is given up.
const MOST_TRIES: u32 = 28;
/// How long a run is followed.
const LONGEST_WATCH: Millis = 24 * 3_600_000;
/// How often who follows a run says that it still does: well within the time for which it may keep
/// it.
const RENEWAL: Duration = Duration::from_millis(LEASE / 3);
/// How often the ledger is asked for what nobody follows.
const LOOK: Duration = Duration::from_secs(1);
/// How long a ledger that is away is left alone.
const REST: Duration = Duration::from_secs(10);
/// Runs that are followed and messages that are delivered at a time.
const MOST_AT_ONCE: usize = 256;

/// Where to post, and the secret that both sides know.
pub(crate) struct Webhook {
    jobs: Jobs,
    client: Client,
    url: Uri,
    secret: Secret,
    /// There is something new in the outbox.
    wakeup: Notify,
}

impl Webhook {
    pub(super) fn new(config: &config::Webhook, jobs: Jobs) -> Result<Self, StartError> {
        let client = outgoing::client()?;
        let wakeup = Notify::new();
        Ok(Self { jobs, client, url: config.url.clone(), secret: config.secret.clone(), wakeup })
    }

    /// A run was accepted, which left a message.
    pub(super) fn wake(&self) {
        self.wakeup.notify_one();
    }

    /// Delivers what is in the outbox, for as long as the server runs.
    pub(crate) async fn work(self: Arc<Self>, ledger: Arc<Ledger>) {
        let permits = Arc::new(Semaphore::new(MOST_AT_ONCE));
        loop {
            match ledger.lease_messages(permits.available_permits()).await {
                Ok(taken) => {
                    for message in taken {
                        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
                        let (webhook, ledger) = (Arc::clone(&self), Arc::clone(&ledger));
                        tokio::spawn(async move {
                            if let Err(away) = webhook.deliver(&ledger, message).await {
                                tracing::error!(error = %away, "the ledger is away; a message may come twice");
                            }
                            drop(permit);
                        });
                    }
                }
                Err(away) => {
                    tracing::error!(error = %away, "the ledger is away");
                    tokio::time::sleep(REST).await;
                }
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = self.wakeup.notified() => {}
            }
        }
    }

    /// Follows a run to its end if it has not come yet, and tells of it once. What fails is written
    /// down for the next attempt.
    async fn deliver(&self, ledger: &Ledger, mut message: Message) -> Result<(), Away> {
        let text = match message.message.take() {
            Some(text) => text,
            None => match self.follow(ledger, &message).await? {
                Some(text) => text,
                None => return ledger.acknowledge(&message).await,
            },
        };
        message.message = Some(text.clone());
        ledger.put_message(&message, LEASE).await?;
        if self.post(&message.run, &text).await {
            return ledger.acknowledge(&message).await;
        }
        message.tries += 1;
        if message.tries >= MOST_TRIES {
            tracing::error!(
                job = message.run,
                "the end of a run could not be told to the webhook; it is given up"
            );
            return ledger.acknowledge(&message).await;
        }
        ledger.put_message(&message, pause(message.tries)).await
    }

    /// What has to be said of a run, once it has ended; none if it never does.
    async fn follow(&self, ledger: &Ledger, message: &Message) -> Result<Option<String>, Away> {
        let (Ok(id), Some(route)) =
            (RequestId::parse(&message.run), Route::of_endpoint(&message.endpoint))
        else {
            tracing::error!(
                job = message.run,
                "a message of the outbox cannot be read; it is given up"
            );
            return Ok(None);
        };
        let job = self.jobs.job(id, route);
        loop {
            let standing = job.wait(RENEWAL).await;
            if standing.is_over() {
                return Ok(Some(standing.body(&job).to_string()));
            }
            if system_now().saturating_sub(message.at) > LONGEST_WATCH {
                tracing::error!(job = message.run, "a run took too long to be told of");
                return Ok(None);
            }
            ledger.put_message(message, LEASE).await?;
        }
    }

    /// Whether the receiver took it. Neither address nor body is in the log: the first may hold a
    /// secret, the second is somebody's picture.
    async fn post(&self, run: &str, body: &str) -> bool {
        let at = system_now() / 1000;
        let signature = HeaderValue::try_from(signature(&self.secret, at, body))
            .expect("a signature is hexadecimal");
        let headers: HeaderMap = [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (TIMESTAMP, HeaderValue::from(at)),
            (DELIVERY, HeaderValue::try_from(run).expect("an id of FAL is letters and digits")),
            (SIGNATURE, signature),
        ]
        .into_iter()
        .collect();
        let body = Full::from(body.to_owned());
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

/// Milliseconds before the next attempt after so many.
fn pause(tries: u32) -> Millis {
    let at = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX);
    PAUSES.get(at).or(PAUSES.last()).map_or(0, |seconds| seconds * 1000)
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
    fn a_message_is_offered_for_about_a_day() {
        let pauses: Vec<Millis> = (1..MOST_TRIES).map(pause).collect();
        assert!(pauses.is_sorted() && pauses[0] == 1000);
        let hours = pauses.iter().sum::<Millis>() / 3_600_000;
        assert!((20..=24).contains(&hours), "{hours}");
    }

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
