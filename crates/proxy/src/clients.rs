//! Whom limits count a request for.

use crate::access::Authenticator;
use crate::caller::Caller;
use crate::client::Client;
use crate::generate::{self, Programs};
use crate::telegram::{self, Telegram};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Tells clients apart.
pub(crate) struct Clients {
    authenticator: Arc<Authenticator>,
    programs: Option<Arc<Programs>>,
    telegram: Option<Arc<Telegram>>,
    /// Front proxies that are believed when they say for whom they call.
    front: Vec<IpAddr>,
    /// Whether a proxy was there that is not among them.
    has_met_a_stranger: AtomicBool,
}

impl Clients {
    pub(crate) fn new(
        authenticator: Arc<Authenticator>,
        programs: Option<Arc<Programs>>,
        telegram: Option<Arc<Telegram>>,
        front: Vec<IpAddr>,
    ) -> Self {
        let has_met_a_stranger = AtomicBool::new(false);
        Self { authenticator, programs, telegram, front, has_met_a_stranger }
    }

    /// For a call that does not go to FAL.
    pub(crate) fn of(&self, caller: &Caller<'_>, path: &str) -> Client {
        let is_program = || self.programs.as_ref().is_some_and(|programs| programs.are(caller));
        if generate::is_for_programs(path) && is_program() {
            return Client::Programs;
        }
        let of_telegram = || {
            let telegram = self.telegram.as_ref().filter(|_| telegram::is_of_people(path))?;
            Some(telegram.signed_in(caller.headers()).ok()?.ledger_user())
        };
        let person = of_telegram().or_else(|| self.authenticator.person(caller));
        person.map_or_else(|| self.at(caller), |user| Client::named(&user.0))
    }

    /// For a caller whom the access rule does not tell from others.
    pub(crate) fn at(&self, caller: &Caller<'_>) -> Client {
        if caller.is_behind_a_stranger(&self.front)
            && !self.has_met_a_stranger.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                "requests come through a proxy that LIKENESS_FRONT_PROXY does not name: everybody behind it counts as one caller"
            );
        }
        Client::at(caller.network(&self.front))
    }
}
