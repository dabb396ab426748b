//! What Telegram launches the app with: a query string behind the `#` of the address.

mod start;

pub use start::{Refused, Start};

use crate::bridge::Version;

/// The launch as the client wrote it. Nothing in it is proved; only the server can judge
/// `init_data`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// The signed data of the launch, exactly as they were received; empty if the app was opened
    /// from a keyboard button or from inline mode.
    pub init_data: String,
    /// What the client can do.
    pub version: Version,
    /// Its colours, as JSON; empty if it told none.
    pub theme: String,
    /// What the link that opened the app asks for.
    pub start_param: Option<String>,
    /// Whether the app was opened on the whole screen.
    pub is_fullscreen: bool,
    /// Whether everything was erased since.
    pub erased: Option<Erased>,
}

/// What the app itself adds to a launch that stays in the address when everything was erased, lest
/// what was erased come back by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erased {
    /// Just now: what Telegram keeps may still be there.
    Here,
    /// Everywhere.
    Everywhere,
}

impl Erased {
    /// The end of the launch that says so.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Here => "&likenessErased=here",
            Self::Everywhere => "&likenessErased=everywhere",
        }
    }

    fn of(query: &str) -> Option<Self> {
        [Self::Here, Self::Everywhere].into_iter().find(|erased| query.ends_with(erased.mark()))
    }

    /// The address with this mark at the end of its launch, in place of another; as it is where it
    /// holds no launch.
    pub fn onto(self, address: &str) -> String {
        let bare = Self::of(address).map_or("", Self::mark);
        let address = address.strip_suffix(bare).unwrap_or(address);
        if address.contains("tgWebApp") {
            [address, self.mark()].concat()
        } else {
            address.to_owned()
        }
    }
}

impl Launch {
    /// Reads a launch: `tgWebAppData=…&tgWebAppVersion=8.0&…`. What is missing is empty, and a
    /// client that tells no version is one of 6.0.
    pub fn parse(query: &str) -> Self {
        let (data, rest) = match unencoded(query) {
            Some((data, rest)) => (Some(encoded(data)), rest),
            None => (None, query.to_owned()),
        };
        let value = |key: &str| value(&rest, key).unwrap_or_default();
        let init_data = data.unwrap_or_else(|| value("tgWebAppData"));
        let start_param = self::value(&init_data, "start_param");
        Self {
            version: Version::parse(&value("tgWebAppVersion")).unwrap_or(Version::FIRST),
            theme: value("tgWebAppThemeParams"),
            start_param: start_param.filter(|param| !param.is_empty()),
            is_fullscreen: !matches!(value("tgWebAppFullscreen").as_str(), "" | "0" | "false"),
            erased: Erased::of(query),
            init_data,
        }
    }
}

/// The data of a client that did not encode them once more, and the launch without them: they go on
/// to the next of Telegram's own keys. None if they are encoded, in which case no `=` stands in
/// them.
fn unencoded(query: &str) -> Option<(&str, String)> {
    let (before, data) = match query.strip_prefix("tgWebAppData=") {
        Some(data) => ("", data),
        None => query.split_once("&tgWebAppData=")?,
    };
    if !data.split('&').next()?.contains('=') {
        return None;
    }
    let is_own = |at: &usize| {
        ["&tgWebApp", "&likenessErased="].iter().any(|end| data[*at..].starts_with(end))
    };
    let end = ends(data).find(is_own).unwrap_or(data.len());
    Some((&data[..end], [before, &data[end..]].concat()))
}

/// Such data in the form in which Telegram signs them. JSON may stand in them as it is, with all
/// that has a meaning in a query.
fn encoded(data: &str) -> String {
    let mut written = String::new();
    let mut start = 0;
    for end in ends(data).chain([data.len()]) {
        let part = &data[start..end];
        let json = part.split_once('=').filter(|(_, value)| value.starts_with('{'));
        written.push_str(if start > 0 { "&" } else { "" });
        match json {
            Some((name, value)) => written.extend([name, "=", &encoded_json(value, quote(data))]),
            None => written.push_str(part),
        }
        start = end + 1;
    }
    written
}

fn encoded_json(json: &str, quote: &str) -> String {
    let mut written = String::new();
    for (at, byte) in json.bytes().enumerate() {
        match byte {
            b'%' if quote == ESCAPED && is_of_browser(&json[at..]) => written.push('%'),
            b'%' | b'&' | b'+' | b'#' => written += &format!("%{byte:02X}"),
            byte if byte.is_ascii_graphic() => written.push(byte.into()),
            byte => written += &format!("%{byte:02X}"),
        }
    }
    written
}

/// What a browser makes of a `"` behind the `#` of an address.
const ESCAPED: &str = "%22";

/// How the quotes of the JSON are written.
fn quote(data: &str) -> &'static str {
    if data.contains("{%22") && !data.contains("{\"") { ESCAPED } else { "\"" }
}

/// Whether the escape at the beginning of a text is one that browsers write behind a `#`. Every
/// other was typed.
fn is_of_browser(text: &str) -> bool {
    let code = text.get(1..3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
    code.is_some_and(|code| !code.is_ascii_graphic() || b"\"<>`".contains(&code))
}

/// Where parts end: at each `&` that stands outside of JSON.
fn ends(data: &str) -> impl Iterator<Item = usize> {
    let quote = quote(data).as_bytes();
    let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
    data.bytes().enumerate().filter_map(move |(at, byte)| {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            _ if depth > 0 && data.as_bytes()[at..].starts_with(quote) => is_text = !is_text,
            b'{' if !is_text => depth += 1,
            b'}' if !is_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        (byte == b'&' && depth == 0).then_some(at)
    })
}

/// The first value of a key, decoded; none if it is not there or is no text.
fn value(query: &str, key: &str) -> Option<String> {
    let mut parts = query.split('&').map(|part| part.split_once('=').unwrap_or((part, "")));
    decoded(parts.find(|(name, _)| *name == key)?.1)
}

/// A form value as written in a query: `%41` for bytes and `+` for a blank.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_launch_is_read_as_the_client_wrote_it() {
        let launch = Launch::parse(
            "tgWebAppData=user%3D%257B%2522id%2522%253A7%257D%26start_param%3Dpreset-fast%26hash%3Dab&tgWebAppVersion=8.0&tgWebAppPlatform=weba\
             &tgWebAppThemeParams=%7B%22bg_color%22%3A%22%23ffffff%22%7D&tgWebAppFullscreen=1",
        );
        assert_eq!(
            launch.init_data, "user=%7B%22id%22%3A7%7D&start_param=preset-fast&hash=ab",
            "decoded once: what is signed is the text inside"
        );
        assert_eq!(launch.version, Version::new(8, 0));
        assert_eq!(launch.theme, r##"{"bg_color":"#ffffff"}"##);
        assert_eq!(launch.start_param.as_deref(), Some("preset-fast"));
        assert!(launch.is_fullscreen && launch.erased.is_none());
    }

    #[test]
    fn data_that_a_client_did_not_encode_are_read_as_they_are() {
        let data =
            "query_id=AAH&user=%7B%22id%22%3A7%7D&auth_date=1&start_param=preset-fast&hash=ab";
        for (before, behind) in [
            ("", "&tgWebAppVersion=9.6&tgWebAppPlatform=ios"),
            ("tgWebAppVersion=9.6&", ""),
            ("", "&tgWebAppVersion=9.6&likenessErased=here"),
            ("tgWebAppVersion=9.6&", "&likenessErased=everywhere"),
        ] {
            let launch = Launch::parse(&format!("{before}tgWebAppData={data}{behind}"));
            assert_eq!(launch.init_data, data, "{before}…{behind}");
            assert_eq!(launch.version, Version::new(9, 6));
            assert_eq!(launch.start_param.as_deref(), Some("preset-fast"));
            assert_eq!(launch.erased.is_some(), behind.contains("Erased"));
        }
        let bare = r#"query_id=AAH&user={"id":7,"first_name":"A"}&auth_date=1&hash=ab"#;
        let launch = Launch::parse(&format!("tgWebAppData={bare}&tgWebAppVersion=9.6"));
        assert_eq!(launch.init_data, bare);
    }

    #[test]
    fn a_name_may_hold_what_is_special_in_a_query() {
        for name in [
            "A&B=C",
            "A&hash=1&user=2",
            "A&tgWebAppVersion=1",
            "100%",
            "100%25",
            "%26",
            "A + B",
            r#"A\"}&hash=0"#,
            "{&auth_date=1",
            "É # ?",
        ] {
            let user = format!(r#"{{"id":7,"first_name":"{name}"}}"#);
            let data = format!("query_id=AAH&user={user}&auth_date=1&start_param=a&hash=ab");
            // As a client may hand it over, and as a browser writes the same behind a `#`.
            let in_browser = data.replace('"', "%22").replace(' ', "%20").replace('É', "%C3%89");
            for data in [data, in_browser] {
                let launch = Launch::parse(&format!("tgWebAppData={data}&tgWebAppVersion=9.6"));
                assert_eq!(launch.version, Version::new(9, 6), "{data}");
                assert!(launch.init_data.bytes().all(|byte| byte.is_ascii_graphic()), "a header");
                let read = crate::init_data::InitData::read(&launch.init_data).unwrap();
                assert_eq!(read.get("user"), Some(user.as_str()));
                assert_eq!((read.get("hash"), read.get("auth_date")), (Some("ab"), Some("1")));
                assert_eq!(launch.start_param.as_deref(), Some("a"));
            }
        }
    }

    #[test]
    fn what_was_erased_is_noted_once_and_only_beside_a_launch() {
        let address = "/#tgWebAppVersion=8.0";
        let here = Erased::Here.onto(address);
        assert_eq!(Launch::parse(here.trim_start_matches("/#")).erased, Some(Erased::Here));
        let everywhere = Erased::Everywhere.onto(&here);
        assert_eq!(everywhere, format!("{address}{}", Erased::Everywhere.mark()));
        assert_eq!(Erased::Here.onto(&everywhere), here);
        assert_eq!(Erased::Here.onto("/settings"), "/settings");
    }

    #[test]
    fn a_launch_without_anything_is_that_of_the_first_version() {
        for text in ["", "a", "tgWebAppVersion=", "tgWebAppVersion=new&tgWebAppData=%zz", "&&=&"] {
            let launch = Launch::parse(text);
            assert_eq!(launch.version, Version::FIRST, "{text}");
            assert_eq!((launch.init_data.as_str(), launch.start_param), ("", None), "{text}");
        }
    }
}
