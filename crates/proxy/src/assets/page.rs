//! The one page of the app.

use super::Assets;
use crate::config::Origin;
use crate::digest;
use crate::policy::{self, Hashes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

const NOT_BUILT: &str = "<!doctype html><meta charset=\"utf-8\"><title>Likeness</title>\
<h1>The app is not built yet</h1><p>The server runs, but there is no page to show. Run <code>cargo xtask run</code>, \
or point <code>LIKENESS_STATIC</code> at the folder of a built app, and reload.</p>\n";

/// The page, compressed where the browser takes it, with the policy that its content needs.
pub(super) async fn reply(assets: &Assets, asked: &HeaderMap) -> Response {
    let Some(html) = assets.whole("index.html").await else { return not_built() };
    let hashes = Hashes::of(&String::from_utf8_lossy(&html));
    let (coding, body) = match twin(assets, asked).await {
        Some((coding, twin)) => (Some(coding), twin),
        None => (None, html),
    };
    // Digests of what is sent: the same page in another coding is another representation.
    let tag = format!("\"{}\"", digest::base64(&body));
    let mut headers = HeaderMap::new();
    let mut set = |name: HeaderName, value: HeaderValue| headers.insert(name, value);
    set(header::CACHE_CONTROL, super::ASK);
    set(header::VARY, HeaderValue::from_static("accept-encoding"));
    set(header::ETAG, HeaderValue::try_from(&tag).expect("base64 is visible ASCII"));
    let frames: Vec<&str> = assets.frame_ancestors.iter().map(Origin::without_path).collect();
    let pictures: Vec<&str> = assets.media.iter().map(Origin::without_path).collect();
    set(header::CONTENT_SECURITY_POLICY, policy::of_page(&hashes, &pictures, &frames));
    if is_known(asked, &tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    set(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Some(coding) = coding {
        set(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    (headers, body).into_response()
}

/// The page in the coding that the browser likes best, if there is one that it likes better than
/// none.
async fn twin(assets: &Assets, asked: &HeaderMap) -> Option<(&'static str, Vec<u8>)> {
    let mut codings = [("br", "index.html.br"), ("gzip", "index.html.gz")]
        .map(|(coding, name)| (weight(asked, coding).unwrap_or(0.0), coding, name));
    // Brotli first where both are liked alike.
    codings.sort_by(|one, other| other.0.total_cmp(&one.0));
    let plain = asked.contains_key(header::ACCEPT_ENCODING).then(|| weight(asked, "identity"));
    let plain = plain.flatten().unwrap_or(0.0);
    for (weight, coding, name) in codings {
        if weight > 0.0
            && weight >= plain
            && let Some(twin) = assets.whole(name).await
        {
            return Some((coding, twin));
        }
    }
    None
}

/// Whether the browser has this already: one of a list, perhaps marked as weak by somebody in
/// between.
fn is_known(asked: &HeaderMap, tag: &str) -> bool {
    let lists = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|list| list.to_str().ok());
    let mut known = lists.flat_map(|list| list.split(',')).map(str::trim);
    known.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

fn not_built() -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::SERVICE_UNAVAILABLE, headers, NOT_BUILT).into_response()
}

/// How much the browser likes a coding, from 0 to 1, where it says so.
fn weight(asked: &HeaderMap, coding: &str) -> Option<f32> {
    let offers =
        asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut any = None;
    for offer in offers.flat_map(|value| value.split(',')) {
        let (name, weight) = offer.split_once(';').unwrap_or((offer, "q=1"));
        let weight = weight.trim().get(2..).filter(|_| weight.trim().starts_with(['q', 'Q']));
        let weight = weight.and_then(|weight| weight.trim().parse().ok()).unwrap_or(0.0_f32);
        match name.trim() {
            name if name.eq_ignore_ascii_case(coding) => return Some(weight),
            "*" => any = Some(weight),
            _ => {}
        }
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coding_is_liked_as_much_as_the_browser_says() {
        let liked = |offer: &'static str, coding| {
            let offer = [(header::ACCEPT_ENCODING, HeaderValue::from_static(offer))];
            weight(&offer.into_iter().collect(), coding)
        };
        for (offer, br, gzip) in [
            ("gzip, deflate, br", Some(1.0), Some(1.0)),
            ("br;q=0.5, GZIP; q=0.8", Some(0.5), Some(0.8)),
            ("br;q=0", Some(0.0), None),
            ("*;q=0.1, br", Some(1.0), Some(0.1)),
            ("brx", None, None),
            ("br;q=x", Some(0.0), None),
            ("", None, None),
        ] {
            assert_eq!((liked(offer, "br"), liked(offer, "gzip")), (br, gzip), "{offer}");
        }
    }

    #[test]
    fn a_page_is_known_by_any_tag_of_the_list() {
        let known = |list: &'static str| {
            let list = [(header::IF_NONE_MATCH, HeaderValue::from_static(list))];
            is_known(&list.into_iter().collect(), "\"a\"")
        };
        assert!(known("\"a\"") && known("\"b\", W/\"a\"") && known("*"));
        assert!(!known("\"b\"") && !known("a") && !known(""));
    }
}
