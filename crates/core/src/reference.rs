//! What people paste as the address of a LoRA or as the id of a finetune, and what is wrong with it as far as the text tells.
//!
//! What is no https address is refused. What looks like a page, an archive or a link that ends is sent with a notice: only a visit would tell.

mod address;
mod repair;

use crate::{
    avatar::{Avatar, AvatarKind},
    issue::{Issue, Reason},
};
use address::{Address, number};
use serde_json::Value;

const URL: &str = "avatar.lora_url";
const ID: &str = "avatar.finetune_id";

/// The text without what nobody sees in it: blanks at its ends, and characters without width or with a direction only.
pub fn cleaned(text: &str) -> String {
    let is_seen = |c: &char| {
        !matches!(c, '\u{AD}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
    };
    let seen: String = text.chars().filter(is_seen).collect();
    seen.trim().to_owned()
}

/// Whether a text is an `https://` address with a host and without blanks or control characters.
pub fn is_https_address(text: &str) -> bool {
    after(text, "https://").is_some_and(|rest| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        !authority.contains(['\\', '<', '>', '"']) && is_host(host) && !rest.contains(is_unfit)
    })
}

/// Whether this can be a host, with or without a port.
fn is_host(text: &str) -> bool {
    let (host, port) = text.rsplit_once(':').unwrap_or((text, "0"));
    // The port of an address of version 6 may be missing.
    let is_port =
        port.is_empty() || port.ends_with(']') || number(port).is_some_and(|port| port < 65_536);
    let is_scheme = port.is_empty()
        && (host.eq_ignore_ascii_case("https") || host.eq_ignore_ascii_case("http"));
    let is_broken = ["..", ".-", "-."].iter().any(|part| host.contains(part));
    is_port
        && !is_scheme
        && !is_broken
        && !host.is_empty()
        && !host.starts_with([':', '.', '-'])
        && !host.ends_with('-')
        && !host.contains('%')
}

/// Why an address is refused, if it is.
pub fn refusal(text: &str) -> Option<Reason> {
    if is_https_address(text) {
        return None;
    }
    let has_blank = after(text, "https://").is_some_and(|rest| rest.contains(is_unfit));
    Some(match has_blank {
        true => Reason::BlankInAddress,
        false if repair::is_repository(text) => Reason::RepositoryName,
        false => Reason::NotHttps,
    })
}

/// What is wrong with an avatar's address or id, or worth knowing of it.
pub fn issues(avatar: &Avatar) -> Vec<Issue> {
    let refused = avatar.lora_url.as_deref().and_then(refusal);
    let mut issues: Vec<_> = refused.map(|reason| Issue::new(URL, reason)).into_iter().collect();
    explain(avatar, &mut issues);
    issues
}

/// Adds what is worth knowing of an avatar's references, and the right address to a refusal where it can be known.
pub(crate) fn explain(avatar: &Avatar, issues: &mut Vec<Issue>) {
    if let Some(text) = &avatar.lora_url {
        if refusal(text).is_some() {
            let is_refusal = |issue: &&mut Issue| {
                issue.field == URL && issue.reason.code() == crate::Code::UnsafeUrl
            };
            if let (Some(issue), Some(right)) =
                (issues.iter_mut().find(is_refusal), repair::https(text))
            {
                *issue = Issue::new(URL, issue.reason).fix(URL, right);
            }
        } else {
            notices(text, issues);
        }
    }
    if let Some(text) = avatar.finetune_id.as_deref().filter(|text| is_address(text)) {
        let issue = Issue::new(ID, Reason::AddressAsId);
        let is_weights = is_https_address(text)
            && Address::read(text).ending().eq_ignore_ascii_case("safetensors");
        issues.push(if is_weights && avatar.lora_url.is_none() {
            let portrait = issue.fix("avatar.kind", AvatarKind::Portrait.name());
            portrait.fix(URL, text).fix(ID, Value::Null)
        } else {
            issue
        });
    }
}

/// The address with stars for the keys, passwords and signatures in it.
pub fn masked(text: &str) -> String {
    // Also where it is no https address: it may be stored and passed on.
    let masked = text.contains("//").then(|| Address::read(text).masked()).flatten();
    masked.unwrap_or_else(|| text.to_owned())
}

fn notices(text: &str, issues: &mut Vec<Issue>) {
    let address = Address::read(text);
    let notice = |reason| Issue::new(URL, reason);
    let page = address.page();
    if let Some((reason, file)) = &page {
        let issue = notice(*reason);
        issues.push(match file {
            Some(file) => issue.fix(URL, file.as_str()),
            None => issue,
        });
    }
    // The end of a page's address says nothing.
    if !matches!(page, Some((_, None))) {
        issues.extend(address.other_file().map(notice));
    }
    if address.is_signed() {
        let issue = notice(Reason::EndingAddress);
        issues.push(match address.until() {
            Some(seconds) => issue.until(seconds),
            None => issue,
        });
    }
    issues.extend(address.secret().map(notice));
}

/// Whether a finetune id is the address of something.
fn is_address(text: &str) -> bool {
    text.contains("//") || after(text, "www.").is_some() || repair::host(text).is_some()
}

fn is_unfit(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

/// What follows a beginning, in whatever case it is written.
fn after<'t>(text: &'t str, start: &str) -> Option<&'t str> {
    let (beginning, rest) = text.split_at_checked(start.len())?;
    beginning.eq_ignore_ascii_case(start).then_some(rest)
}

#[cfg(test)]
mod tests;
