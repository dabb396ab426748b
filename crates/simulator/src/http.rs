//! FAL's hosts as routers. Paths are those of the host each stands for.

mod access;
mod control;
mod events;
mod fault;
mod media;
mod named;
mod queue;
mod reply;
mod rest;
mod run;

use axum::extract::{DefaultBodyLimit, State};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post, put};
use axum::{Json, Router};

use crate::Simulator;
use crate::queue::Stats;

/// The largest body of a submit, in bytes.
const MOST_JSON: usize = 1 << 20;

impl Simulator {
    /// `queue.fal.run`: submit, status, result, cancel.
    pub fn queue_router(&self) -> Router {
        let limit = DefaultBodyLimit::max(MOST_JSON);
        Router::new().fallback(queue::handle).layer(limit).with_state(self.clone())
    }

    /// `fal.run`: runs that answer with their output.
    pub fn run_router(&self) -> Router {
        let limit = DefaultBodyLimit::max(MOST_JSON);
        Router::new().fallback(run::handle).layer(limit).with_state(self.clone())
    }

    /// `rest.fal.ai`: the beginning of an upload.
    pub fn rest_router(&self) -> Router {
        Router::new().fallback(rest::handle).with_state(self.clone())
    }

    /// `v3b.fal.media` and where uploads go: pictures and files, for everybody who has the address.
    pub fn media_router(&self) -> Router {
        let file = get(media::uploaded).put(media::upload);
        Router::new()
            .route("/files/b/runs/{name}", get(media::picture))
            .route("/files/b/uploads/{name}", file)
            .route("/files/upload", post(media::upload_by_token))
            .route("/files/upload/multipart", post(media::begin_parts))
            .route("/files/b/uploads/{name}/multipart/{id}/complete", post(media::complete))
            .route("/files/b/uploads/{name}/multipart/{id}/{number}", put(media::part))
            .with_state(self.clone())
    }

    /// All hosts under one address, at `/queue`, `/run`, `/rest` and `/media`, and the counts at
    /// `/simulator/stats`. What the [script](crate::Script) has is put on all of it; faults of the
    /// wire need a connection, so they need [`serve`](Simulator::serve).
    pub fn router(&self) -> Router {
        Router::new()
            .nest("/queue", self.queue_router())
            .nest("/run", self.run_router())
            .nest("/rest", self.rest_router())
            .nest("/media", self.media_router())
            .route("/simulator/stats", get(stats).with_state(self.clone()))
            .layer(from_fn_with_state(self.clone(), fault::layer))
    }

    /// The same, and the control of it: `PUT /_simulator/script` (a [`Script`](crate::Script)),
    /// `DELETE` of the same, `PUT /_simulator/refusal` (`{"ms": 500}`: nobody can connect so long)
    /// and `GET /_simulator/account` (an [`Account`](crate::Account)). Whoever reaches it may do
    /// this, so it is never on by itself.
    pub fn controlled_router(&self) -> Router {
        self.router().merge(control::router(self))
    }
}

async fn stats(State(simulator): State<Simulator>) -> Json<Stats> {
    Json(simulator.stats())
}
