//! Headers by which browsers are told what they may do with a reply.

use crate::config::Origin;
use crate::upstream::MEDIA_PATH;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const NO_REFERRER: HeaderValue = HeaderValue::from_static("no-referrer");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
const NO_DEVICES: HeaderValue =
    HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=(), usb=()");
const TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// Sets what every reply has. A handler that knows better has set its own before.
pub(crate) fn set(public: &Origin, path: &str, headers: &mut HeaderMap) {
    let (is_media, is_api) = (path.starts_with(MEDIA_PATH), path.starts_with("/api/"));
    or_else(headers, header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    or_else(headers, header::REFERRER_POLICY, NO_REFERRER);
    or_else(headers, PERMISSIONS_POLICY, NO_DEVICES);
    or_else(headers, header::CONTENT_SECURITY_POLICY, NOTHING);
    if is_api {
        or_else(headers, header::CACHE_CONTROL, NO_STORE);
    }
    let resources = if is_media { "cross-origin" } else { "same-origin" };
    or_else(headers, RESOURCE_POLICY, HeaderValue::from_static(resources));
    if public.is_https() {
        or_else(headers, header::STRICT_TRANSPORT_SECURITY, TLS_ONLY);
    }
}

fn or_else(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.entry(name).or_insert(value);
}

/// The content security policy of the app's page.
///
/// `hashes` are those of its inline scripts and styles: nothing inline runs but what the build put
/// there. `extra_origins` are places that pictures come from beside FAL's hosts, `frame_ancestors`
/// those that may show the page in a frame.
pub(crate) fn of_page(
    hashes: &Hashes,
    extra_origins: &[&str],
    frame_ancestors: &[&str],
) -> HeaderValue {
    let pictures = ["https://fal.media", "https://*.fal.media"]
        .into_iter()
        .chain(extra_origins.iter().copied());
    let pictures: String = pictures.map(|origin| format!(" {origin}")).collect();
    let frames: String = frame_ancestors.iter().map(|origin| format!(" {origin}")).collect();
    let list = |hashes: &[String]| {
        hashes.iter().map(|hash| format!(" 'sha256-{hash}'")).collect::<String>()
    };
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{}; style-src 'self'{}; img-src 'self' blob: data:{pictures}; \
         font-src 'self'; connect-src 'self'{pictures}; worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; \
         form-action 'none'; require-trusted-types-for 'script'; trusted-types default; frame-ancestors 'self'{frames}",
        list(&hashes.scripts),
        list(&hashes.styles),
    );
    HeaderValue::try_from(policy).expect("origins and hashes are visible ASCII")
}

/// Base64 of the SHA-256 of what stands inline in a page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Hashes {
    pub(crate) scripts: Vec<String>,
    pub(crate) styles: Vec<String>,
}

impl Hashes {
    /// Reads a page that our own build wrote. Anything that it does not understand is simply not
    /// allowed to run.
    pub(crate) fn of(html: &str) -> Self {
        Self { scripts: inline(html, "script"), styles: inline(html, "style") }
    }
}

/// The hashes of `<tag …>…</tag>` without a `src`.
fn inline(html: &str, tag: &str) -> Vec<String> {
    let (open, close) = (format!("<{tag}"), format!("</{tag}>"));
    let mut hashes = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find(&open) {
        rest = &rest[at + open.len()..];
        let Some((attributes, body)) = rest.split_once('>') else { break };
        let is_tag =
            attributes.is_empty() || attributes.starts_with(|c: char| c.is_ascii_whitespace());
        let Some((text, after)) = body.split_once(&close) else { break };
        if is_tag && !attributes.contains("src=") {
            hashes.push(crate::digest::base64(text.as_bytes()));
        }
        rest = if is_tag { after } else { body };
    }
    hashes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_scripts_and_styles_are_allowed_by_hash_and_nothing_else_is() {
        let html = "<style>a{}</style><script src=\"/boot.js\"></script><script type=\"module\">go()</script><scripty>no</scripty>";
        let hashes = Hashes::of(html);
        assert_eq!(hashes.scripts, [crate::digest::base64(b"go()")]);
        assert_eq!(hashes.styles, [crate::digest::base64(b"a{}")]);
        let policy = of_page(&hashes, &["http://127.0.0.1:8787"], &["https://web.telegram.org"]);
        let policy = policy.to_str().unwrap();
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval' 'sha256-"), "{policy}");
        assert!(policy.contains("img-src 'self' blob: data: https://fal.media https://*.fal.media http://127.0.0.1:8787;"), "{policy}");
        assert!(policy.ends_with("frame-ancestors 'self' https://web.telegram.org"), "{policy}");
        assert!(policy.contains("; require-trusted-types-for 'script'; trusted-types default;"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    }

    #[test]
    fn a_broken_page_is_read_without_a_panic() {
        for html in [
            "<script",
            "<script>",
            "<script>a",
            "<style x",
            "",
            "<script></script",
            "<scripts><script>é</script>",
        ] {
            Hashes::of(html);
        }
    }
}
