//! How many connections one address may hold.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Connections of one address at a time.
const MOST: usize = 64;

/// The count of every address. Clones share it. This machine and the front proxies are not counted: everybody comes through them.
#[derive(Clone, Debug, Default)]
pub(super) struct Doors {
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
    front: Arc<[IpAddr]>,
}

impl Doors {
    /// Doors that do not count these front proxies.
    pub(super) fn behind(front: &[IpAddr]) -> Self {
        Self { held: Arc::default(), front: front.into() }
    }

    /// Lets a connection in; none if its address holds too many.
    pub(super) fn enter(&self, address: IpAddr) -> Option<Visit> {
        let address = address.to_canonical();
        if address.is_loopback() || self.front.contains(&address) {
            return Some(Visit { doors: self.clone(), address: None });
        }
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(address).or_default();
        if *count >= MOST {
            return None;
        }
        *count += 1;
        Some(Visit { doors: self.clone(), address: Some(address) })
    }
}

/// A connection that is counted until it goes out of scope.
#[derive(Debug)]
pub(super) struct Visit {
    doors: Doors,
    address: Option<IpAddr>,
}

impl Drop for Visit {
    fn drop(&mut self) {
        let Some(address) = self.address else { return };
        let mut held = self.doors.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                held.remove(&address);
            }
        }
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
        visits.pop();
        assert!(doors.enter(address).is_some());
        visits.clear();
        assert!(doors.held.lock().unwrap().is_empty(), "nothing is kept of those who left");
    }

    #[test]
    fn this_machine_is_not_counted() {
        let doors = Doors::default();
        let visits: Vec<_> = (0..200).map(|_| doors.enter("127.0.0.1".parse().unwrap())).collect();
        assert!(visits.iter().all(Option::is_some));
    }
}
