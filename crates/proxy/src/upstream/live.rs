//! FAL itself.

use super::{FalRequest, stream_body};
use crate::config::Addresses;
use crate::outgoing::{self, Client, NAME, Unanswered};
use crate::secret::{Scrubber, Secret};
use axum::BoxError;
use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, Method, Request, header};
use axum::response::Response;
use futures_util::{Stream, StreamExt, stream};
use http_body_util::Full;
use likeness_fal::target::MediaUrl;
use std::time::Duration;

const CLIENT_PROXY: HeaderName = HeaderName::from_static("x-fal-client-proxy");
const IDENTITY: HeaderValue = HeaderValue::from_static("identity");
/// The largest list of prices, in bytes.
const MOST_PRICES: usize = 64 << 10;
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
    /// With this key, at these addresses.
    ///
    /// # Errors
    /// The system's certificates cannot be read.
    pub(crate) fn new(key: &Secret, addresses: Addresses) -> Result<Self, rustls::Error> {
        let client = outgoing::client()?;
        Ok(Self { client, authorization: key.authorization(), scrubber: key.scrubber(), addresses })
    }

    pub(super) fn scrubber(&self) -> &Scrubber {
        &self.scrubber
    }

    pub(super) async fn call(&self, call: FalRequest<'_>) -> Result<Response, Unanswered> {
        let base = self.addresses.of(call.target.host());
        let mut request = Request::builder()
            .method(call.target.method().name())
            .uri(format!("{base}{}", call.target.path_and_query()))
            .body(Full::from(call.body.unwrap_or_default()))
            .map_err(|_| Unanswered::NotSent)?;
        *request.headers_mut() = call.headers;
        self.send(request, true).await
    }

    /// FAL's prices for every endpoint of the catalogue.
    pub(super) async fn prices(&self) -> Option<Bytes> {
        let api = self.addresses.api()?;
        let endpoints = likeness_core::Route::ALL.map(|route| route.endpoint()).join(",");
        let url = format!("{api}/v1/models/pricing?endpoint_id={endpoints}");
        let reply = self.send(Request::get(url).body(Full::default()).ok()?, true).await.ok()?;
        let is_good = reply.status().is_success();
        let bytes = axum::body::to_bytes(reply.into_body(), MOST_PRICES).await.ok()?;
        is_good.then_some(bytes)
    }

    pub(super) async fn picture(&self, url: &MediaUrl) -> Result<Response, Unanswered> {
        let url = match self.addresses.media() {
            Some(stand_in) => format!("{stand_in}{}", url.path_and_query()),
            None => url.to_string(),
        };
        let request = Request::get(url).header(header::ACCEPT, "image/*").body(Full::default());
        let reply = self.send(request.map_err(|_| Unanswered::NotSent)?, false).await?;
        Ok(reply.map(|body| stream_body(never_silent(body))))
    }

    async fn send(
        &self,
        request: Request<Full<Bytes>>,
        with_key: bool,
    ) -> Result<Response, Unanswered> {
        // A connection may be closed at the other end in the moment in which it is used again. A
        // question can be asked twice. It is copied while it is still short.
        let again = (*request.method() == Method::GET).then(|| request.clone());
        let send = |request| self.client.request(self.complete(request, with_key));
        let reply = match (send(request).await, again) {
            (Err(error), Some(again)) if !error.is_connect() => send(again).await,
            (reply, _) => reply,
        };
        let reply = reply.map_err(|error| {
            if error.is_connect() { Unanswered::NotSent } else { Unanswered::Lost }
        })?;
        Ok(reply.map(Body::new))
    }

    /// Adds who asks, and the key.
    fn complete(&self, mut request: Request<Full<Bytes>>, with_key: bool) -> Request<Full<Bytes>> {
        let headers = request.headers_mut();
        headers.insert(header::USER_AGENT, NAME);
        headers.insert(header::ACCEPT_ENCODING, IDENTITY);
        if with_key {
            headers.insert(CLIENT_PROXY, NAME);
            headers.insert(header::AUTHORIZATION, self.authorization.clone());
        }
        request
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
