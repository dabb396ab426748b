//! Signing in by what Telegram launched the app with.

use super::launch;
use crate::browser::{fetch, json};
use core::cell::RefCell;
use gloo_net::http::RequestBuilder;
use likeness_api::{address, telegram::Session};

thread_local! {
    static HELD: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// The token by which pictures go to Telegram, whatever else our server asks for; none before it was needed.
pub fn token() -> Option<String> {
    HELD.with_borrow(Clone::clone)
}

/// Holds that token as long as the page is open.
pub fn hold(token: &str) {
    HELD.set(Some(token.to_owned()));
}

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoSession {
    /// The launch says nothing of anybody: so it is from a keyboard button, from inline mode, and outside Telegram.
    Empty,
    /// Our server does not believe the launch, or it is too long ago.
    Refused,
    /// No answer that says anything of the launch.
    Away,
}

/// Signs in anew, and gives the token. It need not be stored: the launch is there to get another.
///
/// # Errors
/// [`NoSession`].
pub async fn sign_in() -> Result<String, NoSession> {
    let data = launch().map(|launch| launch.init_data).unwrap_or_default();
    if data.is_empty() {
        return Err(NoSession::Empty);
    }
    // A header takes no other characters, and Telegram writes none.
    if !data.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(NoSession::Refused);
    }
    let request =
        RequestBuilder::new(address::TELEGRAM_SESSION).method(gloo_net::http::Method::POST);
    let limit = fetch::within(fetch::A_WHILE);
    let request = request.abort_signal(limit.signal());
    let asked = request.header("authorization", &format!("tma {data}")).send().await;
    let Ok(response) = asked else { return Err(NoSession::Away) };
    let text = match response.status() {
        200 => response.text().await.unwrap_or_default(),
        400..=428 => return Err(NoSession::Refused),
        _ => return Err(NoSession::Away),
    };
    let reply = json::parse(&text).unwrap_or_default();
    Session::token(&reply).map(str::to_owned).ok_or(NoSession::Away)
}
