//! Whether a launch is genuine: signed by Telegram for one of our bots, and recent.
//!
//! With a bot's token the signature is an HMAC whose key both sides have. With nothing but the
//! bot's number it is Telegram's own Ed25519 signature, for which no secret is needed. The text
//! that is signed differs: `signature` belongs to the first and not to the second.

use super::{InitData, InitDataError, MOST_AGE, MOST_SKEW, User};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use core::fmt;
use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use ring::hmac;

/// Telegram's public key, as its documentation of Mini Apps gives it.
pub const PRODUCTION_KEY: [u8; 32] = [
    0xe7, 0xbf, 0x03, 0xa2, 0xfa, 0x46, 0x02, 0xaf, 0x45, 0x80, 0x70, 0x3d, 0x88, 0xdd, 0xa5, 0xbb,
    0x59, 0xf3, 0x2e, 0xd8, 0xb0, 0x2a, 0x56, 0xc1, 0x87, 0xfe, 0x7d, 0x34, 0xca, 0xed, 0x24, 0x2d,
];

/// A bot's number: the digits in front of the colon of its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BotId(u64);

/// Not a bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadBot {
    /// A token has the form `123456:ABC…`. The message does not repeat what was found.
    #[error("it is not of the form 123456789:ABC…")]
    Token,
    /// A number is digits.
    #[error("it is not the number of a bot")]
    Id,
    /// A public key is a point of the curve, and no weak one.
    #[error("it is no public key")]
    Key,
}

impl BotId {
    /// Reads the digits.
    ///
    /// # Errors
    /// [`BadBot::Id`] for anything else.
    pub fn parse(text: &str) -> Result<Self, BadBot> {
        let is_digits =
            (1..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let id = if is_digits { text.parse().ok() } else { None };
        id.filter(|id| *id > 0).map(Self).ok_or(BadBot::Id)
    }
}

impl From<BotId> for u64 {
    fn from(id: BotId) -> Self {
        id.0
    }
}

impl fmt::Display for BotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A bot, and how its launches are told from made-up ones.
#[derive(Clone)]
pub struct Bot {
    id: BotId,
    proof: Proof,
}

#[derive(Clone)]
enum Proof {
    /// The secret that is made from the token.
    Shared(hmac::Key),
    /// Telegram's public key, read once: that is a tenth of what a launch would take.
    Public(VerifyingKey),
}

impl Bot {
    /// A bot whose token is known.
    ///
    /// # Errors
    /// [`BadBot::Token`] for what cannot be one.
    pub fn with_token(token: &str) -> Result<Self, BadBot> {
        let (id, secret) = token.split_once(':').ok_or(BadBot::Token)?;
        let is_secret = (20..=128).contains(&secret.len())
            && secret
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
        let id = BotId::parse(id).ok().filter(|_| is_secret).ok_or(BadBot::Token)?;
        let web_app = hmac::Key::new(hmac::HMAC_SHA256, b"WebAppData");
        let shared = hmac::sign(&web_app, token.as_bytes());
        Ok(Self { id, proof: Proof::Shared(hmac::Key::new(hmac::HMAC_SHA256, shared.as_ref())) })
    }

    /// A bot of which only the number is known. `key` is Telegram's: [`PRODUCTION_KEY`], or that of
    /// its test environment.
    ///
    /// # Errors
    /// [`BadBot::Key`] for 32 bytes that are no key, or one under which anybody can sign.
    pub fn with_id(id: BotId, key: &[u8; 32]) -> Result<Self, BadBot> {
        let key = VerifyingKey::from_bytes(key).ok().filter(|key| !key.is_weak());
        Ok(Self { id, proof: Proof::Public(key.ok_or(BadBot::Key)?) })
    }

    /// Its number.
    pub const fn id(&self) -> BotId {
        self.id
    }

    /// Compared in constant time.
    fn signed(&self, data: &InitData) -> bool {
        match &self.proof {
            Proof::Shared(key) => data.get("hash").and_then(read_hash).is_some_and(|hash| {
                hmac::verify(key, data.signed_text(&["hash"]).as_bytes(), &hash).is_ok()
            }),
            Proof::Public(key) => {
                let signature =
                    data.get("signature").and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
                let text =
                    format!("{}:WebAppData\n{}", self.id, data.signed_text(&["hash", "signature"]));
                signature
                    .and_then(|bytes| Signature::from_slice(&bytes).ok())
                    .is_some_and(|signature| key.verify(text.as_bytes(), &signature).is_ok())
            }
        }
    }
}

impl fmt::Debug for Bot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bot({}, …)", self.id)
    }
}

/// The bots of one server.
#[derive(Clone, Debug, Default)]
pub struct Bots(Vec<Bot>);

/// A launch that is genuine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Who opened the app.
    pub user: User,
    /// Whose app it is.
    pub bot: BotId,
    /// When, in seconds since 1970.
    pub launched_at: u64,
}

impl Bots {
    /// Several bots. The first of equal ones counts.
    pub const fn new(bots: Vec<Bot>) -> Self {
        Self(bots)
    }

    /// Their numbers.
    pub fn ids(&self) -> impl Iterator<Item = BotId> {
        self.0.iter().map(Bot::id)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Who launched the app. `raw` is what the client got, byte for byte; `now` is in seconds since
    /// 1970.
    ///
    /// # Errors
    /// Every [`InitDataError`]. What is not signed is [`InitDataError::Forged`], whatever else is
    /// wrong with it.
    pub fn verify(&self, raw: &str, now: u64) -> Result<Verified, InitDataError> {
        let data = InitData::read(raw)?;
        let bot = self.0.iter().find(|bot| bot.signed(&data)).ok_or(InitDataError::Forged)?.id;
        let launched_at = data.launched_at()?;
        if launched_at > now.saturating_add(MOST_SKEW) {
            return Err(InitDataError::Early);
        }
        if now.saturating_sub(launched_at) > MOST_AGE {
            return Err(InitDataError::Old);
        }
        Ok(Verified { user: data.user()?, bot, launched_at })
    }
}

/// 64 hexadecimal digits in lower case.
fn read_hash(text: &str) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let digits: [u8; 64] = text.as_bytes().try_into().ok()?;
    let mut hash = [0; 32];
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(hash)
}
