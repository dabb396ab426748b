//! What a run is expected to cost, in millionths of a US dollar.

use crate::{parameters::Parameters, route::Route};
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
enum Unit {
    /// Each megapixel, rounded up.
    Megapixel,
    /// Each picture, though some listings say megapixel.
    PictureOrMegapixel,
    /// Each picture.
    Picture,
}

struct Price {
    micro_usd: MicroUsd,
    unit: Unit,
    source: &'static str,
}

/// The day on which the table was read.
const AS_OF: &str = "2026-11-22";

/// FAL changes prices without notice, so the table is dated and never the last word.
const fn price(route: Route) -> Price {
    match route {
        Route::FluxLora => {
            Price { micro_usd: 35_000, unit: Unit::Megapixel, source: "fal.ai model page" }
        }
        Route::FluxProFinetuned => Price {
            micro_usd: 60_000,
            unit: Unit::PictureOrMegapixel,
            source: "third-party price list",
        },
        Route::UltraFinetuned => {
            Price { micro_usd: 70_000, unit: Unit::Picture, source: "third-party price list" }
        }
    }
}

/// Estimates a run. One megapixel is 2²⁰ pixels in the estimate and 10⁶ in the reserve, rounded up in both, because FAL may count either way.
pub fn estimate(parameters: &Parameters) -> Cost {
    let price = price(parameters.route());
    let area = parameters.pixels().area();
    let (low, high) = match price.unit {
        Unit::Megapixel => (area.div_ceil(1 << 20), area.div_ceil(1_000_000)),
        Unit::PictureOrMegapixel => (1, area.div_ceil(1_000_000)),
        Unit::Picture => (1, 1),
    };
    let each = price.micro_usd * u64::from(parameters.num_images());
    Cost {
        micro_usd: Some(Range { low: each * low, high: each * high.max(low) }),
        source: price.source,
        as_of: AS_OF,
    }
}
