//! Connections to other servers.

use axum::BoxError;
use axum::body::{Bytes, HttpBody};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, Uri, header};
use futures_util::future::BoxFuture;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
use tower::Service;

/// How long a connection may take, with its handshake.
const CONNECT: Duration = Duration::from_secs(5);
const IDLE: Duration = Duration::from_secs(90);
/// How much is read ahead of whoever it is for, in bytes: of a connection of HTTP/1, and of a
/// stream of HTTP/2.
const READ_AHEAD: usize = 32 << 10;
const READ_AHEAD_OF_STREAM: u32 = 256 << 10;
/// The largest answer to a message, in bytes.
const MOST_ANSWER: usize = 64 << 10;
/// Who is calling.
pub(crate) const NAME: HeaderValue =
    HeaderValue::from_static(concat!("likeness-proxy/", env!("CARGO_PKG_VERSION")));

/// Makes connections, each in [`CONNECT`].
#[derive(Clone)]
pub(crate) struct Connector(HttpsConnector<HttpConnector>);

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.0.call(uri);
        Box::pin(async move { tokio::time::timeout(CONNECT, connecting).await? })
    }
}

/// A pool of connections.
pub(crate) type Client<B = Full<Bytes>> = hyper_util::client::legacy::Client<Connector, B>;

/// A client that follows no redirect (it would carry the request to a stranger), heeds no proxy
/// variable of the environment, and sends a request again only if not a byte of it was written,
/// because the connection that it was given to had been closed.
///
/// # Errors
/// The system's certificates cannot be read.
pub(crate) fn client<B>() -> Result<Client<B>, rustls::Error>
where
    B: HttpBody<Data: Send> + Send,
{
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    let connector = HttpsConnectorBuilder::new()
        .try_with_platform_verifier()?
        .https_or_http()
        .enable_all_versions()
        .wrap_connector(tcp);
    Ok(hyper_util::client::legacy::Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .http1_writev(false)
        // What is read ahead of whoever reads slowly.
        .http1_max_buf_size(READ_AHEAD)
        .http2_initial_stream_window_size(READ_AHEAD_OF_STREAM)
        .build(Connector(connector)))
}

/// Why a request has no answer. It names no address, because addresses may hold secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unanswered {
    /// Not a byte has left.
    #[error("there is no connection")]
    NotSent,
    /// It may have left.
    #[error("the connection broke")]
    Lost,
    #[error("no answer came in time")]
    TimedOut,
}

/// Posts a message and reads the answer, all within `patience`.
pub(crate) async fn post<B>(
    client: &Client<B>,
    url: &Uri,
    headers: HeaderMap,
    body: B,
    patience: Duration,
) -> Result<(StatusCode, Bytes), Unanswered>
where
    B: HttpBody<Data: Send, Error: Into<BoxError>> + Send + Unpin + 'static,
{
    let mut request = Request::new(body);
    *request.method_mut() = axum::http::Method::POST;
    *request.uri_mut() = url.clone();
    *request.headers_mut() = headers;
    request.headers_mut().insert(header::USER_AGENT, NAME);
    let exchange = async {
        let reply = client.request(request).await.map_err(|error| {
            if error.is_connect() { Unanswered::NotSent } else { Unanswered::Lost }
        })?;
        let status = reply.status();
        let body = Limited::new(reply.into_body(), MOST_ANSWER).collect().await;
        Ok((status, body.map_err(|_| Unanswered::Lost)?.to_bytes()))
    };
    tokio::time::timeout(patience, exchange).await.unwrap_or(Err(Unanswered::TimedOut))
}
