//! The queue: what was submitted, what is being made, what is next.
//!
//! The book has no clock and no tasks. Whoever opens it says what time it is, and everything that
//! should have happened since the last time happens then, in order and at its own time.

use likeness_fal::target::RequestId;
use serde::Serialize;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

use crate::run::{Outcome, Phase, Run};

/// Text of all remembered prompts together, in bytes: what a flood of submits may cost.
const MOST_TEXT: usize = 8 << 20;

/// What a simulator has done so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Accepted submits to the queue.
    pub submits: u64,
    /// Accepted direct runs.
    pub direct_runs: u64,
    /// Runs that ended with pictures.
    pub completed: u64,
    /// Runs that ended with a 422.
    pub refused: u64,
    /// Runs that were cancelled in time.
    pub cancelled: u64,
    /// Runs waiting or being made.
    pub open: u64,
    /// What the runs with pictures cost, in millionths of a US dollar.
    pub delivered_micro_usd: u64,
}

/// What a cancel came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cancelled {
    /// Noted; it may still come too late.
    Requested,
    /// It was over already.
    TooLate,
}

/// The runs of one account that are not over.
#[derive(Debug, Default)]
struct Lane {
    working: Vec<RequestId>,
    waiting: VecDeque<RequestId>,
}

/// The book.
#[derive(Debug)]
pub(crate) struct Book {
    runs: HashMap<RequestId, Run>,
    by_age: VecDeque<RequestId>,
    lanes: HashMap<Arc<str>, Lane>,
    text: usize,
    stats: Stats,
    at_once: usize,
    dispatch: Duration,
    keep: Duration,
    most_runs: usize,
}

impl Book {
    /// An empty book.
    pub(crate) fn new(
        at_once: usize,
        dispatch: Duration,
        keep: Duration,
        most_runs: usize,
    ) -> Self {
        Self {
            runs: HashMap::new(),
            by_age: VecDeque::new(),
            lanes: HashMap::new(),
            text: 0,
            stats: Stats::default(),
            at_once: at_once.max(1),
            dispatch,
            keep,
            most_runs: most_runs.max(1),
        }
    }

    /// Lets everything happen that is due.
    pub(crate) fn advance(&mut self, now: Instant) {
        let accounts: Vec<Arc<str>> = self.lanes.keys().cloned().collect();
        for account in accounts {
            while let Some((id, end)) = self.next_end(&account).filter(|(_, end)| *end <= now) {
                self.finish(&id, end, None);
            }
        }
        self.forget(now);
    }

    /// When something will happen next in this account, if anything.
    pub(crate) fn next_event(&self, account: &str) -> Option<Instant> {
        self.next_end(account).map(|(_, end)| end)
    }

    fn next_end(&self, account: &str) -> Option<(RequestId, Instant)> {
        let working = &self.lanes.get(account)?.working;
        let ends = working.iter().filter_map(|id| match self.runs.get(id)?.phase {
            Phase::Working { end, .. } => Some((id.clone(), end)),
            _ => None,
        });
        ends.min_by_key(|(_, end)| *end)
    }

    /// Takes a run into the queue.
    pub(crate) fn submit(&mut self, run: Run) {
        self.stats.submits += 1;
        self.enter(run);
    }

    /// Takes a run that must begin at once; false if the account is busy.
    pub(crate) fn run_directly(&mut self, run: Run) -> bool {
        let busy =
            self.lanes.get(&run.account).is_some_and(|lane| lane.working.len() >= self.at_once);
        if !busy {
            self.stats.direct_runs += 1;
            self.enter(run);
        }
        !busy
    }

    fn enter(&mut self, run: Run) {
        let (id, account, now) = (run.id.clone(), run.account.clone(), run.submitted);
        self.text += weight(&run);
        self.by_age.push_back(id.clone());
        self.runs.insert(id.clone(), run);
        self.lanes.entry(account.clone()).or_default().waiting.push_back(id);
        self.fill(&account, now);
        self.forget(now);
    }

    /// Gives free machines to those next in line.
    fn fill(&mut self, account: &Arc<str>, now: Instant) {
        let Some(lane) = self.lanes.get_mut(account) else { return };
        while lane.working.len() < self.at_once {
            let Some(id) = lane.waiting.pop_front() else { break };
            if let Some(run) = self.runs.get_mut(&id) {
                let start = now + self.dispatch;
                run.phase = Phase::Working { start, end: start + run.takes };
                lane.working.push(id);
            }
        }
        if lane.working.is_empty() {
            self.lanes.remove(account);
        }
    }

    fn finish(&mut self, id: &RequestId, at: Instant, how: Option<Outcome>) {
        let Some(run) = self.runs.get_mut(id) else { return };
        let worked = match run.phase {
            Phase::Working { start, .. } => at.saturating_duration_since(start),
            _ => Duration::ZERO,
        };
        let outcome = how.unwrap_or_else(|| run.natural_outcome());
        run.phase = Phase::Over { worked, outcome };
        match outcome {
            Outcome::Delivered => {
                self.stats.completed += 1;
                self.stats.delivered_micro_usd += run.price();
            }
            Outcome::Refused => self.stats.refused += 1,
            Outcome::Cancelled => self.stats.cancelled += 1,
        }
        let account = run.account.clone();
        self.leave_lane(id, &account);
        self.fill(&account, at);
    }

    fn leave_lane(&mut self, id: &RequestId, account: &Arc<str>) {
        if let Some(lane) = self.lanes.get_mut(account) {
            lane.working.retain(|other| other != id);
            lane.waiting.retain(|other| other != id);
        }
    }

    /// Takes a run back. One in line is dropped, one in its first half is stopped; later than that the
    /// signal comes too late for the machine, as it may with FAL.
    pub(crate) fn cancel(&mut self, id: &RequestId, now: Instant) -> Option<Cancelled> {
        let run = self.runs.get(id)?;
        match run.phase {
            Phase::Over { .. } => return Some(Cancelled::TooLate),
            Phase::Working { start, .. } if now > start + run.takes / 2 => {}
            Phase::Waiting | Phase::Working { .. } => {
                self.finish(id, now, Some(Outcome::Cancelled))
            }
        }
        Some(Cancelled::Requested)
    }

    /// A run of this account.
    pub(crate) fn run(&self, account: &str, id: &RequestId) -> Option<&Run> {
        self.runs.get(id).filter(|run| *run.account == *account)
    }

    /// A run of anybody: pictures are public.
    pub(crate) fn any_run(&self, id: &RequestId) -> Option<&Run> {
        self.runs.get(id)
    }

    /// How many runs of its account are ahead of this one in line.
    pub(crate) fn position(&self, run: &Run) -> u64 {
        let lane = self.lanes.get(&run.account);
        lane.and_then(|lane| lane.waiting.iter().position(|id| *id == run.id)).unwrap_or(0) as u64
    }

    /// How many runs of the account wait in line.
    pub(crate) fn queue_length(&self, account: &str) -> usize {
        self.lanes.get(account).map_or(0, |lane| lane.waiting.len())
    }

    /// The counts so far.
    pub(crate) fn stats(&self) -> Stats {
        let open =
            self.lanes.values().map(|lane| lane.working.len() + lane.waiting.len()).sum::<usize>();
        Stats { open: open as u64, ..self.stats }
    }

    /// Drops what is too old or too much, oldest first.
    fn forget(&mut self, now: Instant) {
        while let Some(id) = self.by_age.front() {
            let run = &self.runs[id];
            let old = run.is_over() && now.saturating_duration_since(run.submitted) > self.keep;
            if !old && self.runs.len() <= self.most_runs && self.text <= MOST_TEXT {
                break;
            }
            let (id, account) = (id.clone(), run.account.clone());
            self.text -= weight(run);
            self.by_age.pop_front();
            self.runs.remove(&id);
            self.leave_lane(&id, &account);
            self.fill(&account, now);
        }
    }
}

fn weight(run: &Run) -> usize {
    run.order.as_ref().map_or(0, |order| order.weight())
}
