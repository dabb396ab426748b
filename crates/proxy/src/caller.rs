//! Where a request comes from: the other end of its connection, and what its headers say.

use crate::config::ip;
use crate::refusal::Refusal;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, header};
use likeness_api::ServerCode;
use likeness_fal::wire::credentials;
use std::net::IpAddr;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address at the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Where a request comes from.
pub(crate) struct Caller<'a> {
    pub(crate) peer: IpAddr,
    headers: &'a HeaderMap,
}

impl<'a> Caller<'a> {
    pub(crate) const fn new(peer: Peer, headers: &'a HeaderMap) -> Self {
        Self { peer: peer.0, headers }
    }

    /// Who sent this request. A connection without an address is one of a test inside the process.
    pub(crate) fn of(request: &'a Request) -> Self {
        Self::found(request.extensions(), request.headers())
    }

    /// The same of a request whose body is apart.
    pub(crate) fn of_parts(parts: &'a Parts) -> Self {
        Self::found(&parts.extensions, &parts.headers)
    }

    fn found(extensions: &Extensions, headers: &'a HeaderMap) -> Self {
        let peer = extensions.get::<Peer>();
        Self { peer: peer.map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.0), headers }
    }

    pub(crate) fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    /// Whether the other end says that it calls for somebody, and is none of those that are
    /// believed.
    pub(crate) fn is_behind_a_stranger(&self, front: &[IpAddr]) -> bool {
        self.headers.contains_key(FORWARDED_FOR) && !front.contains(&self.peer.to_canonical())
    }

    /// What is counted as one caller, as the nearest believed proxy saw it.
    pub(crate) fn network(&self, front: &[IpAddr]) -> IpAddr {
        network(client(self.peer, self.headers, front))
    }
}

/// What stands behind `Authorization: Bearer`.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let value = one(headers, &header::AUTHORIZATION);
    value.and_then(|value| credentials("Bearer", value)).ok_or(ServerCode::SignInRequired.into())
}

/// The text of a header that stands once.
pub(crate) fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    once(headers, name)?.to_str().ok()
}

pub(crate) fn once<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a HeaderValue> {
    let mut values = headers.get_all(name).iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    Some(value)
}

/// The caller's address: what the nearest believed proxy saw.
fn client(peer: IpAddr, headers: &HeaderMap, front: &[IpAddr]) -> IpAddr {
    if !front.contains(&peer.to_canonical()) {
        return peer;
    }
    // Some proxies write the port as well.
    let mut lines = headers.get_all(FORWARDED_FOR).iter();
    let last = lines.next_back().and_then(|line| line.to_str().ok()?.rsplit(',').next());
    last.and_then(ip).unwrap_or(peer)
}

/// What is counted as one caller: an IPv4 address, or the network of an IPv6 one.
pub(crate) fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 9));

    fn headers(headers: &[(&'static str, &'static str)]) -> HeaderMap {
        headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn the_address_of_a_caller_is_what_a_believed_proxy_saw() {
        let forwarded = headers(&[("x-forwarded-for", "198.51.100.7, 192.0.2.44")]);
        assert_eq!(client(PEER, &forwarded, &[]), PEER);
        assert_eq!(client(PEER, &forwarded, &[PEER]), IpAddr::from([192, 0, 2, 44]));
        for (told, ip) in [
            ("192.0.2.44:51234", "192.0.2.44"),
            ("[2001:db8::7]:443", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("::ffff:192.0.2.44", "192.0.2.44"),
            ("unknown", "203.0.113.9"),
        ] {
            let told = headers(&[("x-forwarded-for", told)]);
            let mapped = "::ffff:203.0.113.9".parse().unwrap();
            for peer in [PEER, mapped] {
                let client = client(peer, &told, &[PEER]).to_canonical();
                assert_eq!(client, ip.parse::<IpAddr>().unwrap(), "{told:?}");
            }
        }
        let v6: IpAddr = "2001:db8:1:2:3:4:5:6".parse().unwrap();
        assert_eq!(network(v6), "2001:db8:1:2::".parse::<IpAddr>().unwrap());
    }
}
