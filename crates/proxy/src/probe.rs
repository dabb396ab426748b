//! `POST /api/v1/avatars/test`: whether a LoRA lies at an address, found out by asking for its
//! first bytes.
//!
//! The address is a stranger's, and this server may stand where the stranger does not. So only
//! public addresses of the network are probed, each name is resolved once, in every step of a
//! redirect alike, and of what came only a verdict is told.

mod network;
mod verdict;

use crate::body;
use crate::issues;
use crate::ledger::User;
use crate::memory::Memory;
use crate::outgoing::NAME;
use crate::rate_limit::{check, limiter};
use crate::refusal::Refusal;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use governor::{DefaultKeyedRateLimiter, Quota};
use http_body_util::{BodyExt, Empty};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use likeness_api::{AvatarTest, Finding, FindingState, ServerCode};
use likeness_core::{Issue, Reason, prompt, reference, validate};
use network::Resolver;
use rustls::ClientConfig;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use url::Url;

/// The largest request, in bytes.
const MOST_REQUEST: usize = 16 << 10;
/// How long all of a probe may take.
const PATIENCE: Duration = Duration::from_secs(10);
const MOST_REDIRECTS: usize = 3;
/// How many first bytes are asked for and read.
const FIRST_BYTES: usize = 1024;
const RANGE: HeaderValue = HeaderValue::from_static("bytes=0-1023");
/// The largest head of an answer, in bytes.
const MOST_HEAD: usize = 64 << 10;
/// Probes of one user in a minute, and at once.
const PROBES: (u32, u32) = (20, 5);
/// Probes of all users at a time.
const MOST_AT_ONCE: usize = 8;
/// From so many users on, those who have been quiet are forgotten.
const MANY_USERS: usize = 1000;

type Connections = Client<HttpsConnector<HttpConnector<Resolver>>, Empty<Bytes>>;

/// Probes addresses.
pub(crate) struct Prober {
    client: Connections,
    resolver: Resolver,
    rate: DefaultKeyedRateLimiter<User>,
    permits: Semaphore,
    patience: Duration,
}

/// `POST /api/v1/avatars/test`.
pub(crate) async fn handle(
    State(prober): State<Option<Arc<Prober>>>,
    State(memory): State<Memory>,
    Extension(user): Extension<User>,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let request = body::request(&parts.headers, body, MOST_REQUEST, &mut memory.room()).await?;
    let address = match address(&request) {
        Ok(address) => address,
        Err(issues) => return Ok(issues::refused(&issues)),
    };
    let Some(prober) = prober else {
        return Ok(Json(Finding::of(FindingState::Untested)).into_response());
    };
    prober.admit(&user)?;
    Ok(Json(prober.probe(&address).await).into_response())
}

/// The address in a request, judged and mended as that of an avatar.
fn address(request: &Value) -> Result<String, Vec<Issue>> {
    let Some(request) = request.as_object() else {
        return Err(vec![Issue::new("", Reason::NotAnObject)]);
    };
    let unknown = request.keys().filter(|key| *key != AvatarTest::KEY);
    let unknown = unknown.map(|key| Issue::new(key, Reason::UnknownKey).fix(key, Value::Null));
    let mut issues: Vec<_> = unknown.collect();
    let address = match request.get(AvatarTest::KEY) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => reference::cleaned(text),
        Some(other) => {
            issues.push(validate::not_text(AvatarTest::KEY, other));
            return Err(issues);
        }
    };
    match prompt::is_blank(&address) {
        true => issues.push(Issue::new(AvatarTest::KEY, Reason::Missing)),
        false => issues.extend(reference::refused(AvatarTest::KEY, &address)),
    }
    if issues.is_empty() { Ok(address) } else { Err(issues) }
}

/// Why a probe brought nothing.
struct Nothing;

impl Prober {
    /// One that goes to public addresses, by the system's names and certificates.
    ///
    /// # Errors
    /// The system's certificates cannot be read.
    pub(crate) fn new() -> Result<Self, rustls::Error> {
        let tls = ClientConfig::builder().try_with_platform_verifier()?.with_no_client_auth();
        Ok(Self::with(Resolver::system(), tls, PATIENCE))
    }

    fn with(resolver: Resolver, tls: ClientConfig, patience: Duration) -> Self {
        let mut tcp = HttpConnector::new_with_resolver(resolver.clone());
        tcp.enforce_http(false);
        let connector =
            HttpsConnectorBuilder::new().with_tls_config(tls).https_only().enable_http1();
        let client = Client::builder(TokioExecutor::new())
            // A connection that is kept would go where its name led before.
            .pool_max_idle_per_host(0)
            .http1_max_buf_size(MOST_HEAD)
            .build(connector.wrap_connector(tcp));
        Self {
            client,
            resolver,
            rate: limiter(Quota::per_minute, PROBES),
            permits: Semaphore::new(MOST_AT_ONCE),
            patience,
        }
    }

    /// Whether a user may have an address probed now.
    fn admit(&self, user: &User) -> Result<(), Refusal> {
        if self.rate.len() > MANY_USERS {
            self.rate.retain_recent();
        }
        check(&self.rate, user, ServerCode::TooManyPolls)
    }

    /// What lies at an address.
    async fn probe(&self, address: &str) -> Finding {
        let probe = async {
            let _permit = self.permits.acquire().await.map_err(|_| Nothing)?;
            self.follow(Url::parse(address).map_err(|_| Nothing)?).await
        };
        let found = tokio::time::timeout(self.patience, probe).await.unwrap_or(Err(Nothing));
        found.unwrap_or_else(|Nothing| Finding::of(FindingState::Unreachable))
    }

    async fn follow(&self, mut url: Url) -> Result<Finding, Nothing> {
        for _ in 0..=MOST_REDIRECTS {
            let reply = self.ask(&url).await?;
            if !is_redirect(reply.status()) {
                return finding(reply).await;
            }
            let to = reply.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
            let mut next = url.join(to.ok_or(Nothing)?).map_err(|_| Nothing)?;
            // Who is called next gets no password that was meant for another.
            if next.origin() != url.origin() {
                next.set_username("")
                    .and_then(|()| next.set_password(None))
                    .map_err(|()| Nothing)?;
            }
            url = next;
        }
        Err(Nothing)
    }

    async fn ask(&self, url: &Url) -> Result<hyper::Response<hyper::body::Incoming>, Nothing> {
        // An address in digits is not resolved, so it is judged here.
        let is_allowed = match url.host() {
            Some(url::Host::Ipv4(ip)) => self.resolver.admits(ip.into()),
            Some(url::Host::Ipv6(ip)) => self.resolver.admits(ip.into()),
            Some(url::Host::Domain(_)) => true,
            None => false,
        };
        if url.scheme() != "https" || !is_allowed {
            return Err(Nothing);
        }
        let mut request = hyper::Request::new(Empty::new());
        *request.headers_mut() = headers(url)?;
        *request.uri_mut() = uri(url)?;
        self.client.request(request).await.map_err(|_| Nothing)
    }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn headers(url: &Url) -> Result<HeaderMap, Nothing> {
    let mut headers = HeaderMap::new();
    headers.insert(header::RANGE, RANGE);
    headers.insert(header::USER_AGENT, NAME);
    headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    if !url.username().is_empty() {
        let pair = [url.username(), url.password().unwrap_or_default()].join(":");
        let basic = ["Basic ", &BASE64_STANDARD.encode(pair)].concat();
        headers.insert(header::AUTHORIZATION, HeaderValue::try_from(basic).map_err(|_| Nothing)?);
    }
    Ok(headers)
}

/// What is asked for: no password, and nothing that a server is not told.
fn uri(url: &Url) -> Result<Uri, Nothing> {
    let host = url.host_str().ok_or(Nothing)?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("https://{host}{port}{}{query}", url.path()).parse().map_err(|_| Nothing)
}

async fn finding(reply: hyper::Response<hyper::body::Incoming>) -> Result<Finding, Nothing> {
    let (head, mut body) = reply.into_parts();
    let mut beginning = Vec::new();
    while head.status.is_success() && beginning.len() < FIRST_BYTES {
        let Some(frame) = body.frame().await else { break };
        if let Ok(bytes) = frame.map_err(|_| Nothing)?.into_data() {
            let room = FIRST_BYTES - beginning.len();
            beginning.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
    }
    Ok(verdict::of(head.status, &head.headers, &beginning))
}

#[cfg(test)]
mod tests;
