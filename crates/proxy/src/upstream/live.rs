//! FAL itself.

use super::{Call, CallError, stream_body};
use crate::config::Addresses;
use crate::secret::{Scrubber, Secret};
use axum::BoxError;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use futures_util::{Stream, StreamExt, stream};
use likeness_fal::target::{MediaUrl, Method};
use reqwest::{Client, redirect, retry};
use std::time::Duration;

const CLIENT_PROXY: HeaderName = HeaderName::from_static("x-fal-client-proxy");
const NAME: HeaderValue =
    HeaderValue::from_static(concat!("likeness-proxy/", env!("CARGO_PKG_VERSION")));
const IDENTITY: HeaderValue = HeaderValue::from_static("identity");
const CONNECT: Duration = Duration::from_secs(5);
/// The largest list of prices, in bytes.
const MOST_PRICES: usize = 64 << 10;
const IDLE: Duration = Duration::from_secs(90);
/// How long a picture may stop coming.
const GAP: Duration = Duration::from_secs(30);

/// A connection pool to FAL, with the key.
pub(crate) struct Live {
    client: Client,
    authorization: HeaderValue,
    scrubber: Scrubber,
    addresses: Addresses,
}

impl Live {
    /// A client that follows no redirect (it would carry the request to a stranger), repeats nothing (it would pay twice), and heeds no
    /// proxy variable of the environment.
    ///
    /// # Errors
    /// The system's certificates cannot be read.
    pub(crate) fn new(key: &Secret, addresses: Addresses) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .user_agent(NAME)
            .build()?;
        Ok(Self { client, authorization: key.authorization(), scrubber: key.scrubber(), addresses })
    }

    pub(super) fn scrubber(&self) -> Scrubber {
        self.scrubber.clone()
    }

    pub(super) async fn call(&self, call: Call) -> Result<Response, CallError> {
        let base = self.addresses.of(call.target.host());
        let url = format!("{base}{}", call.target.path_and_query());
        let mut headers = call.headers;
        headers.insert(header::AUTHORIZATION, self.authorization.clone());
        headers.insert(header::ACCEPT_ENCODING, IDENTITY);
        headers.insert(CLIENT_PROXY, NAME);
        let method = match call.target.method() {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
        };
        let mut request = self.client.request(method, url).headers(headers);
        if let Some(body) = call.body {
            request = request.body(body);
        }
        send(request).await
    }

    /// FAL's prices for every endpoint of the catalogue.
    pub(super) async fn prices(&self) -> Option<bytes::Bytes> {
        let api = self.addresses.api()?;
        let endpoints = likeness_core::Route::ALL.map(|route| route.endpoint()).join(",");
        let url = format!("{api}/v1/models/pricing?endpoint_id={endpoints}");
        let headers: HeaderMap = [
            (header::AUTHORIZATION, self.authorization.clone()),
            (header::ACCEPT_ENCODING, IDENTITY),
        ]
        .into_iter()
        .collect();
        let reply = send(self.client.get(url).headers(headers)).await.ok()?;
        let is_good = reply.status().is_success();
        let bytes = axum::body::to_bytes(reply.into_body(), MOST_PRICES).await.ok()?;
        is_good.then_some(bytes)
    }

    pub(super) async fn picture(&self, url: &MediaUrl) -> Result<Response, CallError> {
        let url = match self.addresses.media() {
            Some(stand_in) => format!("{stand_in}{}", url.path_and_query()),
            None => url.to_string(),
        };
        let headers: HeaderMap = [
            (header::ACCEPT, HeaderValue::from_static("image/*")),
            (header::ACCEPT_ENCODING, IDENTITY),
        ]
        .into_iter()
        .collect();
        let reply = send(self.client.get(url).headers(headers)).await?;
        Ok(reply.map(|body| stream_body(never_silent(body))))
    }
}

/// A body that ends with an error where it says nothing for too long.
fn never_silent(body: Body) -> impl Stream<Item = Result<Bytes, BoxError>> + Send {
    stream::unfold(Some(body.into_data_stream()), |chunks| async move {
        let mut chunks = chunks?;
        match tokio::time::timeout(GAP, chunks.next()).await {
            Ok(Some(Ok(chunk))) => Some((Ok(chunk), Some(chunks))),
            Ok(Some(Err(error))) => Some((Err(error.into()), None)),
            Ok(None) => None,
            Err(_) => Some((Err("the picture stopped coming".into()), None)),
        }
    })
}

async fn send(request: reqwest::RequestBuilder) -> Result<Response, CallError> {
    let reply = request.send().await.map_err(|error| {
        // Built from checked parts, so a request that cannot be built is as unsent as one without a connection.
        if error.is_connect() || error.is_builder() { CallError::NotSent } else { CallError::Lost }
    })?;
    let mut passed = Response::default();
    *passed.status_mut() = reply.status();
    *passed.headers_mut() = reply.headers().clone();
    *passed.body_mut() = stream_body(reply.bytes_stream());
    Ok(passed)
}
