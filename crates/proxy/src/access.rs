//! Who is calling.
//!
//! With a key and no access rule the server answers its own machine only: it is bound to loopback, and it wants a loopback name in `Host`
//! and no sign of a proxy. Without the second half a page that rebinds its name to 127.0.0.1, or a tunnel left open, could spend the key.
//! A proxy that adds nothing and changes `Host` looks like this machine; of browsers behind it `Origin` tells, which they send with every order.

use crate::app::App;
use crate::config::{Access, Origin, ip, is_loopback_host};
use crate::ledger::User;
use crate::refusal::Refusal;
use crate::secret::Secret;
use crate::strikes::Strikes;
use crate::telegram::{Session, Telegram};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use likeness_api::ServerCode;
use likeness_fal::wire::credentials;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// Wrong codes from one address within [`FORGIVEN`], after which it has to wait.
const WRONG_CODES: usize = 5;
const FORGIVEN: Duration = Duration::from_secs(60);
const FORWARDED_FOR: &str = "x-forwarded-for";
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// What stands before the names that a front proxy gives.
const NAMED: &str = "header:";
/// The longest name of a user.
const LONGEST_NAME: usize = 128;

/// The address at the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// The door, and whom it lets through.
pub(crate) enum Door {
    /// Everybody, as one user: there is nothing to spend.
    Everybody,
    /// This machine, as one user.
    Loopback,
    /// Whoever knows the code, as one user.
    Code { code: Secret, front: Vec<IpAddr>, wrong: Strikes<IpAddr> },
    /// Whom a front proxy names.
    Named { header: HeaderName, front: Vec<IpAddr> },
    /// Whoever opened the app of a bot.
    Telegram(Arc<Telegram>),
}

/// Who got in.
pub(crate) struct Guest {
    pub(crate) user: User,
    session: Option<(Arc<Telegram>, Session)>,
}

impl Guest {
    /// Gives a reply to take along what the guest needs to come again.
    pub(crate) fn see_off(&self, reply: &mut Response) {
        if let Some((telegram, session)) = &self.session {
            telegram.renew(session, reply);
        }
    }
}

impl From<&str> for Guest {
    fn from(name: &str) -> Self {
        Self { user: User(name.to_owned()), session: None }
    }
}

/// Where a request comes from.
pub(crate) struct Caller<'a> {
    peer: IpAddr,
    headers: &'a HeaderMap,
}

impl<'a> Caller<'a> {
    pub(crate) fn new(peer: Peer, headers: &'a HeaderMap) -> Self {
        Self { peer: peer.0, headers }
    }

    /// Who sent this request. A connection without an address is one of a test inside the process.
    pub(crate) fn of(request: &'a Request) -> Self {
        let peer = request.extensions().get::<Peer>();
        let peer = peer.map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.0);
        Self { peer, headers: request.headers() }
    }

    pub(crate) fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    /// Whether the other end says that it calls for somebody, and is none of those that are believed.
    pub(crate) fn is_behind_a_stranger(&self, front: &[IpAddr]) -> bool {
        self.headers.contains_key(FORWARDED_FOR) && !front.contains(&self.peer.to_canonical())
    }

    /// What is counted as one caller, as the nearest believed proxy saw it.
    pub(crate) fn network(&self, front: &[IpAddr]) -> IpAddr {
        network(client(self.peer, self.headers, front))
    }
}

impl Door {
    pub(crate) fn new(access: &Access, telegram: Option<&Arc<Telegram>>, is_live: bool) -> Self {
        match access {
            Access::Open if is_live => Self::Loopback,
            Access::Open => Self::Everybody,
            Access::Password { code, front } => {
                let wrong = Strikes::new(WRONG_CODES, FORGIVEN);
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

    /// The person who calls, where the rule tells people apart. Nothing is held against who is none.
    pub(crate) fn person(&self, caller: &Caller<'_>) -> Option<User> {
        self.is_shared().then(|| self.guest(caller).ok()).flatten().map(|guest| guest.user)
    }

    /// Who calls an address that wants a user.
    pub(crate) fn guest(&self, caller: &Caller<'_>) -> Result<Guest, Refusal> {
        match self {
            Self::Everybody | Self::Loopback => Ok("open".into()),
            Self::Code { code, front, wrong } => {
                let client = caller.network(front);
                let given = bearer(caller.headers)?;
                // Before the comparison: otherwise guessing would go on unhindered.
                if let Some(wait) = wrong.pause(&client) {
                    return Err(Refusal::later(ServerCode::TooManyAttempts, wait));
                }
                if code.is(given) {
                    return Ok("guest".into());
                }
                wrong.strike(&client);
                Err(ServerCode::WrongCode.into())
            }
            Self::Named { header, front } => {
                let is_front = front.contains(&caller.peer.to_canonical());
                let name = once(caller.headers, header).filter(|_| is_front);
                // Names are written as UTF-8.
                let name = name.and_then(|name| std::str::from_utf8(name.as_bytes()).ok());
                let is_name = |name: &&str| {
                    (1..=LONGEST_NAME).contains(&name.len()) && !name.contains(char::is_control)
                };
                let name = name.filter(is_name).ok_or(ServerCode::SignInRequired)?;
                // Whatever somebody is called, they are nobody whom the server itself names, such as the programs.
                Ok([NAMED, name].concat().as_str().into())
            }
            Self::Telegram(telegram) => {
                let session = telegram.session(bearer(caller.headers)?)?;
                let user = session.ledger_user();
                Ok(Guest { user, session: Some((Arc::clone(telegram), session)) })
            }
        }
    }
}

/// Finds out who calls, for everything that spends or shows what was bought.
pub(crate) async fn sign_in(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Response {
    let guest = match app.door.guest(&Caller::of(&request)) {
        Ok(guest) => guest,
        Err(refusal) => return refusal.into_response(),
    };
    request.extensions_mut().insert(guest.user.clone());
    let mut reply = next.run(request).await;
    guest.see_off(&mut reply);
    reply
}

/// Refuses calls that a browser marks as coming from a page of another site. No CORS header is ever sent, so such a page could not read
/// a reply; this keeps it from causing anything either.
pub(crate) fn same_site(headers: &HeaderMap) -> Result<(), Refusal> {
    match headers.get(FETCH_SITE).map(HeaderValue::as_bytes) {
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => Err(ServerCode::CrossSite.into()),
    }
}

/// [`same_site`] for a router.
pub(crate) async fn other_sites(request: Request, next: Next) -> Response {
    match same_site(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// What stands behind `Authorization: Bearer`.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let value = one(headers, &header::AUTHORIZATION);
    value.and_then(|value| credentials("Bearer", value)).ok_or(ServerCode::SignInRequired.into())
}

/// The text of a header that stands once.
pub(crate) fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    once(headers, name)?.to_str().ok()
}

fn once<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a HeaderValue> {
    let mut values = headers.get_all(name).iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    Some(value)
}

/// The caller's address: what the nearest believed proxy saw.
fn client(peer: IpAddr, headers: &HeaderMap, front: &[IpAddr]) -> IpAddr {
    if !front.contains(&peer.to_canonical()) {
        return peer;
    }
    // Some proxies write the port as well.
    let mut lines = headers.get_all(FORWARDED_FOR).iter();
    let last = lines.next_back().and_then(|line| line.to_str().ok()?.rsplit(',').next());
    last.and_then(ip).unwrap_or(peer)
}

/// What is counted as one caller: an IPv4 address, or the network of an IPv6 one.
pub(crate) fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
        v4 => v4,
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
    let are_local = are_local || same_site(headers).is_err();
    host.is_some_and(is_loopback_host) && line_agrees && !is_forwarded && are_local
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 9));

    fn headers(headers: &[(&'static str, &'static str)]) -> HeaderMap {
        headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    fn user(door: &Door, peer: IpAddr, headers: &HeaderMap) -> Result<User, Refusal> {
        door.guest(&Caller { peer, headers }).map(|guest| guest.user)
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
        let door = Door::new(&Access::Password { code, front: vec![] }, None, true);
        let call = |value| user(&door, PEER, &headers(&[("authorization", value)]));
        assert_eq!(
            user(&door, PEER, &headers(&[])).unwrap_err().code(),
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
        let elsewhere = |value| user(&door, elsewhere, &headers(&[("authorization", value)]));
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
        let door = Door::new(&Access::Header { name, front: vec![PEER] }, None, true);
        let ann = headers(&[("x-forwarded-user", "ann")]);
        assert_eq!(user(&door, PEER, &ann).unwrap(), User("header:ann".to_owned()));
        let mut other = HeaderMap::new();
        for (told, called) in [
            (&"Ann".as_bytes().to_vec(), Some("header:Ann")),
            (&"Жанна Æ".as_bytes().to_vec(), Some("header:Жанна Æ")),
            (&vec![b'J', 0xfc, b'r', b'g'], None),
            (&"\u{9b}31m".as_bytes().to_vec(), None),
        ] {
            other.insert("x-forwarded-user", HeaderValue::from_bytes(told).unwrap());
            let user = user(&door, PEER, &other).ok().map(|user| user.0);
            assert_eq!(user.as_deref(), called, "two names are two users, however alike");
        }
        let stranger = IpAddr::from([203, 0, 113, 10]);
        assert!(user(&door, stranger, &ann).is_err());
        assert!(user(&door, PEER, &headers(&[])).is_err());
        let mut twice = ann;
        twice.append("x-forwarded-user", "bob".parse().unwrap());
        assert!(user(&door, PEER, &twice).is_err());
    }

    #[test]
    fn the_address_of_a_caller_is_what_a_believed_proxy_saw() {
        let forwarded = headers(&[("x-forwarded-for", "198.51.100.7, 192.0.2.44")]);
        assert_eq!(client(PEER, &forwarded, &[]), PEER);
        assert_eq!(client(PEER, &forwarded, &[PEER]), IpAddr::from([192, 0, 2, 44]));
        for (told, ip) in [
            ("192.0.2.44:51234", "192.0.2.44"),
            ("[2001:db8::7]:443", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("::ffff:192.0.2.44", "192.0.2.44"),
            ("unknown", "203.0.113.9"),
        ] {
            let told = headers(&[("x-forwarded-for", told)]);
            let mapped = "::ffff:203.0.113.9".parse().unwrap();
            for peer in [PEER, mapped] {
                let client = client(peer, &told, &[PEER]).to_canonical();
                assert_eq!(client, ip.parse::<IpAddr>().unwrap(), "{told:?}");
            }
        }
        let v6: IpAddr = "2001:db8:1:2:3:4:5:6".parse().unwrap();
        assert_eq!(network(v6), "2001:db8:1:2::".parse::<IpAddr>().unwrap());
    }
}
