//! How long things take. The times of FAL as people report them, divided by the speed.

use std::time::Duration;

use crate::order::Order;

/// Divides FAL's times.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace(f64);

impl Pace {
    /// So many times faster than FAL; nonsense counts as 1.
    pub(crate) fn new(speed: f64) -> Self {
        Self(if speed.is_finite() && speed > 0.0 { speed } else { 1.0 })
    }

    /// From the submit until a free machine begins.
    pub(crate) fn dispatch(self) -> Duration {
        self.real(1.0)
    }

    /// How long a machine works on an order. The same order takes the same time.
    pub(crate) fn work(self, order: &Order) -> Duration {
        let megapixels = order.pixels().area() as f64 / f64::from(1 << 20);
        let one = match order.route().spec().seconds {
            Some((low, high)) => f64::from(low) + 0.4 * f64::from(high - low),
            // Loading the avatar, then steps whose time grows with the picture: 28 at 1024² make
            // 30 s.
            None => 12.0 + 0.65 * f64::from(order.steps()) * (0.55 + 0.45 * megapixels),
        };
        let all = one * (1.0 + 0.35 * f64::from(order.images() - 1));
        let luck = (order.seed() % 1000) as f64 / 1000.0 - 0.5;
        self.real(all * (1.0 + 0.12 * luck))
    }

    /// How long it takes to find out that a body is wrong.
    pub(crate) fn refusal(self) -> Duration {
        self.real(2.0)
    }

    fn real(self, seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds / self.0)
    }
}
