//! A stream that breaks within a reply: late, byte by byte, never, or in the middle.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

use super::GARBAGE;
use crate::script::{Ending, Fault, Place};

/// Bytes of the head, or of the body, that still leave before a break within it.
const SAMPLE: usize = 10;

/// What the layer of faults and the stream of one connection share.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line(Arc<Mutex<Option<Reply>>>);

impl Line {
    /// Breaks the reply that is written next.
    pub(crate) fn break_next(&self, fault: &Fault) {
        *self.reply() = Some(Reply { fault: fault.clone(), written: 0, head: None });
    }

    /// Writes the next reply as it is.
    pub(super) fn mend(&self) {
        *self.reply() = None;
    }

    fn reply(&self) -> std::sync::MutexGuard<'_, Option<Reply>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reply that is to break, and how much of it has left.
#[derive(Debug)]
struct Reply {
    fault: Fault,
    written: usize,
    /// The length of the head, once it is known.
    head: Option<usize>,
}

/// What the stream does with the bytes that it is given.
enum Step {
    /// Lets so many pass.
    Pass(usize),
    /// Lets one pass after a pause.
    Drip(Duration),
    End(Ending),
    Hang,
    Garbage,
}

impl Reply {
    fn step(&mut self, bytes: &[u8]) -> Step {
        if self.head.is_none() {
            // The head is written in one piece.
            self.head = bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
        }
        match self.fault {
            Fault::Drip { ms, from } => match self.ahead(from) {
                0 => Step::Drip(Duration::from_millis(ms)),
                ahead => Step::Pass(ahead.min(bytes.len())),
            },
            Fault::Cut { at, how } => match self.ahead(at) {
                0 => Step::End(how),
                ahead => Step::Pass(ahead.min(bytes.len())),
            },
            Fault::Hang { at } => match self.ahead(at) {
                0 => Step::Hang,
                ahead => Step::Pass(ahead.min(bytes.len())),
            },
            Fault::Garbage => Step::Garbage,
            _ => Step::Pass(bytes.len()),
        }
    }

    /// How many bytes still leave before this place.
    fn ahead(&self, place: Place) -> usize {
        let end = match place {
            Place::Start => 0,
            Place::Head => SAMPLE,
            Place::Body => self.head.unwrap_or(usize::MAX - SAMPLE) + SAMPLE,
        };
        end.saturating_sub(self.written)
    }
}

/// A connection with a [`Line`].
pub(super) struct Breaking {
    stream: TcpStream,
    line: Line,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Breaking {
    pub(super) fn new(stream: TcpStream, line: Line) -> Self {
        Self { stream, line, pause: None }
    }
}

impl AsyncWrite for Breaking {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let step = match this.line.reply().as_mut() {
            Some(reply) => reply.step(bytes),
            None => Step::Pass(bytes.len()),
        };
        let bytes = match step {
            Step::Pass(count) => &bytes[..count],
            Step::Drip(pause) => {
                let timer = this.pause.get_or_insert_with(|| Box::pin(tokio::time::sleep(pause)));
                ready!(timer.as_mut().poll(context));
                this.pause = None;
                &bytes[..bytes.len().min(1)]
            }
            Step::End(how) => {
                if how == Ending::Reset {
                    this.stream.set_zero_linger()?;
                }
                return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
            }
            Step::Hang => return this.hang(context),
            Step::Garbage => {
                // Small enough for an empty buffer; if it is not taken, a bare end is as
                // unexpected.
                let _ = ready!(Pin::new(&mut this.stream).poll_write(context, GARBAGE));
                return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
            }
        };
        let count = ready!(Pin::new(&mut this.stream).poll_write(context, bytes))?;
        if let Some(reply) = this.line.reply().as_mut() {
            reply.written += count;
        }
        Poll::Ready(Ok(count))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl Breaking {
    /// Waits for the caller to give up.
    fn hang(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut byte = [0];
        match ready!(self.stream.poll_peek(context, &mut ReadBuf::new(&mut byte))) {
            Ok(0) | Err(_) => Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into())),
            // The caller has said more, which nobody will read.
            Ok(_) => Poll::Pending,
        }
    }
}

impl AsyncRead for Breaking {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}
