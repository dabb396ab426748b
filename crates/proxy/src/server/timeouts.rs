//! How long a connection may take for what it is doing.
//!
//! The stream notes bytes, the service notes requests and replies, and [`TimedConnection`] ends the
//! connection when the time for that is up. It knows nothing of HTTP beyond "a request has begun,
//! is being answered, is being sent".

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// Between two requests.
const IDLE: Duration = Duration::from_secs(60);
/// From the first byte of a request to the end of its head.
const HEAD: Duration = Duration::from_secs(10);
/// From the end of the head to the beginning of the reply. Every handler has shorter limits of its
/// own, of which the caller is told; this one is for what they forgot. A direct run has three
/// minutes.
const WORK: Duration = Duration::from_secs(300);
/// From the beginning of a reply to its end.
const REPLY: Duration = Duration::from_secs(120);
/// The same for a stream of events.
const EVENTS: Duration = Duration::from_secs(15 * 60 + 5);
/// How long the caller may take no byte of a reply.
const STALL: Duration = Duration::from_secs(30);

/// The most that is read at a time, in bytes. The HTTP library makes its buffer larger as long as
/// it gets it filled, and keeps it: a large body would have six times as much.
const MOST_READ: usize = 16 << 10;

/// What a reply is, as far as time goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReplyKind {
    Ordinary,
    Events,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Idle,
    Head,
    Busy,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    until: Instant,
    /// Since when a write waits, plus how long it may.
    stalled: Option<Instant>,
}

/// The deadlines of one connection. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Timeouts(Arc<Mutex<State>>);

impl Timeouts {
    pub(super) fn new() -> Self {
        let until = Instant::now() + HEAD;
        Self(Arc::new(Mutex::new(State { phase: Phase::Head, until, stalled: None })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn admit(&self, phase: Phase, length: Duration) {
        let mut state = self.state();
        state.phase = phase;
        state.until = Instant::now() + length;
    }

    /// The head of a request is complete.
    pub(super) fn asked(&self) {
        self.admit(Phase::Busy, WORK);
    }

    /// A reply begins.
    pub(super) fn replies(&self, length: ReplyKind) {
        self.admit(Phase::Busy, if length == ReplyKind::Events { EVENTS } else { REPLY });
    }

    /// A reply has been handed over.
    pub(super) fn replied(&self) {
        self.admit(Phase::Idle, IDLE);
    }

    fn has_read(&self) {
        if self.state().phase == Phase::Idle {
            self.admit(Phase::Head, HEAD);
        }
    }

    fn has_written(&self, is_stuck: bool) {
        let mut state = self.state();
        state.stalled = match (is_stuck, state.stalled) {
            (false, _) => None,
            (true, Some(since)) => Some(since),
            (true, None) => Some(Instant::now() + STALL),
        };
    }

    fn deadline(&self) -> Instant {
        let state = self.state();
        state.stalled.map_or(state.until, |stalled| stalled.min(state.until))
    }
}

/// A stream that notes its bytes.
pub(super) struct TimedStream<S> {
    pub(super) stream: S,
    pub(super) timeouts: Timeouts,
}

impl<S: AsyncRead + Unpin> TimedStream<S> {
    /// Reads no more than [`MOST_READ`].
    fn poll_some(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut some = ReadBuf::new(buffer.initialize_unfilled_to(MOST_READ));
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut some))?;
        let read = some.filled().len();
        buffer.advance(read);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TimedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = if buffer.remaining() > MOST_READ {
            self.as_mut().poll_some(context, buffer)
        } else {
            Pin::new(&mut self.stream).poll_read(context, buffer)
        };
        if buffer.filled().len() > before {
            self.timeouts.has_read();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TimedStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.timeouts.has_written(written.is_pending());
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.timeouts.has_written(written.is_pending());
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

/// A connection that ends when its time is up.
pub(super) struct TimedConnection<C> {
    connection: Pin<Box<C>>,
    timeouts: Timeouts,
    alarm: Pin<Box<Sleep>>,
}

impl<C: Future> TimedConnection<C> {
    pub(super) fn new(connection: C, timeouts: Timeouts) -> Self {
        let alarm = Box::pin(tokio::time::sleep_until(timeouts.deadline()));
        Self { connection: Box::pin(connection), timeouts, alarm }
    }
}

impl<C: Future> Future for TimedConnection<C> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.connection.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        // Whatever moves a deadline happens while the connection is polled. A later one can wait
        // until the alarm goes off.
        loop {
            let deadline = self.timeouts.deadline();
            if self.alarm.deadline() > deadline {
                self.alarm.as_mut().reset(deadline);
            }
            ready!(self.alarm.as_mut().poll(context));
            if self.alarm.deadline() >= deadline {
                return Poll::Ready(());
            }
            self.alarm.as_mut().reset(deadline);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// When a connection that does nothing more is ended, in seconds from now.
    async fn left(timeouts: &Timeouts) -> u64 {
        let begun = Instant::now();
        TimedConnection::new(std::future::pending::<()>(), timeouts.clone()).await;
        (begun.elapsed().as_secs_f64()).round() as u64
    }

    #[tokio::test(start_paused = true)]
    async fn each_phase_has_its_own_limit() {
        let timeouts = Timeouts::new();
        assert_eq!(left(&timeouts).await, 10, "a connection begins with a head");
        timeouts.asked();
        assert_eq!(left(&timeouts).await, 300);
        timeouts.replies(ReplyKind::Ordinary);
        assert_eq!(left(&timeouts).await, 120);
        timeouts.replies(ReplyKind::Events);
        assert_eq!(left(&timeouts).await, 905);
        timeouts.replied();
        assert_eq!(left(&timeouts).await, 60);
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_byte_of_a_request_begins_its_head_and_later_ones_do_not() {
        let (ours, mut theirs) = tokio::io::duplex(64);
        let timeouts = Timeouts::new();
        timeouts.replied();
        let mut noted = TimedStream { stream: ours, timeouts: timeouts.clone() };
        for _ in 0..5 {
            theirs.write_all(b"x").await.unwrap();
            noted.read_u8().await.unwrap();
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        assert_eq!(left(&timeouts).await, 5);
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_who_takes_no_bytes_is_let_go() {
        let (ours, mut theirs) = tokio::io::duplex(4);
        let timeouts = Timeouts::new();
        timeouts.replies(ReplyKind::Ordinary);
        let mut noted = TimedStream { stream: ours, timeouts: timeouts.clone() };
        let mut write = Box::pin(noted.write_all(b"longer than fits"));
        assert!(futures_util::FutureExt::now_or_never(&mut write).is_none());
        tokio::time::sleep(Duration::from_secs(20)).await;
        theirs.read_u32().await.unwrap();
        assert!(futures_util::FutureExt::now_or_never(&mut write).is_none());
        assert_eq!(left(&timeouts).await, 30, "every byte taken begins a new wait");
    }
}
