//! Signing in by what Telegram launched the app with.

use super::launch;
use crate::browser::{code, json};
use gloo_net::http::RequestBuilder;

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// Our server knows who this is.
    Done,
    /// The launch says nothing of anybody: so it is from a keyboard button, from inline mode, and outside Telegram.
    Empty,
    /// Our server does not believe the launch, or it is too long ago.
    Refused,
    /// No answer that says anything of the launch.
    Away,
}

/// Signs in anew. The token lasts as long as the page; the launch is there to get another.
pub async fn sign_in() -> SignIn {
    let data = launch().map(|launch| launch.init_data).unwrap_or_default();
    if data.is_empty() {
        return SignIn::Empty;
    }
    // A header takes no other characters, and Telegram writes none.
    if !data.bytes().all(|byte| byte.is_ascii_graphic()) {
        return SignIn::Refused;
    }
    let request =
        RequestBuilder::new("/api/v1/telegram/session").method(gloo_net::http::Method::POST);
    let asked = request.header("authorization", &format!("tma {data}")).send().await;
    let Ok(response) = asked else { return SignIn::Away };
    let text = match response.status() {
        200 => response.text().await.unwrap_or_default(),
        400..=428 => return SignIn::Refused,
        _ => return SignIn::Away,
    };
    let token = json::parse(&text).and_then(|reply| Some(reply.get("token")?.as_str()?.to_owned()));
    let Some(token) = token else { return SignIn::Away };
    code::hold(&token);
    SignIn::Done
}
