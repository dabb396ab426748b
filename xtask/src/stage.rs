//! Steps of a longer command: a heading and a time for each, and one table at the end.

use std::time::{Duration, Instant};

use crate::failure::Outcome;

/// Runs steps one after another and remembers how they went.
#[derive(Debug, Default)]
pub(crate) struct Stages {
    finished: Vec<(String, Duration, Verdict)>,
}

#[derive(Clone, Copy, Debug)]
enum Verdict {
    Passed,
    Failed,
}

impl Stages {
    /// Runs `work` under a heading. The first failure ends the command, with the table as far as
    /// it goes.
    pub(crate) fn run<T>(&mut self, name: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        println!("\n== {name}");
        let started = Instant::now();
        let outcome = work();
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
        let total: Duration = self.finished.iter().map(|(_, time, _)| *time).sum();
        println!("{:<32} {:>9}", "together", seconds(total));
    }
}

/// A time as a person reads it: `0.4 s`, `75.0 s`.
pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::Stages;
    use crate::failure::Failure;

    #[test]
    fn a_failed_step_hands_its_failure_on() {
        let mut stages = Stages::default();
        let outcome = stages.run("broken", || Err::<(), _>(Failure::new("no luck")));
        assert_eq!(outcome.unwrap_err().to_string(), "no luck");
    }
}
