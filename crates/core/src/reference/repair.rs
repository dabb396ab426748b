//! The https address that a text without one stands for.

use super::{address, after, is_https_address, is_unfit};

/// What stands before a host when a scheme was typed, or typed wrong.
const SCHEMES: [&str; 9] =
    ["https://", "http://", "https:/", "http:/", "https//", "http//", "https:", "http:", "//"];
/// What people put around an address.
const AROUND: &str = "\"'`<>()[]{},;*“”„«»‘’";
/// Names that a repository seldom ends in and a host often does.
const DOMAINS: [&str; 10] = ["com", "co", "media", "net", "org", "io", "ai", "dev", "cloud", "app"];

/// The right address, where it can be known.
pub(super) fn https(text: &str) -> Option<String> {
    if let Some(version) = civitai_version(text) {
        return Some(address::civitai_file(version));
    }
    // As a value in another address.
    let plain = text.contains("%3A%2F%2F").then(|| address::decoded(text));
    let text = plain.as_deref().unwrap_or(text);
    let text = text.trim_matches(|c| is_around(c) || c.is_whitespace());
    let rest = match without_scheme(text) {
        Some(rest) => rest,
        None if host(text).is_some() => text,
        // A file of a repository, and the whole way to it.
        None if matches!(text.split('/').nth(2), Some("resolve" | "blob")) => {
            return Some(["https://huggingface.co/", text].concat())
                .filter(|right| is_https_address(right));
        }
        // Words around an address.
        None => {
            let at = ["https://", "http://"].iter().find_map(|scheme| text.find(scheme))?;
            // What lies in the memory of a page can be had by no other.
            if text[..at].ends_with("blob:") {
                return None;
            }
            without_scheme(without_around(text[at..].split(is_unfit).next().unwrap_or_default()))?
        }
    };
    // Of two addresses, the first.
    let rest = match rest.split_once(is_unfit) {
        Some((first, more)) if more.contains("://") => first,
        _ => rest,
    };
    // A blank in the name of a host is no blank that was meant, and a file is no host.
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.contains(is_unfit) || host.ends_with(".safetensors") {
        return None;
    }
    let mut right = "https://".to_owned();
    for c in rest.chars() {
        match c {
            _ if c.is_control() => {}
            _ if c.is_whitespace() => right.push_str("%20"),
            _ => right.push(c),
        }
    }
    Some(right).filter(|right| is_https_address(right))
}

/// The text without what people put around an address at its end, or a sentence ends in.
pub(super) fn without_around(text: &str) -> &str {
    text.trim_end_matches(|c| is_around(c) || c == '.')
}

fn is_around(c: char) -> bool {
    AROUND.contains(c)
}

/// The version that the resource name of a model at Civitai ends in: `urn:air:flux1:lora:civitai:618692@691639`.
fn civitai_version(text: &str) -> Option<&str> {
    let (_, name) = text.split_once("civitai:")?;
    let (_, version) = name.split_once('@')?;
    version.bytes().all(|byte| byte.is_ascii_digit()).then_some(version)
}

fn without_scheme(text: &str) -> Option<&str> {
    let mut rest = match text.split_once("://") {
        // Some letters of it are missing, or doubled.
        Some((typo, rest))
            if typo.contains(['t', 'T']) && typo.trim_end().chars().all(is_of_scheme) =>
        {
            rest.trim_start_matches('/').trim_start()
        }
        _ => text,
    };
    while let Some(more) = SCHEMES.iter().find_map(|scheme| after(rest, scheme)) {
        rest = more.trim_start_matches('/').trim_start();
    }
    (rest.len() < text.len()).then_some(rest)
}

fn is_of_scheme(c: char) -> bool {
    "htps".contains(c.to_ascii_lowercase())
}

/// `user/repo`, as Hugging Face names a model.
pub(super) fn is_repository(text: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    text.split_once('/').is_some_and(|(user, repo)| is_name(user) && is_name(repo))
        && !text.ends_with(".safetensors")
        && host(text).is_none()
}

/// The host of a text that begins with one: `v3.fal.media/files/…`. The name of a user may have a dot too.
pub(super) fn host(text: &str) -> Option<&str> {
    let (authority, path) = text.split_once('/')?;
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let (name, domain) = host.rsplit_once('.')?;
    let is_host = host.bytes().all(is_plain)
        && port.bytes().all(|byte| byte.is_ascii_digit())
        && !host.starts_with(['.', '-'])
        && domain.len() > 1
        && domain.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_known = DOMAINS.iter().any(|known| domain.eq_ignore_ascii_case(known))
        || name.contains('.')
        || path.contains(['/', '?'])
        || path.ends_with(".safetensors");
    (is_host && is_known).then_some(host)
}
