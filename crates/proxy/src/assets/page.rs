//! The one page of the app.

use crate::app::App;
use crate::config::Origin;
use crate::digest;
use crate::policy::{self, Hashes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

const NOT_BUILT: &str = "<!doctype html><meta charset=\"utf-8\"><title>Likeness</title>\
<h1>The app is not built yet</h1><p>The server runs, but there is no page to show. Run <code>cargo xtask run</code>, \
or point <code>LIKENESS_STATIC</code> at the folder of a built app, and reload.</p>\n";

/// The page, compressed where the browser takes it, with the policy that its content needs.
pub(super) async fn reply(app: &App, asked: &HeaderMap) -> Response {
    let folder = &app.assets.folder;
    let Ok(html) = tokio::fs::read(folder.join("index.html")).await else { return not_built() };
    let tag = format!("\"{}\"", digest::base64(&html));
    let hashes = Hashes::of(&String::from_utf8_lossy(&html));
    let mut headers = HeaderMap::new();
    let mut set = |name: HeaderName, value: HeaderValue| headers.insert(name, value);
    set(header::CACHE_CONTROL, super::ASK);
    set(header::VARY, HeaderValue::from_static("accept-encoding"));
    set(header::ETAG, HeaderValue::try_from(&tag).expect("base64 is visible ASCII"));
    let frames: Vec<&str> = app.frame_ancestors.iter().map(Origin::without_path).collect();
    set(header::CONTENT_SECURITY_POLICY, policy::of_page(&hashes, &app.picture_origins(), &frames));
    let is_known =
        asked.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    if is_known {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    set(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    for (coding, extension) in [("br", "index.html.br"), ("gzip", "index.html.gz")] {
        if !takes(asked, coding) {
            continue;
        }
        if let Ok(twin) = tokio::fs::read(folder.join(extension)).await {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
            return (headers, twin).into_response();
        }
    }
    (headers, html).into_response()
}

fn not_built() -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::SERVICE_UNAVAILABLE, headers, NOT_BUILT).into_response()
}

/// Whether the browser takes this coding: named, and not with a weight of zero.
fn takes(asked: &HeaderMap, coding: &str) -> bool {
    let offers =
        asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    offers.flat_map(|value| value.split(',')).any(|offer| {
        let (name, weight) = offer.split_once(';').unwrap_or((offer, "q=1"));
        let weight = weight
            .trim()
            .strip_prefix("q=")
            .and_then(|weight| weight.parse().ok())
            .unwrap_or(1.0_f32);
        name.trim().eq_ignore_ascii_case(coding) && weight > 0.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coding_is_taken_when_it_is_named_with_weight() {
        let takes = |offer: &'static str| {
            super::takes(
                &[(header::ACCEPT_ENCODING, HeaderValue::from_static(offer))].into_iter().collect(),
                "br",
            )
        };
        assert!(takes("gzip, deflate, br") && takes("br;q=0.5") && takes("BR"));
        assert!(!takes("gzip") && !takes("br;q=0") && !takes("brx") && !takes(""));
    }
}
