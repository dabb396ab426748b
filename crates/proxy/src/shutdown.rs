//! A stop that loses no order: no new ones begin, and those on their way are waited for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{OwnedRwLockReadGuard, RwLock};

/// Whether the server is stopping, and the orders that are on their way.
#[derive(Debug, Default)]
pub(crate) struct Shutdown {
    has_begun: AtomicBool,
    /// Held by every order from before it leaves until its outcome is written down, also when its
    /// caller has hung up.
    orders: Arc<RwLock<()>>,
}

impl Shutdown {
    pub(crate) fn has_begun(&self) -> bool {
        self.has_begun.load(Ordering::Relaxed)
    }

    pub(crate) fn begin(&self) {
        self.has_begun.store(true, Ordering::Relaxed);
    }

    /// To be held for as long as an order is on its way.
    pub(crate) async fn order_begins(&self) -> OwnedRwLockReadGuard<()> {
        Arc::clone(&self.orders).read_owned().await
    }

    /// Waits until no order is on its way. Only after [`Shutdown::begin`]: new orders wait behind
    /// it.
    pub(crate) async fn orders_done(&self) {
        drop(self.orders.write().await);
    }
}
