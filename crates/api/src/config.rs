//! `GET /api/v1/config`: what the server says of itself.

use crate::telegram::{Bots, Offer};
use likeness_core::AvatarKind;
use serde::Serialize;
use serde_json::Value;

/// Where pictures come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// They are drawn here and cost nothing.
    Demo,
    /// They are bought from FAL.
    Live,
}

/// Whom the server lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Whom a front proxy names.
    Header,
    /// Everybody who reaches it.
    Open,
    /// Whoever knows the access code.
    Password,
    /// Whom Telegram names.
    Telegram,
}

/// A model that the server offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RouteInfo {
    /// FAL's endpoint id.
    pub endpoint: &'static str,
    /// The avatars that it takes.
    pub kind: AvatarKind,
    /// Whether FAL calls it old.
    pub legacy: bool,
}

/// Limits of spending, in millionths of a dollar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Budgets {
    /// Of all on one day.
    pub day: u64,
    /// Of all in one month.
    pub month: u64,
    /// Runs of one user that may be under way.
    pub runs_per_user: u32,
    /// Of one user on one day.
    pub user_day: u64,
}

/// What the app must know before its first request.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Config {
    /// Whom the server lets in.
    pub access: Access,
    /// How many times faster than FAL the demo draws; none where pictures are bought.
    pub demo_speed: Option<f64>,
    /// Where pictures come from.
    pub mode: Mode,
    /// What can be done with pictures at Telegram; on the wire in `telegram`.
    #[serde(skip)]
    pub offer: Offer,
    /// Its version.
    pub version: String,
}

/// The whole reply.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConfigReply {
    /// None where nothing is spent.
    pub budgets: Option<Budgets>,
    /// What the app reads.
    #[serde(flatten)]
    pub config: Config,
    /// The models that the server offers, which the app knows.
    pub routes: Vec<RouteInfo>,
    /// Its bots, if it has any.
    pub telegram: Option<Bots>,
}

impl Config {
    /// Whether pictures are drawn and cost nothing.
    pub fn is_demo(&self) -> bool {
        self.mode == Mode::Demo
    }

    /// None if it is no configuration. An access rule that asks nothing of the app counts as [`Access::Open`].
    pub fn read(reply: &Value) -> Option<Self> {
        let text = |key: &str| reply.get(key)?.as_str();
        Some(Self {
            access: match text("access") {
                Some("password") => Access::Password,
                Some("telegram") => Access::Telegram,
                _ => Access::Open,
            },
            demo_speed: reply.get("demo_speed").and_then(Value::as_f64),
            mode: if text("mode")? == "demo" { Mode::Demo } else { Mode::Live },
            offer: reply.get("telegram").map(Offer::read).unwrap_or_default(),
            version: text("version")?.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_the_app_uses_is_read_as_it_was_written() {
        let bots = Bots { bots: vec![1], offer: Offer { save: true, send: false } };
        for access in [Access::Open, Access::Password, Access::Telegram] {
            for (mode, demo_speed, telegram) in
                [(Mode::Live, None, None), (Mode::Demo, Some(2.5), Some(bots.clone()))]
            {
                let offer = telegram.as_ref().map(|bots| bots.offer).unwrap_or_default();
                let version = "9.9.9".to_owned();
                let config = Config { access, demo_speed, mode, offer, version };
                let (budgets, routes) = (None, Vec::new());
                let reply = ConfigReply { budgets, config: config.clone(), routes, telegram };
                assert_eq!(Config::read(&json!(reply)), Some(config));
            }
        }
        assert_eq!(Config::read(&json!({ "error": {} })), None);
        let by_header = json!({ "access": Access::Header, "mode": "live", "version": "1" });
        assert_eq!(Config::read(&by_header).map(|config| config.access), Some(Access::Open));
    }
}
