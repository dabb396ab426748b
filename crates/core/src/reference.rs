//! What people paste as the address of a LoRA or as the id of a finetune, and what is wrong with it as far as the text tells.
//!
//! What is no https address is refused. What looks like a page, an archive or a link that ends is sent with a notice: only a visit would tell.

mod address;
mod repair;

use crate::{
    avatar::{Avatar, AvatarKind},
    issue::{Issue, Reason},
    job::Millis,
};
use address::{Address, is_one, number};
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
    let name_at = text.find(']').unwrap_or(0);
    let port_at = text[name_at..].find(':').map_or(text.len(), |at| name_at + at);
    let (host, port) = text.split_at(port_at);
    // `https://https://…` is the scheme once more, and no host without a port.
    let is_port = match port {
        "" => true,
        ":" => !is_one("http https", host),
        port => number(&port[1..]).is_some_and(|port| port < 65_536),
    };
    is_port
        && match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(host) => is_version_6(host),
            None => is_name(host.strip_suffix('.').unwrap_or(host)),
        }
}

/// Labels with dots between. Other alphabets stand as they are written.
fn is_name(text: &str) -> bool {
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || byte > 127 || b"-_".contains(&byte);
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(is_fit)
    };
    text.split('.').all(is_label)
}

/// Groups of hexadecimal digits, of which one `::` stands for some, and the last two may be of version 4. Whether the numbers of that are small enough is
/// not looked at.
fn is_version_6(text: &str) -> bool {
    let is_group = |group: &str| {
        let is_hexadecimal = group.len() < 5 && !group.contains('.');
        is_hexadecimal || text.ends_with(group) && group.matches('.').count() == 3
    };
    let empty = text.split(':').filter(|group| group.is_empty()).count();
    let groups = text.split(':').count() - empty + usize::from(text.contains('.'));
    text.bytes().all(|byte| byte.is_ascii_hexdigit() || b":.".contains(&byte))
        && text.split(':').all(is_group)
        && match text.matches("::").count() {
            0 => empty == 0 && groups == 8,
            gaps => {
                let ends = [text.starts_with("::"), text.ends_with("::")];
                gaps == 1 && groups < 8 && empty == 1 + ends.iter().filter(|end| **end).count()
            }
        }
}

/// Whether an address may not be sent. None is no wrong one.
pub(crate) fn is_refused(text: &str) -> bool {
    !text.is_empty() && !is_https_address(text)
}

/// Why the address in a field is refused, if it is, with the right one where it can be known.
pub fn refused(field: &str, text: &str) -> Option<Issue> {
    if !is_refused(text) {
        return None;
    }
    let has_blank = after(text, "https://").is_some_and(|rest| rest.contains(is_unfit));
    let issue = Issue::new(
        field,
        match has_blank {
            true => Reason::BlankInAddress,
            false if repair::is_repository(text) => Reason::RepositoryName,
            false => Reason::NotHttps,
        },
    );
    Some(match repair::https(text) {
        Some(right) => issue.fix(field, right),
        None => issue,
    })
}

/// What is wrong with an avatar's address or id, or worth knowing of it now.
pub fn issues(avatar: &Avatar, now: Millis) -> Vec<Issue> {
    let mut issues = Vec::new();
    explain(avatar, now, &mut issues);
    issues
}

/// Adds what is worth knowing of an avatar's references; why exactly the address is refused takes the place of the plain refusal.
pub(crate) fn explain(avatar: &Avatar, now: Millis, issues: &mut Vec<Issue>) {
    if let Some(text) = &avatar.lora_url {
        match refused(URL, text) {
            Some(refused) => {
                let is_same =
                    |issue: &Issue| issue.field == URL && issue.reason == Reason::NotHttps;
                match issues.iter().position(is_same) {
                    Some(at) => issues[at] = refused,
                    None => issues.push(refused),
                }
            }
            None => notices(text, now, issues),
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

fn notices(text: &str, now: Millis, issues: &mut Vec<Issue>) {
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
        let until = address.until();
        let has_ended = until.is_some_and(|until| until.saturating_mul(1000) <= now);
        let issue = notice(if has_ended { Reason::EndedAddress } else { Reason::EndingAddress });
        issues.push(match until {
            Some(until) => issue.until(until),
            None => issue,
        });
    }
    issues.extend(address.secret().map(notice));
    let right = address.without_tail();
    issues.extend(right.map(|right| notice(Reason::SignsBehind).fix(URL, right)));
    let whole = address.without_lone_percent();
    issues.extend(whole.map(|right| notice(Reason::LonePercent).fix(URL, right)));
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
