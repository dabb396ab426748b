//! Streams of events with a flaw.

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt};
use serde_json::json;
use std::convert::Infallible;
use std::time::Duration;

use crate::script::Flaw;

/// Between two chunks, so that they arrive apart.
const PAUSE: Duration = Duration::from_millis(20);

/// A stream about the run of this id.
pub(super) fn flawed(flaw: Flaw, id: &str) -> Response {
    let event = |status: &str, message: &str| {
        let logs = json!([{ "message": message }]);
        format!("data: {}\n\n", json!({ "status": status, "request_id": id, "logs": logs }))
    };
    let (going, over) = (event("IN_PROGRESS", "half"), event("COMPLETED", "done"));
    let chunks: Vec<Bytes> = match flaw {
        Flaw::SplitUtf8 => {
            let text = Bytes::from(event("IN_PROGRESS", "größer"));
            let umlaut = text.iter().position(|byte| !byte.is_ascii()).map_or(1, |at| at + 1);
            vec![text.slice(..umlaut), text.slice(umlaut..), over.into()]
        }
        Flaw::NoBlankLine => vec![going.into(), over.trim_end().to_owned().into()],
        Flaw::Huge => vec![event("IN_PROGRESS", &"x".repeat((1 << 20) + 1)).into(), over.into()],
        Flaw::SilentEnd => vec![going.into()],
        Flaw::HeartbeatsOnly => Vec::new(),
    };
    let body = if chunks.is_empty() {
        paced(stream::repeat(Bytes::from_static(b": heartbeat\n\n")))
    } else {
        paced(stream::iter(chunks))
    };
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}

fn paced(chunks: impl futures_util::Stream<Item = Bytes> + Send + 'static) -> Body {
    Body::from_stream(chunks.then(|chunk| async move {
        tokio::time::sleep(PAUSE).await;
        Ok::<_, Infallible>(chunk)
    }))
}
