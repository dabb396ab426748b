//! Steps of a longer command: a heading and a time for each, and one table at the end.

use std::time::{Duration, Instant};

use crate::failure::{Failure, Outcome};

/// Runs steps one after another and remembers how they went.
#[derive(Debug)]
pub(crate) struct Stages {
    limit: Duration,
    finished: Vec<(String, Duration, Verdict)>,
}

#[derive(Clone, Copy, Debug)]
enum Verdict {
    Passed,
    Failed,
}

impl Stages {
    /// Steps that may take `limit` together.
    pub(crate) fn within(limit: Duration) -> Self {
        Self { limit, finished: Vec::new() }
    }

    /// Runs `work` under a heading. The first failure ends the command, with the table as far as
    /// it goes; so does the step that is over too late.
    pub(crate) fn run<T>(&mut self, name: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        println!("\n== {name}");
        let started = Instant::now();
        let outcome = work().and_then(|done| {
            let total = self.total() + started.elapsed();
            if total <= self.limit { Ok(done) } else { Err(too_late(total, self.limit)) }
        });
        let verdict = if outcome.is_ok() { Verdict::Passed } else { Verdict::Failed };
        println!("   {name}: {}", seconds(started.elapsed()));
        self.finished.push((name.to_owned(), started.elapsed(), verdict));
        if outcome.is_err() {
            self.summarise();
        }
        outcome
    }

    /// Prints the table.
    pub(crate) fn summarise(&self) {
        println!("\n{:<32} {:>9}  result", "step", "time");
        for (name, time, verdict) in &self.finished {
            let verdict = match verdict {
                Verdict::Passed => "ok",
                Verdict::Failed => "FAILED",
            };
            println!("{name:<32} {:>9}  {verdict}", seconds(*time));
        }
        println!("{:<32} {:>9}", "together", seconds(self.total()));
    }

    fn total(&self) -> Duration {
        self.finished.iter().map(|(_, time, _)| *time).sum()
    }
}

fn too_late(total: Duration, limit: Duration) -> Failure {
    Failure::new(format!(
        "it took {} so far and may take {} in all; look at the table for where the time goes",
        seconds(total),
        seconds(limit)
    ))
}

/// A time as a person reads it: `0.4 s`, `75.0 s`.
pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Stages;
    use crate::failure::Failure;

    #[test]
    fn a_failed_step_hands_its_failure_on() {
        let mut stages = Stages::within(Duration::MAX);
        let outcome = stages.run("broken", || Err::<(), _>(Failure::new("no luck")));
        assert_eq!(outcome.unwrap_err().to_string(), "no luck");
    }

    #[test]
    fn a_step_that_is_over_too_late_fails_although_its_work_was_done() {
        assert!(Stages::within(Duration::MAX).run("quick", || Ok(())).is_ok());
        let failure = Stages::within(Duration::ZERO).run("slow", || Ok(())).unwrap_err();
        assert!(failure.to_string().contains("may take 0.0 s in all"), "{failure}");
    }
}
