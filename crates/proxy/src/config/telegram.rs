//! The bots of this server, and where Telegram is reached.

use super::settings::{bad, list, stand_in};
use super::{ConfigError, Origin, Settings};
use crate::secret::Secret;
use likeness_telegram::init_data::{Bot, BotId, PRODUCTION_KEY};
use std::net::IpAddr;

/// What is known of Telegram.
#[derive(Clone, Debug)]
pub struct Telegram {
    /// The bots, at least one.
    pub bots: Vec<TelegramBot>,
    /// Where bots call Telegram.
    pub api: Origin,
    /// Front proxies whose `X-Forwarded-For` is believed.
    pub front: Vec<IpAddr>,
}

/// One bot.
#[derive(Clone, Debug)]
pub struct TelegramBot {
    /// How its launches are told from made-up ones.
    pub proof: Bot,
    /// With it the bot can send pictures.
    pub token: Option<Secret>,
}

impl Telegram {
    /// Judges the settings of bots together; none if there is no bot.
    pub(super) fn read(
        settings: &Settings,
        tokens: Option<String>,
        front: Vec<IpAddr>,
    ) -> Result<Option<Self>, ConfigError> {
        let mut bots = Vec::new();
        for (at, token) in list(tokens.as_deref()).enumerate() {
            let wrong = ConfigError::BadBotToken { number: at + 1 };
            match (Bot::with_token(token), Secret::parse(token)) {
                (Ok(proof), Ok(token)) => bots.push(TelegramBot { proof, token: Some(token) }),
                _ => return Err(wrong),
            }
        }
        let key = public_key(settings.telegram_key.as_deref())?;
        for id in list(settings.bot_id.as_deref()) {
            let id = BotId::parse(id).map_err(|_| {
                bad("TELEGRAM_BOT_ID", id, "the digits in front of a token's colon")
            })?;
            if bots.iter().all(|bot| bot.proof.id() != id) {
                let proof = Bot::with_id(id, &key).map_err(|_| {
                    let hex = settings.telegram_key.as_deref().unwrap_or_default();
                    bad(
                        "TELEGRAM_PUBLIC_KEY",
                        hex,
                        "a public key under which not everybody can sign",
                    )
                })?;
                bots.push(TelegramBot { proof, token: None });
            }
        }
        let api = stand_in("TELEGRAM_API_BASE", &settings.telegram_api)?;
        let api = api.or_else(|| Origin::parse("https://api.telegram.org"));
        let api = api.expect("Telegram's address is a plain one");
        Ok((!bots.is_empty()).then_some(Self { bots, api, front }))
    }

    /// Where Telegram's own web client shows apps in a frame.
    pub(super) fn web() -> Option<Origin> {
        Origin::parse("https://web.telegram.org")
    }
}

fn public_key(hex: Option<&str>) -> Result<[u8; 32], ConfigError> {
    let Some(hex) = hex.filter(|hex| !hex.is_empty()) else { return Ok(PRODUCTION_KEY) };
    let wrong = || bad("TELEGRAM_PUBLIC_KEY", hex, "64 hexadecimal digits");
    let mut key = [0; 32];
    if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(wrong());
    }
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).map_err(|_| wrong())?;
    }
    Ok(key)
}
