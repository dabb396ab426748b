//! What all handlers share, and which handler answers what.

use crate::assets::{self, Assets};
use crate::config::{Config, Mode, Origin};
use crate::guard::{self, Guard};
use crate::upstream::{Demo, Live, MEDIA_PATH, Upstream};
use crate::{api, image, policy, relay, trace};
use axum::Router;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What all handlers share.
pub(crate) struct App {
    pub(crate) upstream: Upstream,
    pub(crate) assets: Assets,
    pub(crate) guard: Guard,
    /// What browsers call this server.
    pub(crate) public: Origin,
    /// Where pictures lie beside FAL's hosts.
    media: Option<Origin>,
    stopping: AtomicBool,
}

impl App {
    /// The app that a configuration describes, at the address that it got.
    ///
    /// # Errors
    /// There is no way to make TLS connections on this machine.
    pub(crate) fn new(config: &Config, public: Origin) -> Result<Self, reqwest::Error> {
        let (upstream, guard, media) = match &config.mode {
            Mode::Demo { speed, .. } => {
                (Upstream::Demo(Demo::new(*speed, &public)), Guard::Everybody, Some(public.clone()))
            }
            Mode::Live { key, addresses } => {
                let live = Live::new(key, addresses.clone())?;
                (Upstream::Live(Box::new(live)), Guard::Loopback, addresses.media().cloned())
            }
        };
        let assets = Assets::new(&config.static_dir);
        Ok(Self { upstream, assets, guard, public, media, stopping: AtomicBool::new(false) })
    }

    /// `demo` or `live`.
    pub(crate) fn mode_name(&self) -> &'static str {
        match self.upstream {
            Upstream::Demo(_) => "demo",
            Upstream::Live(_) => "live",
        }
    }

    /// Where the page may read pictures from, beside FAL's hosts and the page's own address.
    pub(crate) fn picture_origins(&self) -> Vec<&str> {
        self.media.iter().map(Origin::without_path).collect()
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }
}

/// Every path and its layers; the last one stands outermost.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let api = Router::new()
        .route("/api/fal/proxy", any(relay::handle))
        .route("/api/v1/compose", post(api::compose_request).fallback(api::only_post))
        .route("/api/v1/config", get(api::config).fallback(api::only_get))
        .route("/api/v1/image", get(image::handle).fallback(api::only_get))
        .layer(from_fn(guard::other_sites));
    let mut router = Router::new()
        .merge(api)
        .route("/healthz", get(api::health).fallback(api::only_get))
        .route("/readyz", get(api::ready).fallback(api::only_get))
        .fallback(assets::handle)
        .with_state(Arc::clone(app));
    if let Upstream::Demo(demo) = &app.upstream {
        let media = demo.media_router().fallback(api::nothing).layer(from_fn(preflight));
        router = router.nest(MEDIA_PATH, media);
    }
    router
        .layer(from_fn_with_state(Arc::clone(app), guard::strangers))
        .layer(from_fn_with_state(Arc::clone(app), policy::layer))
        .layer(from_fn(trace::layer))
}

/// The demo's media answer any site, as FAL's do: their addresses name another host than the page's where the server has two names.
async fn preflight(request: axum::extract::Request, next: axum::middleware::Next) -> Response {
    const ANYBODY: (HeaderName, HeaderValue) =
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if request.method() == Method::OPTIONS {
        let methods =
            (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD, PUT"));
        let headers =
            (header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
        return (axum::http::StatusCode::NO_CONTENT, [ANYBODY, methods, headers]).into_response();
    }
    let mut reply = next.run(request).await;
    reply.headers_mut().insert(ANYBODY.0, ANYBODY.1);
    reply
}
