//! One id and one line of log for each request.
//!
//! A line has the method, the path without its query, the status and the time. Nothing that a
//! person wrote is in it.

use crate::metrics::{Area, Metrics};
use crate::refusal::Refusal;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::Response;
use core::fmt;
use likeness_fal::target::{Delivery, Target};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tracing::field::display;

/// The most of a path that is written down, in bytes.
const LONGEST_PATH: usize = 256;
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A request that is being answered.
pub(crate) struct Trace {
    id: String,
    started: Instant,
    method: Method,
    uri: Uri,
}

impl Trace {
    /// Begins with the head of the request.
    pub(crate) fn begin(method: &Method, uri: &Uri) -> Self {
        Self { id: next_id(), started: Instant::now(), method: method.clone(), uri: uri.clone() }
    }

    /// The path that was asked for.
    pub(crate) fn path(&self) -> &str {
        self.uri.path()
    }

    /// Ends with the reply: a [`Refusal`] gets its body, the reply its id, the log its line.
    /// `target` is what was wanted of FAL.
    pub(crate) fn end(&self, reply: &mut Response, target: Option<&Target>, metrics: &Metrics) {
        let refusal = reply.extensions().get::<Refusal>().copied();
        if let Some(refusal) = refusal {
            let mut headers = std::mem::take(reply.headers_mut());
            // The router has counted the body that is not there yet.
            headers.remove(header::CONTENT_LENGTH);
            *reply = refusal.reply(&self.id);
            reply.headers_mut().extend(headers);
        }
        let value = HeaderValue::from_str(&self.id).expect("an id is hexadecimal");
        reply.headers_mut().insert(REQUEST_ID, value);
        let code = refusal.map(|refusal| refusal.code().name());
        let (path, status) = (self.path(), reply.status());
        let took = self.started.elapsed();
        let (id, method) = (self.id.as_str(), self.method.as_str());
        let note = || {
            metrics.answered(Area::of(path), status.as_u16(), took, code);
            Line { id, method, path: beginning(path), status, took, code, target }.write();
        };
        // The reply is there: nothing that goes wrong in counting it and writing it down keeps it
        // from its caller. A panic has been noted by then.
        let _ = catch_unwind(AssertUnwindSafe(note));
    }
}

/// As much of a path as a line of the log holds.
fn beginning(path: &str) -> &str {
    &path[..path.floor_char_boundary(LONGEST_PATH)]
}

struct Line<'a> {
    id: &'a str,
    method: &'a str,
    path: &'a str,
    status: StatusCode,
    took: Duration,
    code: Option<&'static str>,
    target: Option<&'a Target>,
}

impl Line<'_> {
    fn write(&self) {
        let Self { id, method, path, code, target, .. } = *self;
        let status = self.status.as_u16();
        let ms = u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX);
        let note = target.map(|target| display(Named(target)));
        if self.status.is_server_error() {
            tracing::warn!(request_id = id, method, path, status, ms, code, note, "request");
        } else if path.starts_with("/api/") {
            tracing::info!(request_id = id, method, path, status, ms, code, note, "request");
        } else {
            tracing::debug!(request_id = id, method, path, status, ms, code, note, "request");
        }
    }
}

/// What the log calls a target.
struct Named<'a>(&'a Target);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Target::Submit { route, .. } => write!(f, "submit {}", route.endpoint()),
            Target::Run { route } => write!(f, "run {}", route.endpoint()),
            Target::Status { id, delivery: Delivery::Once, .. } => write!(f, "status {id}"),
            Target::Status { id, delivery: Delivery::Stream, .. } => {
                write!(f, "status stream {id}")
            }
            Target::Result { id, .. } => write!(f, "result {id}"),
            Target::Cancel { id, .. } => write!(f, "cancel {id}"),
            Target::Upload(_) => f.write_str("upload"),
        }
    }
}

/// Sixteen hexadecimal digits that do not repeat while the process lives, and hardly ever between
/// two.
fn next_id() -> String {
    static KEYS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut hasher = KEYS.build_hasher();
    hasher.write_u64(COUNT.fetch_add(1, Ordering::Relaxed));
    format!("{:016x}", hasher.finish())
}
