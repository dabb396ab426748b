//! How many connections one address may hold.

use crate::caller::network;
use crate::holders::{Held, Holders};
use std::net::IpAddr;
use std::sync::Arc;

/// Connections of one address at a time.
const MOST: usize = 64;

/// The count of every address. This machine and the front proxies are not counted: everybody comes through them.
#[derive(Clone, Debug, Default)]
pub(super) struct Doors {
    held: Holders<IpAddr>,
    front: Arc<[IpAddr]>,
}

/// A connection that is counted until it goes out of scope, if it is counted.
pub(super) type Visit = Option<Held<IpAddr>>;

impl Doors {
    /// Doors that do not count these front proxies.
    pub(super) fn behind(front: &[IpAddr]) -> Self {
        Self { held: Holders::default(), front: front.into() }
    }

    /// Lets a connection in; none if its address holds too many.
    pub(super) fn enter(&self, address: IpAddr) -> Option<Visit> {
        let address = address.to_canonical();
        if address.is_loopback() || self.front.contains(&address) {
            return Some(None);
        }
        self.held.hold(network(address), MOST, usize::MAX).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_holds_64_connections_and_others_are_not_affected() {
        let doors = Doors::default();
        let address: IpAddr = "192.0.2.1".parse().unwrap();
        let front = Doors::behind(&[address]);
        assert_eq!((0..100).filter_map(|_| front.enter(address)).count(), 100);
        let mut visits: Vec<Visit> = (0..64).filter_map(|_| doors.enter(address)).collect();
        assert_eq!(visits.len(), 64);
        assert!(doors.enter(address).is_none());
        assert!(doors.enter("::ffff:192.0.2.1".parse().unwrap()).is_none(), "the same machine");
        assert!(doors.enter("192.0.2.2".parse().unwrap()).is_some());
        let of_one_network = |at: u128| IpAddr::V6((0x2001_0db8_u128 << 96 | at).into());
        let visits_of_one: Vec<_> =
            (0..100).filter_map(|at| doors.enter(of_one_network(at))).collect();
        assert_eq!(visits_of_one.len(), 64, "one network is one caller");
        drop(visits_of_one);
        visits.pop();
        assert!(doors.enter(address).is_some());
        visits.clear();
        assert!(doors.held.is_empty(), "nothing is kept of those who left");
    }

    #[test]
    fn this_machine_is_not_counted() {
        let doors = Doors::default();
        let visits: Vec<_> = (0..200).map(|_| doors.enter("127.0.0.1".parse().unwrap())).collect();
        assert!(visits.iter().all(Option::is_some));
    }
}
