//! One id and one line of log for each request.
//!
//! A line has the method, the path without its query, the status and the time. Nothing that a person wrote is in it.

use crate::app::App;
use crate::metrics::Area;
use crate::refusal::Refusal;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Instant;

/// What a handler adds to the line of its request, such as the name of an endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Note(pub(crate) String);

/// The outermost layer.
pub(crate) async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let id = next_id();
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let mut reply = next.run(request).await;
    let refusal = reply.extensions().get::<Refusal>().copied();
    let note = reply.extensions().get::<Note>().map(|note| note.0.clone());
    if let Some(refusal) = refusal {
        let headers = std::mem::take(reply.headers_mut());
        reply = refusal.reply(&id);
        reply.headers_mut().extend(headers);
    }
    let value = HeaderValue::from_str(&id).expect("an id is hexadecimal");
    reply.headers_mut().insert("x-request-id", value);
    let status = reply.status();
    let code = refusal.map(|refusal| refusal.code().name());
    app.metrics.answered(Area::of(&path), status.as_u16(), started.elapsed(), code);
    let line =
        Line { id: &id, method: method.as_str(), path: &path, status, started, refusal, note };
    line.write();
    reply
}

struct Line<'a> {
    id: &'a str,
    method: &'a str,
    path: &'a str,
    status: StatusCode,
    started: Instant,
    refusal: Option<Refusal>,
    note: Option<String>,
}

impl Line<'_> {
    fn write(&self) {
        let Self { id, method, path, .. } = *self;
        let status = self.status.as_u16();
        let ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let code = self.refusal.map(|refusal| refusal.code().name());
        let note = self.note.as_deref();
        if self.status.is_server_error() {
            tracing::warn!(request_id = id, method, path, status, ms, code, note, "request");
        } else if path.starts_with("/api/") {
            tracing::info!(request_id = id, method, path, status, ms, code, note, "request");
        } else {
            tracing::debug!(request_id = id, method, path, status, ms, code, note, "request");
        }
    }
}

/// Sixteen hexadecimal digits that do not repeat while the process lives, and hardly ever between two.
fn next_id() -> String {
    static KEYS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut hasher = KEYS.build_hasher();
    hasher.write_u64(COUNT.fetch_add(1, Ordering::Relaxed));
    format!("{:016x}", hasher.finish())
}
