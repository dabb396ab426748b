//! An https address in its parts, and what they tell of what lies there.

use super::{after, repair::without_around};
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
const SITES: &str = "fal.ai replicate.com tensor.art kaggle.com openart.ai shakker.ai gist.github.com \
    colab.research.google.com discord.com t.me liblib.art civitaiarchive.com pixai.art seaart.ai \
    console.aws.amazon.com console.cloud.google.com";
/// Services that show a page in place of the file that is shared.
const SHARES: &str = "drive.google.com docs.google.com photos.google.com 1drv.ms onedrive.live.com \
    app.box.com mega.nz mega.io we.tl wetransfer.com mediafire.com icloud.com \
    disk.yandex.ru disk.yandex.com yadi.sk cloud.mail.ru pan.baidu.com drive.proton.me \
    pixeldrain.com gofile.io pan.quark.cn";
/// Endings of files that are no `.safetensors`.
const ENDINGS: [(Reason, &str); 3] = [
    (Reason::ArchiveFile, "tar gz tgz zip rar 7z xz bz2 zst"),
    (Reason::OtherWeights, "ckpt pt pth bin pkl gguf onnx msgpack h5"),
    (Reason::OtherFile, "json yaml yml txt md html htm toml csv png jpg jpeg webp gif mp4 pdf"),
];
/// How the names of secrets end, in small letters and digits alone.
const SECRETS: &str = "token secret password passwd apikey accesskey secretkey privatekey jwt credential \
    credentials sessionid";
/// Names of secrets.
const SECRET_NAMES: &str = "key auth authorization pass pwd pw bearer session sid sessid";
/// How the names in signatures of Amazon begin, and of Google, Alibaba and Volcengine, which sign alike.
const VENDORS: &str = "xamz xgoog xoss xtos";
/// How the keys of well-known services begin.
const KEYS: &str = "hf_ sk- ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- r8_ xoxb- AIza";
/// How long such a key is at least.
const KEY_LENGTH: usize = 19;
/// What stands between the parts that have names.
const BETWEEN: [char; 4] = ['?', '#', '&', ';'];
const MASK: &str = "***";

/// The parts of an https address.
pub(super) struct Address<'t> {
    /// All of it.
    whole: &'t str,
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
    pub(super) fn read(whole: &'t str) -> Self {
        let text = whole.split('#').next().unwrap_or_default();
        let (place, query) = text.split_once('?').unwrap_or((text, ""));
        let rest = place.split_once("//").map_or("", |(_, rest)| rest);
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        let host = host.split(':').next().unwrap_or_default();
        let host = after(host, "www.").unwrap_or(host);
        Self { whole, text, user, host, path, query }
    }

    fn is_at(&self, hosts: &str) -> bool {
        is_one(hosts, self.host)
    }

    /// The value of a name in its plain form, as it was written.
    #[inline(never)]
    fn written(&self, key: &str) -> Option<&'t str> {
        let known = self.query.split(BETWEEN).map(pair).find(|(name, _)| plain_name(name) == key);
        known.map(|(_, value)| value)
    }

    /// The value of a name in its plain form, decoded.
    #[inline(never)]
    fn value(&self, key: &str) -> Option<String> {
        self.written(key).map(decoded)
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
        if self.is_at("civitai.com civitai.red civitai.green") {
            let is_file = self.path.starts_with("/api/download/");
            return (!is_file).then(|| (Reason::PageAddress, self.version()));
        }
        if self.is_dropbox() {
            let is_file = ["dl", "raw"].iter().any(|key| self.written(key) == Some("1"));
            let is_shared =
                !self.is_folder() && ["/s/", "/scl/"].iter().any(|way| self.path.starts_with(way));
            let file = is_shared.then(|| self.downloaded());
            return (!is_file).then_some((Reason::PageAddress, file));
        }
        if self.is_at(SITES) {
            return Some((Reason::PageAddress, None));
        }
        let is_share = self.is_at(SHARES) || self.host.ends_with(".sharepoint.com");
        // Google's own way to a file, which still asks before large ones, and those of other services.
        let is_file =
            ["/uc", "/download", "/download.aspx"].iter().any(|way| self.path.ends_with(way))
                || self.path.starts_with("/api/")
                || self.written("download") == Some("1");
        (is_share && !is_file).then_some((Reason::SharingPage, None))
    }

    fn is_dropbox(&self) -> bool {
        self.is_at("dropbox.com m.dropbox.com")
    }

    /// Whether Dropbox shows a folder there, of which it gives an archive.
    fn is_folder(&self) -> bool {
        ["/scl/fo/", "/sh/"].iter().any(|way| self.path.starts_with(way))
    }

    /// A page of a store, unless the address leads to a file.
    fn store(&self, way: &str) -> Option<(Reason, Option<String>)> {
        let mut parts = self.path.split('/').filter(|part| !part.is_empty());
        if parts.next() == Some("api") {
            return None;
        }
        // A few models of Hugging Face have no user.
        let is_way = |part| part == way || part == "blob";
        let is_userless =
            parts.clone().next().is_some_and(is_way) && parts.clone().nth(2).is_some();
        if !is_userless || way == "raw" {
            parts.next();
        }
        // Behind user and repository; a set of data and a group have one name more.
        while let Some(part) = parts.next() {
            let is_file = parts.clone().nth(1).is_some();
            match part {
                "media" | "files" if is_file && way == "raw" => return None,
                // What is laid beside a release, and the whole as an archive.
                "download" | "downloads" | "archive"
                    if way == "raw" && parts.clone().next().is_some() =>
                {
                    return None;
                }
                // The page of a release, whatever its name is.
                "tag" => break,
                _ if part == way && is_file => return None,
                "blob" if way == "raw" && self.written("raw").is_some() => return None,
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
        let id = self.value("modelversionid")?;
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
        is_id.then(|| civitai_file(&id))
    }

    /// An address of Dropbox that gives the file and not its page.
    fn downloaded(&self) -> String {
        match self.written("dl").filter(|value| !value.is_empty()) {
            Some(value) => self.with(value, "1"),
            None => {
                let joint = if self.query.is_empty() { "?" } else { "&" };
                [self.text.trim_end_matches(['?', '&']), joint, "dl=1"].concat()
            }
        }
    }

    /// The ending of the file's name; empty if it has none.
    pub(super) fn ending(&self) -> String {
        let name = decoded(self.path.rsplit('/').next().unwrap_or_default());
        name.rsplit_once('.').map_or("", |(_, ending)| ending).to_owned()
    }

    /// What the ending says that the file is, if that is something else than a LoRA.
    pub(super) fn other_file(&self) -> Option<Reason> {
        if self.is_dropbox() && self.is_folder() {
            return Some(Reason::ArchiveFile);
        }
        let ending = self.ending();
        ENDINGS.iter().find(|(_, known)| is_one(known, &ending)).map(|(reason, _)| *reason)
    }

    /// With `%25` in place of every `%` of the path that stands for no character; none if there is none.
    pub(super) fn without_lone_percent(&self) -> Option<String> {
        let mut path = String::new();
        for (at, c) in self.path.char_indices() {
            path.push(c);
            if c == '%' && byte(&self.path[at..]).is_none() {
                path.push_str("25");
            }
        }
        (path.len() > self.path.len()).then(|| self.with(self.path, &path))
    }

    /// The address of a LoRA without what does not belong to it and was pasted behind it; none if nothing was.
    pub(super) fn without_tail(&self) -> Option<&'t str> {
        let right = without_around(self.whole);
        let is_file = right.len() < self.whole.len() && right.ends_with(".safetensors");
        is_file.then_some(right)
    }

    /// Whether the address is signed, and so for a time only.
    pub(super) fn is_signed(&self) -> bool {
        self.hidden().iter().any(|(_, is_secret)| !is_secret)
            || VENDORS.split(' ').any(|vendor| self.value(&[vendor, "expires"].concat()).is_some())
            || self.is_discord()
    }

    /// What Discord keeps is signed with a moment in hexadecimal digits.
    fn is_discord(&self) -> bool {
        self.is_at("cdn.discordapp.com media.discordapp.net") && self.written("ex").is_some()
    }

    /// When a signed address ends, in seconds since 1970.
    pub(super) fn until(&self) -> Option<u64> {
        for vendor in VENDORS.split(' ') {
            let own = |name| self.value(&[vendor, name].concat());
            if let (Some(date), Some(lasting)) = (own("date"), own("expires")) {
                return moment(&date)?.checked_add(number(&lasting)?);
            }
        }
        if self.is_discord() {
            return u64::from_str_radix(&self.value("ex")?, 16).ok();
        }
        match self.value("se") {
            // As Azure writes it: `2026-11-30T01:59:59Z`, or the day alone.
            Some(end) => moment(&end.replace(['-', ':'], "")),
            None => number(&self.value("expires")?),
        }
    }

    /// What is to be said of keys in the address.
    pub(super) fn secret(&self) -> Option<Reason> {
        let mut known = None;
        for (value, _) in self.hidden().into_iter().filter(|(_, is_secret)| *is_secret) {
            if value == MASK {
                return Some(Reason::MaskedSecret);
            }
            known = Some(Reason::SecretInAddress);
        }
        known
    }

    /// With stars for secrets and signatures; none if it has neither.
    pub(super) fn masked(&self) -> Option<String> {
        let mut shown = String::new();
        let mut end = 0;
        for (part, _) in self.hidden() {
            let at = part.as_ptr() as usize - self.whole.as_ptr() as usize;
            shown.push_str(&self.whole[end..at]);
            shown.push_str(MASK);
            end = at + part.len();
        }
        (end > 0).then(|| shown + &self.whole[end..])
    }

    /// What others must not read, in its order, and whether it is a secret; a signature is none. It stands before the host, or as a value behind `?`, `#` or `;`.
    #[inline(never)]
    fn hidden(&self) -> Vec<(&'t str, bool)> {
        let mut hidden = Vec::new();
        if !self.user.is_empty() {
            hidden.push((self.user, true));
        }
        for part in self.whole.split(BETWEEN).skip(1) {
            let (name, value) = pair(part);
            // What has no name may be a key too.
            let is_named = part.contains('=');
            let value = if is_named { value } else { name };
            let name = plain_name(if is_named { name } else { "" });
            let is_signature = is_signature(&name);
            let is_secret = !is_signature && is_secret(&name) || looks_secret(value);
            if !value.is_empty() && (is_secret || is_signature) {
                hidden.push((value, is_secret));
            }
        }
        hidden
    }
}

/// Whether this is one of the words of a list with blanks between.
#[inline(never)]
pub(super) fn is_one(list: &str, word: &str) -> bool {
    list.split(' ').any(|known| known.eq_ignore_ascii_case(word))
}

fn pair(pair: &str) -> (&str, &str) {
    pair.split_once('=').unwrap_or((pair, ""))
}

/// The byte that `%41` at the beginning of a text stands for.
fn byte(text: &str) -> Option<u8> {
    let digits = text.get(1..3).filter(|digits| digits.bytes().all(|c| c.is_ascii_hexdigit()))?;
    u8::try_from(u64::from_str_radix(digits, 16).ok()?).ok()
}

/// Where the file of a version lies at Civitai.
pub(super) fn civitai_file(version: &str) -> String {
    ["https://civitai.com/api/download/models/", version].concat()
}

/// A text with the characters that its percent forms stand for.
#[inline(never)]
pub(super) fn decoded(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text.chars();
    loop {
        let escape = byte(rest.as_str());
        match (rest.next(), escape) {
            (None, _) => return plain,
            (Some('%'), Some(byte)) => {
                // What is looked for is ASCII; any other byte stands for itself.
                plain.push(byte.into());
                rest.nth(1);
            }
            (Some(c), _) => plain.push(c),
        }
    }
}

/// A name by its letters and digits alone: `X%2DApi_Key` is `xapikey`.
#[inline(never)]
fn plain_name(name: &str) -> String {
    let mut name = decoded(name);
    name.retain(|c| c.is_ascii_alphanumeric());
    name.make_ascii_lowercase();
    name
}

/// Whether the signatures of Amazon and its like have names of this kind. Their tokens are parts of them.
fn is_vendors(name: &str) -> bool {
    VENDORS.split(' ').any(|vendor| name.starts_with(vendor))
}

fn is_secret(name: &str) -> bool {
    !is_vendors(name)
        && (SECRETS.split(' ').any(|end| name.ends_with(end)) || is_one(SECRET_NAMES, name))
}

fn is_signature(name: &str) -> bool {
    name == "sig"
        || name.ends_with("signature")
        || is_vendors(name) && (name.ends_with("credential") || name.ends_with("securitytoken"))
}

/// Whether a value is a key by its looks, whatever its name is; or stars in place of one.
fn looks_secret(value: &str) -> bool {
    let value = decoded(value);
    let is_between = |c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c);
    value == MASK
        || value.split(is_between).any(|word| {
            // A name of a file is no key. A signed token (JWT) begins with `{"` in Base64.
            let is_token = word.starts_with("eyJ");
            is_token && word.contains('.')
                || !word.contains('.')
                    && word.len() >= KEY_LENGTH
                    && KEYS.split(' ').any(|start| word.starts_with(start))
        })
}

pub(super) fn number(digits: &str) -> Option<u64> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// The seconds since 1970 of `20261130T015959Z`; what is missing of the time is 0.
fn moment(date: &str) -> Option<u64> {
    let part = |from: usize, to: usize| number(date.get(from..to)?);
    let time = |from: usize| if date.len() < from + 2 { Some(0) } else { part(from, from + 2) };
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let time = time(9)? * 3600 + time(11)? * 60 + time(13)?;
    // Years from March on, so that the day of a leap year is the last; 719,468 days lie between such a year 0 and 1970.
    let (year, month) =
        if month > 2 { (year, month - 3) } else { (year.checked_sub(1)?, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day;
    Some(days.checked_sub(719_469)? * 86_400 + time)
}
