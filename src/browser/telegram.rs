//! The way to Telegram's client, which `telegram.js` opened before the app. Nothing is ever waited for without an end: clients drop what they do not like.

pub mod cloud;
pub mod session;

use super::{clock, json};
use js_sys::{Function, Promise, Reflect};
use likeness_telegram::{
    bridge::{Call, Event, Version},
    launch::Launch,
};
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeMap};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

/// How long the client may take to say that it has kept something, in milliseconds.
pub const A_MOMENT: u64 = 3_000;
/// How long it may take to give back what it has kept: there nothing waits for it, and what comes too late is as good as lost.
pub const A_WHILE: u64 = 30_000;

thread_local! {
    static CLIENT: RefCell<Option<Client>> = const { RefCell::new(None) };
    /// Who waits for an answer, by the id of the request.
    static WAITING: RefCell<BTreeMap<String, Function>> = const { RefCell::new(BTreeMap::new()) };
}

#[derive(Clone)]
struct Client {
    version: Version,
    host: JsValue,
}

/// Whether the app runs inside Telegram.
pub fn is_inside() -> bool {
    attribute("data-host").is_some()
}

/// Whether a browser was led here by a link as Telegram has them.
pub fn is_linked() -> bool {
    attribute("data-link").is_some()
}

/// Whether Telegram's colours are dark or light, as far as the launch told.
pub fn scheme() -> Option<&'static str> {
    match attribute("data-scheme")?.as_str() {
        "dark" => Some("dark"),
        "light" => Some("light"),
        _ => None,
    }
}

/// The digits that Telegram knows the person by, as the launch tells and nobody has proved: good for keeping things apart, and for nothing else.
pub fn user() -> Option<String> {
    attribute("data-user")
}

/// The language that Telegram speaks with the person, as the launch tells.
pub fn language() -> Option<String> {
    attribute("data-language")
}

/// Whether the launch names nobody. Other people may have launched it so in the same browser, and what it stores could be told apart from theirs by nothing.
pub fn is_nameless() -> bool {
    is_inside() && user().is_none()
}

fn attribute(name: &str) -> Option<String> {
    web_sys::window()?.document()?.document_element()?.get_attribute(name)
}

/// What the app was launched with; none outside Telegram.
pub fn launch() -> Option<Launch> {
    let text = Reflect::get(&host()?, &"launch".into()).ok()?.as_string()?;
    Some(Launch::parse(&text))
}

fn host() -> Option<JsValue> {
    let host = Reflect::get(&js_sys::global(), &"likenessHost".into()).ok()?;
    host.is_object().then_some(host)
}

/// Hears the client from now on, and what it said before.
pub fn listen(version: Version, mut on_event: impl FnMut(Event) + 'static) {
    let Some(host) = host() else { return };
    CLIENT.set(Some(Client { version, host: host.clone() }));
    let hear = Closure::<dyn FnMut(String, String)>::new(move |name: String, data: String| {
        let event = Event::read(&name, &json::parse(&data).unwrap_or_default());
        match event {
            Some(Event::CustomMethod(id, answer)) => hear_answer(&id, answer),
            Some(event) => on_event(event),
            None => {}
        }
    });
    let listen = Reflect::get(&host, &"listen".into()).ok();
    if let Some(listen) = listen.and_then(|listen| listen.dyn_into::<Function>().ok()) {
        // Whatever an event does wrong is thrown where the event came in.
        let _ = listen.call1(&host, &hear.into_js_value());
    }
}

/// Whether the client knows a call.
pub fn knows(call: Call) -> bool {
    CLIENT
        .with_borrow(|client| client.as_ref().is_some_and(|client| client.version >= call.since()))
}

/// Asks the client for something, if it knows it. `data` is an object, or null for none.
pub fn post(call: Call, data: &Value) {
    let Some(client) = CLIENT.with_borrow(Clone::clone).filter(|_| knows(call)) else { return };
    let post = Reflect::get(&client.host, &"post".into()).ok();
    if let Some(post) = post.and_then(|post| post.dyn_into::<Function>().ok()) {
        let text = if data.is_null() { JsValue::UNDEFINED } else { data.to_string().into() };
        // A client that throws does not do it, as if it knew it not.
        let _ = post.call2(&client.host, &call.name().into(), &text);
    }
}

/// Calls a method of the bot's storage at Telegram. None if the client has none, refuses, or does not answer within so many milliseconds.
pub async fn invoke(method: &str, params: Value, patience: u64) -> Option<Value> {
    if !knows(Call::CustomMethod) {
        return None;
    }
    let id = super::ids::id();
    let answered = Promise::new(&mut |resolve, _| {
        WAITING.with_borrow_mut(|waiting| waiting.insert(id.clone(), resolve));
    });
    post(Call::CustomMethod, &json!({ "req_id": id, "method": method, "params": params }));
    let late = id.clone();
    wasm_bindgen_futures::spawn_local(async move {
        clock::sleep(patience).await;
        hear_answer(&late, Err(String::new()));
    });
    // The promise has no way to fail.
    let answer = JsFuture::from(answered).await.ok()?.as_string()?;
    json::parse(&answer)
}

/// An answer that nobody waits for any more is forgotten.
fn hear_answer(id: &str, answer: Result<Value, String>) {
    if let Some(resolve) = WAITING.with_borrow_mut(|waiting| waiting.remove(id)) {
        let answer = answer.map_or(JsValue::UNDEFINED, |value| value.to_string().into());
        // Resolving a promise cannot fail.
        let _ = resolve.call1(&JsValue::NULL, &answer);
    }
}
