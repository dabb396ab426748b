//! A reply's body that tells the clock when it has been handed over.

use super::clock::Clock;
use crate::share::Share;
use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};

/// The same bytes as the body inside.
pub(super) struct Told {
    pub(super) body: Body,
    pub(super) clock: Clock,
    /// A reply that its caller does not take is still under way.
    pub(super) _share: Option<Share>,
}

impl HttpBody for Told {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.clock.replied();
    }
}
