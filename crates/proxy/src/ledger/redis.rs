//! The ledger on a Redis server, for several proxies that share one budget. Each step is one
//! script, which Redis runs as a whole: looking and reserving cannot be two steps where others look
//! too.

mod durable;
mod release;

use super::claim::{Reservation, Verdict};
use super::outbox::{FARTHEST, FORGOTTEN, LEASE, Message};
use super::pending::Settlement;
use super::record::user_of;
use super::rules::{self, LONGEST_RUN, MEMORY};
use super::store::Store;
use super::{Away, Limit, Millis, Outcome, Record, Run, Total, clock, window};
use async_trait::async_trait;
pub use durable::RedisError;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands, RedisResult, Script};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long Redis may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// The largest whole number that Lua holds.
const MOST: u64 = 1 << 53;

/// A ledger on a Redis server.
#[derive(Clone)]
pub(super) struct RedisStore {
    connection: ConnectionManager,
    /// Whether what it confirms was on its disk when that was asked last.
    is_durable: Arc<AtomicBool>,
    claim: Script,
    settle: Script,
    sweep: Script,
    take: Script,
    put_message: Script,
    release: Script,
    accept: Script,
}

fn script(step: &str) -> Script {
    Script::new(&format!("{}\n{step}", include_str!("redis/common.lua")))
}

impl RedisStore {
    /// Connects, and makes sure that what Redis confirms is on its disk.
    pub(super) async fn connect(url: &str) -> Result<Self, RedisError> {
        let client = redis::Client::open(url)?;
        let config = ConnectionManagerConfig::new()
            .set_response_timeout(Some(PATIENCE))
            .set_connection_timeout(Some(PATIENCE))
            .set_number_of_retries(1);
        let mut connection = client.get_connection_manager_with_config(config).await?;
        durable::require(&mut connection).await?;
        Ok(Self {
            connection,
            is_durable: Arc::new(AtomicBool::new(true)),
            claim: script(include_str!("redis/claim.lua")),
            settle: script(include_str!("redis/settle.lua")),
            sweep: script(include_str!("redis/sweep.lua")),
            take: script(include_str!("redis/lease.lua")),
            put_message: script(include_str!("redis/put.lua")),
            release: script(include_str!("redis/release.lua")),
            accept: script(include_str!("redis/accept.lua")),
        })
    }

    /// A claim. If its answer is lost, nothing is given back.
    pub(super) async fn claim_once(
        &self,
        reservation: Reservation,
    ) -> Result<(Verdict, Millis), Away> {
        let Reservation { name, record, limits, now } = reservation;
        let mut call = self.claim.prepare_invoke();
        call.arg(&name).arg(user_of(&name)).arg(json(&record)?).arg(now);
        call.arg(MEMORY).arg(LONGEST_RUN).arg(record.until).arg(record.amount.min(MOST));
        for window in &record.windows {
            call.arg(window);
        }
        for most in limits.budgets() {
            call.arg(most.min(MOST));
        }
        call.arg(limits.user_runs).arg(limits.runs).arg(&record.claim);
        let answer: Vec<String> = call.invoke_async(&mut self.connection.clone()).await?;
        let field = |index: usize| answer.get(index).map_or("", String::as_str);
        let seen = field(1).parse().unwrap_or(now);
        let verdict = match field(0) {
            "granted" => Verdict::Granted,
            "known" => Verdict::Known(Box::new(rules::seen_at(read(field(2), field(3))?, seen))),
            "over" => {
                let limit = field(2).parse().ok().and_then(|index: usize| Limit::ALL.get(index));
                Verdict::Over(*limit.ok_or_else(|| Away::new("an odd answer"))?)
            }
            _ => return Err(Away::new("an odd answer")),
        };
        Ok((verdict, seen))
    }
}

#[async_trait]
impl Store for RedisStore {
    async fn claim(&self, reservation: Reservation) -> Result<(Verdict, Millis), Away> {
        if !self.is_durable.load(Ordering::Relaxed) {
            return Err(Away::new("it may lose what it confirms"));
        }
        let (name, claim) = (reservation.name.clone(), reservation.record.claim.clone());
        let claimed = self.claim_once(reservation).await;
        if claimed.is_err() {
            self.release_later(name, claim);
        }
        claimed
    }

    fn releases_lost_claims(&self) -> bool {
        true
    }

    async fn settle(&self, settlement: &Settlement, is_announced: bool) -> Result<(), Away> {
        let Settlement { ticket, outcome, run, at } = settlement;
        let (id, run, message) = match run {
            Some(id) => {
                let message = Message::of(id.as_str(), &ticket.endpoint);
                let message = if is_announced { json(&message)? } else { String::new() };
                (id.as_str(), json(&Run::of(ticket, *at))?, message)
            }
            None => ("", String::new(), String::new()),
        };
        let state = match outcome {
            Outcome::Sending => "sending",
            Outcome::Unsent => "unsent",
            Outcome::Unknown => "unknown",
            Outcome::Answered { .. } => "answered",
        };
        let mut call = self.settle.prepare_invoke();
        call.arg(&ticket.name).arg(state).arg(json(outcome)?).arg(u8::from(outcome.is_free()));
        call.arg(id).arg(run).arg(message).arg(FORGOTTEN).arg(&ticket.claim);
        let _: i64 = call.invoke_async(&mut self.connection.clone()).await?;
        Ok(())
    }

    async fn record(&self, name: &str) -> Result<Option<Record>, Away> {
        let key = format!("likeness:record:{name}");
        let found: (Option<String>, Option<String>) =
            self.connection.clone().hmget(key, &["record", "outcome"]).await?;
        let (Some(record), outcome) = found else { return Ok(None) };
        read(&record, outcome.as_deref().unwrap_or_default()).map(Some)
    }

    async fn run(&self, id: &str) -> Result<Option<Run>, Away> {
        let found: Option<String> = self.connection.clone().get(run_key(id)).await?;
        found.map(|run| serde_json::from_str(&run).map_err(Away::new)).transpose()
    }

    async fn run_ended(&self, id: &str, units: Option<&str>) -> Result<(), Away> {
        let Some(mut run) = self.run(id).await? else { return Ok(()) };
        let mut pipe = redis::pipe();
        pipe.atomic();
        pipe.zrem(format!("likeness:flights:{}", run.user), &run.name).ignore();
        pipe.zrem("likeness:flights", &run.name).ignore();
        if let (Some(units), None) = (units, &run.units) {
            run.units = Some(units.to_owned());
            pipe.cmd("SET").arg(run_key(id)).arg(json(&run)?).arg("KEEPTTL").ignore();
        }
        let done: RedisResult<()> = pipe.query_async(&mut self.connection.clone()).await;
        Ok(done?)
    }

    async fn totals(&self, windows: &[String; 3]) -> Result<[Total; 3], Away> {
        let mut totals = [Total::default(); 3];
        for (total, window) in totals.iter_mut().zip(windows) {
            let key = format!("likeness:total:{window}");
            let found: (Option<u64>, Option<u64>) =
                self.connection.clone().hmget(key, &["spent", "held"]).await?;
            *total = Total { spent: found.0.unwrap_or(0), held: found.1.unwrap_or(0) };
        }
        Ok(totals)
    }

    async fn sweep(&self, now: Millis) -> Result<(), Away> {
        let mut call = self.sweep.prepare_invoke();
        call.arg(now).arg(json(&Outcome::Unknown)?);
        let _: i64 = call.invoke_async(&mut self.connection.clone()).await?;
        Ok(())
    }

    async fn clock(&self) -> Result<Millis, Away> {
        let latest: Option<Millis> =
            self.connection.clone().get("likeness:clock").await.map_err(RedisError::from)?;
        Ok(latest.unwrap_or(0))
    }

    async fn accept(&self, seen: Millis, now: Millis) -> Result<(), Away> {
        let today = window::day(now);
        let mut call = self.accept.prepare_invoke();
        call.arg(seen).arg(now).arg(&today).arg(&today[..7]);
        let accepted: RedisResult<String> = call.invoke_async(&mut self.connection.clone()).await;
        match accepted.map_err(RedisError::from)?.as_str() {
            "accepted" => Ok(()),
            _ => Err(clock::busy()),
        }
    }

    /// Its settings may be changed while it runs.
    fn is_well(&self) -> bool {
        false
    }

    async fn probe(&self, now: Millis) -> Result<(), Away> {
        let durable = durable::require(&mut self.connection.clone()).await;
        if let Ok(()) | Err(RedisError::NotDurable { .. }) = durable {
            self.is_durable.store(durable.is_ok(), Ordering::Relaxed);
        }
        durable?;
        let set: RedisResult<()> = self.connection.clone().set("likeness:probe", now).await;
        Ok(set?)
    }

    async fn lease_messages(&self, now: Millis, most: usize) -> Result<Vec<Message>, Away> {
        let mut call = self.take.prepare_invoke();
        call.arg(now).arg(now.saturating_add(FARTHEST)).arg(now + LEASE).arg(most);
        let taken: Vec<String> = call.invoke_async(&mut self.connection.clone()).await?;
        taken.iter().map(|message| serde_json::from_str(message).map_err(Away::new)).collect()
    }

    async fn put_message(&self, message: &Message, due: Millis) -> Result<(), Away> {
        let mut call = self.put_message.prepare_invoke();
        call.arg(&message.run).arg(json(message)?).arg(due).arg(FORGOTTEN);
        let _: i64 = call.invoke_async(&mut self.connection.clone()).await?;
        Ok(())
    }

    /// Those that nobody acknowledges end by themselves.
    async fn acknowledge(&self, run: &str) -> Result<(), Away> {
        let mut pipe = redis::pipe();
        pipe.atomic();
        pipe.zrem("likeness:owed", run).ignore();
        pipe.del(format!("likeness:owed:{run}")).ignore();
        let done: RedisResult<()> = pipe.query_async(&mut self.connection.clone()).await;
        Ok(done?)
    }
}

fn run_key(id: &str) -> String {
    format!("likeness:run:{id}")
}

/// A record with the outcome that it got since it was written.
fn read(record: &str, outcome: &str) -> Result<Record, Away> {
    let mut record: Record = serde_json::from_str(record).map_err(Away::new)?;
    if !outcome.is_empty() {
        record.outcome = serde_json::from_str(outcome).map_err(Away::new)?;
    }
    Ok(record)
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, Away> {
    serde_json::to_string(value).map_err(Away::new)
}
