//! HTTP to our own server, which speaks to FAL for us, and to FAL's media hosts.

use super::{code, images, json};
use gloo_net::http::{Method, RequestBuilder, Response};
use js_sys::encode_uri_component;
use likeness_engine::ports::{self, Exchange, Fetched, Lost, PictureError, Reply};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// Headers of FAL and of our server that say more about an error.
const TOLD: [&str; 8] = [
    "retry-after",
    "content-type",
    "x-fal-request-id",
    "x-fal-error-type",
    "x-fal-retryable",
    "x-fal-needs-retry",
    "x-fal-request-timeout-type",
    "x-likeness-sent",
];

/// What our server says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// `live` or `demo`.
    pub mode: String,
    /// Its version.
    pub version: String,
    /// Whether it asks for an access code.
    pub wants_code: bool,
}

impl Config {
    fn read(reply: &str) -> Option<Self> {
        let reply = json::parse(reply)?;
        let text = |key: &str| reply.get(key)?.as_str().map(str::to_owned);
        let wants_code = text("access").is_some_and(|rule| rule == "password");
        Some(Self { mode: text("mode")?, version: text("version")?, wants_code })
    }

    /// Whether pictures are drawn here and cost nothing.
    pub fn is_demo(&self) -> bool {
        self.mode == "demo"
    }
}

/// Asks our server what it is. None if it does not answer as it should.
pub async fn config() -> Option<Config> {
    // By the browser's own function: the first page needs nothing else of HTTP.
    let promise = web_sys::window()?.fetch_with_str("/api/v1/config");
    let response: web_sys::Response = JsFuture::from(promise).await.ok()?.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    Config::read(&JsFuture::from(response.text().ok()?).await.ok()?.as_string()?)
}

/// A request to our own server, with the access code if someone has given one.
fn own(path: &str) -> RequestBuilder {
    let request = RequestBuilder::new(path);
    match code::get() {
        Some(code) => with_code(request, &code),
        None => request,
    }
}

fn with_code(request: RequestBuilder, code: &str) -> RequestBuilder {
    request.header("authorization", &format!("Bearer {code}"))
}

/// What our server says to an access code.
pub enum CodeAnswer {
    /// It is the one.
    Right,
    /// It is not.
    Wrong,
    /// Too many were wrong; the next is looked at after so many seconds.
    Wait(u32),
    /// No answer that says anything of the code.
    Away,
}

/// Asks our server whether a code is the one.
pub async fn try_code(code: &str) -> CodeAnswer {
    // A header takes no other characters, so no code has them.
    if !code.bytes().all(|byte| byte.is_ascii_graphic()) {
        return CodeAnswer::Wrong;
    }
    let asked = with_code(RequestBuilder::new("/api/v1/spending"), code).send().await;
    let Ok(response) = asked else { return CodeAnswer::Away };
    match response.status() {
        200 => CodeAnswer::Right,
        401 => CodeAnswer::Wrong,
        429 => {
            let wait = response.headers().get("retry-after").and_then(|wait| wait.parse().ok());
            CodeAnswer::Wait(wait.unwrap_or(60))
        }
        _ => CodeAnswer::Away,
    }
}

/// Sends one request to FAL through our server.
///
/// # Errors
/// [`Lost::Unsent`] if the browser is offline, [`Lost::Unknown`] if the line broke anywhere else.
pub async fn exchange(exchange: Exchange<'_>) -> Result<Reply, Lost> {
    let method = match exchange.method {
        ports::Method::Get => Method::GET,
        ports::Method::Post => Method::POST,
        ports::Method::Put => Method::PUT,
    };
    if !is_online() {
        return Err(Lost::Unsent);
    }
    let mut builder =
        own("/api/fal/proxy").method(method).header("x-fal-target-url", exchange.target);
    if let Some(key) = exchange.idempotency_key {
        builder = builder.header("idempotency-key", key);
    }
    let request = match exchange.body {
        Some(body) => builder.header("content-type", "application/json").body(body.to_owned()),
        None => builder.build(),
    };
    // A request that cannot even be built has not left.
    reply(request.map_err(|_| Lost::Unsent)?.send().await.map_err(|_| Lost::Unknown)?).await
}

/// Asks our server what became of the submit with this key.
///
/// # Errors
/// As [`exchange`].
pub async fn inquire(key: &str) -> Result<Reply, Lost> {
    if !is_online() {
        return Err(Lost::Unsent);
    }
    let request = own(&format!("/api/v1/submissions/{key}"));
    reply(request.send().await.map_err(|_| Lost::Unknown)?).await
}

async fn reply(response: Response) -> Result<Reply, Lost> {
    let status = response.status();
    let headers = TOLD
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), response.headers().get(name)?)))
        .collect();
    let body = response.binary().await.map_err(|_| Lost::Unknown)?;
    Ok(Reply { status, headers, body })
}

/// Whether the browser thinks that it has a network.
pub fn is_online() -> bool {
    web_sys::window().is_none_or(|window| window.navigator().on_line())
}

/// Bytes with a small copy.
pub struct PictureFile {
    /// As received.
    pub file: Blob,
    /// Small copy, if one was made.
    pub thumbnail: Option<Blob>,
}

/// Fetches a picture: straight from where it lies, or through our server where the browser may not read it.
///
/// # Errors
/// [`PictureError`], after both ways were tried.
pub async fn picture(url: &str) -> Result<Fetched<PictureFile>, PictureError> {
    let direct = file(RequestBuilder::new(url)).await;
    let file = match direct {
        Ok(file) => file,
        Err(_) => file_through_server(url).await?,
    };
    let decoded = images::decode(&file).await.ok_or(PictureError::Corrupt)?;
    Ok(Fetched {
        width: decoded.width,
        height: decoded.height,
        content_type: file.type_(),
        size: file.size() as u64,
        bytes: PictureFile { file, thumbnail: decoded.thumbnail },
    })
}

async fn file_through_server(url: &str) -> Result<Blob, PictureError> {
    file(own(&format!("/api/v1/image?url={}", String::from(encode_uri_component(url))))).await
}

async fn file(request: RequestBuilder) -> Result<Blob, PictureError> {
    let response = request.send().await.map_err(|_| PictureError::Network)?;
    match response.status() {
        200 => blob(response).await.ok_or(PictureError::Network),
        404 | 410 => Err(PictureError::Gone),
        _ => Err(PictureError::Network),
    }
}

async fn blob(response: Response) -> Option<Blob> {
    let promise = web_sys::Response::from(response).blob().ok()?;
    JsFuture::from(promise).await.ok()?.dyn_into().ok()
}
