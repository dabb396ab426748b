//! Asks our server what lies at the address of a LoRA.

use super::{clock, code, fetch::A_WHILE, json};
use serde_json::{Value, json};
use wasm_bindgen::JsCast;
use web_sys::{Headers, RequestInit, Response};

/// What our server says of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visit {
    /// A file that may be a LoRA, of so many bytes.
    Found(Option<u64>),
    /// Nothing that FAL could fetch.
    NotFound,
    /// Something else than a LoRA.
    NoFile,
    /// Nobody answers there.
    Unreachable,
    /// A demo asks nobody.
    Untested,
    /// Too many were asked for.
    TooMany,
    /// Our own server did not answer as it should.
    Away,
}

/// Has an address visited.
pub async fn visit(address: &str) -> Visit {
    match ask(address).await {
        Some((429, _)) => Visit::TooMany,
        Some((200, finding)) => match finding["state"].as_str() {
            Some("found") => Visit::Found(finding["bytes"].as_u64()),
            Some("not_found") => Visit::NotFound,
            Some("no_file") => Visit::NoFile,
            Some("unreachable") => Visit::Unreachable,
            Some("untested") => Visit::Untested,
            _ => Visit::Away,
        },
        _ => Visit::Away,
    }
}

/// By the browser's own function: the page of avatars needs nothing else of HTTP.
async fn ask(address: &str) -> Option<(u16, Value)> {
    let headers = Headers::new().ok()?;
    headers.set("content-type", "application/json").ok()?;
    if let Some(code) = code::get() {
        headers.set("authorization", &["Bearer ", &code].concat()).ok()?;
    }
    let options = RequestInit::new();
    options.set_method("POST");
    options.set_headers(&headers);
    options.set_body(&json!({ "lora_url": address }).to_string().into());
    let answer = async |promise| clock::in_time(promise, A_WHILE).await?.ok();
    let sent = web_sys::window()?.fetch_with_str_and_init("/api/v1/avatars/test", &options);
    let response: Response = answer(sent).await?.dyn_into().ok()?;
    let text = answer(response.text().ok()?).await?.as_string()?;
    Some((response.status(), json::parse(&text).unwrap_or_default()))
}
