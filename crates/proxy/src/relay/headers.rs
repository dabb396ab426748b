//! The headers that pass between the caller and FAL.

use crate::refusal::Refusal;
use crate::secret::Scrubber;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use likeness_api::ServerCode;
use likeness_fal::target::{Delivery, Method, Target};

/// A header by name and what its value may be.
type Rule = (&'static str, fn(&str) -> bool);

/// For everything that starts something. Each has a grammar, because a value that FAL reads in
/// another way than its caller meant can cost money.
const RULES: [Rule; 9] = [
    ("x-fal-request-timeout", is_seconds),
    ("x-fal-queue-priority", |value| matches!(value, "normal" | "low")),
    ("x-fal-runner-hint", is_hint),
    ("x-fal-no-retry", is_flag),
    ("x-fal-store-io", |value| matches!(value, "0" | "1")),
    ("x-fal-object-lifecycle-preference", is_object),
    ("x-fal-object-lifecycle", is_object),
    ("x-app-fal-disable-fallback", is_flag),
    ("x-fal-disable-fallbacks", is_flag),
];

/// The headers that go to FAL, credentials apart.
///
/// # Errors
/// A known header that stands twice or has an odd value. Unknown ones are left out without a word.
pub(super) fn for_fal(caller: &HeaderMap, target: &Target) -> Result<HeaderMap, Refusal> {
    let mut headers = HeaderMap::new();
    let accept = match target {
        Target::Status { delivery: Delivery::Stream, .. } => "text/event-stream",
        _ => "application/json",
    };
    headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
    if target.method() != Method::Post {
        return Ok(headers);
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, fits) in RULES {
        let mut values = caller.get_all(name).iter();
        let Some(value) = values.next() else { continue };
        let is_good = values.next().is_none() && value.to_str().is_ok_and(fits);
        if !is_good {
            return Err(ServerCode::BadHeader.into());
        }
        headers.insert(HeaderName::from_static(name), value.clone());
    }
    Ok(headers)
}

/// Room for the headers of a reply, with those that every reply gets.
const MOST_HEADERS: usize = 12;

/// The headers that pass. Cookies, redirects and policies of another host have no business here.
fn passes(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "x-fal-request-id"
            | "x-fal-billable-units"
            | "x-fal-error-type"
            | "x-fal-retryable"
            | "x-fal-needs-retry"
            | "x-fal-request-timeout-type"
            | "retry-after"
    )
}

/// The headers of a reply of FAL that the caller gets.
pub(super) fn from_fal(headers: &HeaderMap, scrubber: &Scrubber) -> HeaderMap {
    let mut passed = HeaderMap::with_capacity(MOST_HEADERS);
    for name in headers.keys().filter(|name| passes(name)) {
        if let Some(value) = headers.get(name)
            && !scrubber.finds_in(value.as_bytes())
        {
            passed.insert(name, value.clone());
        }
    }
    passed
}

fn is_seconds(value: &str) -> bool {
    let plain = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    plain && value.parse().is_ok_and(|seconds: f64| seconds > 0.0 && seconds <= 86_400.0)
}

fn is_flag(value: &str) -> bool {
    matches!(value, "1" | "true" | "yes")
}

fn is_hint(value: &str) -> bool {
    (1..=64).contains(&value.len())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

fn is_object(value: &str) -> bool {
    value.len() <= 1024
        && serde_json::from_str::<serde_json::Value>(value).is_ok_and(|value| value.is_object())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn submit(name: &'static str, value: &'static str) -> Result<HeaderMap, Refusal> {
        let target = Target::parse("https://queue.fal.run/fal-ai/flux-lora").unwrap();
        let caller = [(HeaderName::from_static(name), HeaderValue::from_static(value))]
            .into_iter()
            .collect();
        for_fal(&caller, &target)
    }

    #[test]
    fn the_headers_of_fals_client_pass() {
        for (name, value) in [
            ("x-fal-request-timeout", "30"),
            ("x-fal-request-timeout", "1.5"),
            ("x-fal-queue-priority", "low"),
            ("x-fal-runner-hint", "user-42"),
            ("x-fal-no-retry", "1"),
            ("x-fal-store-io", "0"),
            ("x-fal-object-lifecycle-preference", r#"{"expiration_duration_seconds":3600}"#),
        ] {
            assert_eq!(submit(name, value).unwrap()[name], value);
        }
    }

    #[test]
    fn odd_values_are_refused() {
        for (name, value) in [
            ("x-fal-request-timeout", "1e9"),
            ("x-fal-request-timeout", "-1"),
            ("x-fal-request-timeout", "."),
            ("x-fal-queue-priority", "highest"),
            ("x-fal-runner-hint", "a b"),
            ("x-fal-object-lifecycle", "[]"),
        ] {
            assert_eq!(
                submit(name, value).unwrap_err().code(),
                ServerCode::BadHeader,
                "{name}: {value}"
            );
        }
    }

    #[test]
    fn nothing_else_of_the_caller_goes_to_fal() {
        for name in [
            "authorization",
            "cookie",
            likeness_api::header::TARGET,
            "x-fal-client-proxy",
            "x-forwarded-for",
            "user-agent",
            "origin",
            "referer",
            "connection",
            "upgrade",
            "te",
            "x-fal-unheard-of",
            likeness_api::header::KEY,
            "accept-encoding",
            "proxy-authorization",
        ] {
            let headers = submit(name, "value").unwrap();
            assert_eq!(headers.len(), 2, "{headers:?}");
            assert_eq!(
                (&headers["accept"], &headers["content-type"]),
                (&"application/json".parse().unwrap(), &"application/json".parse().unwrap())
            );
        }
    }
}
