//! Tokens of people who came from Telegram.
//!
//! A token says whose it is and until when, and is signed; the server keeps nothing. The key is
//! made from the bot's token, so a session outlives a restart and counts on every server of the
//! same bot; a new bot token ends all sessions. Where only a bot's number is known there is no
//! secret to make a key from: it is drawn at the start, and whoever holds a session of before signs
//! in anew by the same launch.

use crate::config::TelegramBot;
use crate::entropy::{self, NoEntropy};
use crate::ledger::User;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use likeness_telegram::UserId;
use likeness_telegram::init_data::BotId;
use ring::hmac;

/// How long a token is good, in seconds. While it is used, a fresh one takes its place.
pub(super) const IDLE: u64 = 3600;
/// How long a session lasts at most, in seconds, however often it is renewed.
const LONGEST: u64 = 24 * 3600;
/// How old a token is before it is renewed, in seconds.
const FRESH: u64 = 300;
/// What a token begins with. Another version of the format would begin with something else.
const FORMAT: &str = "tg1";

/// A session: who, through which bot, and until when (seconds since 1970).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Session {
    pub(super) bot: BotId,
    pub(super) user: UserId,
    began: u64,
    until: u64,
}

impl Session {
    /// A session that begins now.
    pub(super) fn begin(bot: BotId, user: UserId, now: u64) -> Self {
        Self { bot, user, began: now, until: now + IDLE }
    }

    /// The user's name in the ledger: one person is one user, whichever bot they came through.
    pub(super) fn ledger_user(&self) -> User {
        User(format!("telegram:{}", self.user))
    }

    /// The same session with more time ahead; none if the token is fresh, or the session has had
    /// its day.
    pub(super) fn renewed(&self, now: u64) -> Option<Self> {
        let until = (now + IDLE).min(self.began + LONGEST);
        (until >= self.until + FRESH).then(|| Self { until, ..self.clone() })
    }

    /// What is signed.
    fn text(&self) -> String {
        format!("{FORMAT}.{}.{}.{}.{}", self.bot, self.user, self.began, self.until)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let mut part = || parts.next();
        if part()? != FORMAT {
            return None;
        }
        let session = Self {
            bot: BotId::parse(part()?).ok()?,
            user: part()?.parse::<u64>().ok()?.try_into().ok()?,
            began: part()?.parse().ok()?,
            until: part()?.parse().ok()?,
        };
        // One session has one spelling.
        (session.text() == text).then_some(session)
    }
}

/// Signs and reads tokens.
pub(super) struct Sessions(Vec<(BotId, hmac::Key)>);

impl Sessions {
    pub(super) fn new(bots: &[TelegramBot]) -> Result<Self, NoEntropy> {
        let key = |bot: &TelegramBot| {
            let secret = match &bot.token {
                Some(token) => token.expose().to_owned(),
                None => entropy::hex()? + &entropy::hex()?,
            };
            let root = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
            let derived = hmac::sign(&root, b"Likeness: sessions");
            Ok((bot.proof.id(), hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref())))
        };
        bots.iter().map(key).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn token(&self, session: &Session) -> String {
        let text = session.text();
        let key = self.key(session.bot).expect("a session is of one of the bots");
        let signature = URL_SAFE_NO_PAD.encode(hmac::sign(key, text.as_bytes()));
        format!("{text}.{signature}")
    }

    /// The session of a token that is genuine and good at `now`. Signatures are compared in
    /// constant time.
    pub(super) fn read(&self, token: &str, now: u64) -> Option<Session> {
        let (text, signature) = token.rsplit_once('.')?;
        let session = Session::parse(text)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        hmac::verify(self.key(session.bot)?, text.as_bytes(), &signature).ok()?;
        (now < session.until).then_some(session)
    }

    fn key(&self, bot: BotId) -> Option<&hmac::Key> {
        self.0.iter().find(|(id, _)| *id == bot).map(|(_, key)| key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use likeness_telegram::init_data::{Bot, PRODUCTION_KEY};

    fn bot(token: &str) -> TelegramBot {
        TelegramBot { proof: Bot::with_token(token).unwrap(), token: Secret::parse(token).ok() }
    }

    const NOW: u64 = 1_800_000_000;
    const FIRST: &str = "99:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    fn session() -> Session {
        Session::begin(BotId::parse("99").unwrap(), 42.try_into().unwrap(), NOW)
    }

    #[test]
    fn a_token_is_read_by_every_server_of_the_same_bot_and_by_no_other() {
        let sessions = Sessions::new(&[bot(FIRST)]).unwrap();
        let token = sessions.token(&session());
        let read = |bots: &[TelegramBot]| Sessions::new(bots).unwrap().read(&token, NOW);
        assert_eq!(read(&[bot("7:ccccccccccccccccccccccccccccccc"), bot(FIRST)]), Some(session()));
        assert_eq!(read(&[bot("99:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")]), None);
        let nameless = || TelegramBot {
            proof: Bot::with_id(BotId::parse("99").unwrap(), &PRODUCTION_KEY).unwrap(),
            token: None,
        };
        assert_eq!(read(&[nameless()]), None);
        let sessions = Sessions::new(&[nameless()]).unwrap();
        let token = sessions.token(&session());
        assert_eq!(sessions.read(&token, NOW), Some(session()));
        assert_eq!(Sessions::new(&[nameless()]).unwrap().read(&token, NOW), None);
    }

    #[test]
    fn a_changed_token_is_none() {
        let sessions = Sessions::new(&[bot(FIRST)]).unwrap();
        let token = sessions.token(&session());
        for at in 0..token.len() {
            for with in ["0", "9", ".", "A", ""] {
                let changed = format!("{}{with}{}", &token[..at], &token[at + 1..]);
                assert!(changed == token || sessions.read(&changed, NOW).is_none(), "{changed}");
            }
        }
        let (text, signature) = token.rsplit_once('.').unwrap();
        for odd in [
            "",
            ".",
            text,
            signature,
            &format!("{text}."),
            &format!("{text}.{signature}="),
            &token.replace(".42.", ".042."),
            &token.replace(".42.", ".43."),
        ] {
            assert_eq!(sessions.read(odd, NOW), None, "{odd}");
        }
    }

    #[test]
    fn a_session_slides_while_it_is_used_and_ends_after_a_day() {
        let sessions = Sessions::new(&[bot(FIRST)]).unwrap();
        let good = |session: &Session, now| sessions.read(&sessions.token(session), now).is_some();
        let first = session();
        assert!(good(&first, NOW + IDLE - 1) && !good(&first, NOW + IDLE));
        assert_eq!(first.renewed(NOW + FRESH - 1), None);
        let (mut session, mut now) = (first, NOW);
        while let Some(renewed) = session.renewed(now + 1800) {
            now += 1800;
            session = renewed;
            assert!(good(&session, now));
        }
        assert!(good(&session, NOW + LONGEST - 1) && !good(&session, NOW + LONGEST));
    }

    #[test]
    fn one_person_is_one_user_whichever_bot_they_came_through() {
        let other = Session { bot: BotId::parse("7").unwrap(), ..session() };
        assert_eq!(session().ledger_user(), User("telegram:42".to_owned()));
        assert_eq!(other.ledger_user(), session().ledger_user());
    }
}
