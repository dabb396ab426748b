//! A stand-in for Telegram's Bot API: takes what bots send, remembers it, and fails as it is told
//! to.
//!
//! It is strict where a mistake would be noticed late: a photo of another chat, a file that nobody
//! sent, a message that is not there.

mod form;
mod methods;

use axum::body::{Bytes, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use form::{form, object};
use methods::answer;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The largest call, in bytes.
const MOST: usize = 64 << 20;

/// A call of a bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BotCall {
    /// Such as `sendPhoto`.
    pub method: String,
    /// The texts of the form.
    pub texts: BTreeMap<String, String>,
    /// The file of the form, with its field and name.
    pub file: Option<BotFile>,
}

/// A file in a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BotFile {
    /// Such as `photo`.
    pub field: String,
    /// What it is called.
    pub name: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// What goes wrong with one call. As JSON, `{"kind": "too_many", "retry_after": 7}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum BotFault {
    /// 401: the token counts no longer.
    Unauthorized,
    /// 403: the person has not spoken to the bot.
    Forbidden,
    /// 400: not the sides of a photo.
    BadDimensions,
    /// 429, with the seconds to wait.
    TooMany {
        /// Seconds.
        retry_after: u32,
    },
    /// The answer comes after this time.
    Slow {
        /// Milliseconds.
        ms: u64,
    },
    /// 503, from what stands before it: nothing is carried out.
    Down,
    /// 500, in its own words: nothing is carried out.
    Broken,
    /// The call is carried out, and the answer is no JSON.
    Garbled,
}

/// How many updates Telegram gives at a time.
const MOST_UPDATES: usize = 100;

#[derive(Default)]
struct Book {
    calls: Vec<BotCall>,
    faults: VecDeque<BotFault>,
    /// Files by their names, with the chat in which they came.
    files: HashMap<String, String>,
    messages: Vec<(u64, String)>,
    /// What the bot has not confirmed, and how much there ever was.
    updates: Vec<Value>,
    said: u64,
    next: u64,
}

/// Telegram, for one bot.
#[derive(Clone)]
pub struct BotApi {
    token: Arc<str>,
    book: Arc<Mutex<Book>>,
}

impl BotApi {
    /// What the bot is called.
    pub const NAME: &str = "likeness_test_bot";

    /// For the bot with this token.
    pub fn new(token: &str) -> Self {
        Self { token: token.into(), book: Arc::default() }
    }

    /// `/bot<token>/<method>`.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/{bot}/{method}", axum::routing::post(call))
            .layer(axum::extract::DefaultBodyLimit::max(MOST))
            .with_state(self.clone())
    }

    /// `PUT /_simulator/bot/faults` (a list of [`BotFault`]s, one for each of the next calls, in
    /// place of those that were left), `DELETE` of the same, and `GET /_simulator/bot/calls`.
    /// Whoever reaches it may do this.
    pub fn control_router(&self) -> Router {
        Router::new()
            .route("/_simulator/bot/faults", put(instead).delete(nothing))
            .route("/_simulator/bot/calls", get(told))
            .with_state(self.clone())
    }

    /// Every call so far that came with the right token.
    pub fn calls(&self) -> Vec<BotCall> {
        self.book().calls.clone()
    }

    /// Messages that are in a chat now.
    pub fn messages_in(&self, chat: &str) -> usize {
        self.book().messages.iter().filter(|(_, of)| of == chat).count()
    }

    /// Somebody writes to the bot.
    pub fn say(&self, chat: u64, text: &str) {
        self.hear(json!({ "chat": { "id": chat, "type": "private" }, "text": text }));
    }

    /// The bot hears of a message, in whatever chat. Gives its number.
    pub fn hear(&self, mut message: Value) -> u64 {
        let mut book = self.book();
        book.said += 1;
        let id = book.said;
        message["message_id"] = id.into();
        book.updates.push(json!({ "update_id": id, "message": message }));
        id
    }

    /// What goes wrong with the next calls, one each.
    pub fn play(&self, faults: impl IntoIterator<Item = BotFault>) {
        self.book().faults.extend(faults);
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn instead(State(api): State<BotApi>, Json(faults): Json<VecDeque<BotFault>>) -> StatusCode {
    api.book().faults = faults;
    StatusCode::NO_CONTENT
}

async fn nothing(State(api): State<BotApi>) -> StatusCode {
    api.book().faults.clear();
    StatusCode::NO_CONTENT
}

/// The calls so far; of files their length only.
async fn told(State(api): State<BotApi>) -> Json<Value> {
    let file = |file: BotFile| json!({ "field": file.field, "name": file.name, "length": file.bytes.len() });
    let told = |call: BotCall| json!({ "method": call.method, "texts": call.texts, "file": call.file.map(file) });
    Json(api.calls().into_iter().map(told).collect())
}

async fn call(
    State(api): State<BotApi>,
    Path((bot, method)): Path<(String, String)>,
    request: Request,
) -> Response {
    if bot.strip_prefix("bot") != Some(&api.token) {
        return refusal(401, "Unauthorized", None);
    }
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let boundary =
        kind.and_then(|kind| kind.split_once("boundary=")).map(|(_, boundary)| boundary.to_owned());
    let body = to_bytes(request.into_body(), MOST).await.unwrap_or_default();
    let read = match boundary {
        Some(boundary) => form(method, &boundary, &body),
        None => object(method, &body),
    };
    let Some(call) = read else {
        return refusal(400, "Bad Request: the form cannot be read", None);
    };
    if call.method == "getUpdates" {
        return updates(&api, &call).await;
    }
    let fault = {
        let mut book = api.book();
        book.calls.push(call.clone());
        book.faults.pop_front()
    };
    match fault {
        Some(BotFault::Unauthorized) => return refusal(401, "Unauthorized", None),
        Some(BotFault::Forbidden) => {
            return refusal(403, "Forbidden: bot can't initiate conversation with a user", None);
        }
        Some(BotFault::BadDimensions) => {
            return refusal(400, "Bad Request: PHOTO_INVALID_DIMENSIONS", None);
        }
        Some(BotFault::TooMany { retry_after }) => {
            return refusal(429, "Too Many Requests: retry later", Some(retry_after));
        }
        Some(BotFault::Broken) => return refusal(500, "Internal Server Error", None),
        Some(BotFault::Down) => return (StatusCode::SERVICE_UNAVAILABLE, "<html>").into_response(),
        Some(BotFault::Slow { ms }) => tokio::time::sleep(Duration::from_millis(ms)).await,
        Some(BotFault::Garbled) | None => {}
    }
    let answer = answer(&mut api.book(), &call);
    if fault == Some(BotFault::Garbled) {
        return "<html>".into_response();
    }
    match answer {
        Ok(result) => Json(json!({ "ok": true, "result": result })).into_response(),
        Err(description) => refusal(400, description, None),
    }
}

/// What people wrote since the last one that the bot has seen. Where that is nothing, Telegram
/// waits; so does this, for a moment.
async fn updates(api: &BotApi, call: &BotCall) -> Response {
    let offset = call.texts.get("offset").and_then(|offset| offset.parse::<u64>().ok());
    let new: Vec<Value> = {
        let mut book = api.book();
        // What lies before it is confirmed by that, and never told again.
        book.updates.retain(|update| update["update_id"].as_u64() >= offset);
        book.updates.iter().take(MOST_UPDATES).cloned().collect()
    };
    if new.is_empty() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Json(json!({ "ok": true, "result": new })).into_response()
}

fn refusal(code: u16, description: &str, retry_after: Option<u32>) -> Response {
    let mut body = json!({ "ok": false, "error_code": code, "description": description });
    if let Some(seconds) = retry_after {
        body["parameters"] = json!({ "retry_after": seconds });
    }
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(body)).into_response()
}
