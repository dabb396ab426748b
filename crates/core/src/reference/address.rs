//! An https address in its parts, and what they tell of what lies there.

use super::after;
use crate::issue::Reason;

/// Where models and files have pages, with the word by which the way to a file differs.
const STORES: [(&str, &str); 9] = [
    ("huggingface.co", "resolve"),
    ("hf.co", "resolve"),
    ("hf-mirror.com", "resolve"),
    ("modelscope.cn", "resolve"),
    ("github.com", "raw"),
    ("gitlab.com", "raw"),
    ("gitee.com", "raw"),
    ("bitbucket.org", "raw"),
    ("codeberg.org", "raw"),
];
/// Sites that have nothing but pages at these names.
const SITES: [&str; 10] = [
    "fal.ai",
    "replicate.com",
    "tensor.art",
    "kaggle.com",
    "openart.ai",
    "shakker.ai",
    "gist.github.com",
    "colab.research.google.com",
    "discord.com",
    "t.me",
];
/// Services that show a page in place of the file that is shared.
const SHARES: [&str; 17] = [
    "drive.google.com",
    "docs.google.com",
    "photos.google.com",
    "1drv.ms",
    "onedrive.live.com",
    "app.box.com",
    "mega.nz",
    "mega.io",
    "we.tl",
    "wetransfer.com",
    "mediafire.com",
    "icloud.com",
    "disk.yandex.ru",
    "disk.yandex.com",
    "yadi.sk",
    "cloud.mail.ru",
    "pan.baidu.com",
];
/// Endings of files that are no `.safetensors`.
const ENDINGS: [(Reason, &[&str]); 3] = [
    (Reason::ArchiveFile, &["tar", "gz", "tgz", "zip", "rar", "7z", "xz", "bz2", "zst"]),
    (Reason::OtherWeights, &["ckpt", "pt", "pth", "bin", "pkl", "gguf", "onnx", "msgpack", "h5"]),
    (
        Reason::OtherFile,
        &[
            "json", "yaml", "yml", "txt", "md", "html", "htm", "toml", "csv", "png", "jpg", "jpeg",
            "webp", "gif", "mp4",
        ],
    ),
];
/// How the names of secrets end.
const SECRETS: [&str; 6] = ["token", "secret", "password", "apikey", "api_key", "api-key"];
/// Names of secrets.
const SECRET_NAMES: [&str; 5] = ["key", "auth", "authorization", "pass", "pwd"];
const MASK: &str = "***";

/// The parts of an https address.
pub(super) struct Address<'t> {
    /// Without what stands behind `#`, which no server is told.
    text: &'t str,
    /// Name and password before the host, empty for most.
    user: &'t str,
    /// Without `www.` and port.
    host: &'t str,
    path: &'t str,
    query: &'t str,
}

impl<'t> Address<'t> {
    /// Reads what is an https address.
    pub(super) fn read(text: &'t str) -> Self {
        let text = text.split('#').next().unwrap_or_default();
        let (place, query) = text.split_once('?').unwrap_or((text, ""));
        let rest = after(place, "https://").unwrap_or_default();
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        let host = host.split(':').next().unwrap_or_default();
        let host = after(host, "www.").unwrap_or(host);
        Self { text, user, host, path, query }
    }

    fn is_at(&self, hosts: &[&str]) -> bool {
        hosts.iter().any(|known| self.host.eq_ignore_ascii_case(known))
    }

    fn value(&self, key: &str) -> Option<&'t str> {
        let known = pairs(self.query).find(|(name, _)| name.eq_ignore_ascii_case(key));
        known.map(|(_, value)| value)
    }

    /// The address with another text in place of a part of it.
    fn with(&self, part: &str, text: &str) -> String {
        let at = part.as_ptr() as usize - self.text.as_ptr() as usize;
        [&self.text[..at], text, &self.text[at + part.len()..]].concat()
    }

    /// What kind of page this is the address of, and the address of its file where that is known.
    pub(super) fn page(&self) -> Option<(Reason, Option<String>)> {
        let known = STORES.iter().find(|(host, _)| self.host.eq_ignore_ascii_case(host));
        if let Some((_, way)) = known {
            return self.store(way);
        }
        if self.is_at(&["civitai.com", "civitai.red", "civitai.green"]) {
            let is_file = self.path.starts_with("/api/download/");
            return (!is_file).then(|| (Reason::PageAddress, self.version()));
        }
        if self.is_at(&["dropbox.com"]) {
            let is_file = [self.value("dl"), self.value("raw")].contains(&Some("1"));
            let is_shared = ["/s/", "/scl/", "/sh/"].iter().any(|way| self.path.starts_with(way));
            let file = is_shared.then(|| self.downloaded());
            return (!is_file).then_some((Reason::PageAddress, file));
        }
        if self.is_at(&SITES) {
            return Some((Reason::PageAddress, None));
        }
        let is_share = self.is_at(&SHARES) || self.host.ends_with(".sharepoint.com");
        // Google's own way to a file; it still asks before large ones.
        (is_share && self.path != "/uc").then_some((Reason::SharingPage, None))
    }

    /// A page of a store, unless the address leads to a file.
    fn store(&self, way: &str) -> Option<(Reason, Option<String>)> {
        let mut parts = self.path.split('/').filter(|part| !part.is_empty());
        if parts.next() == Some("api") {
            return None;
        }
        parts.next();
        // Behind user and repository; a set of data and a group have one name more.
        while let Some(part) = parts.next() {
            let is_file = parts.clone().nth(1).is_some();
            match part {
                "releases" | "media" | "files" if is_file && way == "raw" => return None,
                _ if part == way && is_file => return None,
                "blob" if way == "raw" && self.value("raw").is_some() => return None,
                "blob" | "src" | "raw" if is_file => {
                    return Some((Reason::PageAddress, Some(self.with(part, way))));
                }
                _ => {}
            }
        }
        Some((Reason::PageAddress, None))
    }

    /// The download of the version that a page of Civitai shows.
    fn version(&self) -> Option<String> {
        let id = self.value("modelVersionId")?;
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
        is_id.then(|| ["https://civitai.com/api/download/models/", id].concat())
    }

    /// An address of Dropbox that gives the file and not its page.
    fn downloaded(&self) -> String {
        match self.value("dl").filter(|value| !value.is_empty()) {
            Some(value) => self.with(value, "1"),
            None => {
                let joint = if self.query.is_empty() { "?" } else { "&" };
                [self.text.trim_end_matches(['?', '&']), joint, "dl=1"].concat()
            }
        }
    }

    /// The ending of the file's name; empty if it has none.
    pub(super) fn ending(&self) -> &'t str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map_or("", |(_, ending)| ending)
    }

    /// What the ending says that the file is, if that is something else than a LoRA.
    pub(super) fn other_file(&self) -> Option<Reason> {
        let ending = self.ending();
        let is_known =
            |known: &&[&str]| known.iter().any(|known| ending.eq_ignore_ascii_case(known));
        ENDINGS.iter().find(|(_, known)| is_known(known)).map(|(reason, _)| *reason)
    }

    /// Whether the address is signed, and so for a time only.
    pub(super) fn is_signed(&self) -> bool {
        pairs(self.query).any(|(key, value)| is_signature(key) && !value.is_empty())
            || self.value("X-Amz-Expires").is_some()
            || self.value("X-Goog-Expires").is_some()
            || self.is_discord()
    }

    /// What Discord keeps is signed with a moment in hexadecimal digits.
    fn is_discord(&self) -> bool {
        self.is_at(&["cdn.discordapp.com", "media.discordapp.net"]) && self.value("ex").is_some()
    }

    /// When a signed address ends, in seconds since 1970.
    pub(super) fn until(&self) -> Option<u64> {
        for [date, lasting] in [["X-Amz-Date", "X-Amz-Expires"], ["X-Goog-Date", "X-Goog-Expires"]]
        {
            if let (Some(date), Some(lasting)) = (self.value(date), self.value(lasting)) {
                return moment(date)?.checked_add(number(lasting)?);
            }
        }
        if self.is_discord() {
            return u64::from_str_radix(self.value("ex")?, 16).ok();
        }
        match self.value("se") {
            // As Azure writes it: `2026-11-30T01:59:59Z`.
            Some(end) => moment(&end.replace("%3A", "").replace(['-', ':'], "")),
            None => number(self.value("Expires")?),
        }
    }

    /// What is to be said of keys in the address.
    pub(super) fn secret(&self) -> Option<Reason> {
        let secrets = || pairs(self.query).filter(|(key, _)| is_secret(key));
        let values = secrets().map(|(_, value)| value).chain([self.user]);
        let mut known = None;
        for value in values.filter(|value| !value.is_empty()) {
            if value == MASK {
                return Some(Reason::MaskedSecret);
            }
            known = Some(Reason::SecretInAddress);
        }
        known
    }

    /// With stars for secrets and signatures; none if it has neither.
    pub(super) fn masked(&self) -> Option<String> {
        let is_hidden = |(key, value): &(&str, &'t str)| {
            !value.is_empty() && (is_secret(key) || is_signature(key))
        };
        let values = pairs(self.query).filter(is_hidden).map(|(_, value)| value);
        let user = Some(self.user).filter(|user| !user.is_empty());
        let mut shown = String::new();
        let mut end = 0;
        for part in user.into_iter().chain(values) {
            let at = part.as_ptr() as usize - self.text.as_ptr() as usize;
            shown.push_str(&self.text[end..at]);
            shown.push_str(MASK);
            end = at + part.len();
        }
        (end > 0).then(|| shown + &self.text[end..])
    }
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

fn ends_in(key: &str, endings: &[&str]) -> bool {
    endings.iter().any(|ending| {
        let at = key.len().checked_sub(ending.len());
        at.and_then(|at| key.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(ending))
    })
}

fn is_secret(key: &str) -> bool {
    // The token of a signature is part of it.
    after(key, "x-").is_none()
        && (ends_in(key, &SECRETS)
            || SECRET_NAMES.iter().any(|name| key.eq_ignore_ascii_case(name)))
}

fn is_signature(key: &str) -> bool {
    key.eq_ignore_ascii_case("sig")
        || ends_in(key, &["signature", "-credential", "-security-token"])
}

fn number(digits: &str) -> Option<u64> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// The seconds since 1970 of `20261130T015959Z`.
fn moment(date: &str) -> Option<u64> {
    let part = |from: usize, to: usize| number(date.get(from..to)?);
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let time = part(9, 11)? * 3600 + part(11, 13)? * 60 + part(13, 15)?;
    // Years from March on, so that the day of a leap year is the last; 719,468 days lie between such a year 0 and 1970.
    let (year, month) =
        if month > 2 { (year, month - 3) } else { (year.checked_sub(1)?, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day;
    Some(days.checked_sub(719_469)? * 86_400 + time)
}
