//! A stream of events on its way to the caller.

use super::headers::from_fal;
use crate::secret::Scrubber;
use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use futures_util::{StreamExt, stream};
use std::time::Duration;

/// Tells nginx to pass each event on as it comes.
const UNBUFFERED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
/// The largest event of a stream, in bytes.
const MOST_EVENT: usize = 1 << 20;
/// How long a stream of events may last.
const LONGEST_STREAM: Duration = Duration::from_secs(900);
/// After this much silence between two events the caller gets a comment, so that nobody in between
/// takes the connection for dead.
const SILENCE: Duration = Duration::from_secs(15);
const HEARTBEAT: Bytes = Bytes::from_static(b": \n\n");

/// Events pass as they come.
pub(super) fn events(reply: Response, scrubber: Scrubber) -> Response {
    let headers = from_fal(reply.headers(), &scrubber);
    let deadline = Box::pin(tokio::time::sleep(LONGEST_STREAM));
    let chunks = reply.into_body().into_data_stream().take_until(deadline);
    let clean = stream::unfold(
        (chunks, scrubber, EventSize::default(), false),
        |(mut chunks, mut scrubber, mut size, is_over)| async move {
            if is_over {
                return None;
            }
            let next = loop {
                match tokio::time::timeout(SILENCE, chunks.next()).await {
                    Ok(next) => break next,
                    Err(_) if size.is_between_events() => {
                        return Some((Ok(HEARTBEAT), (chunks, scrubber, size, false)));
                    }
                    // In the middle of an event a comment would be part of it.
                    Err(_) => {}
                }
            };
            let (chunk, is_over) = match next {
                Some(Ok(chunk)) if size.is_too_large_with(&chunk) => {
                    (Err(axum::Error::new("an event is too large")), true)
                }
                Some(Ok(chunk)) => (Ok(Bytes::from(scrubber.push(&chunk))), false),
                Some(Err(error)) => (Err(error), true),
                None => (Ok(Bytes::from(scrubber.finish())), true),
            };
            Some((chunk, (chunks, scrubber, size, is_over)))
        },
    );
    let mut passed = Response::new(Body::from_stream(clean));
    *passed.headers_mut() = headers;
    let headers = passed.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(UNBUFFERED.0, UNBUFFERED.1);
    passed
}

/// How large the event is that is arriving.
#[derive(Default)]
struct EventSize {
    bytes: usize,
    is_line_empty: bool,
}

impl EventSize {
    fn is_too_large_with(&mut self, chunk: &[u8]) -> bool {
        for byte in chunk {
            match byte {
                b'\n' if self.is_line_empty => {
                    self.bytes = 0;
                    continue;
                }
                b'\n' => self.is_line_empty = true,
                b'\r' => {}
                _ => self.is_line_empty = false,
            }
            self.bytes += 1;
            if self.bytes > MOST_EVENT {
                return true;
            }
        }
        false
    }

    fn is_between_events(&self) -> bool {
        self.bytes == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::BodyDataStream;
    use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
    use tokio::time::Instant;

    /// A stream as the caller gets it, and the end at which FAL speaks.
    fn stream_of_events() -> (UnboundedSender<&'static str>, BodyDataStream) {
        let (send, receive) = unbounded_channel();
        let chunks = stream::unfold(receive, |mut receive| async move {
            let text = receive.recv().await?;
            Some((Ok::<_, axum::Error>(Bytes::from_static(str::as_bytes(text))), receive))
        });
        let reply = Response::new(Body::from_stream(chunks));
        (send, events(reply, Scrubber::default()).into_body().into_data_stream())
    }

    async fn next(events: &mut BodyDataStream) -> (String, u64) {
        let begun = Instant::now();
        let chunk = events.next().await.unwrap().unwrap();
        (String::from_utf8(chunk.to_vec()).unwrap(), begun.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_stream_has_a_heartbeat_between_events_and_never_within_one() {
        let (fal, mut events) = stream_of_events();
        let heartbeat = (": \n\n".to_owned(), 15);
        assert_eq!(next(&mut events).await, heartbeat);
        assert_eq!(next(&mut events).await, heartbeat);
        fal.send("data: {\"status\":").unwrap();
        assert_eq!(next(&mut events).await.1, 0);
        let half = tokio::time::timeout(Duration::from_secs(60), events.next()).await;
        assert!(half.is_err(), "a comment would break the event in two: {half:?}");
        fal.send("\"IN_QUEUE\"}\r\n\r\n").unwrap();
        assert_eq!(next(&mut events).await.1, 0);
        assert_eq!(next(&mut events).await, heartbeat);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_that_says_nothing_ends_after_a_quarter_of_an_hour() {
        let (_fal, events) = stream_of_events();
        let begun = Instant::now();
        assert_eq!(events.count().await, 60, "59 heartbeats, and the end");
        assert_eq!(begun.elapsed(), LONGEST_STREAM);
    }
}
