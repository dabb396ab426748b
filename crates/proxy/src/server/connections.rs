//! How many connections one address may hold.

use crate::caller::network;
use crate::permit::{Permit, Permits};
use std::net::IpAddr;
use std::sync::Arc;

/// Connections of one address at a time.
const MOST: usize = 64;

/// The connections of every address. This machine and the front proxies are not counted: everybody
/// comes through them.
#[derive(Clone, Debug, Default)]
pub(super) struct ConnectionLimit {
    permits: Permits<IpAddr>,
    front: Arc<[IpAddr]>,
}

/// A connection that is counted until it goes out of scope, if it is counted.
pub(super) type ConnectionPermit = Option<Permit<IpAddr>>;

impl ConnectionLimit {
    /// A limit that does not count these front proxies.
    pub(super) fn new(front: &[IpAddr]) -> Self {
        Self { permits: Permits::default(), front: front.into() }
    }

    /// Lets a connection in; none if its address holds too many.
    pub(super) fn admit(&self, address: IpAddr) -> Option<ConnectionPermit> {
        let address = address.to_canonical();
        if address.is_loopback() || self.front.contains(&address) {
            return Some(None);
        }
        self.permits.acquire(network(address), MOST, usize::MAX).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_holds_64_connections_and_others_are_not_affected() {
        let connections = ConnectionLimit::default();
        let address: IpAddr = "192.0.2.1".parse().unwrap();
        let front = ConnectionLimit::new(&[address]);
        assert_eq!((0..100).filter_map(|_| front.admit(address)).count(), 100);
        let mut permits: Vec<ConnectionPermit> =
            (0..64).filter_map(|_| connections.admit(address)).collect();
        assert_eq!(permits.len(), 64);
        assert!(connections.admit(address).is_none());
        assert!(
            connections.admit("::ffff:192.0.2.1".parse().unwrap()).is_none(),
            "the same machine"
        );
        assert!(connections.admit("192.0.2.2".parse().unwrap()).is_some());
        let of_one_network = |at: u128| IpAddr::V6((0x2001_0db8_u128 << 96 | at).into());
        let permits_of_one: Vec<_> =
            (0..100).filter_map(|at| connections.admit(of_one_network(at))).collect();
        assert_eq!(permits_of_one.len(), 64, "one network is one caller");
        drop(permits_of_one);
        permits.pop();
        assert!(connections.admit(address).is_some());
        permits.clear();
        assert!(connections.permits.is_empty(), "nothing is kept of those who left");
    }

    #[test]
    fn this_machine_is_not_counted() {
        let connections = ConnectionLimit::default();
        let permits: Vec<_> =
            (0..200).map(|_| connections.admit("127.0.0.1".parse().unwrap())).collect();
        assert!(permits.iter().all(Option::is_some));
    }
}
