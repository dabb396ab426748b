//! The ledger on a Redis server, for several proxies that share one budget. Each step is one script, which Redis runs as a whole.

mod clock;
mod owed;
mod release;

use super::owed::{FORGOTTEN, Owed};
use super::{
    Away, LONGEST_FLIGHT, Limit, MEMORY, Millis, Outcome, Record, Run, Step, Stepped, Ticket, Total,
};
use likeness_fal::RequestId;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands, RedisResult, Script};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long Redis may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// The largest whole number that Lua holds.
const MOST: u64 = 1 << 53;

/// Why a Redis server is not taken for a ledger.
#[derive(Debug, thiserror::Error)]
pub enum RedisError {
    /// It does not answer, or not as Redis.
    #[error("the ledger at LIKENESS_LEDGER does not answer: {0}")]
    Away(#[from] redis::RedisError),
    /// Its clock cannot be set right now.
    #[error("{0}")]
    Clock(String),
    /// It may lose what it confirmed.
    #[error(
        "the Redis server at LIKENESS_LEDGER may lose money in a crash: {name} is {found:?}, and has to be {wanted:?}. Set it in redis.conf."
    )]
    NotDurable {
        /// The setting.
        name: &'static str,
        /// What it is.
        found: String,
        /// What it has to be.
        wanted: &'static str,
    },
}

impl From<redis::RedisError> for Away {
    fn from(error: redis::RedisError) -> Self {
        Self::new(error)
    }
}

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
    owe: Script,
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
        require_durable(&mut connection).await?;
        Ok(Self {
            connection,
            is_durable: Arc::new(AtomicBool::new(true)),
            claim: script(include_str!("redis/claim.lua")),
            settle: script(include_str!("redis/settle.lua")),
            sweep: script(include_str!("redis/sweep.lua")),
            take: script(include_str!("redis/take.lua")),
            owe: script(include_str!("redis/owe.lua")),
            release: script(include_str!("redis/release.lua")),
            accept: script(include_str!("redis/accept.lua")),
        })
    }

    /// The answer, and the latest time that any proxy saw. If it is lost, nothing will be sent, so the money is given back later.
    pub(super) async fn claim(&self, step: Step<'_>) -> Result<(Stepped, Millis), Away> {
        if !self.is_well() {
            return Err(Away::new("it may lose what it confirms"));
        }
        let (name, claim) = (step.name.to_owned(), step.record.claim.clone());
        let claimed = self.claim_once(step).await;
        if claimed.is_err() {
            self.release_later(&name, claim);
        }
        claimed
    }

    /// The same, and nothing is given back.
    pub(super) async fn claim_once(&self, step: Step<'_>) -> Result<(Stepped, Millis), Away> {
        let Step { name, user, record, windows, limits, now } = step;
        let caps = windows.with_limits(limits);
        let mut call = self.claim.prepare_invoke();
        call.arg(name).arg(user).arg(json(&record)?).arg(now).arg(MEMORY).arg(LONGEST_FLIGHT);
        call.arg(record.until).arg(record.amount.min(MOST));
        for (window, _) in caps {
            call.arg(window);
        }
        for (_, most) in caps {
            call.arg(most.min(MOST));
        }
        call.arg(limits.user_runs).arg(limits.runs).arg(&record.claim);
        let answer: Vec<String> = call.invoke_async(&mut self.connection.clone()).await?;
        let field = |index: usize| answer.get(index).map_or("", String::as_str);
        let seen = field(1).parse().unwrap_or(now);
        let stepped = match field(0) {
            "granted" => Stepped::Granted,
            "known" => Stepped::Known(Box::new(read(field(2), field(3))?.seen_at(seen))),
            "over" => {
                let limit = field(2).parse().ok().and_then(|index: usize| Limit::ALL.get(index));
                Stepped::Over(*limit.ok_or_else(|| Away::new("an odd answer"))?)
            }
            _ => return Err(Away::new("an odd answer")),
        };
        Ok((stepped, seen))
    }

    pub(super) async fn settle(
        &self,
        ticket: &Ticket,
        outcome: Outcome,
        run: Option<&RequestId>,
        is_owed: bool,
        now: Millis,
    ) -> Result<(), Away> {
        let (id, run, owed) = match run {
            Some(id) => {
                let owed = Owed::of(id.as_str(), &ticket.endpoint);
                let owed = if is_owed { json(&owed)? } else { String::new() };
                (id.as_str(), json(&Run::of(ticket, now))?, owed)
            }
            None => ("", String::new(), String::new()),
        };
        let state = match &outcome {
            Outcome::Sending => "sending",
            Outcome::Unsent => "unsent",
            Outcome::Unknown => "unknown",
            Outcome::Answered { .. } => "answered",
        };
        let mut call = self.settle.prepare_invoke();
        call.arg(&ticket.name).arg(state).arg(json(&outcome)?).arg(u8::from(outcome.is_free()));
        call.arg(id).arg(run).arg(owed).arg(FORGOTTEN).arg(&ticket.claim);
        let _: i64 = call.invoke_async(&mut self.connection.clone()).await?;
        Ok(())
    }

    pub(super) async fn record(&self, name: &str) -> Result<Option<Record>, Away> {
        let key = format!("likeness:record:{name}");
        let found: (Option<String>, Option<String>) =
            self.connection.clone().hmget(key, &["record", "outcome"]).await?;
        let (Some(record), outcome) = found else { return Ok(None) };
        read(&record, outcome.as_deref().unwrap_or_default()).map(Some)
    }

    pub(super) async fn run(&self, id: &str) -> Result<Option<Run>, Away> {
        let found: Option<String> = self.connection.clone().get(run_key(id)).await?;
        found.map(|run| serde_json::from_str(&run).map_err(Away::new)).transpose()
    }

    pub(super) async fn landed(&self, id: &str, units: Option<&str>) -> Result<(), Away> {
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

    pub(super) async fn totals(&self, windows: &[String; 3]) -> Result<[Total; 3], Away> {
        let mut totals = [Total::default(); 3];
        for (total, window) in totals.iter_mut().zip(windows) {
            let key = format!("likeness:total:{window}");
            let found: (Option<u64>, Option<u64>) =
                self.connection.clone().hmget(key, &["spent", "held"]).await?;
            *total = Total { spent: found.0.unwrap_or(0), held: found.1.unwrap_or(0) };
        }
        Ok(totals)
    }

    pub(super) async fn sweep(&self, now: Millis) -> Result<(), Away> {
        let mut call = self.sweep.prepare_invoke();
        call.arg(now).arg(json(&Outcome::Unknown)?);
        let _: i64 = call.invoke_async(&mut self.connection.clone()).await?;
        Ok(())
    }

    /// Whether it was durable the last time.
    pub(super) fn is_well(&self) -> bool {
        self.is_durable.load(Ordering::Relaxed)
    }

    /// Tries what an order needs.
    pub(super) async fn probe(&self, now: Millis) -> Result<(), Away> {
        let durable = require_durable(&mut self.connection.clone()).await;
        if let Ok(()) | Err(RedisError::NotDurable { .. }) = durable {
            self.is_durable.store(durable.is_ok(), Ordering::Relaxed);
        }
        durable.map_err(Away::new)?;
        let set: RedisResult<()> = self.connection.clone().set("likeness:probe", now).await;
        Ok(set?)
    }
}

/// Makes sure that what Redis confirms is on its disk.
async fn require_durable(connection: &mut ConnectionManager) -> Result<(), RedisError> {
    for (name, wanted) in [("appendonly", "yes"), ("appendfsync", "always")] {
        let found: HashMap<String, String> =
            redis::cmd("CONFIG").arg("GET").arg(name).query_async(connection).await?;
        let found = found.get(name).cloned().unwrap_or_default();
        if found != wanted {
            return Err(RedisError::NotDurable { name, found, wanted });
        }
    }
    Ok(())
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
