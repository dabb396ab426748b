//! Listening, serving, stopping.

mod body;
mod connections;
mod timeouts;

use crate::caller::Peer;
use crate::config::{Config, Mode, Origin};
use crate::start_error::StartError;
use crate::state::AppState;
use crate::{router, scheduler, service};
use axum::Router;
use axum::body::Body;
use axum::http::{Response, header};
use body::TimedBody;
use connections::ConnectionLimit;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use timeouts::{ReplyKind, TimedConnection, TimedStream, Timeouts};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// Connections at a time.
const MOST_CONNECTIONS: usize = 1024;
/// Headers of a request that are read. More than [`service::MOST_HEADERS`] are told so.
const MOST_HEADERS: usize = 512;
/// The largest head of a request that is read, in bytes. One that is larger than
/// [`service::MOST_HEAD`] is told so.
const MOST_HEAD: usize = 66 << 10;
/// What is read ahead of a handler, and written ahead of a caller, in bytes.
const MOST_BUFFERED: usize = 96 << 10;
/// How long requests may take to finish once the server is stopping.
const DRAIN: Duration = Duration::from_secs(10);

/// A server that is set up and not yet listening.
#[derive(Debug)]
pub struct Server {
    config: Config,
}

impl Server {
    /// A server with this configuration.
    pub fn new(config: Config) -> Self {
        Self { config }
    }

    /// Takes the address. From here on connections queue up, so whoever reads the [start
    /// line](Listening::start_line) can connect.
    ///
    /// # Errors
    /// The address cannot be had, or TLS cannot be set up.
    pub async fn listen(self) -> Result<Listening, StartError> {
        let address = self.config.listen;
        let fail = |reason| StartError::Listen { address, reason };
        let listener = TcpListener::bind(address).await.map_err(fail)?;
        let address = listener.local_addr().map_err(fail)?;
        let public = self.config.public_url.clone().unwrap_or_else(|| Origin::of(address));
        let state = AppState::new(&self.config, public).await?;
        let metrics = match self.config.metrics {
            Some(address) => {
                let fail = |reason| StartError::Listen { address, reason };
                Some(TcpListener::bind(address).await.map_err(fail)?)
            }
            None => None,
        };
        Ok(Listening { config: self.config, listener, metrics, address, state })
    }
}

/// A server that has its address.
pub struct Listening {
    config: Config,
    listener: TcpListener,
    metrics: Option<TcpListener>,
    address: SocketAddr,
    state: AppState,
}

impl Listening {
    /// The address, with the port that was taken where any was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// One sentence that says where it is and what it does.
    pub fn start_line(&self) -> String {
        let what = match self.config.mode {
            Mode::Demo { idle_key: false, .. } => "demo: pictures are drawn, no key needed",
            Mode::Demo { idle_key: true, .. } => "demo: pictures are drawn, the key is not used",
            Mode::Live { .. } => "live: pictures come from FAL and cost money",
        };
        format!("Likeness is ready at {} ({what})", self.state.public)
    }

    /// Answers until `stop` is done, then lets running requests finish for at most ten seconds.
    pub async fn serve(self, stop: impl Future<Output = ()>) {
        let router = router::router(&self.state);
        let mut tasks = scheduler::start(&self.state);
        tasks
            .extend(self.metrics.map(|listener| {
                tokio::spawn(serve_metrics(listener, self.state.metrics.router()))
            }));
        let connections = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        let limit = ConnectionLimit::new(&self.config.front);
        let graceful = GracefulShutdown::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            let next = async {
                let permit = Arc::clone(&connections).acquire_owned().await;
                (self.listener.accept().await, permit)
            };
            let (accepted, permit) = tokio::select! {
                next = next => next,
                () = &mut stop => break,
            };
            let Ok((stream, peer)) = accepted else {
                // Out of file handles: wait for some to come back rather than spin.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            // An address that holds too many gets no further one, and no words that would cost us
            // time.
            let Some(own) = limit.admit(peer.ip()) else { continue };
            let timeouts = Timeouts::new();
            let caller =
                Caller { state: self.state.clone(), router: router.clone(), peer: Peer(peer.ip()) };
            let connection = graceful.watch(caller.serve(stream, &timeouts));
            let open = self.state.metrics.connections.clone();
            open.inc();
            tokio::spawn(async move {
                // A connection that breaks is the caller's affair.
                TimedConnection::new(connection, timeouts).await;
                open.dec();
                drop((permit, own));
            });
            // Whoever is here is answered before more are let in, however many knock.
            tokio::task::yield_now().await;
        }
        self.state.shutdown.begin();
        drop(self.listener);
        let drained = async {
            graceful.shutdown().await;
            // Those whose callers have hung up.
            self.state.shutdown.orders_done().await;
            self.state.ledger.pending_done().await;
        };
        if tokio::time::timeout(DRAIN, drained).await.is_err() {
            tracing::warn!("stopped with requests still running");
        }
        for task in tasks {
            task.abort();
        }
    }
}

/// Numbers for Prometheus, on an address of their own.
async fn serve_metrics(listener: TcpListener, router: Router) {
    if let Err(error) = axum::serve(listener, router).await {
        tracing::error!(%error, "the numbers are no longer served");
    }
}

/// Whoever is at the other end of a connection, and what answers them.
struct Caller {
    state: AppState,
    router: Router,
    peer: Peer,
}

impl Caller {
    fn serve(
        self,
        stream: TcpStream,
        timeouts: &Timeouts,
    ) -> impl GracefulConnection<Error = hyper::Error> + Send + use<> {
        // Replies are small and each is waited for.
        let _ = stream.set_nodelay(true);
        let stream = TokioIo::new(TimedStream { stream, timeouts: timeouts.clone() });
        let mut http = http1::Builder::new();
        // Times are those of `timeouts`.
        http.header_read_timeout(None).max_headers(MOST_HEADERS).max_header_size(MOST_HEAD);
        // A small reply is copied faster than sent in pieces.
        http.writev(false);
        http.max_buf_size(MOST_BUFFERED);
        let (caller, timeouts) = (Arc::new(self), timeouts.clone());
        http.serve_connection(
            stream,
            service_fn(move |request: hyper::Request<Incoming>| {
                timeouts.asked();
                let (caller, timeouts) = (Arc::clone(&caller), timeouts.clone());
                async move {
                    let Self { state, router, peer } = &*caller;
                    let request = request.map(Body::new);
                    let (reply, held) = service::answer(state, router, *peer, request).await;
                    timeouts.replies(length(&reply));
                    Ok::<_, Infallible>(reply.map(|body| TimedBody::new(body, timeouts, held)))
                }
            }),
        )
    }
}

fn length(reply: &Response<Body>) -> ReplyKind {
    let kind = reply.headers().get(header::CONTENT_TYPE);
    match kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream")) {
        true => ReplyKind::Events,
        false => ReplyKind::Ordinary,
    }
}
