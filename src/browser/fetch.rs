//! HTTP to our own server, which speaks to FAL for us, and to FAL's media hosts.

use super::{
    bytes, clock, code, images, json,
    telegram::session::{self, NoSession},
};
use gloo_net::http::{Method, Request, RequestBuilder, Response};
use js_sys::encode_uri_component;
use likeness_api::{Access, AvatarTest, Config, Finding, address, header};
use likeness_studio::ports::{self, Exchange, Fetched, Lost, PictureError, Reply};
use likeness_telegram::sending::{Answer, Ask};
use serde_json::Value;
use std::cell::Cell;
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, Blob};

/// Headers of FAL and of our server that say more about an error.
const TOLD: [&str; 6] = [
    "retry-after",
    "content-type",
    "x-fal-request-id",
    "x-fal-error-type",
    "x-fal-request-timeout-type",
    header::SENT,
];

/// How long our server may take for something at Telegram, in milliseconds: longer than it waits for Telegram itself.
const TELEGRAM: u32 = 130_000;
/// How long it may take for something at FAL: longer than it waits for FAL itself.
const FAL: u32 = 90_000;
/// How long a picture may take on a slow line.
const PICTURE: u32 = 180_000;
/// How long our server may take for what needs nobody else.
pub(super) const A_WHILE: u32 = 20_000;

/// Whether our server has another build of the app by now, whose page names another script than ours.
pub async fn is_updated() -> bool {
    let own = async {
        let window = web_sys::window()?;
        let script = window.document()?.query_selector("script[type=module]").ok()??;
        let own = script.get_attribute("src")?;
        let options = web_sys::RequestInit::new();
        options.set_cache(web_sys::RequestCache::NoStore);
        let promise = window.fetch_with_str_and_init("/", &options);
        let response: web_sys::Response = JsFuture::from(promise).await.ok()?.dyn_into().ok()?;
        let page = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
        // A portal in between answers with a page of its own, which has no script of ours either.
        // A release has no quotation marks where none are needed.
        let marks = ["id=skeleton", "id=\"skeleton\""];
        let is_ours = response.ok() && marks.iter().any(|mark| page.contains(mark));
        Some(is_ours && !page.contains(&own))
    };
    own.await.unwrap_or_default()
}

thread_local! {
    /// Whether our server's rule is whom Telegram names, so that a session is what its access wants.
    static WANTS_TELEGRAM: Cell<bool> = const { Cell::new(false) };
}

/// Asks our server what it is. None if it does not answer as it should.
pub async fn config() -> Option<Config> {
    // By the browser's own function: the first page needs nothing else of HTTP.
    let answer = async |promise| clock::in_time(promise, A_WHILE).await?.ok();
    let promise = web_sys::window()?.fetch_with_str(address::CONFIG);
    let response: web_sys::Response = answer(promise).await?.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    let config = Config::read(&json::parse(&answer(response.text().ok()?).await?.as_string()?)?)?;
    WANTS_TELEGRAM.set(config.access == Access::Telegram);
    Some(config)
}

/// What shows our server who asks.
#[derive(Clone, Copy)]
enum Pass {
    /// What its access rule wants: a code, a session, or nothing.
    Access,
    /// A session of Telegram, whatever the rule is.
    Session,
}

impl Pass {
    fn get(self) -> Option<String> {
        match self {
            Self::Access => code::get(),
            Self::Session => session::token(),
        }
    }

    /// Whether signing in by Telegram gives another when it is over.
    fn is_session(self) -> bool {
        match self {
            Self::Access => WANTS_TELEGRAM.get(),
            Self::Session => true,
        }
    }

    fn hold(self, token: &str) {
        match self {
            Self::Access => code::hold(token),
            Self::Session => session::hold(token),
        }
    }
}

/// Sends what `build` makes of a request to our own server. A session that is over is begun anew once: a request that is refused for it has done nothing.
async fn send(
    pass: Pass,
    path: &str,
    build: impl Fn(RequestBuilder) -> Result<Request, gloo_net::Error>,
) -> Result<Response, Lost> {
    let request = || {
        let request = RequestBuilder::new(path);
        let request = match pass.get() {
            Some(code) => with_code(request, &code),
            None => request,
        };
        // A request that cannot even be built has not left.
        build(request).map_err(|_| Lost::Unsent)
    };
    let mut response = request()?.send().await.map_err(|_| Lost::Unknown)?;
    if response.status() == 401 && pass.is_session() {
        match session::sign_in().await {
            Ok(token) => {
                pass.hold(&token);
                response = request()?.send().await.map_err(|_| Lost::Unknown)?;
            }
            Err(NoSession::Away) => return Err(Lost::Unsent),
            Err(NoSession::Empty | NoSession::Refused) => {}
        }
    }
    if let Some(token) = response.headers().get(header::RENEWED_SESSION) {
        pass.hold(&token);
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
    let limit = within(A_WHILE);
    let request = RequestBuilder::new(address::SPENDING).abort_signal(limit.signal());
    let asked = with_code(request, code).send().await;
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
    let limit = within(FAL);
    let build = |request: RequestBuilder| {
        let request = request.abort_signal(limit.signal());
        let mut builder = request.method(method.clone()).header(header::TARGET, exchange.target);
        if let Some(key) = exchange.idempotency_key {
            builder = builder.header(header::KEY, key);
        }
        match exchange.body {
            Some(body) => builder.header("content-type", "application/json").body(body.to_owned()),
            None => builder.build(),
        }
    };
    reply(send(Pass::Access, address::RELAY, build).await?).await
}

/// Asks our server what became of the submit with this key.
///
/// # Errors
/// As [`exchange`].
pub async fn inquire(key: &str) -> Result<Reply, Lost> {
    if !is_online() {
        return Err(Lost::Unsent);
    }
    let path = address::filled(address::SUBMISSION, key);
    let limit = within(A_WHILE);
    let build = |request: RequestBuilder| request.abort_signal(limit.signal()).build();
    reply(send(Pass::Access, &path, build).await?).await
}

/// Asks our server whether a LoRA lies at an address. The status, and the verdict if there is one; none if there is no answer.
pub async fn test_avatar(lora_url: &str) -> Option<(u16, Option<Finding>)> {
    let body = json::text(&AvatarTest { lora_url }.to_value());
    let limit = within(A_WHILE);
    let build = |request: RequestBuilder| {
        let request = request.method(Method::POST).abort_signal(limit.signal());
        request.header("content-type", "application/json").body(body.clone())
    };
    let response = send(Pass::Access, address::AVATAR_TEST, build).await.ok()?;
    let text = response.text().await.ok()?;
    Some((response.status(), json::parse(&text).as_ref().and_then(Finding::read)))
}

/// Asks our server for something that it does at Telegram. `picture` is what [`Ask::HandOver`] hands over.
pub async fn at_telegram(ask: &Ask, picture: &Blob) -> Answer {
    if !is_online() {
        return Answer::Unsent;
    }
    if session::token().is_none() {
        match session::sign_in().await {
            Ok(token) => session::hold(&token),
            Err(NoSession::Away) => return Answer::Unsent,
            Err(NoSession::Empty | NoSession::Refused) => {
                return Answer::Reply(401, Value::Null);
            }
        }
    }
    let limit = within(TELEGRAM);
    let build = |request: RequestBuilder| {
        let request = request.method(Method::POST).abort_signal(limit.signal());
        match (ask, ask.body()) {
            (Ask::HandOver, _) => request.body(picture.clone()),
            (_, Some(body)) => {
                request.header("content-type", "application/json").body(body.to_string())
            }
            (_, None) => request.build(),
        }
    };
    let response = match send(Pass::Session, &ask.path(), build).await {
        Ok(response) => response,
        Err(Lost::Unsent) => return Answer::Unsent,
        Err(Lost::Unknown) => return Answer::Lost,
    };
    let Ok(text) = response.text().await else { return Answer::Lost };
    Answer::Reply(response.status(), json::parse(&text).unwrap_or_default())
}

/// Whether our server has what it gave an address for, under whatever name it is known outside. None if it does not answer.
pub async fn is_there(address: &str) -> Option<bool> {
    let address = web_sys::Url::new(address).ok()?;
    let path = address.pathname() + &address.search();
    let limit = within(A_WHILE);
    let request = RequestBuilder::new(&path).method(Method::HEAD).abort_signal(limit.signal());
    Some(request.send().await.ok()?.ok())
}

/// Ends a request that has not ended before its time, as long as this lives.
pub(super) struct Limit {
    signal: Option<AbortSignal>,
    timer: Option<i32>,
}

impl Limit {
    /// The signal that the request takes. None if the browser has no such thing.
    pub(super) fn signal(&self) -> Option<&AbortSignal> {
        self.signal.as_ref()
    }
}

impl Drop for Limit {
    fn drop(&mut self) {
        if let (Some(window), Some(timer)) = (web_sys::window(), self.timer) {
            window.clear_timeout_with_handle(timer);
        }
    }
}

/// A limit of so many milliseconds from now on.
pub(super) fn within(milliseconds: u32) -> Limit {
    let controller = AbortController::new().ok();
    let timer = controller.clone().zip(web_sys::window()).and_then(|(controller, window)| {
        let abort = Closure::once_into_js(move || controller.abort());
        let wait = i32::try_from(milliseconds).unwrap_or(i32::MAX);
        let abort = abort.unchecked_ref();
        window.set_timeout_with_callback_and_timeout_and_arguments_0(abort, wait).ok()
    });
    Limit { signal: controller.map(|controller| controller.signal()), timer }
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
#[derive(Clone)]
pub struct PictureFile {
    /// As received, under the type that the bytes themselves say.
    pub file: Blob,
    /// Small copy, if one was made.
    pub thumbnail: Option<Blob>,
}

/// Fetches a picture and makes sure that it is one.
///
/// # Errors
/// As [`picture_bytes`]; [`PictureError::Corrupt`] if it is none that the browser can show.
pub async fn picture(url: &str) -> Result<Fetched<PictureFile>, PictureError> {
    let file = picture_bytes(url).await?;
    let decoded = images::decode(&file).await.ok_or(PictureError::Corrupt)?;
    Ok(Fetched {
        width: decoded.width,
        height: decoded.height,
        content_type: file.type_(),
        size: file.size() as u64,
        bytes: PictureFile { file, thumbnail: decoded.thumbnail },
    })
}

/// Fetches the bytes of a picture: straight from where it lies, or through our server where the browser may not read it.
///
/// # Errors
/// [`PictureError`], after both ways were tried.
pub async fn picture_bytes(url: &str) -> Result<Blob, PictureError> {
    let limit = within(PICTURE);
    let direct = RequestBuilder::new(url).abort_signal(limit.signal()).send().await;
    let direct = match direct {
        Ok(response) => file(response).await,
        Err(_) => Err(PictureError::Network),
    };
    let file = match direct {
        Ok(file) => file,
        // Our server does not fetch from itself, and what it says to such an address is no verdict.
        Err(error) if is_own(url) => return Err(error),
        Err(_) => file_through_server(url).await?,
    };
    Ok(bytes::typed(file).await)
}

/// Whether an address is one of the server that this page is from, as those of the demo are.
fn is_own(url: &str) -> bool {
    let own = web_sys::window().and_then(|window| window.location().origin().ok());
    web_sys::Url::new(url).is_ok_and(|url| Some(url.origin()) == own)
}

async fn file_through_server(url: &str) -> Result<Blob, PictureError> {
    let path = [address::IMAGE, "?url=", &String::from(encode_uri_component(url))].concat();
    let limit = within(PICTURE);
    let build = |request: RequestBuilder| request.abort_signal(limit.signal()).build();
    let response = send(Pass::Access, &path, build).await;
    let response = response.map_err(|_| PictureError::Network)?;
    match response.status() {
        // It takes the address for none of a picture at FAL, and will not think otherwise tomorrow.
        400 => Err(PictureError::Refused),
        401 => Err(PictureError::Locked),
        _ => file(response).await,
    }
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
