//! Listening, serving, stopping.

mod clock;
mod doors;
mod told;

use crate::access::Peer;
use crate::app::{self, App};
use crate::config::{Config, Mode, Origin};
use crate::generate;
use crate::ledger::RedisError;
use crate::service;
use crate::supervised::supervised;
use axum::Router;
use axum::body::Body;
use axum::http::{Response, header};
use clock::{Clock, Length, Limited, Noted};
use doors::Doors;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use told::Told;

/// Connections at a time.
const MOST_CONNECTIONS: usize = 1024;
/// Headers of a request that are read. More than [`service::MOST_HEADERS`] are told so.
const MOST_HEADERS: usize = 512;
/// The largest head of a request that is read, in bytes. One that is larger than [`service::MOST_HEAD`] is told so.
const MOST_HEAD: usize = 66 << 10;
/// What is read ahead of a handler, and written ahead of a caller, in bytes.
const MOST_BUFFERED: usize = 96 << 10;
/// How long requests may take to finish once the server is stopping.
const DRAIN: Duration = Duration::from_secs(10);

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be had.
    #[error(
        "cannot listen on {address}: {reason}. Stop what uses it, or choose another address with LIKENESS_LISTEN."
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        reason: std::io::Error,
    },
    /// The ledger of spending cannot be had.
    #[error(
        "the ledger of spending ({0}) cannot be opened: {1}. Let LIKENESS_DATA name a folder that this server can write to and no other server uses."
    )]
    Ledger(String, String),
    /// Nothing unguessable can be made.
    #[error("{0}")]
    Entropy(#[from] crate::entropy::NoEntropy),
    /// The Redis server of the ledger cannot be used.
    #[error("{0}")]
    Redis(#[from] RedisError),
    /// The system's certificates cannot be read, so FAL could not be told from a stranger.
    #[error("cannot make TLS connections: {0}. Install the ca-certificates package.")]
    Tls(#[from] rustls::Error),
}

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

    /// Takes the address. From here on connections queue up, so whoever reads the [start line](Listening::start_line) can connect.
    ///
    /// # Errors
    /// The address cannot be had, or TLS cannot be set up.
    pub async fn listen(self) -> Result<Listening, StartError> {
        let address = self.config.listen;
        let fail = |reason| StartError::Listen { address, reason };
        let listener = TcpListener::bind(address).await.map_err(fail)?;
        let address = listener.local_addr().map_err(fail)?;
        let public = self.config.public_url.clone().unwrap_or_else(|| Origin::of(address));
        let app = Arc::new(App::new(&self.config, public).await?);
        let metrics = match self.config.metrics {
            Some(address) => {
                let fail = |reason| StartError::Listen { address, reason };
                Some(TcpListener::bind(address).await.map_err(fail)?)
            }
            None => None,
        };
        Ok(Listening { config: self.config, listener, metrics, address, app })
    }
}

/// A server that has its address.
pub struct Listening {
    config: Config,
    listener: TcpListener,
    metrics: Option<TcpListener>,
    address: SocketAddr,
    app: Arc<App>,
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
        format!("Likeness is ready at {} ({what})", self.app.public)
    }

    /// Answers until `stop` is done, then lets running requests finish for at most ten seconds.
    pub async fn serve(mut self, stop: impl Future<Output = ()>) {
        let router = app::router(&self.app);
        let tasks = self.tasks();
        let connections = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        let doors = Doors::behind(&self.config.front);
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
            // An address that holds too many gets no further one, and no words that would cost us time.
            let Some(visit) = doors.enter(peer.ip()) else { continue };
            let clock = Clock::new();
            let caller = Caller {
                app: Arc::clone(&self.app),
                router: router.clone(),
                peer: Peer(peer.ip()),
            };
            let connection = graceful.watch(caller.serve(stream, &clock));
            let open = self.app.metrics.connections.clone();
            open.inc();
            tokio::spawn(async move {
                // A connection that breaks is the caller's affair.
                Limited::new(connection, clock).await;
                open.dec();
                drop((permit, visit));
            });
        }
        self.app.stop();
        drop(self.listener);
        let drained = async {
            graceful.shutdown().await;
            // Those whose callers have hung up.
            self.app.orders_done().await;
        };
        if tokio::time::timeout(DRAIN, drained).await.is_err() {
            tracing::warn!("stopped with requests still running");
        }
        for task in tasks {
            task.abort();
        }
    }

    /// What goes on beside the answering of requests.
    fn tasks(&mut self) -> Vec<JoinHandle<()>> {
        let app = || Arc::clone(&self.app);
        let (house, answers, ledger, prices, messenger) = (app(), app(), app(), app(), app());
        let mut tasks = vec![
            supervised("housekeeping", move || {
                let app = Arc::clone(&house);
                async move { app.keep_house().await }
            }),
            supervised("answers", move || {
                let app = Arc::clone(&answers);
                async move { app.keep_answers().await }
            }),
            supervised("ledger", move || {
                let app = Arc::clone(&ledger);
                async move { app.keep_ledger().await }
            }),
            supervised("prices", move || {
                let app = Arc::clone(&prices);
                async move { app.keep_prices().await }
            }),
            supervised("webhook", move || generate::tell(Arc::clone(&messenger))),
        ];
        if let Some(listener) = self.metrics.take() {
            let router = self.app.metrics.router();
            tasks.push(tokio::spawn(async move {
                if let Err(error) = axum::serve(listener, router).await {
                    tracing::error!(%error, "the numbers are no longer served");
                }
            }));
        }
        tasks
    }
}

/// Whoever is at the other end of a connection, and what answers them.
struct Caller {
    app: Arc<App>,
    router: Router,
    peer: Peer,
}

impl Caller {
    fn serve(
        self,
        stream: TcpStream,
        clock: &Clock,
    ) -> impl GracefulConnection<Error = hyper::Error> + Send + use<> {
        // Replies are small and each is waited for.
        let _ = stream.set_nodelay(true);
        let stream = TokioIo::new(Noted { stream, clock: clock.clone() });
        let mut http = http1::Builder::new();
        // Times are the clock's.
        http.header_read_timeout(None).max_headers(MOST_HEADERS).max_header_size(MOST_HEAD);
        // A small reply is copied faster than told in pieces.
        http.writev(false);
        http.max_buf_size(MOST_BUFFERED);
        let (caller, clock) = (Arc::new(self), clock.clone());
        http.serve_connection(
            stream,
            service_fn(move |request: hyper::Request<Incoming>| {
                clock.asked();
                let (caller, clock) = (Arc::clone(&caller), clock.clone());
                async move {
                    let Self { app, router, peer } = &*caller;
                    let request = request.map(Body::new);
                    let (reply, held) = service::answer(app, router, *peer, request).await;
                    clock.replies(length(&reply));
                    Ok::<_, Infallible>(reply.map(|body| Told::new(body, clock, held)))
                }
            }),
        )
    }
}

fn length(reply: &Response<Body>) -> Length {
    let kind = reply.headers().get(header::CONTENT_TYPE);
    match kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream")) {
        true => Length::Events,
        false => Length::Ordinary,
    }
}
