//! HTTP to our own server, which speaks to FAL for us, and to FAL's media hosts.

use super::{
    code, images, json,
    telegram::session::{self, SignIn},
};
use gloo_net::http::{Method, Request, RequestBuilder, Response};
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

/// The header of a reply with the token that takes the place of the one in the request.
const RENEWED: &str = "x-likeness-session";

/// What our server says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// `live` or `demo`.
    pub mode: String,
    /// Its version.
    pub version: String,
    /// Whether it asks for an access code.
    pub wants_code: bool,
    /// Whether it lets in whom Telegram names.
    pub wants_telegram: bool,
}

impl Config {
    fn read(reply: &str) -> Option<Self> {
        let reply = json::parse(reply)?;
        let text = |key: &str| reply.get(key)?.as_str().map(str::to_owned);
        let is_access = |rule: &str| text("access").is_some_and(|access| access == rule);
        let (wants_code, wants_telegram) = (is_access("password"), is_access("telegram"));
        Some(Self { mode: text("mode")?, version: text("version")?, wants_code, wants_telegram })
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

/// Sends what `build` makes to our own server. A session that is over is begun anew once: a request that is refused for it has done nothing.
async fn send(build: impl Fn() -> Result<Request, gloo_net::Error>) -> Result<Response, Lost> {
    // A request that cannot even be built has not left.
    let request = || build().map_err(|_| Lost::Unsent);
    let mut response = request()?.send().await.map_err(|_| Lost::Unknown)?;
    if response.status() == 401
        && super::telegram::is_inside()
        && session::sign_in().await == SignIn::Done
    {
        response = request()?.send().await.map_err(|_| Lost::Unknown)?;
    }
    if let Some(token) = response.headers().get(RENEWED) {
        code::hold(&token);
    }
    Ok(response)
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
    let build = || {
        let mut builder = own("/api/fal/proxy")
            .method(method.clone())
            .header("x-fal-target-url", exchange.target);
        if let Some(key) = exchange.idempotency_key {
            builder = builder.header("idempotency-key", key);
        }
        match exchange.body {
            Some(body) => builder.header("content-type", "application/json").body(body.to_owned()),
            None => builder.build(),
        }
    };
    reply(send(build).await?).await
}

/// Asks our server what became of the submit with this key.
///
/// # Errors
/// As [`exchange`].
pub async fn inquire(key: &str) -> Result<Reply, Lost> {
    if !is_online() {
        return Err(Lost::Unsent);
    }
    reply(send(|| own(&format!("/api/v1/submissions/{key}")).build()).await?).await
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
    let direct = RequestBuilder::new(url).send().await.map_err(|_| PictureError::Network);
    let direct = match direct {
        Ok(response) => file(response).await,
        Err(error) => Err(error),
    };
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
    let path = format!("/api/v1/image?url={}", String::from(encode_uri_component(url)));
    let response = send(|| own(&path).build()).await.map_err(|_| PictureError::Network)?;
    file(response).await
}

async fn file(response: Response) -> Result<Blob, PictureError> {
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
