//! Budgets, prices, and where the ledger lies.

use super::settings::{bad, list};
use super::{ConfigError, Settings};
use crate::ledger::{LedgerPlace, Limits, WrongDay};
use likeness_core::{MicroUsd, Route};

/// What may be spent.
#[derive(Clone, Debug)]
pub struct Spending {
    /// Budgets and caps.
    pub limits: Limits,
    /// The owner's own prices for a unit of a route.
    pub prices: Vec<(Route, MicroUsd)>,
    /// Where the ledger lies.
    pub ledger: LedgerPlace,
    /// A day that its clock was set to by mistake.
    pub wrong_day: Option<WrongDay>,
}

impl Spending {
    pub(super) fn read(settings: &Settings, is_live: bool) -> Result<Self, ConfigError> {
        if !is_live {
            // A demo spends nothing, and the runs of its simulator end with the process too.
            return Ok(Self {
                limits: Limits::NONE,
                prices: Vec::new(),
                ledger: LedgerPlace::Memory,
                wrong_day: None,
            });
        }
        let limits = Limits {
            user_day: dollars("LIKENESS_BUDGET_USER_DAY", &settings.budget_user_day)?,
            day: dollars("LIKENESS_BUDGET_DAY", &settings.budget_day)?,
            month: dollars("LIKENESS_BUDGET_MONTH", &settings.budget_month)?,
            user_runs: settings.runs_per_user,
            runs: settings.runs,
        };
        let ledger = match settings.ledger.as_deref().filter(|place| !place.is_empty()) {
            None => LedgerPlace::File(settings.data.join("ledger.redb")),
            Some("memory") => LedgerPlace::Memory,
            Some(url) if url.starts_with("redis://") => LedgerPlace::Redis(url.to_owned()),
            // An address may hold a password, so it is not repeated.
            Some(_) => {
                return Err(bad(
                    "LIKENESS_LEDGER",
                    "something else",
                    "redis://host:port or memory",
                ));
            }
        };
        let prices = list(settings.prices.as_deref()).map(price).collect::<Result<_, _>>()?;
        let wrong_day = settings.accept_clock.as_deref().filter(|day| !day.is_empty());
        let read = |day| {
            let expected = "the day that the log names, such as 2027-03-01";
            WrongDay::parse(day).ok_or_else(|| bad("LIKENESS_ACCEPT_CLOCK", day, expected))
        };
        let wrong_day = wrong_day.map(read).transpose()?;
        Ok(Self { limits, prices, ledger, wrong_day })
    }
}

fn price(entry: &str) -> Result<(Route, MicroUsd), ConfigError> {
    let wrong =
        || bad("LIKENESS_PRICES", entry, "an endpoint and dollars, such as fal-ai/flux-lora=0.035");
    let (endpoint, usd) = entry.split_once('=').ok_or_else(wrong)?;
    let route = Route::of_endpoint(endpoint.trim()).ok_or_else(wrong)?;
    Ok((route, micro_usd(usd.trim()).ok_or_else(wrong)?))
}

fn dollars(name: &'static str, text: &str) -> Result<MicroUsd, ConfigError> {
    micro_usd(text).ok_or_else(|| bad(name, text, "dollars such as 5 or 0.50"))
}

/// Dollars in decimal digits, exactly. Money never passes through a float.
pub(crate) fn micro_usd(text: &str) -> Option<MicroUsd> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let fits = !whole.is_empty() && part.len() <= 6 && is_number(whole) && is_number(part);
    if !fits {
        return None;
    }
    let micro: MicroUsd = format!("{part:0<6}").parse().ok()?;
    // A billion dollars is a typing error.
    let dollars: MicroUsd = whole.parse().ok().filter(|dollars| *dollars <= 1_000_000_000)?;
    dollars.checked_mul(1_000_000)?.checked_add(micro)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_are_read_exactly_or_not_at_all() {
        for (text, micro) in [
            ("5", Some(5_000_000)),
            ("0.035", Some(35_000)),
            ("0.000001", Some(1)),
            ("200.5", Some(200_500_000)),
            ("0", Some(0)),
            ("", None),
            (".5", None),
            ("-1", None),
            ("1e3", None),
            ("0.0000001", None),
            ("NaN", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(micro_usd(text), micro, "{text}");
        }
    }
}
