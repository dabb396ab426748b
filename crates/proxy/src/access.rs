//! Who is calling.
//!
//! With a key and no access rule the server answers its own machine only: it is bound to loopback,
//! and it wants a loopback name in `Host` and no sign of a proxy. Without the second half a page
//! that rebinds its name to 127.0.0.1, or a tunnel left open, could spend the key. A proxy that
//! adds nothing and changes `Host` looks like this machine; of browsers behind it `Origin` tells,
//! which they send with every order.

use crate::caller::{Caller, bearer, once, one};
use crate::config::{Access, Origin, is_loopback_host};
use crate::csrf;
use crate::ledger::User;
use crate::lockout::Lockout;
use crate::refusal::Refusal;
use crate::secret::Secret;
use crate::telegram::{SignedIn, Telegram};
use axum::http::{HeaderMap, HeaderName, Uri, header};
use axum::response::Response;
use likeness_api::ServerCode;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// Wrong codes from one address within [`FORGIVEN`], after which it has to wait.
const WRONG_CODES: usize = 5;
const FORGIVEN: Duration = Duration::from_secs(60);
/// What stands before the names that a front proxy gives.
const NAMED: &str = "header:";
/// The longest name of a user.
const LONGEST_NAME: usize = 128;

/// The access rule at work: who may use the server.
pub(crate) enum Authenticator {
    /// Everybody, as one user: there is nothing to spend.
    Everybody,
    /// This machine, as one user.
    Loopback,
    /// Whoever knows the code, as one user.
    Code { code: Secret, front: Vec<IpAddr>, wrong: Lockout<IpAddr> },
    /// Whom a front proxy names.
    Named { header: HeaderName, front: Vec<IpAddr> },
    /// Whoever opened the app of a bot.
    Telegram(Arc<Telegram>),
}

/// Who calls, after authentication.
pub(crate) struct Principal {
    pub(crate) user: User,
    session: Option<SignedIn>,
}

impl Principal {
    /// Puts a fresh token into the reply, if there is a session and it is time for one.
    pub(crate) fn renew_session(&self, reply: &mut Response) {
        if let Some(session) = &self.session {
            session.renew(reply);
        }
    }
}

impl From<&str> for Principal {
    fn from(name: &str) -> Self {
        Self { user: User(name.to_owned()), session: None }
    }
}

impl Authenticator {
    pub(crate) fn new(access: &Access, telegram: Option<&Arc<Telegram>>, is_live: bool) -> Self {
        match access {
            Access::Open if is_live => Self::Loopback,
            Access::Open => Self::Everybody,
            Access::Password { code, front } => {
                let wrong = Lockout::new(WRONG_CODES, FORGIVEN);
                Self::Code { code: code.clone(), front: front.clone(), wrong }
            }
            Access::Header { name, front } => {
                Self::Named { header: name.clone(), front: front.clone() }
            }
            Access::Telegram { .. } => {
                Self::Telegram(Arc::clone(telegram.expect("the rule needs a bot")))
            }
        }
    }

    /// Whether several people use the server, so that a run belongs to the one who started it.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self, Self::Named { .. } | Self::Telegram(_))
    }

    /// Forgets wrong codes that no longer count.
    pub(crate) fn forget(&self) {
        if let Self::Code { wrong, .. } = self {
            wrong.forget();
        }
    }

    /// Whether a request may come in at all: the server of one machine answers nobody else.
    pub(crate) fn admits(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        if !matches!(self, Self::Loopback) || is_local(uri, headers) {
            Ok(())
        } else {
            Err(ServerCode::LoopbackOnly.into())
        }
    }

    /// The person who calls, where the rule tells people apart. Nothing is held against who is
    /// none.
    pub(crate) fn person(&self, caller: &Caller<'_>) -> Option<User> {
        let principal = self.is_shared().then(|| self.authenticate(caller).ok()).flatten()?;
        Some(principal.user)
    }

    /// Who calls an address that wants a user.
    pub(crate) fn authenticate(&self, caller: &Caller<'_>) -> Result<Principal, Refusal> {
        match self {
            Self::Everybody | Self::Loopback => Ok("open".into()),
            Self::Code { code, front, wrong } => {
                let client = caller.network(front);
                let given = bearer(caller.headers())?;
                wrong.attempt(&client, ServerCode::WrongCode, || code.check(given))?;
                Ok("guest".into())
            }
            Self::Named { header, front } => {
                let is_front = front.contains(&caller.peer.to_canonical());
                let name = once(caller.headers(), header).filter(|_| is_front);
                // Names are written as UTF-8.
                let name = name.and_then(|name| std::str::from_utf8(name.as_bytes()).ok());
                let is_name = |name: &&str| {
                    (1..=LONGEST_NAME).contains(&name.len()) && !name.contains(char::is_control)
                };
                let name = name.filter(is_name).ok_or(ServerCode::SignInRequired)?;
                // Whatever somebody is called, they are nobody whom the server itself names, such
                // as the programs.
                Ok([NAMED, name].concat().as_str().into())
            }
            Self::Telegram(telegram) => {
                let session = telegram.signed_in(caller.headers())?;
                Ok(Principal { user: session.ledger_user(), session: Some(session) })
            }
        }
    }
}

fn is_local(uri: &Uri, headers: &HeaderMap) -> bool {
    let host = one(headers, &header::HOST);
    let line_agrees = uri.authority().is_none_or(|authority| is_loopback_host(authority.as_str()));
    let is_forwarded = headers.keys().any(|name| {
        matches!(name.as_str(), "forwarded" | "via" | "x-real-ip")
            || name.as_str().starts_with("x-forwarded-")
    });
    let pages = headers.get_all(header::ORIGIN).iter();
    let mut pages = pages.map(|page| page.to_str().ok().and_then(Origin::parse));
    let are_local = pages.all(|page| page.is_some_and(|page| page.is_loopback()));
    // A page that the browser itself calls another site's is told so, by whoever asks that.
    let are_local = are_local || csrf::check(headers).is_err();
    host.is_some_and(is_loopback_host) && line_agrees && !is_forwarded && are_local
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Peer;
    use axum::http::HeaderValue;

    const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 9));

    fn headers(headers: &[(&'static str, &'static str)]) -> HeaderMap {
        headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    fn user(rule: &Authenticator, peer: IpAddr, headers: &HeaderMap) -> Result<User, Refusal> {
        rule.authenticate(&Caller::new(Peer(peer), headers)).map(|principal| principal.user)
    }

    fn local(list: &[(&'static str, &'static str)]) -> bool {
        is_local(&Uri::from_static("/"), &headers(list))
    }

    #[test]
    fn only_a_direct_call_to_a_loopback_name_is_local() {
        assert!(local(&[("host", "127.0.0.1:8787")]));
        assert!(local(&[("host", "localhost:8787"), ("user-agent", "x")]));
        assert!(!local(&[]));
        assert!(!local(&[("host", "pictures.example")]));
        for name in [
            "forwarded",
            "via",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
            "x-real-ip",
        ] {
            assert!(!local(&[("host", "127.0.0.1"), (name, "127.0.0.1")]), "{name}");
        }
        assert!(local(&[("host", "127.0.0.1:8787"), ("origin", "http://localhost:8787")]));
        for page in ["https://pictures.example", "http://127.0.0.1.evil.example", "null", ""] {
            assert!(!local(&[("host", "127.0.0.1:8787"), ("origin", page)]), "{page}");
        }
    }

    #[test]
    fn a_request_line_with_another_host_is_not_local() {
        let headers = headers(&[("host", "127.0.0.1")]);
        assert!(!is_local(&Uri::from_static("http://evil.example/"), &headers));
        assert!(is_local(&Uri::from_static("http://127.0.0.1/"), &headers));
    }

    #[test]
    fn after_a_few_wrong_codes_an_address_has_to_wait() {
        let code = Secret::parse("correct horse battery".replace(' ', "-").as_str()).unwrap();
        let rule = Authenticator::new(&Access::Password { code, front: vec![] }, None, true);
        let call = |value| user(&rule, PEER, &headers(&[("authorization", value)]));
        assert_eq!(
            user(&rule, PEER, &headers(&[])).unwrap_err().code(),
            ServerCode::SignInRequired
        );
        for _ in 0..5 {
            assert_eq!(call("Bearer wrong").unwrap_err().code(), ServerCode::WrongCode);
        }
        assert_eq!(
            call("Bearer correct-horse-battery").unwrap_err().code(),
            ServerCode::TooManyAttempts
        );
        let elsewhere = IpAddr::from([203, 0, 113, 10]);
        let elsewhere = |value| user(&rule, elsewhere, &headers(&[("authorization", value)]));
        assert_eq!(elsewhere("Bearer correct-horse-battery").unwrap(), User("guest".to_owned()));
        for other in ["bearer correct-horse-battery", "BEARER   correct-horse-battery"] {
            assert!(elsewhere(other).is_ok(), "{other}");
        }
        for odd in ["Basic correct-horse-battery", "Bearer", "correct-horse-battery"] {
            assert!(elsewhere(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn a_name_is_believed_from_the_front_proxy_alone() {
        let name = HeaderName::from_static("x-forwarded-user");
        let rule = Authenticator::new(&Access::Header { name, front: vec![PEER] }, None, true);
        let ann = headers(&[("x-forwarded-user", "ann")]);
        assert_eq!(user(&rule, PEER, &ann).unwrap(), User("header:ann".to_owned()));
        let mut other = HeaderMap::new();
        for (told, called) in [
            (&"Ann".as_bytes().to_vec(), Some("header:Ann")),
            (&"Жанна Æ".as_bytes().to_vec(), Some("header:Жанна Æ")),
            (&vec![b'J', 0xfc, b'r', b'g'], None),
            (&"\u{9b}31m".as_bytes().to_vec(), None),
        ] {
            other.insert("x-forwarded-user", HeaderValue::from_bytes(told).unwrap());
            let user = user(&rule, PEER, &other).ok().map(|user| user.0);
            assert_eq!(user.as_deref(), called, "two names are two users, however alike");
        }
        let stranger = IpAddr::from([203, 0, 113, 10]);
        assert!(user(&rule, stranger, &ann).is_err());
        assert!(user(&rule, PEER, &headers(&[])).is_err());
        let mut twice = ann;
        twice.append("x-forwarded-user", "bob".parse().unwrap());
        assert!(user(&rule, PEER, &twice).is_err());
    }
}
