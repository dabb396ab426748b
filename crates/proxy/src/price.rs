//! What a run may cost at most: the owner's price, else what FAL says, else the dated table.

use crate::upstream::Upstream;
use likeness_core::cost::{Price, Unit};
use likeness_core::size::{MAX_SIDE, MIN_SIDE};
use likeness_core::{MicroUsd, Route};
use likeness_fal::billing::Billed;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

/// How often FAL is asked for its prices.
pub(crate) const REFRESH: Duration = Duration::from_secs(6 * 3600);

/// The prices that count now.
pub(crate) struct Prices {
    owner: HashMap<Route, MicroUsd>,
    /// What FAL said last; none for an endpoint that it counts in a way which is not understood.
    quoted: RwLock<HashMap<Route, Option<Price>>>,
}

impl Prices {
    /// The owner's prices before everything else.
    pub(crate) fn new(owner: &[(Route, MicroUsd)]) -> Self {
        Self { owner: owner.iter().copied().collect(), quoted: RwLock::default() }
    }

    /// What has to be reserved for a body; none if no price is known.
    pub(crate) fn reserve(&self, route: Route, body: &Value) -> Option<MicroUsd> {
        let Billed { area, pictures } = Billed::read(route, body);
        self.of(route)?.of(area, pictures).map(|range| range.high)
    }

    fn of(&self, route: Route) -> Option<Price> {
        let listed = route.spec().price;
        if let Some(&micro_usd) = self.owner.get(&route) {
            return Some(Price { micro_usd, source: "owner", ..listed });
        }
        let quoted = self.quoted.read().unwrap_or_else(PoisonError::into_inner);
        quoted.get(&route).copied().unwrap_or(Some(listed))
    }

    /// Asks FAL. What it does not say stays as it was. What its owner should know of the answer.
    pub(crate) async fn refresh(&self, upstream: &Upstream) -> Vec<String> {
        let Some(reply) = upstream.prices().await else {
            tracing::info!("FAL's prices could not be read; the dated table counts");
            return Vec::new();
        };
        match serde_json::from_slice::<PriceList>(&reply) {
            Ok(list) => self.learn(list),
            Err(_) => vec![
                "FAL's prices are in a form that is not understood; the dated table counts"
                    .to_owned(),
            ],
        }
    }

    fn learn(&self, list: PriceList) -> Vec<String> {
        let mut remarks = Vec::new();
        let mut quoted = self.quoted.write().unwrap_or_else(PoisonError::into_inner);
        for entry in list.prices {
            let Some(route) = Route::of_endpoint(&entry.endpoint_id) else { continue };
            let (endpoint, is_owners) = (route.endpoint(), self.owner.contains_key(&route));
            let price = entry.price();
            if price.is_some_and(|price| is_too_good(route, price)) {
                quoted.remove(&route);
                remarks.push(format!(
                    "FAL's list has {endpoint} at {} dollars for each of {:?}, less than half of what is known; the dated table counts. If it is \
                     true, say so in LIKENESS_PRICES",
                    entry.unit_price, entry.unit
                ));
                continue;
            }
            if price.is_none() && !is_owners {
                remarks.push(format!(
                    "FAL's price of {endpoint} is not understood, so this endpoint is refused; set LIKENESS_PRICES"
                ));
            }
            quoted.insert(route, price);
        }
        remarks
    }
}

/// Whether a price is under half of the dated table for a small or for a large picture. Believed,
/// it would let through what the budget is there to stop.
fn is_too_good(route: Route, price: Price) -> bool {
    let listed = route.spec().price;
    [MIN_SIDE, MAX_SIDE].into_iter().any(|side| {
        let area = u64::from(side) * u64::from(side);
        let (quoted, known) = (price.of(area, 1), listed.of(area, 1));
        quoted.zip(known).is_some_and(|(quoted, known)| quoted.high.saturating_mul(2) < known.low)
    })
}

/// FAL's answer to `GET /v1/models/pricing`.
#[derive(Deserialize)]
struct PriceList {
    prices: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    endpoint_id: String,
    /// A JSON number of dollars.
    unit_price: serde_json::Number,
    unit: String,
    #[serde(default)]
    currency: Option<String>,
}

impl Entry {
    fn price(&self) -> Option<Price> {
        let is_usd = self.currency.as_deref().is_none_or(|name| name.eq_ignore_ascii_case("usd"));
        let unit = self.unit.to_ascii_lowercase();
        let unit = if unit.contains("megapixel") {
            Unit::Megapixel
        } else if unit.contains("image") || unit.contains("picture") {
            Unit::Picture
        } else {
            return None;
        };
        let micro_usd = crate::config::micro_usd(&self.unit_price.to_string())?;
        is_usd.then_some(Price { micro_usd, unit, source: "fal.ai pricing API" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn price_of(entry: Value) -> Option<Price> {
        serde_json::from_value::<Entry>(entry).unwrap().price()
    }

    #[test]
    fn prices_of_fal_are_read_exactly_or_count_as_unknown() {
        let megapixels = price_of(
            json!({ "endpoint_id": "e", "unit_price": 0.035, "unit": "megapixels", "currency": "USD" }),
        );
        assert_eq!(
            megapixels.map(|price| (price.micro_usd, price.unit)),
            Some((35_000, Unit::Megapixel))
        );
        let images = price_of(json!({ "endpoint_id": "e", "unit_price": 0.07, "unit": "image" }));
        assert_eq!(
            images.map(|price| (price.micro_usd, price.unit)),
            Some((70_000, Unit::Picture))
        );
        for (price, unit, currency) in
            [(0.1, "second", "USD"), (0.1, "image", "EUR"), (-0.1, "image", "USD")]
        {
            assert_eq!(
                price_of(
                    json!({ "endpoint_id": "e", "unit_price": price, "unit": unit, "currency": currency })
                ),
                None
            );
        }
    }

    #[test]
    fn a_price_that_is_too_good_counts_as_unknown_and_is_told() {
        let body = json!({ "image_size": "square_hd" });
        for (unit_price, unit, costs, remarks) in [
            (0.0, "megapixels", 70_000, 1),
            (0.0001, "megapixels", 70_000, 1),
            (0.0174, "megapixels", 70_000, 1),
            (0.0175, "megapixels", 35_000, 0),
            // For a small picture this is dear, for a large one it is not.
            (0.05, "images", 70_000, 1),
            (0.1, "images", 100_000, 0),
            (0.1, "megapixels", 200_000, 0),
        ] {
            let prices = Prices::new(&[]);
            let list = json!({ "prices": [{ "endpoint_id": "fal-ai/flux-lora", "unit_price": unit_price, "unit": unit }] });
            let quoted = prices.learn(serde_json::from_value(list).unwrap());
            let got = (prices.reserve(Route::FLUX_LORA, &body), quoted.len());
            assert_eq!(got, (Some(costs), remarks), "{unit_price} {unit}: {quoted:?}");
        }
    }

    #[test]
    fn the_owners_price_wins_and_the_table_is_the_last_word() {
        let body = json!({ "image_size": "square_hd", "num_images": 2 });
        assert_eq!(Prices::new(&[]).reserve(Route::FLUX_LORA, &body), Some(35_000 * 2 * 2));
        let prices = Prices::new(&[(Route::FLUX_LORA, 10)]);
        prices.quoted.write().unwrap().insert(Route::FLUX_LORA, None);
        assert_eq!(prices.reserve(Route::FLUX_LORA, &body), Some(40));
        prices.quoted.write().unwrap().insert(Route::ULTRA_FINETUNED, None);
        assert_eq!(prices.reserve(Route::ULTRA_FINETUNED, &body), None);
    }
}
