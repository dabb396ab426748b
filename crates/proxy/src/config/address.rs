//! Addresses that the server calls or is called by.

use core::fmt;
use likeness_fal::host::Host;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Scheme, host and port of a web address, perhaps with a path before everything else; no slash at
/// the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    text: String,
    host_at: usize,
    path_at: usize,
}

impl Origin {
    /// Reads `http://…` or `https://…` with a host, a port and a path of plain segments. A slash at
    /// the end is dropped.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_suffix('/').unwrap_or(text);
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        let host_at = text.len() - rest.len();
        let path_at = rest.find('/').map_or(text.len(), |slash| host_at + slash);
        let authority = &text[host_at..path_at];
        let path = text[path_at..].split('/').skip(1).all(|segment| is_plain(segment, b"_-"));
        (is_authority(authority) && path).then(|| Self { text: text.to_owned(), host_at, path_at })
    }

    /// The origin of a socket address, as a browser on the same machine reaches it.
    pub fn of(address: SocketAddr) -> Self {
        let ip = if address.ip().is_unspecified() {
            IpAddr::V4(Ipv4Addr::LOCALHOST)
        } else {
            address.ip()
        };
        let text = format!("http://{}", SocketAddr::new(ip, address.port()));
        Self { path_at: text.len(), text, host_at: "http://".len() }
    }

    /// Scheme, host and port without the path, as a policy names it.
    pub fn without_path(&self) -> &str {
        &self.text[..self.path_at]
    }

    /// Whether it lies on this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback_host(&self.text[self.host_at..self.path_at])
    }

    /// Whether it is reached through TLS.
    pub fn is_https(&self) -> bool {
        self.text.starts_with("https://")
    }
}

/// Whether a text is of letters, digits and these.
fn is_plain(text: &str, more: &[u8]) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || more.contains(&byte))
}

/// A name or an address, perhaps with a port.
fn is_authority(text: &str) -> bool {
    let is_port =
        |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    if let Some(rest) = text.strip_prefix('[') {
        let Some((ip, port)) = rest.split_once(']') else { return false };
        let port = if port.is_empty() { Some("80") } else { port.strip_prefix(':') };
        return ip.parse::<Ipv6Addr>().is_ok() && port.is_some_and(is_port);
    }
    let (host, port) = text.split_once(':').unwrap_or((text, "80"));
    is_plain(host, b".-") && is_port(port)
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// An IP address, perhaps in brackets or with a port, one of IPv4 never as one of IPv6.
pub(crate) fn ip(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let ip = bare.parse().or_else(|_| text.parse().map(|address: SocketAddr| address.ip()));
    ip.ok().map(|ip: IpAddr| ip.to_canonical())
}

/// Whether a `Host` names this machine: `localhost`, `127.…` or `[::1]`, with or without a port.
pub(crate) fn is_loopback_host(host: &str) -> bool {
    let (name, port) = match host.rfind(':') {
        Some(colon) if !host[colon..].contains(']') => (&host[..colon], Some(&host[colon + 1..])),
        _ => (host, None),
    };
    if port.is_some_and(|port| port.is_empty() || port.parse::<u16>().is_err()) {
        return false;
    }
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    match bare {
        Some(v6) => v6.parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_loopback()),
        None => {
            name.eq_ignore_ascii_case("localhost")
                || name.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
        }
    }
}

/// Where FAL's hosts are reached. The target that a caller names is matched first and thrown away;
/// what is called comes from this table.
#[derive(Clone, Debug)]
pub struct Addresses {
    queue: Origin,
    run: Origin,
    rest: Origin,
    media: Option<Origin>,
    /// None where stand-ins are used but none for it: a test asks nobody outside.
    api: Option<Origin>,
}

impl Addresses {
    /// FAL itself, but for the stand-ins given (in the order queue, run, rest, media, api).
    pub fn with_stand_ins([queue, run, rest, media, api]: [Option<Origin>; 5]) -> Self {
        let is_fal = [&queue, &run, &rest].iter().all(|stand_in| stand_in.is_none());
        let api = api.or_else(|| is_fal.then(|| Origin::parse("https://api.fal.ai")).flatten());
        let or_fal = |stand_in: Option<Origin>, host: Host| {
            stand_in.unwrap_or_else(|| {
                Origin::parse(&format!("https://{}", host.name()))
                    .expect("FAL's hosts are plain names")
            })
        };
        Self {
            queue: or_fal(queue, Host::Queue),
            run: or_fal(run, Host::Run),
            rest: or_fal(rest, Host::Rest),
            media,
            api,
        }
    }

    /// Where prices are asked for.
    pub fn api(&self) -> Option<&Origin> {
        self.api.as_ref()
    }

    /// What to call for this host.
    pub fn of(&self, host: Host) -> &Origin {
        match host {
            Host::Queue => &self.queue,
            Host::Run => &self.run,
            Host::Rest => &self.rest,
        }
    }

    /// What stands in for all media hosts, if anything does.
    pub fn media(&self) -> Option<&Origin> {
        self.media.as_ref()
    }
}
