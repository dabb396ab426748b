//! The queue: what was submitted, what is being made, what is next.
//!
//! It has no clock and no tasks. Whoever looks at it says what time it is, and everything that
//! should have happened since the last time happens then, in order and at its own time.

use likeness_fal::target::RequestId;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;
use tokio::time::Instant;

use crate::caller::Lane;
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

/// The runs of a lane that are not over. Those that wait are in the order of their numbers.
#[derive(Debug, Default)]
struct Line {
    working: Vec<RequestId>,
    waiting: VecDeque<(u64, RequestId)>,
}

impl Line {
    fn position(&self, number: u64) -> Option<usize> {
        self.waiting.binary_search_by_key(&number, |(number, _)| *number).ok()
    }
}

/// All runs.
#[derive(Debug)]
pub(crate) struct Queue {
    runs: HashMap<RequestId, Run>,
    by_age: VecDeque<RequestId>,
    lanes: HashMap<Lane, Line>,
    /// Runs that are being made, by when they will be done.
    ends: BTreeMap<(Instant, u64), RequestId>,
    /// How many runs were entered so far.
    entered: u64,
    text: usize,
    stats: Stats,
    at_once: usize,
    dispatch: Duration,
    keep: Duration,
    most_runs: usize,
}

impl Queue {
    /// An empty queue.
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
            ends: BTreeMap::new(),
            entered: 0,
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
        while let Some(((end, _), id)) = self.ends.first_key_value()
            && *end <= now
        {
            let (id, end) = (id.clone(), *end);
            self.finish(&id, end, None);
        }
        self.forget(now);
    }

    /// When something will happen next in this lane, if anything.
    pub(crate) fn next_event(&self, lane: &Lane) -> Option<Instant> {
        let working = &self.lanes.get(lane)?.working;
        let ends = working.iter().filter_map(|id| match self.runs.get(id)?.phase {
            Phase::Working { end, .. } => Some(end),
            _ => None,
        });
        ends.min()
    }

    /// Takes a run into the queue.
    pub(crate) fn submit(&mut self, run: Run) {
        self.stats.submits += 1;
        self.enter(run);
    }

    /// Takes a run that must begin at once; false if its lane is busy.
    pub(crate) fn run_directly(&mut self, run: Run) -> bool {
        let busy = self.lanes.get(&run.lane).is_some_and(|line| line.working.len() >= self.at_once);
        if !busy {
            self.stats.direct_runs += 1;
            self.enter(run);
        }
        !busy
    }

    fn enter(&mut self, mut run: Run) {
        self.entered += 1;
        run.number = self.entered;
        let (id, lane, now) = (run.id.clone(), run.lane.clone(), run.submitted);
        self.text += weight(&run);
        self.by_age.push_back(id.clone());
        self.runs.insert(id.clone(), run);
        let line = self.lanes.entry(lane.clone()).or_default();
        line.waiting.push_back((self.entered, id));
        self.fill(&lane, now);
        self.forget(now);
    }

    /// Gives free machines to those next in line.
    fn fill(&mut self, lane: &Lane, now: Instant) {
        let Some(line) = self.lanes.get_mut(lane) else { return };
        while line.working.len() < self.at_once {
            let Some((number, id)) = line.waiting.pop_front() else { break };
            if let Some(run) = self.runs.get_mut(&id) {
                let start = now + self.dispatch;
                let end = start + run.takes;
                run.phase = Phase::Working { start, end };
                self.ends.insert((end, number), id.clone());
                line.working.push(id);
            }
        }
        if line.working.is_empty() {
            self.lanes.remove(lane);
        }
    }

    fn finish(&mut self, id: &RequestId, at: Instant, how: Option<Outcome>) {
        self.leave_line(id);
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
        let lane = run.lane.clone();
        self.fill(&lane, at);
    }

    /// Takes a run out of its line, wherever it stands there.
    fn leave_line(&mut self, id: &RequestId) {
        let Some(run) = self.runs.get(id) else { return };
        let Some(line) = self.lanes.get_mut(&run.lane) else { return };
        match run.phase {
            Phase::Waiting => {
                if let Some(at) = line.position(run.number) {
                    line.waiting.remove(at);
                }
            }
            Phase::Working { end, .. } => {
                line.working.retain(|other| other != id);
                self.ends.remove(&(end, run.number));
            }
            Phase::Over { .. } => {}
        }
    }

    /// Takes a run back. One in line is dropped, one in its first half is stopped; later than that
    /// the signal comes too late for the machine, as it may with FAL.
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
        self.runs.get(id).filter(|run| *run.lane.account == *account)
    }

    /// A run of anybody: pictures are public.
    pub(crate) fn any_run(&self, id: &RequestId) -> Option<&Run> {
        self.runs.get(id)
    }

    /// How many runs of its lane are ahead of this one.
    pub(crate) fn position(&self, run: &Run) -> u64 {
        let line = self.lanes.get(&run.lane);
        line.and_then(|line| line.position(run.number)).unwrap_or(0) as u64
    }

    /// How many runs wait in a lane.
    pub(crate) fn queue_length(&self, lane: &Lane) -> usize {
        self.lanes.get(lane).map_or(0, |line| line.waiting.len())
    }

    /// The counts so far.
    pub(crate) fn stats(&self) -> Stats {
        let open =
            self.lanes.values().map(|line| line.working.len() + line.waiting.len()).sum::<usize>();
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
            let (id, lane) = (id.clone(), run.lane.clone());
            self.text -= weight(run);
            self.by_age.pop_front();
            self.leave_line(&id);
            self.runs.remove(&id);
            self.fill(&lane, now);
        }
    }
}

fn weight(run: &Run) -> usize {
    run.order.as_ref().map_or(0, |order| order.weight())
}
