//! Which addresses of the network may be probed, and names that lead to them.

use axum::BoxError;
use futures_util::future::BoxFuture;
use hyper_util::client::legacy::connect::dns::Name;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::vec;
use tower::Service;

/// Networks of IPv4 that are no public place, with the length of their prefix: IANA's
/// special-purpose registry, multicast and what is reserved.
const V4: [(Ipv4Addr, u32); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];
/// Where IPv6 has public places at all. Mapped addresses, NAT64, link-local and unique local ones
/// lie outside.
const GLOBAL: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
/// What is none within it: protocols (Teredo among them), documentation, 6to4.
const V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether anybody could reach this address, so that nobody learns of it by asking us.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !V4
            .iter()
            .any(|(network, prefix)| (ip.to_bits() ^ network.to_bits()).leading_zeros() >= *prefix),
        IpAddr::V6(ip) => {
            let is_in = |(network, prefix): &(Ipv6Addr, u32)| {
                (ip.to_bits() ^ network.to_bits()).leading_zeros() >= *prefix
            };
            is_in(&GLOBAL) && !V6.iter().any(is_in)
        }
    }
}

type Lookup = dyn Fn(Name) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync;

/// Resolves a name once. What it gives is what is connected to.
#[derive(Clone)]
pub(super) struct Resolver {
    lookup: Arc<Lookup>,
    is_allowed: fn(IpAddr) -> bool,
}

impl Resolver {
    /// By the system, and to public addresses only.
    pub(super) fn system() -> Self {
        let lookup = |name: Name| -> BoxFuture<'static, _> {
            Box::pin(async move {
                Ok(tokio::net::lookup_host((name.as_str(), 0)).await?.collect::<Vec<_>>())
            })
        };
        Self { lookup: Arc::new(lookup), is_allowed: is_public }
    }

    /// A test's own names. Beside public addresses it lets one of this machine in.
    #[cfg(test)]
    pub(super) fn of_test(names: &'static [(&'static str, &'static [&'static str])]) -> Self {
        let lookup = |name: Name| -> BoxFuture<'static, _> {
            let known = names.iter().find(|(known, _)| *known == name.as_str());
            let found = known.map(|(_, ips)| {
                let address = |ip: &&str| SocketAddr::new(ip.parse().expect("an address"), 0);
                ips.iter().map(address).collect()
            });
            Box::pin(async move { found.ok_or_else(|| io::Error::other("no such name")) })
        };
        let is_allowed = |ip: IpAddr| is_public(ip) || ip == IpAddr::from([127, 0, 0, 1]);
        Self { lookup: Arc::new(lookup), is_allowed }
    }

    /// Whether an address may be probed.
    pub(super) fn admits(&self, ip: IpAddr) -> bool {
        (self.is_allowed)(ip)
    }
}

impl Service<Name> for Resolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let resolver = self.clone();
        Box::pin(async move {
            let found = (resolver.lookup)(name).await?;
            // A name that leads to a public and to another address is one that was made to.
            if found.iter().all(|address| resolver.admits(address.ip())) {
                Ok(found.into_iter())
            } else {
                Err("not a public address".into())
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_probed() {
        for ip in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:8.8.8.8",
            "::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:808:808::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "2001:4860:4860::8888",
        ] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }
}
