//! The connection itself: an accept loop of our own, and a stream that breaks when it is told to.
//!
//! The layer of faults knows the request, the stream knows the bytes. A [`Line`] is what they
//! share: the layer leaves on it how the reply that is about to be written will end.

mod breaking;

pub(crate) use breaking::Line;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::io;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt;

use crate::Simulator;
use crate::script::{Call, Ending, Fault};
use breaking::Breaking;

/// How long a reply may take to leave before a refusal of connections cuts everything off.
const FAREWELL: Duration = Duration::from_millis(50);
/// What stands where a reply should be: a TLS alert, and bytes that are nothing.
const GARBAGE: &[u8] = b"\x15\x03\x03\x00\x02\x02\x28\x00\xff\xfe\x01\x9d\x00\x00\x07\r\n\r\n";

impl Simulator {
    /// Answers at this listener with these routes, and breaks what the script wants broken, until
    /// `stop` is done.
    ///
    /// # Errors
    /// After a refusal of connections the address could not be had again.
    pub async fn serve(
        &self,
        listener: TcpListener,
        router: Router,
        stop: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let address = listener.local_addr()?;
        let mut listener = Some(listener);
        // Told when every open connection has to end.
        let (cut, _) = watch::channel(());
        let mut stop = std::pin::pin!(stop);
        loop {
            let open = match listener.take() {
                Some(open) => open,
                None => TcpListener::bind(address).await?,
            };
            tokio::select! {
                accepted = open.accept() => {
                    if let Ok((stream, _)) = accepted {
                        self.answer(stream, router.clone(), cut.subscribe());
                    }
                    listener = Some(open);
                }
                length = self.refusal() => {
                    tokio::time::sleep(FAREWELL).await;
                    drop(open);
                    cut.send_replace(());
                    tokio::time::sleep(length).await;
                }
                () = &mut stop => return Ok(()),
            }
        }
    }

    fn answer(&self, stream: TcpStream, router: Router, mut cut: watch::Receiver<()>) {
        let fault = self.fault(Call::Connect, None).map(|(fault, _)| fault);
        tokio::spawn(async move {
            let served = async {
                match fault {
                    Some(fault) => break_connection(stream, &fault).await,
                    None => serve(stream, router).await,
                }
            };
            tokio::select! {
                () = served => {}
                _ = cut.changed() => {}
            }
        });
    }
}

/// A connection that never gets to a request. A fault that is not one of the wire does nothing.
async fn break_connection(mut stream: TcpStream, fault: &Fault) {
    match fault {
        Fault::Cut { how: Ending::Reset, .. } => {
            // Without it the connection is closed in good order: what can be done was done.
            let _ = stream.set_zero_linger();
        }
        Fault::Hang { .. } => {
            // Until the caller gives up.
            let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
        }
        Fault::Garbage => {
            // Nobody may be left to hear it.
            let _ = stream.write_all(GARBAGE).await;
            let _ = stream.shutdown().await;
        }
        _ => {}
    }
}

async fn serve(stream: TcpStream, router: Router) {
    // Replies are small, and drips have to leave one by one.
    let _ = stream.set_nodelay(true);
    let line = Line::default();
    let stream = TokioIo::new(Breaking::new(stream, line.clone()));
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        line.mend();
        request.extensions_mut().insert(line.clone());
        router.clone().oneshot(request.map(Body::new))
    });
    // A connection that breaks is either the caller's affair or what the script wanted.
    let _ = http1::Builder::new().serve_connection(stream, service).await;
}
