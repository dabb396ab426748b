//! What a run is expected to cost, in millionths of a US dollar.

use crate::parameters::Parameters;
use serde::{Deserialize, Serialize};

/// Millionths of a US dollar. Money is never a float.
pub type MicroUsd = u64;

/// A range that the bill is expected to lie in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// The estimate that people are shown.
    pub low: MicroUsd,
    /// What is reserved from a budget.
    pub high: MicroUsd,
}

/// An estimate with where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// The range; none where no price is known, which is not the same as free.
    pub micro_usd: Option<Range>,
    /// Who published the price.
    pub source: &'static str,
    /// When it was read, as a date.
    pub as_of: &'static str,
}

/// What FAL counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Each megapixel, rounded up.
    Megapixel,
    /// Each picture, though some listings say megapixel.
    PictureOrMegapixel,
    /// Each picture.
    Picture,
}

/// What one unit of a route costs, and who says so. FAL changes prices without notice, so it is never the last word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// For one unit.
    pub micro_usd: MicroUsd,
    /// What is counted.
    pub unit: Unit,
    /// Who published it.
    pub source: &'static str,
}

/// The day on which the table was read.
pub const AS_OF: &str = "2026-11-22";

impl Price {
    /// What pictures of this area cost. One megapixel is 2²⁰ pixels at the low end and 10⁶ at the high one, rounded up in both, because FAL may count either way.
    /// None where the sum is larger than money can be.
    pub fn of(self, area: u64, pictures: u64) -> Option<Range> {
        let (low, high) = match self.unit {
            Unit::Megapixel => (area.div_ceil(1 << 20), area.div_ceil(1_000_000)),
            Unit::PictureOrMegapixel => (1, area.div_ceil(1_000_000)),
            Unit::Picture => (1, 1),
        };
        let each = self.micro_usd.checked_mul(pictures)?;
        Some(Range { low: each.checked_mul(low)?, high: each.checked_mul(high.max(low))? })
    }
}

/// Estimates a run: the low end from the picture that will come, the high one from the picture that is asked for.
pub fn estimate(parameters: &Parameters) -> Cost {
    let price = parameters.route().spec().price;
    let of = |area| price.of(area, parameters.num_images().into());
    let ends = of(parameters.pixels().area()).zip(of(parameters.asked().area()));
    Cost {
        micro_usd: ends.map(|(coming, asked)| Range { low: coming.low, high: asked.high }),
        source: price.source,
        as_of: AS_OF,
    }
}
