//! Where a ledger is kept: a file, or a Redis server that several proxies share.

use super::claim::{Reservation, Verdict};
use super::pending::Settlement;
use super::{Away, Message, Millis, Record, Run, Total};
use async_trait::async_trait;

/// A store carries out the rules of [`rules`](super::rules). Each step happens as a whole or not at
/// all, and lies on the disk when it is done.
#[async_trait]
pub(super) trait Store: Send + Sync {
    /// Reserves money. Beside the verdict it says the latest time that any server of this store
    /// saw.
    async fn claim(&self, reservation: Reservation) -> Result<(Verdict, Millis), Away>;

    /// Whether it gives the money of a claim back by itself whose confirmation was lost. Where it
    /// does not, that is one more settlement.
    fn releases_lost_claims(&self) -> bool {
        false
    }

    /// Writes down what became of a submit, once. If `is_announced`, its run leaves a message in
    /// the outbox.
    async fn settle(&self, settlement: &Settlement, is_announced: bool) -> Result<(), Away>;

    /// The submit of this name.
    async fn record(&self, name: &str) -> Result<Option<Record>, Away>;

    /// The run with this id of FAL.
    async fn run(&self, id: &str) -> Result<Option<Run>, Away>;

    /// A run is no longer under way.
    async fn run_ended(&self, id: &str, units: Option<&str>) -> Result<(), Away>;

    async fn totals(&self, windows: &[String; 3]) -> Result<[Total; 3], Away>;

    /// Settles submits that should have had an outcome by now, and forgets what is old.
    async fn sweep(&self, now: Millis) -> Result<(), Away>;

    /// The latest time that was written down.
    async fn clock(&self) -> Result<Millis, Away>;

    /// At the start: takes over what an earlier process of this server left behind.
    async fn take_over(&self, _now: Millis) -> Result<(), Away> {
        Ok(())
    }

    /// Takes the time `now` although `seen` is later. Whatever counts on later days counts now,
    /// too. To be called when no submit is on its way.
    async fn accept(&self, seen: Millis, now: Millis) -> Result<(), Away>;

    /// Whether nothing can have happened to it since it last took something.
    fn is_well(&self) -> bool;

    /// Tries what an order needs.
    async fn probe(&self, now: Millis) -> Result<(), Away>;

    /// Takes messages that are due.
    async fn lease_messages(&self, now: Millis, most: usize) -> Result<Vec<Message>, Away>;

    /// Writes a message again, unless it was acknowledged.
    async fn put_message(&self, message: &Message, due: Millis) -> Result<(), Away>;

    /// Removes the message about a run.
    async fn acknowledge(&self, run: &str) -> Result<(), Away>;
}
