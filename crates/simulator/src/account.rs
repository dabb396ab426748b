//! What was asked for and what it costs, counted where FAL would count it: after the request came,
//! whatever becomes of the reply. With this, "never twice" can be proved rather than believed.

use likeness_core::cost::MicroUsd;
use serde::Serialize;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Different bodies that are told apart; more are counted together only in the totals.
const MOST_BODIES: usize = 100_000;

/// How often one and the same body came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Requests that arrived.
    pub received: u64,
    /// Of these, runs that were started.
    pub accepted: u64,
}

/// Everything that was asked for so far, by everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Submits and direct runs that arrived, also those that a fault then dropped.
    pub received: u64,
    /// Runs that were started.
    pub accepted: u64,
    /// The most runs that were started with one and the same body: 1 if nothing was bought twice.
    pub most_of_one_body: u64,
    /// What the started runs cost if they are made.
    pub ordered_micro_usd: MicroUsd,
    /// What the runs cost that ended with pictures.
    pub delivered_micro_usd: MicroUsd,
    /// How often each rule of the script has struck.
    pub struck: Vec<u64>,
    /// By digest of the body.
    pub bodies: BTreeMap<String, Tally>,
}

impl Account {
    /// The digest under which a body is counted. It tells texts apart; it is no secret and no
    /// proof.
    pub fn digest(body: &[u8]) -> String {
        let mut hasher = DefaultHasher::new();
        body.hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }

    /// How often this body came.
    pub fn of(&self, body: &[u8]) -> Tally {
        self.bodies.get(&Self::digest(body)).copied().unwrap_or_default()
    }

    pub(crate) fn receive(&mut self, body: &[u8]) {
        self.received += 1;
        if let Some(tally) = self.tally(body) {
            tally.received += 1;
        }
    }

    pub(crate) fn accept(&mut self, body: &[u8], price: MicroUsd) {
        self.accepted += 1;
        self.ordered_micro_usd += price;
        let accepted = self.tally(body).map_or(1, |tally| {
            tally.accepted += 1;
            tally.accepted
        });
        self.most_of_one_body = self.most_of_one_body.max(accepted);
    }

    fn tally(&mut self, body: &[u8]) -> Option<&mut Tally> {
        let digest = Self::digest(body);
        let has_room = self.bodies.len() < MOST_BODIES || self.bodies.contains_key(&digest);
        has_room.then(|| self.bodies.entry(digest).or_default())
    }
}
