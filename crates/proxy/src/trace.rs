//! One id and one line of log for each request.
//!
//! A panic of a handler ends here as an ordinary fault of the server, and a request for another protocol does not get further.
//!
//! A line has the method, the path without its query, the status and the time. Nothing that a person wrote is in it.

use crate::metrics::{Area, Metrics};
use crate::refusal::Refusal;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use likeness_fal::ServerCode;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::panic::AssertUnwindSafe;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// What a handler adds to the line of its request, such as the name of an endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Note(pub(crate) String);

/// The outermost layer.
pub(crate) async fn layer(
    State(metrics): State<Metrics>,
    request: Request,
    next: Next,
) -> Response {
    let id = next_id();
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let mut reply = match is_another_protocol(&request) {
        true => Refusal::from(ServerCode::BadHeader).into_response(),
        // What a handler shares with others is locks, and every lock is read past a panic.
        false => AssertUnwindSafe(next.run(request))
            .catch_unwind()
            .await
            .unwrap_or_else(|_| Refusal::from(ServerCode::Internal).into_response()),
    };
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
    metrics.answered(Area::of(&path), status.as_u16(), started.elapsed(), code);
    let line =
        Line { id: &id, method: method.as_str(), path: &path, status, started, refusal, note };
    line.write();
    reply
}

/// A tunnel or an upgrade. There is none here, and a request that wants one may mean something else to a machine in between.
fn is_another_protocol(request: &Request) -> bool {
    request.method() == Method::CONNECT || request.headers().contains_key(header::UPGRADE)
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

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt;

    #[tokio::test]
    async fn a_panic_is_a_typed_500_and_the_next_request_is_answered() {
        async fn broken() -> StatusCode {
            panic!("a fault of the test")
        }
        let router = Router::new()
            .route("/broken", get(broken))
            .route("/well", get(|| async { "well" }))
            .layer(axum::middleware::from_fn_with_state(Metrics::new(), layer));
        for (path, status) in [("/broken", 500), ("/well", 200)] {
            let request = Request::builder().uri(path).body(Body::empty()).unwrap();
            let reply = router.clone().oneshot(request).await.unwrap();
            assert_eq!(reply.status().as_u16(), status);
            let id = reply.headers()["x-request-id"].to_str().unwrap().to_owned();
            let body = axum::body::to_bytes(reply.into_body(), 1024).await.unwrap();
            let text = String::from_utf8(body.to_vec()).unwrap();
            assert!(
                status == 200 || (text.contains("\"internal\"") && text.contains(&id)),
                "{text}"
            );
            assert!(!text.contains("fault of the test"));
        }
    }
}
