//! Which handler answers which path. Requests for FAL do not pass here: `service` hands them to the
//! relay.

use crate::refusal::Refusal;
use crate::state::AppState;
use crate::telegram::{self, chat, download};
use crate::upstream::{MEDIA_PATH, Upstream};
use crate::{api, assets, generate, image, middleware, probe, spending, submissions};
use axum::Router;
use axum::handler::Handler;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get as on_get, post as on_post};
use likeness_api::{ServerCode, address};
use std::sync::Arc;

/// Every path but the relay's, with what stands before it.
pub(crate) fn router(state: &AppState) -> Router {
    let authenticate =
        from_fn_with_state(Arc::clone(&state.authenticator), middleware::authenticate);
    let api = Router::new()
        .route(address::COMPOSE, post(api::compose_request))
        .route(address::AVATAR_TEST, post(probe::handle))
        .route(address::IMAGE, get(image::handle))
        .route(address::SPENDING, get(spending::handle))
        .route(address::SUBMISSION, get(submissions::handle))
        .layer(authenticate)
        .route(address::CONFIG, get(api::config))
        .route(address::OPENAPI, get(api::openapi))
        .route(address::GENERATE, post(generate::handle))
        .route(address::JOB, get(generate::ask))
        .route(address::TELEGRAM_SESSION, post(telegram::sign_in))
        .layer(from_fn(middleware::csrf));
    let telegram_session = from_fn_with_state(state.telegram.clone(), middleware::telegram_session);
    let pictures = Router::new()
        .route(address::TELEGRAM_PICTURES, post(chat::hand_over))
        .route(address::TELEGRAM_SEND, post(chat::send))
        .route(address::TELEGRAM_SHARE, post(chat::share))
        .route(address::TELEGRAM_LINK, post(chat::link))
        .layer(telegram_session)
        .layer(from_fn(middleware::csrf))
        // Fetched by Telegram's clients, which are pages of another site where they are pages.
        .route(address::TELEGRAM_FILE, get(download::file));
    let mut router = Router::new()
        .merge(api)
        .merge(pictures)
        .route(address::HEALTH, get(api::health))
        .route(address::READY, get(api::ready))
        .fallback(assets::handle)
        .with_state(state.clone());
    if let Upstream::Demo(demo) = &*state.upstream {
        let media = demo.media_router().fallback(nothing).layer(from_fn(middleware::cors));
        router = router.nest(MEDIA_PATH, media);
    }
    router
}

/// A path that is read, and refuses every other method.
fn get<T: 'static>(handler: impl Handler<T, AppState>) -> MethodRouter<AppState> {
    on_get(handler).fallback(async || Refusal::method("GET, HEAD"))
}

/// The same of a path that is posted to.
fn post<T: 'static>(handler: impl Handler<T, AppState>) -> MethodRouter<AppState> {
    on_post(handler).fallback(async || Refusal::method("POST"))
}

/// Nothing lies here.
async fn nothing() -> Refusal {
    ServerCode::NotFound.into()
}
