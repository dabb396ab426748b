//! The simulator in FAL's place, called in process.

use super::FalRequest;
use crate::config::Origin;
use crate::outgoing::Unanswered;
use crate::secret::Scrubber;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use axum::response::Response;
use likeness_fal::host::Host;
use likeness_fal::target::MediaUrl;
use likeness_simulator::{Access, Config, Simulator};
use tower::ServiceExt;

/// Where the demo keeps its pictures and takes uploads.
pub(crate) use likeness_api::address::DEMO_MEDIA as MEDIA_PATH;

/// FAL's hosts, drawn.
pub(crate) struct Demo {
    queue: Router,
    run: Router,
    rest: Router,
    media: Router,
    /// There is no key.
    scrubber: Scrubber,
}

impl Demo {
    /// A demo whose pictures lie under this address.
    pub(crate) fn new(speed: f64, public: &Origin) -> Self {
        let config = Config::at(format!("{public}{MEDIA_PATH}"));
        let simulator = Simulator::new(Config { speed, access: Access::Open, ..config });
        Self {
            queue: simulator.queue_router(),
            run: simulator.run_router(),
            rest: simulator.rest_router(),
            media: simulator.media_router(),
            scrubber: Scrubber::default(),
        }
    }

    /// What is mounted at [`MEDIA_PATH`].
    pub(crate) fn media_router(&self) -> Router {
        self.media.clone()
    }

    pub(super) fn scrubber(&self) -> &Scrubber {
        &self.scrubber
    }

    pub(super) async fn call(&self, call: FalRequest<'_>) -> Result<Response, Unanswered> {
        let router = match call.target.host() {
            Host::Queue => &self.queue,
            Host::Run => &self.run,
            Host::Rest => &self.rest,
        };
        let mut request = Request::builder()
            .method(call.target.method().name())
            .uri(call.target.path_and_query())
            .body(call.body.map_or_else(Body::empty, Body::from))
            .map_err(|_| Unanswered::NotSent)?;
        *request.headers_mut() = call.headers;
        request.extensions_mut().insert(call.client.as_caller());
        answer(router, request).await
    }

    pub(super) async fn picture(&self, url: &MediaUrl) -> Result<Response, Unanswered> {
        let request = Request::builder()
            .uri(url.path_and_query())
            .header(header::ACCEPT, "image/*")
            .body(Body::empty())
            .map_err(|_| Unanswered::NotSent)?;
        answer(&self.media, request).await
    }
}

async fn answer(router: &Router, request: Request<Body>) -> Result<Response, Unanswered> {
    let Ok(reply) = router.clone().oneshot(request).await;
    Ok(reply)
}
