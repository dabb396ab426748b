//! A reply's body that notes when it has been handed over.

use super::timeouts::Timeouts;
use crate::service::Holding;
use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The most that is handed over at a time, in bytes: what is handed over is copied into the buffer
/// of a caller who may not read.
const PIECE: usize = 32 << 10;

/// The same bytes as the body inside.
pub(super) struct TimedBody {
    body: Body,
    /// Bytes of the body that are still to be handed over.
    rest: Bytes,
    timeouts: Timeouts,
    /// A reply that its caller does not take is still under way.
    _held: Holding,
}

impl TimedBody {
    pub(super) fn new(body: Body, timeouts: Timeouts, held: Holding) -> Self {
        Self { body, rest: Bytes::new(), timeouts, _held: held }
    }
}

impl HttpBody for TimedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
            match frame.map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(data))) if data.len() > PIECE => self.rest = data,
                Some(Ok(Ok(data))) => return Poll::Ready(Some(Ok(Frame::data(data)))),
                Some(Ok(Err(other))) => return Poll::Ready(Some(Ok(other))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
        let length = self.rest.len().min(PIECE);
        let piece = self.rest.split_to(length);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (mut hint, rest) = (self.body.size_hint(), self.rest.len() as u64);
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper + rest);
        }
        hint.set_lower(hint.lower() + rest);
        hint
    }
}

impl Drop for TimedBody {
    fn drop(&mut self) {
        self.timeouts.replied();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    #[tokio::test]
    async fn a_large_body_is_handed_over_in_pieces_and_as_it_is() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|at| (at % 251) as u8).collect();
        let mut body =
            TimedBody::new(Body::from(bytes.clone()), Timeouts::new(), Holding::default());
        let mut got = Vec::new();
        while !body.is_end_stream() {
            assert_eq!(body.size_hint().exact(), Some((bytes.len() - got.len()) as u64));
            let piece = body.frame().await.unwrap().unwrap().into_data().unwrap();
            assert!(piece.len() <= PIECE);
            got.extend_from_slice(&piece);
        }
        assert!(got == bytes && body.frame().await.is_none());
    }
}
